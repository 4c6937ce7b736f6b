"""Hours by weekdays: the form in which a clock is counted, saved and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import pandas as pd

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class WeekClock:
    """`counts`: shape (7, 24), Monday first, local time; `unknown`: incidents without a known hour."""

    counts: npt.NDArray[Any]
    unknown: int


def read_clock(table: pd.DataFrame) -> WeekClock:
    """The clock that a table of weekday, hour ('00' to '23') and value holds, Monday first."""
    wide = table.pivot(index="weekday", columns="hour", values="value")
    return WeekClock(wide.reindex(index=WEEKDAYS).to_numpy(), 0)
