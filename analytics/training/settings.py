"""What the scenario is made of: `data/scenario.toml`, and the random streams that make it repeatable."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any, Literal, NotRequired
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from pydantic import ConfigDict, Field, NonNegativeFloat, PositiveFloat, PositiveInt, with_config
from typing_extensions import TypedDict  # pydantic on Python 3.11 cannot read one of typing

from analytics.reference import reference_file
from analytics.shared.schema import read_toml

SETTINGS_FILE = reference_file("scenario.toml")
UNIT_NAME = "Vellmouth unit (invented)"  # by whom the invented casework was made
CONTROL_NAME = "Exercise control"  # who writes into the store of a team for the trainer
Rng = np.random.Generator
Row = dict[str, Any]  # of one table, by column
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


_Share = Annotated[float, Field(ge=0, le=1)]
# A list of numbers keeps whole ones whole: a seed must always give the same city.
_Position = Annotated[list[int | float], Field(min_length=2, max_length=2)]  # longitude, latitude


class AreaSettings(TypedDict):
    name: str
    epsg: int
    time_zone: str
    longitude: float
    latitude: float
    half_width: PositiveInt
    half_height: PositiveInt
    districts: list[str]


class PeriodSettings(TypedDict):
    last_day: date
    days: PositiveInt


class CategorySettings(TypedDict):
    share: _Share
    harm: PositiveInt
    peaks: list[Annotated[list[int | float], Field(min_length=3, max_length=3)]]
    weekend: PositiveFloat
    night: NonNegativeFloat
    season: Annotated[list[int | float], Field(min_length=2, max_length=2)]
    centre: NonNegativeFloat
    homes: NonNegativeFloat
    interval: _Share


class HotspotSettings(TypedDict):
    name: str
    category: str
    east: int
    north: int
    radius: PositiveInt
    share: _Share
    hours: Annotated[list[int], Field(min_length=2, max_length=2)]
    weekdays: list[int]
    trend: Literal["static", "rising", "declining"]


class NearRepeatSettings(TypedDict):
    category: str
    share: _Share
    metres: PositiveInt
    days: PositiveInt


class NetworkSettings(TypedDict):
    size: PositiveInt
    brokers: NotRequired[PositiveInt]
    cliques: NotRequired[PositiveInt]
    leaders: NotRequired[PositiveInt]


class TypologySettings(TypedDict):
    line: PositiveInt
    innocent_for_each: PositiveInt


class ExploitationSettings(TypedDict):
    innocent_for_each: PositiveInt


@with_config(ConfigDict(extra="forbid"))
class Settings(TypedDict):
    """The keys of `data/scenario.toml`, which says what each means; distances in metres, shares as
    fractions."""

    rows_at_scale_one: dict[str, PositiveInt]
    chunk_rows: PositiveInt
    hotspot_shift: PositiveInt
    area: AreaSettings
    towns: dict[str, _Position]
    countries: dict[str, _Position]
    period: PeriodSettings
    categories: dict[str, CategorySettings]
    hotspots: list[HotspotSettings]
    near_repeats: NearRepeatSettings
    networks: dict[str, NetworkSettings]
    typologies: TypologySettings
    exploitation: ExploitationSettings


@cache
def read_settings() -> Settings:
    """The settings file. Raises InvalidFile."""
    return read_toml(SETTINGS_FILE, Settings)


class NameLists(TypedDict):
    """The keys of `data/scenario_names.toml`, which says what each is."""

    neighbourhoods: list[str]
    villages: list[str]
    parks: list[str]
    streets: list[str]
    endings: dict[str, list[str]]


@cache
def read_names() -> NameLists:
    """The names file. Raises InvalidFile."""
    return read_toml(reference_file("scenario_names.toml"), NameLists)


def scale_row_counts(scale: float) -> dict[str, int]:
    """Rows of each table at `scale`; 1 is about 60,000 in all, boundaries apart."""
    if not 0 < scale <= 1000:
        raise ValueError("The scale must be above 0 and at most 1000.")
    return {name: max(20, round(rows * scale)) for name, rows in read_settings()["rows_at_scale_one"].items()}


def seed_stream(seed: int, name: str, chunk: int = 0) -> np.random.Generator:
    """The random numbers of one chunk of one part, whatever else is generated before it."""
    key = tuple(name.encode())
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(*key, 0, chunk)))


def first_day() -> date:
    """The first local day of the recorded period."""
    period = read_settings()["period"]
    start: date = period["last_day"] - timedelta(days=period["days"] - 1)
    return start


def convert_to_utc(day: np.ndarray, minute: np.ndarray) -> np.ndarray:
    """UTC times (datetime64[us]) of local days since `first_day` and minutes of that day.

    A time the spring change skips moves on to the end of the gap; one the autumn change repeats is the first.
    """
    start = np.datetime64(first_day(), "us")
    local = start + day.astype("timedelta64[D]") + minute.astype("timedelta64[m]")
    index = pd.DatetimeIndex(local)
    zone = ZoneInfo(read_settings()["area"]["time_zone"])
    zoned = index.tz_localize(zone, ambiguous=np.ones(len(index), bool), nonexistent="shift_forward")
    return np.asarray(zoned.tz_convert("UTC").tz_localize(None), "datetime64[us]")
