"""Third-party remittance: several senders who, within days, send to one and the same beneficiary."""

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


class RemittanceParameters(SectionModel):
    """How many senders within how many days."""

    min_payers: PositiveInt = 3
    window_days: PositiveFloat = 14
    channels: Words = ("remittance", "wire")


def find(search: Search[RemittanceParameters]) -> Results:
    """Beneficiaries of remittances (`channels`) with more senders within the window than is usual for them;
    of each the most surprising window."""
    ledger, wanted = search.ledger, search.parameters
    rows = np.flatnonzero(
        in_channels(ledger, wanted.channels)
        & (ledger.payer >= 0)
        & (ledger.payee >= 0)
        & (ledger.payer != ledger.payee)
    )
    found = find_surprising_windows(
        ledger,
        rows,
        ledger.payee[rows],
        ledger.payer[rows],
        wanted.min_payers,
        int(wanted.window_days * DAY),
    )
    best = found.best()
    return Results.of(
        [found.rows[k] for k in best],
        found.group[best],
        found.surprise[best],
        found.begun[best],
        len(np.unique(ledger.payee[rows])),
    )


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    payers = np.unique(ledger.payer[rows])
    roles = {int(who): "sender" for who in payers} | {int(account): "beneficiary"}
    why = (
        f"{counted(len(payers), 'account')} sent remittances to {ledger.name(account)} within "
        f"{duration(ledger, rows)}."
    )
    return Explanation(roles, why)


DETECTOR = Detector(
    "third-party remittance",
    "remittance",
    RemittanceParameters,
    find,
    explain,
    needs=("channel",),
    shuffled=False,
)
