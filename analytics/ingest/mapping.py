"""Which column means what: proposed from names and a sample, corrected by the user, saved by name."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from math import isfinite
from pathlib import Path
from statistics import median
from typing import Any

from analytics.formats.readers import RawTable, sample_texts
from analytics.ingest.date_formats import TimeColumns, find_date_format
from analytics.ingest.presets import find_preset, plain
from analytics.oversight import Actor, record
from analytics.store import Store, now

# Column names by role, likeliest first; `*` stands for anything.
_NAMES = {
    "start": (
        "date_start",
        "occurred_from",
        "cmplnt_fr_dt",
        "occur_date",
        "offense_date",
        "occ_date",
        "date",
        "month",
        "fecha*",
        "start*",
        "from*date*",
        "*date*",
        "*month*",
    ),
    "end": ("date_end", "occurred_to", "cmplnt_to_dt", "end*date*", "end*time*", "to*date*"),
    "category": (
        "crime_type",
        "crime type",
        "primary type",
        "offense_type",
        "offense",
        "ofns_desc",
        "category",
        "crime",
        "type",
        "modalidad",
        "*offen?e*",
        "crime*categor*",
    ),
    "longitude": (
        "longitude",
        "lon",
        "long",
        "lng",
        "longitud",
        "longitude (geometry)",
        "x",
        "easting",
        "x_coord*",
    ),
    "latitude": ("latitude", "lat", "latitud", "latitude (geometry)", "y", "northing", "y_coord*"),
    "place": (
        "location",
        "hundred_block",
        "block",
        "address",
        "street",
        "location_desc",
        "loc_cat",
        "place",
        "location_type",
        "neighbourhood",
        "boro",
        "lsoa_name",
        "lsoa_code",
    ),
    "reference": (
        "crime_id",
        "crime id",
        "incident_no",
        "incident_key",
        "uid",
        "case number",
        "cmplnt_num",
        "reference",
        "id",
    ),
}


@dataclass(frozen=True)
class Mapping:
    """How a file's columns become incidents. `start` and `end` are one column or several, a date and a time
    say, read together with one blank between.

    `epsg`: the CRS of the coordinates. `times_are_utc`: whether a trailing Z is meant; portals often write Z
    after local times, so the default is local.
    """

    start: tuple[str, ...]
    start_format: str
    end: tuple[str, ...] = ()
    category: str | None = None
    category_constant: str | None = None
    longitude: str | None = None
    latitude: str | None = None
    epsg: int = 4326
    decimal: str = "."
    place: str | None = None
    reference: str | None = None
    time_zone: str | None = None
    times_are_utc: bool = False

    def times(self) -> TimeColumns:
        return TimeColumns(self.start, self.start_format, self.end, self.times_are_utc)


def propose_mapping(raw: RawTable, file_name: str) -> Mapping:
    """The likeliest mapping of a file: a preset that knows its columns, else by their names and a sample of
    rows."""
    found = {role: _first_match(patterns, raw.columns) for role, patterns in _NAMES.items()}
    preset = find_preset(raw.columns)
    if preset:  # it also knows which roles its file does not fill; only places may come from shapes instead
        kept = {role: found[role] for role in ("longitude", "latitude") if preset[role] is None}
        found, start, end = preset | kept, tuple(preset["start"]), tuple(preset["end"] or ())
    else:
        start, end = _start(found["start"], raw.columns), with_time(found["end"], raw.columns)
    decimal = "," if share_like(raw, found["longitude"], r"^\s*-?\d+,\d+") > 0.5 else "."
    return Mapping(
        start=start,
        start_format=find_date_format(raw, start, found.get("start_format")),
        end=end,
        category=found["category"],
        category_constant=None if found["category"] else found.get("category_constant") or _spoken(file_name),
        longitude=found["longitude"],
        latitude=found["latitude"],
        epsg=(preset or {}).get("epsg") or _guess_epsg(raw, found["longitude"], decimal),
        decimal=decimal,
        place=found["place"],
        reference=found["reference"],
        time_zone=found.get("time_zone"),
    )


def _start(found: str | None, columns: list[str]) -> tuple[str, ...]:
    by_name = {plain(name): name for name in columns}
    if {"year", "month", "day"} <= by_name.keys():
        return tuple(by_name[p] for p in ("year", "month", "day", "hour", "minute") if p in by_name)
    return with_time(found, columns)


def with_time(date_column: str | None, columns: list[str]) -> tuple[str, ...]:
    """A date column, and the column of its time of day where one is named alike: OCCUR_DATE, OCCUR_TIME."""
    if not date_column:
        return ()
    by_name, name = {plain(column): column for column in columns}, plain(date_column)
    for date_word, time_word in (("date", "time"), ("_dt", "_tm"), ("fecha", "hora")):
        time_column = by_name.get(name.replace(date_word, time_word))
        if time_column and time_column != date_column:
            return (date_column, time_column)
    return (date_column,)


def save_mapping(store: Store, actor: Actor, name: str, kind: str, mapping: Mapping) -> None:
    """Save a mapping by name for next month's file; the same name replaces it."""
    save_parameters(store, actor, name, kind, asdict(mapping))


def save_parameters(store: Store, actor: Actor, name: str, kind: str, parameters: dict[str, Any]) -> None:
    """Save the parameters of a mapping of any kind by name."""
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO column_mapping VALUES (?, ?, ?, ?, ?)",
            [name, kind, json.dumps(parameters), actor.name, now()],
        ).fetchall()
        record(cursor, actor, "save mapping", name)


def saved_mappings(store: Store) -> dict[str, Mapping]:
    """Every saved mapping of incidents by name."""
    rows = store.rows("SELECT name, mapping FROM column_mapping WHERE kind = 'incident' ORDER BY name")
    return {row["name"]: _from_json(row["mapping"]) for row in rows}


def _from_json(text: str) -> Mapping:
    values = json.loads(text)
    return Mapping(**values | {"start": tuple(values["start"]), "end": tuple(values["end"] or ())})


def _first_match(patterns: tuple[str, ...], columns: list[str]) -> str | None:
    for pattern in patterns:
        for name in columns:
            if fnmatchcase(name.strip().lower(), pattern):
                return name
    return None


def share_like(raw: RawTable, name: str | None, pattern: str) -> float:
    values = sample_texts(raw, name) if name else []
    return sum(bool(re.match(pattern, v)) for v in values) / max(len(values), 1)


def _guess_epsg(raw: RawTable, x: str | None, decimal: str) -> int:
    """Degrees where they fit, British eastings where so named; otherwise the user must say."""
    if raw.epsg:
        return raw.epsg
    values = [_number(v, decimal) for v in (sample_texts(raw, x) if x else [])]
    known = [v for v in values if v]
    if not known or median(abs(v) for v in known) <= 180:
        return 4326
    if x and max(known) < 700_000 and plain(x) == "easting":
        return 27700
    return 0


def _number(text: str, decimal: str) -> float | None:
    try:
        number = float(text.replace(decimal, "."))
    except ValueError:
        return None
    return number if isfinite(number) else None


def _spoken(file_name: str) -> str:
    words = re.sub(r"[_\-\d]+", " ", Path(file_name).name.split(".")[0]).split()
    kept = [word for word in words if word.lower() not in ("on", "to", "street", "slim", "and")]
    return " ".join(kept[1:] or kept).capitalize() or "Incident"
