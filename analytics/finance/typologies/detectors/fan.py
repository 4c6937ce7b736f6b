"""Fan-in and its mirror, fan-out: within days an account meets many new counterparties on one side."""

from __future__ import annotations

import numba
import numpy as np

from analytics.finance.typologies.engine.baseline import blocks_of
from analytics.finance.typologies.engine.results import Explanation, Results, best_in_block
from analytics.finance.typologies.engine.surprise import own_surprise
from analytics.finance.typologies.engine.timed_ledger import Ledger, by_account
from analytics.finance.typologies.engine.wording import days, share_of_history
from analytics.finance.typologies.parameters import Parameters


def find_in(ledger: Ledger, parameters: Parameters) -> Results:
    """Accounts whose number of new payers in a window is improbable under their own history."""
    return _find("fan-in", ledger.payee, ledger.firsts_in, parameters.fan_in.least_counterparties, ledger)


def find_out(ledger: Ledger, parameters: Parameters) -> Results:
    """The same of new payees."""
    return _find("fan-out", ledger.payer, ledger.firsts_out, parameters.fan_out.least_counterparties, ledger)


def _find(
    typology: str, account: np.ndarray, firsts: tuple[np.ndarray, np.ndarray], least: int, ledger: Ledger
) -> Results:
    """For each account and block the window that has the most surprising number of new counterparties, at
    least `least` of them; its transactions are all with new counterparties in that window."""
    surroundings, (starts, order) = ledger.surroundings, firsts
    time = ledger.time[order]
    rates = ledger.usual.rate
    rate = np.maximum(rates[blocks_of(time, ledger)], 1e-30) if len(time) else time.astype(float)
    score = np.zeros(len(order))
    _score(
        starts, time, rate, least, surroundings.window, surroundings.history, ledger.begin, ledger.end, score
    )
    strong = np.flatnonzero(score >= surroundings.least_surprise)
    strong = strong[best_in_block(account[order[strong]], blocks_of(time[strong], ledger), score[strong])]
    all_starts, all_rows = by_account(account, np.flatnonzero(ledger.path & ledger.new), len(ledger.accounts))
    lists = []
    for k in strong:
        rows = all_rows[all_starts[account[order[k]]] : all_starts[account[order[k]] + 1]]
        low, high = np.searchsorted(ledger.time[rows], [time[k], time[k] + surroundings.window + 1])
        lists.append(rows[low:high])
    return Results.of(typology, lists, account[order[strong]], score[strong], time[strong])


@numba.njit(cache=True, nogil=True)
def _score(starts, time, rate, least, window, history, begin, end, score):
    for account in range(len(starts) - 1):
        low, high = starts[account], starts[account + 1]
        stop = low
        for k in range(low, high):  # the window that begins with this event
            while stop < high and time[stop] <= time[k] + window:
                stop += 1
            count = stop - k
            if count >= least:
                score[k] = own_surprise(
                    time, low, high, time[k], time[k] + window, count, window, history, begin, end, rate[k]
                )


def explain_in(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    payers = np.unique(ledger.payer[rows])
    roles = {int(payer): "payer" for payer in payers} | {int(account): "collector"}
    why = (
        f"{len(payers)} accounts that had not paid {ledger.name(account)} before paid it within "
        f"{days(ledger, rows)}"
        f"{share_of_history(ledger, ledger.payee, account, rows)}."
    )
    return Explanation(roles, why)


def explain_out(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    payees = np.unique(ledger.payee[rows])
    roles = {int(payee): "payee" for payee in payees} | {int(account): "distributor"}
    why = (
        f"{ledger.name(account)} paid {len(payees)} accounts that it had not paid before within "
        f"{days(ledger, rows)}"
        f"{share_of_history(ledger, ledger.payer, account, rows)}."
    )
    return Explanation(roles, why)
