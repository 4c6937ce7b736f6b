"""Fan-out: an account pays many it never paid before within days."""

from __future__ import annotations

import numpy as np

from analytics.finance.typologies.bursts import find_bursts
from analytics.finance.typologies.ledger import Ledger
from analytics.finance.typologies.parameters import Parameters
from analytics.finance.typologies.results import Explanation, Results
from analytics.finance.typologies.wording import days, share_of_history


def find(ledger: Ledger, parameters: Parameters) -> Results:
    """Accounts whose number of new payees in a window is improbable under their own history."""
    return find_bursts(
        "fan-out", ledger.payer, ledger.firsts_out, parameters.fan_out.least_counterparties, ledger
    )


def explain(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    payees = np.unique(ledger.payee[rows])
    roles = {int(payee): "payee" for payee in payees} | {int(account): "distributor"}
    why = (
        f"{ledger.name(account)} paid {len(payees)} accounts that it had not paid before within {days(ledger, rows)}"
        f"{share_of_history(ledger, ledger.payer, account, rows)}."
    )
    return Explanation(roles, why)
