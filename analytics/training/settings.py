"""What the scenario is made of: `data/scenario.toml`, and the random streams that make it repeatable."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analytics.reference import reference_file

SETTINGS_FILE = reference_file("scenario.toml")
TABLES = (
    "incidents",
    "boundaries",
    "adverts",
    "accounts",
    "transactions",
    "premises",
    "journeys",
    "communications",
)


@cache
def settings() -> dict[str, Any]:
    """The settings file as nested dictionaries; distances in metres, shares as fractions."""
    return tomllib.loads(SETTINGS_FILE.read_text(encoding="utf-8"))


def row_counts(scale: float) -> dict[str, int]:
    """Rows of each table at `scale`; 1 is about 60,000 in all, boundaries apart."""
    if not 0 < scale <= 1000:
        raise ValueError("The scale must be above 0 and at most 1000.")
    return {name: max(20, round(rows * scale)) for name, rows in settings()["rows_at_scale_one"].items()}


def stream(seed: int, name: str, chunk: int = 0) -> np.random.Generator:
    """The random numbers of one chunk of one part, whatever else is generated before it."""
    key = tuple(name.encode())
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(*key, 0, chunk)))


def first_day() -> date:
    """The first local day of the recorded period."""
    period = settings()["period"]
    return period["last_day"] - timedelta(days=period["days"] - 1)


def local_to_utc(day: np.ndarray, minute: np.ndarray) -> np.ndarray:
    """UTC times (datetime64[us]) of local days since `first_day` and minutes of that day.

    A time the spring change skips moves on to the end of the gap; one the autumn change repeats is the first.
    """
    start = np.datetime64(first_day(), "us")
    local = start + day.astype("timedelta64[D]") + minute.astype("timedelta64[m]")
    index = pd.DatetimeIndex(local)
    zone = ZoneInfo(settings()["area"]["time_zone"])
    zoned = index.tz_localize(zone, ambiguous=np.ones(len(index), bool), nonexistent="shift_forward")
    return zoned.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[us]")
