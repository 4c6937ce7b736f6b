"""Funnel account: cash paid in at many places, drawn in one."""

from __future__ import annotations

import numpy as np
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.distinct_windows import find_surprising_windows, in_channels
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel, Words
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.wording import counted


class FunnelParameters(SectionModel):
    """At how many places cash is paid in within how many days."""

    min_places: PositiveInt = 3
    window_days: PositiveFloat = 14
    channels: Words = ("cash",)


def find(search: Search[FunnelParameters]) -> Results:
    """Accounts paid in `channels` at more places within the window than is usual for them, at least
    `min_places`, whose payments out in that window and the one after it were all made at one place, and at
    least one was; of each account the most surprising window."""
    ledger, wanted = search.ledger, search.parameters
    window = int(wanted.window_days * DAY)
    place = ledger.texts["place"]
    into = np.flatnonzero(
        in_channels(ledger, wanted.channels)
        & (ledger.payee >= 0)
        & (place >= 0)
        & (ledger.payer != ledger.payee)
    )
    found = find_surprising_windows(ledger, into, ledger.payee[into], place[into], wanted.min_places, window)
    out = np.flatnonzero((ledger.payer >= 0) & (place >= 0) & (ledger.payer != ledger.payee))
    out = out[np.argsort(ledger.payer[out], kind="stable")]
    payer = ledger.payer[out]
    paid_out = []
    for account, begun in zip(found.group, found.begun, strict=True):
        low, high = np.searchsorted(payer, [account, account + 1])
        drawn = out[low:high]
        paid_out.append(drawn[(ledger.time[drawn] > begun) & (ledger.time[drawn] <= begun + 2 * window)])
    best = found.best(np.array([len(np.unique(place[drawn])) == 1 for drawn in paid_out], bool))
    return Results.of(
        [np.sort(np.r_[found.rows[k], paid_out[k]]) for k in best],
        found.group[best],
        found.surprise[best],
        found.begun[best],
        len(np.unique(ledger.payee[into])),
    )


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    came, went = rows[ledger.payee[rows] == account], rows[ledger.payer[rows] == account]
    places = {ledger.words["place"][code] for code in ledger.texts["place"][came]}
    drawn = ledger.words["place"][ledger.texts["place"][went[0]]]
    roles = {int(who): "payer" for who in ledger.payer[came] if who >= 0}
    roles |= {int(who): "payee" for who in ledger.payee[went] if who >= 0} | {int(account): "funnel"}
    why = (
        f"{ledger.name(account)} was paid {counted(len(came), 'time')} at {counted(len(places), 'place')} "
        f"and drawn only at {drawn}, within {duration(ledger, rows)}."
    )
    return Explanation(roles, why)


DETECTOR = Detector(
    "funnel account", "funnel", FunnelParameters, find, explain, needs=("channel", "place"), shuffled=False
)
