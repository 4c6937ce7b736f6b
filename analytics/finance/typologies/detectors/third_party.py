"""Third-party control: accounts of different holders worked through one phone."""

from __future__ import annotations

import numpy as np

from analytics.finance.family_names import is_household
from analytics.finance.typologies.engine.counting import surprising_windows
from analytics.finance.typologies.engine.results import Explanation, Results
from analytics.finance.typologies.engine.timed_ledger import DAY, Ledger
from analytics.finance.typologies.engine.wording import days
from analytics.finance.typologies.parameters import Parameters


def find(ledger: Ledger, parameters: Parameters) -> Results:
    """Phones through which more holders' accounts paid within the window than is usual, at least
    `least_accounts`. Accounts without a named holder count one by one; of each phone the most surprising
    window, households apart."""
    wanted = parameters.third_party
    rows = np.flatnonzero(ledger.payer >= 0)
    rows = rows[ledger.phone[ledger.payer[rows]] >= 0]
    payer = ledger.payer[rows]
    holder = (
        payer.copy()
        if ledger.holder is None
        else np.where(ledger.holder[payer] >= 0, ledger.holder[payer], len(ledger.words["holder"]) + payer)
    )
    phone = ledger.phone[payer]
    found = surprising_windows(
        ledger,
        rows,
        phone,
        holder,
        wanted.least_accounts,
        int(wanted.window_days * DAY),
        parameters.surroundings,
    )
    best = found.best(np.array([not _household(ledger, own) for own in found.rows], bool))
    lists = [found.rows[k] for k in best]
    return Results.of(
        "third-party control",
        lists,
        [ledger.payer[own[0]] for own in lists],
        found.surprise[best],
        found.begun[best],
        len(np.unique(phone)),
    )


def _household(ledger: Ledger, rows: np.ndarray) -> bool:
    """Whether those who pay bear one family name: a family's telephone is no sign."""
    if ledger.holder is None:
        return False
    code = ledger.holder[np.unique(ledger.payer[rows])]
    return is_household(ledger.words["holder"][at] if at >= 0 else None for at in code)


def explain(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    payers = np.unique(ledger.payer[rows])
    payees = np.setdiff1d(ledger.payee[rows], payers)
    roles = {int(who): "payee" for who in payees if who >= 0} | {
        int(who): "controlled account" for who in payers
    }
    why = (
        f"{len(payers)} accounts that share one phone made {len(rows)} payments within {days(ledger, rows)}."
    )
    return Explanation(roles, why)
