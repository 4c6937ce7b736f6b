"""Harm weights by category, from tables a user loads: named, versioned, never overwritten.

Source of the idea: Sherman, Neyroud & Neyroud (2016), "The Cambridge Crime Harm Index", Policing 10(3).
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import ConfigDict

from analytics.oversight import Actor, record
from analytics.shared.schema import FileModel, InvalidFile, parse_toml
from analytics.shared.wording import counted
from analytics.store import Store, now

COLUMNS = ("name", "version", "unit", "valid_from", "category", "weight", "source")
_TEXTS = ("name", "version", "unit", "category", "source")
MAX_BYTES, MAXIMUM_CATEGORIES, MAXIMUM_CHARACTERS = 5_000_000, 20_000, 300

_NumberedRow = tuple[int, dict[str, object]]


class HarmTableRefused(ValueError):
    """The table cannot be loaded; the message names every row (the first ten) and its fault."""


@dataclass(frozen=True)
class HarmTable:
    """One version of one set: `rows` are (category, weight, source)."""

    name: str
    version: str
    unit: str
    valid_from: date
    rows: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True)
class IncidentWeights:
    """`weight`: one an incident, NaN where its category has none. `unknown`: category, incidents."""

    weight: np.ndarray
    unknown: pd.DataFrame


def read_harm_table(data: bytes, file_name: str) -> HarmTable:
    """Read and check a table: TOML (see data/harm_example.toml) or CSV with COLUMNS, by the file's ending.

    Refused as a whole, with row numbers as a spreadsheet shows them (in TOML the entry's), where a weight is
    not a finite number >= 0, a text is empty, too long or has characters that cannot be seen, a category
    comes twice, or the rows are not of one set, version, unit and date.
    """
    if len(data) > MAX_BYTES:
        raise HarmTableRefused(f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are read.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HarmTableRefused("The file is not UTF-8 text. Save it as 'CSV UTF-8'.") from error
    ending = Path(file_name).suffix.lower()
    if ending not in (".toml", ".csv"):
        raise HarmTableRefused("A harm table is a .toml or a .csv file.")
    rows = _toml_rows(data, file_name) if ending == ".toml" else _csv_rows(text)
    if not 0 < len(rows) <= MAXIMUM_CATEGORIES:
        raise HarmTableRefused(
            f"The table has {len(rows):,} categories; it needs 1 to {MAXIMUM_CATEGORIES:,}."
        )
    return _checked(rows)


def load_harm_weights(store: Store, actor: Actor, file: Path) -> tuple[HarmTable, bool]:
    """Load a table from a file: (table, whether it is new). The same content again adds nothing.

    Raises HarmTableRefused where it fails its checks, or where this name and version are stored with other
    weights: give the changed table a new version.
    """
    data = Path(file).read_bytes()
    table, digest = read_harm_table(data, Path(file).name), hashlib.sha256(data).hexdigest()
    with store.write(changes_data=False) as cursor:
        stored = cursor.execute(
            "SELECT category, weight, source FROM harm_weight WHERE name = ? AND version = ?",
            [table.name, table.version],
        ).fetchall()
        if stored:
            if sorted(stored) == sorted(table.rows):
                return table, False
            raise HarmTableRefused(
                f"{table.name!r} version {table.version!r} is stored with other weights, and a version is "
                "never overwritten. Give this table a new version."
            )
        at = now()
        cursor.execute(
            "INSERT INTO harm_set VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                table.name,
                table.version,
                table.unit,
                table.valid_from,
                Path(file).name,
                digest,
                actor.name,
                at,
            ],
        ).fetchall()
        cursor.register("loaded", pd.DataFrame(table.rows, columns=["category", "weight", "source"]))
        cursor.execute(
            "INSERT INTO harm_weight SELECT ?, ?, category, weight, source FROM loaded",
            [table.name, table.version],
        ).fetchall()
        cursor.unregister("loaded")
        record(
            cursor,
            actor,
            "load harm weights",
            f"{table.name} version {table.version}",
            detail={"file": Path(file).name, "sha256": digest, "categories": len(table.rows)},
        )
    return table, True


def list_harm_tables(store: Store) -> pd.DataFrame:
    """Every table, by name and then the latest in force first: name, version, unit, valid_from,
    categories, source (of one of its weights), file_name, loaded_by, loaded_at."""
    return store.query(
        """SELECT name, version, unit, valid_from, count(*) AS categories, min(source) AS source, file_name,
            loaded_by, loaded_at
        FROM harm_set JOIN harm_weight USING (name, version)
        GROUP BY ALL
        ORDER BY name, valid_from DESC, version"""
    ).to_pandas()


def read_harm_weights(store: Store, name: str, version: str) -> dict[str, float]:
    """Weight by category of one set. Raises KeyError where there is none."""
    rows = store.rows(
        "SELECT category, weight FROM harm_weight WHERE name = ? AND version = ? ORDER BY category",
        [name, version],
    )
    if not rows:
        raise KeyError(f"There are no harm weights {name!r} version {version!r}.")
    return {row["category"]: row["weight"] for row in rows}


def match_categories(
    categories: Iterable[str], weights: Mapping[str, float]
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Weights by the incidents' own spelling of their categories (capitals and spaces do not matter), and the
    categories that have none."""
    by_key = {_key(category): weight for category, weight in weights.items()}
    known, unknown = {}, []
    for category in dict.fromkeys(categories):
        if _key(category) in by_key:
            known[category] = by_key[_key(category)]
        else:
            unknown.append(category)
    return known, tuple(unknown)


def match_incidents(category: pd.Series, weights: Mapping[str, float]) -> IncidentWeights:
    """The weight of each incident by its category; one without a weight is NaN and reported, never 0 or 1."""
    known, _ = match_categories(category.dropna().unique(), weights)
    weight = category.map(known).to_numpy(dtype=float)
    missing = category[np.isnan(weight)].fillna("(no category)")
    unknown = missing.value_counts().rename_axis("category").rename("incidents").reset_index()
    return IncidentWeights(weight, unknown)


def _key(category: str) -> str:
    return " ".join(str(category).split()).casefold()


class _HarmFile(FileModel):
    """A table in TOML. What stands behind its keys is checked row by row, as that of a CSV is; other keys do
    not matter."""

    model_config = ConfigDict(extra="ignore")

    name: object = None
    version: object = None
    unit: object = None
    valid_from: object = None
    source: object = None
    weights: dict[str, object]


def _toml_rows(data: bytes, file_name: str) -> list[_NumberedRow]:
    try:
        content = parse_toml(data, _HarmFile, file_name)
    except InvalidFile as error:
        raise HarmTableRefused(str(error)) from error
    shared = content.model_dump(exclude={"weights"})
    return [
        (number, {**shared, "category": category, "weight": weight})
        for number, (category, weight) in enumerate(content.weights.items(), start=1)
    ]


def _csv_rows(text: str) -> list[_NumberedRow]:
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise HarmTableRefused(f"The file cannot be read as CSV: {error}.") from error
    header = [name.strip().lower() for name in lines[0]] if lines else []
    if missing := [name for name in COLUMNS if name not in header]:
        raise HarmTableRefused(f"The first row must name the columns; missing: {', '.join(missing)}.")
    rows = [(number, line) for number, line in enumerate(lines[1:], start=2) if any(line)]
    wrong = [
        f"row {number}: {counted(len(line), 'column')}" for number, line in rows if len(line) != len(header)
    ]
    _refuse_if(wrong)
    return [(number, dict(zip(header, line, strict=True))) for number, line in rows]


def _checked(rows: list[_NumberedRow]) -> HarmTable:
    faults: list[str] = []
    checked: list[tuple[str, float, str]] = []
    seen: dict[str, int] = {}
    sets: dict[tuple[str, str, str, date], int] = {}
    for number, row in rows:
        found = [fault for column in _TEXTS if (fault := _text_fault(column, row[column]))]
        weight, day = _weight(row["weight"]), _day(row["valid_from"])
        if weight is None:
            found.append(f"the weight {_shown(row['weight'])} is not a number of 0 or more")
        if day is None:
            found.append(f"valid_from {_shown(row['valid_from'])} is not a date like 2026-01-31")
        if not (found or weight is None or day is None):
            name, version, unit, category, source = (str(row[column]).strip() for column in _TEXTS)
            key = _key(category)
            if key in seen:
                found.append(f"the category {_shown(row['category'])} is in row {seen[key]} already")
            seen.setdefault(key, number)
            sets.setdefault((name, version, unit, day), number)
            if len(sets) > 1:
                found.append("name, version, unit and valid_from differ from the first row")
                sets.popitem()
            checked.append((category, weight, source))
        faults += [f"row {number}: {fault}" for fault in found]
    _refuse_if(faults)
    name, version, unit, valid_from = next(iter(sets))
    return HarmTable(name, version, unit, valid_from, tuple(checked))


def _refuse_if(faults: list[str]) -> None:
    if faults:
        more = f"; and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise HarmTableRefused(f"Nothing was loaded. {'; '.join(faults[:10])}{more}.")


def _text_fault(column: str, value: object) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return f"no {column}"
    if len(value) > MAXIMUM_CHARACTERS:
        return f"the {column} is longer than {MAXIMUM_CHARACTERS} characters"
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for character in value):
        return f"the {column} has a character that cannot be seen"
    return None


def _weight(value: object) -> float | None:
    """A finite number of 0 or more, or None. Text is read as plain digits: no '1_000', no '1,5'."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and not (value.strip().isascii() and "_" not in value):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        return None


def _shown(value: object) -> str:
    """A user's text in a message: short, and with nothing in it that acts."""
    text = str(value)
    return ascii(text[:40] + ("..." if len(text) > 40 else ""))
