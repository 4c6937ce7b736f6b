"""The likeliest mapping of a file: from a preset that knows its columns, else from their names and a sample
of rows."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from math import isfinite
from pathlib import Path
from statistics import median

from analytics.formats.readers import RawTable, sample_texts
from analytics.ingest.columns import columns_of
from analytics.ingest.date_formats import find_date_format
from analytics.ingest.incident_columns import find_incident_columns
from analytics.ingest.mapping import Mapping
from analytics.ingest.presets import Preset, find_preset
from analytics.ingest.roles import KINDS, LIKE_CONTACTS, plain
from analytics.shared.currency import NOT_STATED


def propose_mapping(raw: RawTable, kind: str, file_name: str = "") -> Mapping:
    """The likeliest mapping of a file of a kind."""
    preset = find_preset(raw.columns, kind)
    found = find_incident_columns(columns_of(raw)) if kind == "incident" else _by_name(raw, kind)
    if preset:  # it also knows which roles its file does not fill; only places may come from shapes instead
        places = {role: found[role] for role in ("longitude", "latitude", "point") if role in found}
        found = places | preset.columns_of(raw.columns)
    decimal = _decimal_sign(raw, found)
    return Mapping(
        kind=kind,
        columns=tuple(found.items()),
        time_format=find_date_format(raw, found.get("time", ()), preset.time_format if preset else None),
        time_zone=preset.time_zone if preset else None,
        decimal=decimal,
        epsg=(preset and preset.epsg) or _guess_epsg(raw, _one(found, "longitude"), decimal),
        category=_one_category(found, kind, preset, file_name),
        currency=(preset and preset.currency) or NOT_STATED,
        amounts_are_minor=plain(_amount(found) or "").endswith("_minor"),
    )


def undeclared_contacts(raw: RawTable, mapping: Mapping) -> tuple[str, ...]:
    """A note on columns of adverts that look like contacts and are not read, if there are any."""
    left = [name for name in _matches(LIKE_CONTACTS, raw.columns) if name not in mapping.names()]
    if mapping.kind != "advert" or not left:
        return ()
    return (
        f"columns that look like contacts are not read: {', '.join(left)} (name them under --contacts or "
        "'Declared contacts' if the site itself declares them)",
    )


def _by_name(raw: RawTable, kind: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for role in KINDS[kind].roles:
        matches = _matches(role.names, raw.columns)
        if role.name in ("time", "end"):
            parts = _date_parts(raw.columns) if role.name == "time" and kind == "incident" else ()
            matches = list(parts or with_time(matches[0] if matches else None, raw.columns))
        elif not role.several:
            matches = matches[:1]
        if matches:
            found[role.name] = tuple(matches)
    return found


def _date_parts(columns: list[str]) -> tuple[str, ...]:
    """The columns of year, month, day, hour and minute, where a file has the first three."""
    by_name = {plain(name): name for name in columns}
    if not {"year", "month", "day"} <= by_name.keys():
        return ()
    return tuple(by_name[part] for part in ("year", "month", "day", "hour", "minute") if part in by_name)


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


def _one(found: dict[str, tuple[str, ...]], role: str) -> str | None:
    return next(iter(found.get(role, ())), None)


def _amount(found: dict[str, tuple[str, ...]]) -> str | None:
    return _one(found, "amount") or _one(found, "balance")


def _decimal_sign(raw: RawTable, found: dict[str, tuple[str, ...]]) -> str:
    """A comma where most coordinates or amounts can only be read with one."""
    comma = _share_like(raw, _one(found, "longitude"), r"^\s*-?\d+,\d+")
    comma = max(comma, _share_like(raw, _amount(found), r"^\s*[+-]?\d+(\.\d{3})*,\d{1,2}\s*$"))
    return "," if comma > 0.5 else "."


def _share_like(raw: RawTable, name: str | None, pattern: str) -> float:
    values = sample_texts(raw, name) if name else []
    return sum(bool(re.match(pattern, v)) for v in values) / max(len(values), 1)


def _one_category(
    found: dict[str, tuple[str, ...]], kind: str, preset: Preset | None, file_name: str
) -> str | None:
    """The category of all rows, where no column holds it."""
    if kind != "incident" or "category" in found:
        return None
    return (preset and preset.category) or _spoken(file_name)


def _matches(patterns: tuple[str, ...], columns: list[str]) -> list[str]:
    """The columns that any pattern fits, in the order of the patterns."""
    found = [name for pattern in patterns for name in columns if fnmatchcase(plain(name), pattern)]
    return list(dict.fromkeys(found))


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
