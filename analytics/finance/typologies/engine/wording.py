"""Parts of the sentences that say why. Plain text: account names come from files and are never markup."""

from __future__ import annotations

import numpy as np

from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.shared.wording import counted


def duration(ledger: TimedLedger, rows: np.ndarray) -> str:
    """How long the transactions took, in words."""
    span = int(ledger.time[rows].max() - ledger.time[rows].min())
    if span < 2 * DAY // 24:
        return counted(max(1, round(span / 60_000_000)), "minute")
    return counted(round(span * 24 / DAY), "hour") if span < 2 * DAY else f"{span / DAY:.1f} days"


def share_of_history(ledger: TimedLedger, side: np.ndarray, account: int, rows: np.ndarray) -> str:
    """The share that these transactions are of all on that side of the account in the ledger."""
    total = int((side == account).sum())
    here = int((side[rows] == account).sum())
    return f": {here} of the {total} transactions on that side of the account in the data" if total else ""
