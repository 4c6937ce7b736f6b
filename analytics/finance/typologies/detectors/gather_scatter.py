"""Gather-scatter: an account is paid by several new payers and then pays several new payees."""

from __future__ import annotations

import numba
import numpy as np

from analytics.finance.typologies.engine.baseline import blocks_of
from analytics.finance.typologies.engine.results import Explanation, Results, best_in_block
from analytics.finance.typologies.engine.surprise import own_surprise, poisson_surprise
from analytics.finance.typologies.engine.timed_ledger import Ledger, by_account
from analytics.finance.typologies.engine.wording import days
from analytics.finance.typologies.parameters import Parameters


def find(ledger: Ledger, parameters: Parameters) -> Results:
    """For each account and block the moment with the most surprising gathering in the window up to it and
    scattering in the window after it, both judged by the account's own history, and more surprising where it
    pays back the very accounts that paid it; at most one a block."""
    around, wanted, n = parameters.surroundings, parameters.gather_scatter, len(ledger.accounts)
    (in_starts, ins), (out_starts, outs) = ledger.firsts_in, ledger.firsts_out
    in_time, out_time = ledger.time[ins], ledger.time[outs]
    rates = ledger.usual.rate
    rate = np.maximum(rates[blocks_of(in_time, ledger)], 1e-30) if len(ins) else in_time.astype(float)
    through = ledger.usual.through[blocks_of(in_time, ledger)] if len(ins) else rate
    score = np.zeros(len(ins))
    _score(
        in_starts,
        in_time,
        ledger.payer[ins],
        out_starts,
        out_time,
        ledger.payee[outs],
        rate,
        through,
        wanted.least_payers,
        wanted.least_payees,
        around.window,
        around.history,
        ledger.begin,
        ledger.end,
        score,
    )
    strong = np.flatnonzero(score >= around.least_surprise)
    account, split = ledger.payee[ins[strong]], in_time[strong]
    kept = best_in_block(account, blocks_of(split, ledger), score[strong])
    account, split = account[kept], split[kept]
    rows = np.flatnonzero(ledger.path & ledger.new)
    all_in, all_out = by_account(ledger.payee, rows, n), by_account(ledger.payer, rows, n)
    lists = [
        np.concatenate(
            [
                _between(ledger, all_in, who, when - around.window, when),
                _between(ledger, all_out, who, when + 1, when + around.window),
            ]
        )
        for who, when in zip(account, split, strict=True)
    ]
    return Results.of("gather-scatter", lists, account, score[strong][kept], split)


def _between(ledger: Ledger, index, account: int, since: int, until: int) -> np.ndarray:
    starts, order = index
    rows = order[starts[account] : starts[account + 1]]
    low, high = np.searchsorted(ledger.time[rows], [since, until + 1])
    return rows[low:high]


@numba.njit(cache=True, nogil=True)
def _score(
    in_starts,
    in_time,
    payer,
    out_starts,
    out_time,
    payee,
    rate,
    through,
    least_in,
    least_out,
    window,
    history,
    begin,
    end,
    score,
):
    for account in range(len(in_starts) - 1):
        low, high = in_starts[account], in_starts[account + 1]
        out_low, out_high = out_starts[account], out_starts[account + 1]
        if high - low < least_in or out_high - out_low < least_out:
            continue
        for k in range(low, high):  # gathered up to this moment, scattered after it
            if k + 1 < high and in_time[k + 1] == in_time[k]:
                continue
            split = in_time[k]
            since = low + np.searchsorted(in_time[low:high], split - window)
            after = out_low + np.searchsorted(out_time[out_low:out_high], split, "right")
            until = out_low + np.searchsorted(out_time[out_low:out_high], split + window, "right")
            payers, payees = k + 1 - since, until - after
            if payers >= least_in and payees >= least_out:
                gathered = own_surprise(
                    in_time, low, high, split - window, split, payers, window, history, begin, end, rate[k]
                )
                scattered = own_surprise(
                    out_time,
                    out_low,
                    out_high,
                    split + 1,
                    split + window,
                    payees,
                    window,
                    history,
                    begin,
                    end,
                    rate[k],
                )
                both = _in_both(payer[since : k + 1], payee[after:until])
                returned = poisson_surprise(both, payers * payees * through[k])
                score[k] = gathered + scattered + returned


@numba.njit(cache=True, nogil=True)
def _in_both(payers, payees):
    """How many payees are among the payers."""
    count = 0
    for payee in payees:
        for payer in payers:
            if payer == payee:
                count += 1
                break
    return count


def explain(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    payers = np.unique(ledger.payer[rows][ledger.payee[rows] == account])
    payees = np.unique(ledger.payee[rows][ledger.payer[rows] == account])
    both = np.intersect1d(payers, payees)
    roles = {int(who): "payer" for who in payers} | {int(who): "payee" for who in payees}
    roles |= {int(who): "payer and payee" for who in both} | {int(account): "collector and distributor"}
    why = (
        f"{len(payers)} accounts new to {ledger.name(account)} paid it, and it then paid {len(payees)} that "
        f"it had "
        f"not paid before, all within {days(ledger, rows)}."
    )
    return Explanation(roles, why)
