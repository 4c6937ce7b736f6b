"""Store values as the plain JSON that every format carries, and back into one form."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd


def convert_value(value: Any) -> Any:
    """None for what is missing, text for times (ISO 8601, UTC with Z), numbers and text as they are, lists
    item by item."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [convert_value(item) for item in value]
    if isinstance(value, dict):
        return {str(name): convert_value(item) for name, item in value.items()}
    if value is None or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, datetime):
        return f"{to_utc(value):%Y-%m-%dT%H:%M:%S.%f}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic):
        return convert_value(value.item())
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def convert_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what it does not hold."""
    return {name: plain for name, value in row.items() if (plain := convert_value(value)) is not None}


def to_utc(moment: datetime) -> datetime:
    """A store's time, which is UTC without saying so, as one that says so."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
