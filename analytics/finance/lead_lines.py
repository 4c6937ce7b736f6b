"""When the payments of leads were made, as the small line of a card."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

PERIODS = 24


def count_lead_periods(payments: pd.DataFrame, first: date, last: date) -> dict[str, list[int]]:
    """By lead_id, its payments (lead_id, occurred_at, UTC) in each of PERIODS equal parts of the days from
    `first` to `last`; those without a time are left out."""
    known = payments.dropna(subset=["occurred_at"])
    begin = pd.Timestamp(first)
    span = max((pd.Timestamp(last) - begin).total_seconds() + 86_400, 1.0)
    seconds = (known.occurred_at - begin).dt.total_seconds().to_numpy()
    part = np.clip((PERIODS * seconds / span).astype(int), 0, PERIODS - 1)
    counts = known.assign(part=part).groupby(["lead_id", "part"]).size()
    lines: dict[str, list[int]] = {}
    for (lead_id, at), number in counts.items():
        lines.setdefault(lead_id, [0] * PERIODS)[at] = int(number)
    return lines
