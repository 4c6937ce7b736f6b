"""Similar sums: within weeks several accounts pay one sums that differ, but all lie in one narrow band."""

from __future__ import annotations

import numba
import numpy as np
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.results import Results, best_of_each
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surprise import poisson_surprise
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.currency import written
from analytics.shared.wording import counted


class SimilarSumsParameters(SectionModel):
    """How wide the band is, how many payments and payers, how many of the sums differ, within how long."""

    band: PositiveFloat = 1.15
    min_payments: PositiveInt = 6
    min_payers: PositiveInt = 3
    min_different: PositiveFloat = 0.6
    window_days: PositiveFloat = 45
    max_compared: PositiveInt = 60


def find(search: Search[SimilarSumsParameters]) -> Results:
    """For each account the window and band that hold the most surprising number of the payments it
    received: as many are expected as everybody's sums lie in the band. Equal sums (dues, rents) are not
    enough: most must differ."""
    ledger, wanted = search.ledger, search.parameters
    path = np.flatnonzero(ledger.path & (ledger.amounts > 0))
    starts, order = by_account(ledger.payee, path, len(ledger.accounts))
    ordered = np.sort(ledger.amounts[path]).astype(float)
    amount = ledger.amounts[order].astype(float)
    like = (np.searchsorted(ordered, amount * wanted.band, "right") - np.searchsorted(ordered, amount)) / max(
        len(ordered), 1
    )
    score, low = np.zeros(len(order)), np.zeros(len(order))
    window = int(wanted.window_days * DAY)
    limits = (wanted.band, wanted.min_payments, wanted.min_payers, wanted.min_different, wanted.max_compared)
    _score(starts, ledger.time[order], ledger.payer[order], amount, like, window, *limits, score, low)
    strong = np.flatnonzero(score >= ledger.surroundings.min_surprise)
    account = ledger.payee[order]
    best = strong[best_of_each(account[strong], score[strong])]
    lists = []
    for k in best:
        own = order[k : min(starts[account[k] + 1], k + wanted.max_compared)]
        sums = ledger.amounts[own]
        inside = (sums >= low[k]) & (sums <= low[k] * wanted.band)
        lists.append(own[inside & (ledger.time[own] <= ledger.time[order[k]] + window)])
    begun = [ledger.time[rows[0]] for rows in lists]
    return Results.of(lists, account[best], score[best], begun, int((np.diff(starts) > 0).sum()))


@numba.njit(cache=True, nogil=True)
def _score(
    starts: Ints,
    time: Ints,
    payer: Ints,
    amount: Floats,
    like: Floats,
    window: int,
    band: float,
    min_payments: int,
    min_payers: int,
    min_different: float,
    max_compared: int,
    score: Floats,
    low: Floats,
) -> None:
    for account in range(len(starts) - 1):
        begin, end = starts[account], starts[account + 1]
        if end - begin < min_payments:
            continue
        stop = begin
        for k in range(begin, end):
            while stop < end and time[stop] <= time[k] + window:
                stop += 1
            count = min(stop - k, max_compared)
            if count < min_payments:
                continue
            order = k + np.argsort(amount[k : k + count])
            right = 0
            for left in range(count):
                least = amount[order[left]]
                right = max(right, left)
                while right < count and amount[order[right]] <= least * band:
                    right += 1
                inside = right - left
                if inside < min_payments:
                    continue
                found = poisson_surprise(inside, count * max(like[order[left]], 1e-6))
                if found <= score[k] or not _is_mixed(
                    payer, amount, order[left:right], min_payers, min_different
                ):
                    continue
                score[k], low[k] = found, least


@numba.njit(cache=True, nogil=True)
def _is_mixed(payer: Ints, amount: Floats, rows: Ints, min_payers: int, min_different: float) -> bool:
    """Whether enough payers paid, and most sums (ascending) differ."""
    different = 1
    for k in range(1, len(rows)):
        different += amount[rows[k]] != amount[rows[k - 1]]
    return len(np.unique(payer[rows])) >= min_payers and different >= min_different * len(rows)


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    payers = np.unique(ledger.payer[rows])
    sums = ledger.amounts[rows]
    roles = {int(who): "payer" for who in payers} | {int(account): "collector"}
    words = ledger.words.get("currency", [])
    code = int(ledger.texts["currency"][rows[0]]) if words else -1
    between = " and ".join(
        written(int(sum_), words[code] if code >= 0 else "") for sum_ in (sums.min(), sums.max())
    )
    why = (
        f"{counted(len(payers), 'account')} paid {ledger.name(account)} {counted(len(rows), 'time')} between "
        f"{between}, no two quite alike, within {duration(ledger, rows)}."
    )
    return Explanation(roles, why)


DETECTOR = Detector(
    "similar sums", "similar_sums", SimilarSumsParameters, find, explain, ("amount_minor",), shuffled=False
)
