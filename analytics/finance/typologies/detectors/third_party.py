"""Third-party control: accounts of different holders used through one phone."""

from __future__ import annotations

import numpy as np
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.family_names import is_household
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.distinct_windows import find_surprising_windows
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.wording import counted


class ThirdPartyParameters(SectionModel):
    """How many accounts are used through one phone within how many days."""

    min_accounts: PositiveInt = 3
    window_days: PositiveFloat = 28


def find(search: Search[ThirdPartyParameters]) -> Results:
    """Phones through which more holders' accounts paid within the window than is usual, at least
    `min_accounts`. Accounts without a named holder count one by one; of each phone the most surprising
    window, households apart."""
    ledger, wanted = search.ledger, search.parameters
    rows = np.flatnonzero(ledger.payer >= 0)
    rows = rows[ledger.phones[ledger.payer[rows]] >= 0]
    payer = ledger.payer[rows]
    holder = (
        payer.copy()
        if ledger.holder is None
        else np.where(ledger.holder[payer] >= 0, ledger.holder[payer], len(ledger.words["holder"]) + payer)
    )
    phone = ledger.phones[payer]
    found = find_surprising_windows(
        ledger,
        rows,
        phone,
        holder,
        wanted.min_accounts,
        int(wanted.window_days * DAY),
    )
    best = found.best(np.array([not _is_household(ledger, own) for own in found.rows], bool))
    lists = [found.rows[k] for k in best]
    return Results.of(
        lists,
        [ledger.payer[own[0]] for own in lists],
        found.surprise[best],
        found.begun[best],
        len(np.unique(phone)),
    )


def _is_household(ledger: TimedLedger, rows: np.ndarray) -> bool:
    """Whether those who pay bear one family name: a family's telephone indicates nothing."""
    if ledger.holder is None:
        return False
    code = ledger.holder[np.unique(ledger.payer[rows])]
    return is_household(ledger.words["holder"][at] if at >= 0 else None for at in code)


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    payers = np.unique(ledger.payer[rows])
    payees = np.setdiff1d(ledger.payee[rows], payers)
    roles = {int(who): "payee" for who in payees if who >= 0} | {
        int(who): "controlled account" for who in payers
    }
    why = (
        f"{counted(len(payers), 'account')} that share one phone made {counted(len(rows), 'payment')} within "
        f"{duration(ledger, rows)}."
    )
    return Explanation(roles, why)


DETECTOR = Detector(
    "third-party control",
    "third_party",
    ThirdPartyParameters,
    find,
    explain,
    needs=("phone",),
    shuffled=False,
)
