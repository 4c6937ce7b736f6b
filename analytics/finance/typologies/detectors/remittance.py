"""Third-party remittance: several senders who, within days, send to one and the same beneficiary."""

from __future__ import annotations

import numpy as np

from analytics.finance.typologies.engine.counting import in_channels, surprising_windows
from analytics.finance.typologies.engine.results import Explanation, Results
from analytics.finance.typologies.engine.timed_ledger import DAY, Ledger
from analytics.finance.typologies.engine.wording import days
from analytics.finance.typologies.parameters import Parameters


def find(ledger: Ledger, parameters: Parameters) -> Results:
    """Beneficiaries of remittances (`channels`) with more senders within the window than is usual for them;
    of each the most surprising window."""
    wanted = parameters.remittance
    rows = np.flatnonzero(
        in_channels(ledger, wanted.channels)
        & (ledger.payer >= 0)
        & (ledger.payee >= 0)
        & (ledger.payer != ledger.payee)
    )
    found = surprising_windows(
        ledger,
        rows,
        ledger.payee[rows],
        ledger.payer[rows],
        wanted.least_payers,
        int(wanted.window_days * DAY),
        parameters.surroundings,
    )
    best = found.best()
    return Results.of(
        "third-party remittance",
        [found.rows[k] for k in best],
        found.group[best],
        found.surprise[best],
        found.begun[best],
        len(np.unique(ledger.payee[rows])),
    )


def explain(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    payers = np.unique(ledger.payer[rows])
    roles = {int(who): "sender" for who in payers} | {int(account): "beneficiary"}
    why = f"{len(payers)} accounts sent remittances to {ledger.name(account)} within {days(ledger, rows)}."
    return Explanation(roles, why)
