"""The incidents that a search for series compares: where, when (as an interval) and how they were done."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from analytics.reference import reference_file
from analytics.shared.schema import read_toml
from analytics.store.engine import Engine, incidents

MINIMUM_INCIDENTS = 10
_MAXIMUM_DISTINCT_SHARE = 0.6  # above it a column is an identifier or free text: agreement is hardly possible
_MINIMUM_FILLED_SHARE = 0.2
_READ = ("source_id", "row_number", "reference", "category", "place")
_TIMES = ("occurred_from", "occurred_to", "time_precision")
_DAY = np.timedelta64(1, "D")


class TooFewIncidents(ValueError):
    """The selection cannot carry a search for series; the text says why."""


class SeriesTable(BaseModel):
    """`data/series.toml`: the strength of each kind of evidence, and the columns that are none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    place: float = Field(gt=0)
    time: float = Field(gt=0)
    hour: float = Field(ge=0)
    habit: float = Field(gt=0, lt=1)
    support: float = Field(ge=0)
    refused: frozenset[str]


@cache
def series_table() -> SeriesTable:
    """The evidence table that ships, read once. Raises ValueError where a force's own breaks its rules."""
    table: SeriesTable = read_toml(reference_file("series.toml"), SeriesTable)
    return table


@dataclass(frozen=True)
class SeriesIncidents:
    """What is compared, one entry an incident, in order of time.

    `rows`: source_id, row_number, reference, category, place. `x`, `y`: metres on the area's CRS. `start`,
    `end`: days since 1970, local time. `values`: each attribute's codes, -1 where it is empty. `left_out`:
    sentences on what was not compared, and why."""

    rows: pd.DataFrame
    x: np.ndarray
    y: np.ndarray
    start: np.ndarray
    end: np.ndarray
    values: dict[str, np.ndarray]
    left_out: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.x)

    @property
    def middle(self) -> np.ndarray:
        """The middle of each interval, days since 1970, local time."""
        middle: np.ndarray = (self.start + self.end) / 2
        return middle


def read_series_incidents(
    engine: Engine,
    area_id: int,
    time_zone: str,
    *,
    categories: Sequence[str] = (),
    first: date | None = None,
    last: date | None = None,
    columns: Sequence[str] | None = None,
    among: pd.DataFrame | None = None,
) -> SeriesIncidents:
    """The incidents of a working area (and of these categories and local dates, inclusive), with the
    attribute columns that can be evidence, or those named. `among`: only these (source_id, row_number).

    Raises TooFewIncidents where fewer than ten have a place and a date, and KeyError for a column that the
    incidents do not have or that must not be evidence."""
    table = incidents()
    conditions = [table.area_id == area_id]
    if categories:
        conditions.append(table.category.isin(tuple(categories)))
    if first is not None:
        conditions.append(table.local_date >= first)
    if last is not None:
        conditions.append(table.local_date <= last)
    chosen = table.filter(conditions).select(*_READ, "x", "y", *_TIMES, "attributes")
    frame = engine.run(chosen.order_by("source_id", "row_number")).to_pandas()
    if among is not None:
        frame = frame.merge(among, on=["source_id", "row_number"])
    return make_series_incidents(frame, time_zone, columns)


def make_series_incidents(
    frame: pd.DataFrame, time_zone: str, columns: Sequence[str] | None = None
) -> SeriesIncidents:
    """The same from a frame of incidents as the store has them: occurred_from and occurred_to in UTC without
    a zone, attributes as JSON text. Raises what `read_series_incidents` raises."""
    usable = frame.x.notna() & (frame.time_precision != "month")
    if usable.sum() < MINIMUM_INCIDENTS:
        raise TooFewIncidents(
            f"{usable.sum()} of these {len(frame)} incidents have a place and a date finer than a month: "
            f"at least {MINIMUM_INCIDENTS} are needed."
        )
    left_out = []
    if not usable.all():
        left_out.append(
            f"{(~usable).sum():,} incidents without a place, or dated by month alone, are not compared."
        )
    frame = frame[usable]
    start, end = (_local_days(frame[name], time_zone) for name in ("occurred_from", "occurred_to"))
    order = np.lexsort((frame.row_number, frame.source_id, start + end))
    frame = frame.iloc[order].reset_index(drop=True)
    values, refused = _read_values(frame, columns)
    if refused:
        left_out.append(f"Columns that are never evidence were not read: {', '.join(sorted(refused))}.")
    return SeriesIncidents(
        frame[list(_READ)],
        frame.x.to_numpy(float),
        frame.y.to_numpy(float),
        start[order],
        np.maximum(start, end)[order],
        values,
        tuple(left_out),
    )


def _local_days(times: pd.Series, time_zone: str) -> np.ndarray:
    local = pd.to_datetime(times).dt.tz_localize("UTC").dt.tz_convert(time_zone).dt.tz_localize(None)
    days: np.ndarray = (local.to_numpy() - np.datetime64("1970-01-01")) / _DAY
    return days


def _read_values(
    frame: pd.DataFrame, columns: Sequence[str] | None
) -> tuple[dict[str, np.ndarray], list[str]]:
    """The codes of each column that can be evidence, the category among them where there are several, and the
    names of those that must not be."""
    attributes = pd.DataFrame(
        [json.loads(text) if isinstance(text, str) else {} for text in frame.attributes], index=frame.index
    )
    refused = [name for name in attributes if _is_refused(str(name))]
    allowed = attributes.drop(columns=refused)
    if columns is not None:
        if missing := [name for name in columns if name not in allowed]:
            raise KeyError(
                f"{missing[0]!r} is no column that can be evidence here; these can: "
                f"{', '.join(map(str, allowed.columns)) or 'none'}."
            )
        allowed = allowed[list(columns)]
    values = {}
    for name, column in {"category": frame.category, **dict(allowed.items())}.items():
        codes, distinct = pd.factorize(column.map(_fold))
        filled = codes >= 0
        asked = columns is not None and name != "category"
        if len(distinct) < 2 or not (asked or _can_be_evidence(filled, len(distinct))):
            continue
        values[str(name)] = codes.astype(np.int32)
    return values, [str(name) for name in refused]


def _can_be_evidence(filled: np.ndarray, distinct: int) -> bool:
    return bool(
        filled.mean() >= _MINIMUM_FILLED_SHARE and distinct <= max(_MAXIMUM_DISTINCT_SHARE * filled.sum(), 2)
    )


def _is_refused(name: str) -> bool:
    """Whether a column's name says that it tells who somebody is rather than what was done."""
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    return not series_table().refused.isdisjoint(words)


def _fold(value: object) -> str | None:
    """One spelling of a value, None for one that says nothing."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    return " ".join(str(value).casefold().split()) or None
