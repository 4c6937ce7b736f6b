"""Fan-in: many who never paid an account before pay it within days."""

from __future__ import annotations

import numpy as np

from analytics.finance.typologies.bursts import find_bursts
from analytics.finance.typologies.ledger import Ledger
from analytics.finance.typologies.parameters import Parameters
from analytics.finance.typologies.results import Explanation, Results
from analytics.finance.typologies.wording import days, share_of_history


def find(ledger: Ledger, parameters: Parameters) -> Results:
    """Accounts whose number of new payers in a window is improbable under their own history."""
    return find_bursts(
        "fan-in", ledger.payee, ledger.firsts_in, parameters.fan_in.least_counterparties, ledger
    )


def explain(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    payers = np.unique(ledger.payer[rows])
    roles = {int(payer): "payer" for payer in payers} | {int(account): "collector"}
    why = (
        f"{len(payers)} accounts that had not paid {ledger.name(account)} before paid it within {days(ledger, rows)}"
        f"{share_of_history(ledger, ledger.payee, account, rows)}."
    )
    return Explanation(roles, why)
