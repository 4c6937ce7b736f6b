"""Funnel account: cash paid in at many places, drawn in one."""

from __future__ import annotations

import numpy as np

from analytics.finance.typologies.engine.counting import in_channels, surprising_windows
from analytics.finance.typologies.engine.results import Explanation, Results
from analytics.finance.typologies.engine.timed_ledger import DAY, Ledger
from analytics.finance.typologies.engine.wording import days
from analytics.finance.typologies.parameters import Parameters


def find(ledger: Ledger, parameters: Parameters) -> Results:
    """Accounts paid in `channels` at more places within the window than is usual for them, at least
    `least_places`, whose payments out in that window and the one after it were all made at one place, and at
    least one was; of each account the most surprising window."""
    wanted = parameters.funnel
    window = int(wanted.window_days * DAY)
    place = ledger.texts["place"]
    into = np.flatnonzero(
        in_channels(ledger, wanted.channels)
        & (ledger.payee >= 0)
        & (place >= 0)
        & (ledger.payer != ledger.payee)
    )
    found = surprising_windows(
        ledger, into, ledger.payee[into], place[into], wanted.least_places, window, parameters.surroundings
    )
    out = np.flatnonzero((ledger.payer >= 0) & (place >= 0) & (ledger.payer != ledger.payee))
    out = out[np.argsort(ledger.payer[out], kind="stable")]
    paid_out = []
    for account, begun in zip(found.group, found.begun, strict=True):
        low, high = np.searchsorted(ledger.payer[out], [account, account + 1])
        drawn = out[low:high]
        paid_out.append(drawn[(ledger.time[drawn] > begun) & (ledger.time[drawn] <= begun + 2 * window)])
    best = found.best(np.array([len(np.unique(place[drawn])) == 1 for drawn in paid_out], bool))
    return Results.of(
        "funnel account",
        [np.sort(np.r_[found.rows[k], paid_out[k]]) for k in best],
        found.group[best],
        found.surprise[best],
        found.begun[best],
        len(np.unique(ledger.payee[into])),
    )


def explain(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    came, went = rows[ledger.payee[rows] == account], rows[ledger.payer[rows] == account]
    places = {ledger.words["place"][code] for code in ledger.texts["place"][came]}
    drawn = ledger.words["place"][ledger.texts["place"][went[0]]]
    roles = {int(who): "payer" for who in ledger.payer[came] if who >= 0}
    roles |= {int(who): "payee" for who in ledger.payee[went] if who >= 0} | {int(account): "funnel"}
    why = (
        f"{ledger.name(account)} was paid {len(came)} times at {len(places)} places and drawn only at "
        f"{drawn}, within {days(ledger, rows)}."
    )
    return Explanation(roles, why)
