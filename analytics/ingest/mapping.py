"""Which column means what: proposed from names and a sample, corrected by the user, saved by name."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from math import isfinite
from pathlib import Path
from statistics import median

import duckdb
import pyarrow.compute as pc

from analytics.ingest.readers import RawTable
from analytics.oversight import Actor, record
from analytics.store import Store

# Tried in order; the first that reads the most of a sample wins, so day-first comes before month-first
# only where a value settles it.
FORMATS = {
    "%Y-%m-%d %H:%M:%S": "minute", "%Y-%m-%d %H:%M": "minute", "%Y-%m-%dT%H:%M:%S": "minute",
    "%Y-%m-%dT%H:%M:%SZ": "minute", "%Y-%m-%dT%H:%M:%S.%f": "minute", "%Y-%m-%d": "day", "%Y-%m": "month",
    "%Y %m %d %H %M": "minute", "%Y-%m-%d %H:%M:%S.%f": "minute",
    "%d/%m/%Y %H:%M:%S": "minute", "%d/%m/%Y %H:%M": "minute", "%d/%m/%Y": "day",
    "%m/%d/%Y %I:%M:%S %p": "minute", "%m/%d/%Y %H:%M:%S": "minute", "%m/%d/%Y %H:%M": "minute", "%m/%d/%Y": "day",
    "%d.%m.%Y %H:%M": "minute", "%d.%m.%Y": "day", "%Y%m%d": "day", "%d-%b-%Y": "day",
}  # fmt: skip

# Column names by role, likeliest first; `*` stands for anything.
_NAMES = {
    "start": ("date_start", "occurred_from", "cmplnt_fr_dt", "occur_date", "offense_date", "occ_date", "date", "month",
              "fecha*", "start*", "from*date*", "*date*", "*month*"),
    "end": ("date_end", "occurred_to", "cmplnt_to_dt", "end*date*", "end*time*", "to*date*"),
    "category": ("crime_type", "crime type", "primary type", "offense_type", "offense", "ofns_desc", "category", "crime",
                 "type", "modalidad", "*offen?e*", "crime*categor*"),
    "longitude": ("longitude", "lon", "long", "lng", "longitud", "longitude (geometry)", "x", "easting", "x_coord*"),
    "latitude": ("latitude", "lat", "latitud", "latitude (geometry)", "y", "northing", "y_coord*"),
    "place": ("location", "hundred_block", "block", "address", "street", "location_desc", "loc_cat", "place",
              "location_type", "neighbourhood", "boro", "lsoa_name", "lsoa_code"),
    "reference": ("crime_id", "crime id", "incident_no", "incident_key", "uid", "case number", "cmplnt_num", "reference",
                  "id"),
}  # fmt: skip


@dataclass(frozen=True)
class Mapping:
    """How a file's columns become incidents. Joined columns are put together with one blank.

    `epsg`: the CRS of the coordinates. `times_are_utc`: whether a trailing Z is meant; portals often write Z
    after local times, so the default is local.
    """

    start: tuple[str, ...]
    start_format: str
    end: str | None = None
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


def propose_mapping(raw: RawTable, file_name: str) -> Mapping:
    """The likeliest mapping of a file, by its column names and the first 2,000 rows."""
    columns = raw.columns
    found = {role: _first_match(patterns, columns) for role, patterns in _NAMES.items()}
    lowered = {name.lower(): name for name in columns}
    start = (found["start"],) if found["start"] else ()
    if {"year", "month", "day"} <= lowered.keys():
        parts = [p for p in ("year", "month", "day", "hour", "minute") if p in lowered]
        start = tuple(lowered[p] for p in parts)
    elif found["start"] and (time_column := lowered.get(found["start"].lower().replace("date", "time"))):
        start = (found["start"], time_column) if time_column != found["start"] else start
    category = found["category"]
    decimal = "," if _share(raw, found["longitude"], r"^\s*-?\d+,\d+") > 0.5 else "."
    return Mapping(
        start=start,
        start_format=_date_format(raw, start),
        end=found["end"],
        category=category,
        category_constant=None if category else _spoken(file_name),
        longitude=found["longitude"],
        latitude=found["latitude"],
        epsg=_guess_epsg(raw, found["longitude"], found["latitude"], decimal),
        decimal=decimal,
        place=found["place"],
        reference=found["reference"],
    )


def save_mapping(store: Store, actor: Actor, name: str, kind: str, mapping: Mapping) -> None:
    """Keep a mapping by name for next month's file; the same name replaces it."""
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO column_mapping VALUES (?, ?, ?, ?, ?)",
            [name, kind, json.dumps(asdict(mapping)), actor.name, datetime.now(UTC).replace(tzinfo=None)],
        ).fetchall()
        record(cursor, actor, "save mapping", name)


def saved_mappings(store: Store) -> dict[str, Mapping]:
    """Every saved mapping by name."""
    rows = store.rows("SELECT name, mapping FROM column_mapping ORDER BY name")
    return {row["name"]: _from_json(row["mapping"]) for row in rows}


def _from_json(text: str) -> Mapping:
    values = json.loads(text)
    return Mapping(**values | {"start": tuple(values["start"])})


def _first_match(patterns: tuple[str, ...], columns: list[str]) -> str | None:
    for pattern in patterns:
        for name in columns:
            if fnmatchcase(name.strip().lower(), pattern):
                return name
    return None


def _sample(raw: RawTable, name: str) -> list[str]:
    return [v for v in raw.table.column(name).slice(0, 2000).to_pylist() if v]


def _share(raw: RawTable, name: str | None, pattern: str) -> float:
    values = _sample(raw, name) if name else []
    return sum(bool(re.match(pattern, v)) for v in values) / max(len(values), 1)


def _date_format(raw: RawTable, start: tuple[str, ...]) -> str:
    if not start:
        return "%Y-%m-%d"
    head = raw.table.slice(0, 2000)
    text = pc.binary_join_element_wise(*(head.column(name) for name in start), " ")
    best, most = "%Y-%m-%d", 0
    with duckdb.connect() as scratch:
        scratch.register("sample", head.select([]).append_column("text", text))
        for candidate in FORMATS:
            ((read,),) = scratch.execute(
                "SELECT count(try_strptime(text, ?)) FROM sample", [candidate]
            ).fetchall()
            if read > most:
                best, most = candidate, read
    return best


def _guess_epsg(raw: RawTable, x: str | None, y: str | None, decimal: str) -> int:
    """Degrees where they fit; otherwise the user must say, except for two well-known portals' systems."""
    if raw.epsg:
        return raw.epsg
    values = [_number(v, decimal) for v in (_sample(raw, x) if x else [])]
    known = [v for v in values if v not in (None, 0)]
    if not known or median(abs(v) for v in known) <= 180:
        return 4326
    lowered = {name.lower() for name in raw.columns}
    if {"hundred_block", "neighbourhood"} <= lowered:
        return 26910  # Vancouver Police Department's open data
    if {"occ_date", "x_coordina", "y_coordina"} <= lowered:
        return 2913  # Portland, NIJ challenge: Oregon North, feet
    if max(known) < 700_000 and "easting" in lowered:
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
