"""Gather-scatter: an account is paid by several new payers and then pays several new payees."""

from __future__ import annotations

import numba
import numpy as np
from pydantic import PositiveInt

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.results import Results, best_in_block
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surprise import own_surprise, poisson_surprise
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.wording import counted


class GatherScatterParameters(SectionModel):
    """How many new payers and how many new payees."""

    min_payers: PositiveInt = 2
    min_payees: PositiveInt = 2


def find(search: Search[GatherScatterParameters]) -> Results:
    """For each account and block the moment with the most surprising gathering in the window up to it and
    scattering in the window after it, both judged by the account's own history, and more surprising where it
    pays back the very accounts that paid it; at most one a block."""
    ledger, wanted, around = search.ledger, search.parameters, search.ledger.surroundings
    (in_starts, ins), (out_starts, outs) = ledger.firsts_in, ledger.firsts_out
    in_time, out_time = ledger.time[ins], ledger.time[outs]
    blocks = ledger.blocks.of(in_time)
    rate = np.maximum(ledger.baseline.rate[blocks], 1e-30)
    through = ledger.baseline.through[blocks]
    score = np.zeros(len(ins))
    gathered = (in_starts, in_time, ledger.payer[ins])
    scattered = (out_starts, out_time, ledger.payee[outs])
    bounds = (wanted.min_payers, wanted.min_payees, around.window, around.history, ledger.begin, ledger.end)
    _score(*gathered, *scattered, rate, through, *bounds, score)
    strong = np.flatnonzero(score >= around.min_surprise)
    account, split = ledger.payee[ins[strong]], in_time[strong]
    best = best_in_block(account, ledger.blocks.of(split), score[strong])
    account, split = account[best], split[best]
    rows, n = np.flatnonzero(ledger.path & ledger.new), len(ledger.accounts)
    all_in, all_out = by_account(ledger.payee, rows, n), by_account(ledger.payer, rows, n)
    lists = [
        np.concatenate(
            [
                _rows_between(ledger, all_in, who, when - around.window, when),
                _rows_between(ledger, all_out, who, when + 1, when + around.window),
            ]
        )
        for who, when in zip(account, split, strict=True)
    ]
    return Results.of(lists, account, score[strong][best], split)


def _rows_between(
    ledger: TimedLedger, index: tuple[np.ndarray, np.ndarray], account: int, since: int, until: int
) -> np.ndarray:
    starts, order = index
    rows = order[starts[account] : starts[account + 1]]
    low, high = np.searchsorted(ledger.time[rows], [since, until + 1])
    return np.asarray(rows[low:high])


@numba.njit(cache=True, nogil=True)
def _score(
    in_starts: Ints,
    in_time: Ints,
    payer: Ints,
    out_starts: Ints,
    out_time: Ints,
    payee: Ints,
    rate: Floats,
    through: Floats,
    min_in: int,
    min_out: int,
    window: int,
    history: int,
    begin: int,
    end: int,
    score: Floats,
) -> None:
    for account in range(len(in_starts) - 1):
        low, high = in_starts[account], in_starts[account + 1]
        out_low, out_high = out_starts[account], out_starts[account + 1]
        if high - low < min_in or out_high - out_low < min_out:
            continue
        for k in range(low, high):  # gathered up to this moment, scattered after it
            if k + 1 < high and in_time[k + 1] == in_time[k]:
                continue
            split = in_time[k]
            since = low + np.searchsorted(in_time[low:high], split - window)
            after = out_low + np.searchsorted(out_time[out_low:out_high], split, "right")
            until = out_low + np.searchsorted(out_time[out_low:out_high], split + window, "right")
            payers, payees = k + 1 - since, until - after
            if payers >= min_in and payees >= min_out:
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
                both = _count_in_both(payer[since : k + 1], payee[after:until])
                returned = poisson_surprise(both, payers * payees * through[k])
                score[k] = gathered + scattered + returned


@numba.njit(cache=True, nogil=True)
def _count_in_both(payers: Ints, payees: Ints) -> int:
    """How many payees are among the payers."""
    count = 0
    for payee in payees:
        for payer in payers:
            if payer == payee:
                count += 1
                break
    return count


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    payers = np.unique(ledger.payer[rows][ledger.payee[rows] == account])
    payees = np.unique(ledger.payee[rows][ledger.payer[rows] == account])
    both = np.intersect1d(payers, payees)
    roles = {int(who): "payer" for who in payers} | {int(who): "payee" for who in payees}
    roles |= {int(who): "payer and payee" for who in both} | {int(account): "collector and distributor"}
    why = (
        f"{counted(len(payers), 'account')} new to {ledger.name(account)} paid it, and it then paid "
        f"{len(payees)} that it had not paid before, all within {duration(ledger, rows)}."
    )
    return Explanation(roles, why)


DETECTOR = Detector("gather-scatter", "gather_scatter", GatherScatterParameters, find, explain)
