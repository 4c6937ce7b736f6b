"""Fan-in and its mirror, fan-out: within days an account meets many new counterparties on one side."""

from __future__ import annotations

import numba
import numpy as np
from pydantic import PositiveInt

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.results import Results, best_in_block
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surprise import own_surprise
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account
from analytics.finance.typologies.engine.wording import duration, share_of_history
from analytics.shared.wording import counted


class FanParameters(SectionModel):
    """How many new counterparties within a window."""

    min_counterparties: PositiveInt = 3


def find_in(search: Search[FanParameters]) -> Results:
    """Accounts whose number of new payers in a window is improbable under their own history."""
    ledger = search.ledger
    return _find(ledger, ledger.payee, ledger.firsts_in, search.parameters.min_counterparties)


def find_out(search: Search[FanParameters]) -> Results:
    """The same of new payees."""
    ledger = search.ledger
    return _find(ledger, ledger.payer, ledger.firsts_out, search.parameters.min_counterparties)


def _find(
    ledger: TimedLedger, account: np.ndarray, firsts: tuple[np.ndarray, np.ndarray], min_new: int
) -> Results:
    """For each account and block the window that has the most surprising number of new counterparties, at
    least `min_new` of them; its transactions are all with new counterparties in that window."""
    surroundings, (starts, order) = ledger.surroundings, firsts
    time = ledger.time[order]
    rate = np.maximum(ledger.baseline.rate[ledger.blocks.of(time)], 1e-30)
    score = np.zeros(len(order))
    periods = (surroundings.window, surroundings.history, ledger.begin, ledger.end)
    _score(starts, time, rate, min_new, *periods, score)
    strong = np.flatnonzero(score >= surroundings.min_surprise)
    strong = strong[best_in_block(account[order[strong]], ledger.blocks.of(time[strong]), score[strong])]
    all_starts, all_rows = by_account(account, np.flatnonzero(ledger.path & ledger.new), len(ledger.accounts))
    lists = []
    for k in strong:
        rows = all_rows[all_starts[account[order[k]]] : all_starts[account[order[k]] + 1]]
        low, high = np.searchsorted(ledger.time[rows], [time[k], time[k] + surroundings.window + 1])
        lists.append(rows[low:high])
    return Results.of(lists, account[order[strong]], score[strong], time[strong])


def score_windows(
    ledger: TimedLedger, starts: np.ndarray, order: np.ndarray, rate: float, min_new: int, window: int
) -> np.ndarray:
    """The surprise of the window that begins with each first payment of `order` (by account, see
    `by_account`), judged by all the rest of the data; 0 where it has fewer than `min_new`."""
    time, score = ledger.time[order], np.zeros(len(order))
    whole = (window, ledger.end - ledger.begin, ledger.begin, ledger.end)
    _score(starts, time, np.full(len(order), max(rate, 1e-30)), min_new, *whole, score)
    return score


@numba.njit(cache=True, nogil=True)
def _score(
    starts: Ints,
    time: Ints,
    rate: Floats,
    min_new: int,
    window: int,
    history: int,
    begin: int,
    end: int,
    score: Floats,
) -> None:
    for account in range(len(starts) - 1):
        low, high = starts[account], starts[account + 1]
        stop = low
        for k in range(low, high):  # the window that begins with this event
            while stop < high and time[stop] <= time[k] + window:
                stop += 1
            count = stop - k
            if count >= min_new:
                score[k] = own_surprise(
                    time, low, high, time[k], time[k] + window, count, window, history, begin, end, rate[k]
                )


def explain_in(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    payers = np.unique(ledger.payer[rows])
    roles = {int(payer): "payer" for payer in payers} | {int(account): "collector"}
    why = (
        f"{counted(len(payers), 'account')} that had not paid {ledger.name(account)} before paid it within "
        f"{duration(ledger, rows)}{share_of_history(ledger, ledger.payee, account, rows)}."
    )
    return Explanation(roles, why)


def explain_out(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    payees = np.unique(ledger.payee[rows])
    roles = {int(payee): "payee" for payee in payees} | {int(account): "distributor"}
    why = (
        f"{ledger.name(account)} paid {counted(len(payees), 'account')} that it had not paid before within "
        f"{duration(ledger, rows)}{share_of_history(ledger, ledger.payer, account, rows)}."
    )
    return Explanation(roles, why)


FAN_IN = Detector("fan-in", "fan_in", FanParameters, find_in, explain_in)
FAN_OUT = Detector("fan-out", "fan_out", FanParameters, find_out, explain_out)
