"""The likeliest mapping of a file: from a preset that knows its columns, else from their names and a sample
of rows."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from fnmatch import fnmatchcase
from math import isfinite
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow.compute as pc

from analytics.formats.readers import RawTable, sample_texts
from analytics.ingest.amount_columns import (
    counts_steps,
    currency_of_script,
    decimal_sign,
    find_currency_of,
    scale_of_amounts,
    unscaled_amount,
)
from analytics.ingest.attributes import KEPT_BY_DEFAULT, find_attributes
from analytics.ingest.boundaries import OUTLINE_TEXT
from analytics.ingest.boundary_columns import find_names
from analytics.ingest.columns import Column, columns_of
from analytics.ingest.date_formats import find_date_format
from analytics.ingest.doubts import find_doubts
from analytics.ingest.incident_columns import find_incident_columns
from analytics.ingest.kinds import KINDS
from analytics.ingest.kinds.advert import LIKE_CONTACTS
from analytics.ingest.mapping import Mapping
from analytics.ingest.mending import SIGNS_OF_NO_PLACE
from analytics.ingest.money_columns import find_money_columns
from analytics.ingest.name_words import words_of
from analytics.ingest.presets import Preset, find_preset
from analytics.ingest.repairs import Repairs
from analytics.ingest.roles import Role, plain
from analytics.ingest.stated_system import find_stated_system
from analytics.ingest.stated_zone import names_utc, zone_column, zone_in_names
from analytics.ingest.statement_columns import find_balance
from analytics.ingest.statement_preamble import preamble_account, preamble_currency
from analytics.ingest.trade_columns import TRADE_KINDS, find_trade_columns
from analytics.ingest.whole_degrees import are_whole_degrees
from analytics.shared.currency import NOT_STATED, find_currency, minor_digits

_LONGEST_GRADE = 30  # letters on average
_NESTED_KINDS = ("advert", "account")


def propose_mapping(raw: RawTable, kind: str, file_name: str = "") -> Mapping:
    """The likeliest mapping of a file of a kind."""
    preset = find_preset(raw.columns, kind)
    columns = columns_of(raw)
    found = _find_columns(raw, kind, columns)
    if "time" in found and (zone := zone_column(columns)):
        found["time"] = (*found["time"], zone)
    if preset:  # it also knows which roles its file does not fill; only places may come from shapes instead
        places = {role: found[role] for role in ("longitude", "latitude", "point") if role in found}
        found = places | preset.columns_of(raw.columns)
    if kind == "transaction" and "time" not in found and (steps := counts_steps(columns)):
        found["step"] = (steps,)
    is_scaled = False
    if kind == "transaction" and (scale := scale_of_amounts(columns, found)):
        if plain_amount := unscaled_amount(columns, found, scale):
            found["amount"] = (plain_amount,)
        is_scaled = _is_of_minor_units(columns, found, scale)
    if kind in KEPT_BY_DEFAULT and "attribute" not in found:
        used = {name for names in found.values() for name in names}
        found["attribute"] = find_attributes(columns, used)
    decimal = _decimal_sign(raw, found)
    return Mapping(
        kind=kind,
        columns=tuple((role, names) for role, names in found.items() if names),
        time_format=find_date_format(raw, found.get("time", ()), preset.time_format if preset else None),
        times_are_utc=not preset and names_utc(found.get("time", ())),
        time_zone=preset.time_zone if preset else zone_in_names(found.get("time", ()), kind),
        decimal=decimal,
        epsg=(preset and preset.epsg)
        or _guess_epsg(raw, _one(found, "longitude"), _one(found, "latitude"), decimal),
        category=_one_category(found, kind, preset, file_name),
        currency=(preset and preset.currency) or _find_currency(raw, columns, found),
        own_account=preamble_account(raw) if kind == "transaction" and "own" not in found else None,
        step_hours=(preset and preset.step_hours) or 1.0,
        repairs=Repairs(_renamed_categories(raw, preset, _one(found, "category"))),
        amounts_are_minor=is_scaled or _counts_minor_units(_amount(found) or ""),
        doubts=() if preset else find_doubts(kind, columns, found),
    )


def _counts_minor_units(name: str) -> bool:
    """Whether a column of amounts says that it counts pence, cents or satoshis."""
    return plain(name).endswith("_minor") or bool({"satoshi", "satoshis", "sats"} & set(words_of(name)))


def _is_of_minor_units(columns: list[Column], found: dict[str, tuple[str, ...]], scale: str) -> bool:
    """Whether the decimals that a file states are those of its currencies: it then counts pence or cents."""
    by_name = {column.name: column for column in columns}
    named = _one(found, "currency")
    if named is None or scale_of_amounts(columns, found) is None:
        return False
    codes = {find_currency(value) for value in by_name[named].values}
    stated = {int(value) for value in by_name[scale].values}
    return None not in codes and stated == {minor_digits(code) for code in codes} and len(stated) == 1


def _find_currency(raw: RawTable, columns: list[Column], found: dict[str, tuple[str, ...]]) -> str:
    """The currency of rows that state none: that of the amounts' column, else that above the table."""
    stated = find_currency_of(columns, found)
    if stated == NOT_STATED:
        stated = preamble_currency(raw)
    return currency_of_script(raw) if stated == NOT_STATED else stated


def _find_columns(raw: RawTable, kind: str, columns: list[Column]) -> dict[str, tuple[str, ...]]:
    if kind == "incident":
        return find_incident_columns(columns)
    if kind in TRADE_KINDS:
        return find_trade_columns(columns, kind)
    found = _by_name(raw, kind, columns)
    if kind == "account" and "balance" not in found and (balance := find_balance(columns)):
        found["balance"] = (balance,)
    return find_money_columns(columns, found) if kind == "transaction" else found


def with_columns(raw: RawTable, mapping: Mapping, chosen: dict[str, tuple[str, ...]]) -> Mapping:
    """The mapping with other columns for some roles, which then have no other role, and what follows from
    their values: how dates look, the decimal sign and the coordinate system."""
    taken = {name for names in chosen.values() for name in names}
    for role, names in mapping.columns:
        if role not in chosen and taken & set(names):
            mapping = mapping.with_role(role, tuple(name for name in names if name not in taken))
    for role, names in chosen.items():
        mapping = mapping.with_role(role, names)
    found = dict(mapping.columns)
    there = {role: names for role, names in found.items() if set(names) <= set(raw.columns)}
    if "time" in chosen and "time" in there:
        mapping = replace(mapping, time_format=find_date_format(raw, there["time"]))
    if chosen.keys() & {"longitude", "amount", "out", "in", "balance"}:
        mapping = replace(mapping, decimal=_decimal_sign(raw, there))
    if "longitude" in chosen and "longitude" in there:
        x, y = _one(there, "longitude"), _one(there, "latitude")
        mapping = replace(mapping, epsg=_guess_epsg(raw, x, y, mapping.decimal))
    return mapping


def _renamed_categories(
    raw: RawTable, preset: Preset | None, category: str | None
) -> tuple[tuple[str, str], ...]:
    """The categories of a file that its supplier's other files call otherwise."""
    if preset is None or not preset.categories or category is None:
        return ()
    written = set(pc.unique(raw.table.column(category)).to_pylist())
    return tuple(pair for pair in preset.categories.items() if pair[0] in written)


def undeclared_contacts(raw: RawTable, mapping: Mapping) -> tuple[str, ...]:
    """A note on columns of adverts that look like contacts and are not read, if there are any."""
    left = [name for name in _matches(LIKE_CONTACTS, raw.columns) if name not in mapping.names()]
    if mapping.kind != "advert" or not left:
        return ()
    return (
        f"columns that look like contacts are not read: {', '.join(left)} (name them under --contacts or "
        "'Declared contacts' if the site itself declares them)",
    )


def _by_name(raw: RawTable, kind: str, columns: list[Column]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    dated = {column.name for column in columns if not column.values or column.dated > 0}
    clocks = {column.name for column in columns if column.is_clock}
    steps = counts_steps(columns) if kind == "transaction" else None
    for role in KINDS[kind].roles:
        matches = _matches(role.names, raw.columns)
        if kind in _NESTED_KINDS and not matches:
            matches = _matches_within(role.names, raw.columns)
        if kind == "report":
            taken = {name for names in found.values() for name in names}
            matches = [name for name in matches if name not in taken and _fits_report(role, name, columns)]
        if kind == "boundary" and role.name == "name":
            matches = find_names(raw, columns)
        if kind == "boundary" and role.name == "outline":
            matches = _outlines(columns) or matches
        if kind == "advert" and role.name == "time" and not matches:
            matches = [column.name for column in columns if column.dated > 0.9 and column.filled > 0.5][:1]
        if role.name in ("time", "end"):
            has_parts = role.name == "time" and kind == "transaction"
            parts = _date_parts(raw.columns) if has_parts else ()
            dates = [name for name in matches if name in dated] or [n for n in matches if n != steps]
            matches = list(parts or with_time(dates[0] if dates else None, raw.columns, clocks))
        elif role.name in ("from_name", "to_name", "holder"):
            matches = _whole_name(role.name, raw.columns) or matches[:1]
        elif not role.several:
            matches = [_within_object(role, name, columns) for name in matches[:1]]
        if matches:
            found[role.name] = tuple(matches)
    return found


def _outlines(columns: list[Column]) -> list[str]:
    """The columns whose texts are outlines, whatever they are called."""
    return [column.name for column in columns if column.share(OUTLINE_TEXT) > 0.5]


def _within_object(role: Role, name: str, columns: list[Column]) -> str:
    """Of a column of JSON objects, that of the value within them that is called most like the role."""
    inner = {
        plain(column.name.removeprefix(f"{name}.")): column.name
        for column in reversed(columns)
        if column.name.startswith(f"{name}.") and not _is_object(column)
    }
    if not inner or not any(column.name == name and _is_object(column) for column in columns):
        return name
    alike = [inner[wanted] for wanted in (*role.names, "name") if wanted in inner]
    alike = alike or [column for column in inner.values() if column.endswith(".name")][-1:]
    return alike[0] if alike else next(reversed(inner.values()))


def _fits_report(role: Role, name: str, columns: list[Column]) -> bool:
    """Whether a column of a list of reports may hold a grade, where that is its role: a text is none."""
    column = next((column for column in columns if column.name == name), None)
    if role.name not in ("source", "information", "handling") or column is None or not column.values:
        return True
    return sum(map(len, column.values)) <= _LONGEST_GRADE * len(column.values)


def _is_object(column: Column) -> bool:
    return sum(value.lstrip().startswith("{") for value in column.values) > 0.5 * len(column.values)


def _date_parts(columns: list[str]) -> tuple[str, ...]:
    """The columns of year, month and day, and of the time of day, where a file has the first three."""
    by_name = {plain(name): name for name in columns}
    if not {"year", "month", "day"} <= by_name.keys():
        return ()
    clock = ("hour", "minute") if "hour" in by_name else ("time",)
    return tuple(by_name[part] for part in ("year", "month", "day", *clock) if part in by_name)


def _whole_name(role: str, columns: list[str]) -> list[str]:
    """First and last name of a sender, a receiver or a holder, where they stand in two columns."""
    people = {
        "from_name": ("sender_", "payer_", "from_", "remitter_", "originator_"),
        "to_name": ("receiver_", "recipient_", "beneficiary_", "to_", "payee_"),
        "holder": ("holder_", "account_holder_", "customer_", "owner_", ""),
    }
    own = {plain(name): name for name in columns}
    for person in people[role]:
        names = [own.get(f"{person}{part}_name") for part in ("first", "last")]
        if all(names):
            return [name for name in names if name]
    return []


def with_time(date_column: str | None, columns: list[str], clocks: Collection[str] = ()) -> tuple[str, ...]:
    """A date column, and the column of its time of day where one is named alike: OCCUR_DATE, OCCUR_TIME."""
    if not date_column:
        return ()
    by_name, name = {plain(column): column for column in columns}, plain(date_column)
    for date_word, time_word in (("date", "time"), ("_dt", "_tm"), ("fecha", "hora")):
        time_column = by_name.get(name.replace(date_word, time_word))
        if time_column and time_column != date_column:
            return (date_column, time_column)
    if name == "date" and (time := by_name.get("time")) and time in clocks:
        return (date_column, time)
    return (date_column,)


def _one(found: dict[str, tuple[str, ...]], role: str) -> str | None:
    return next(iter(found.get(role, ())), None)


def _amount(found: dict[str, tuple[str, ...]]) -> str | None:
    return _one(found, "amount") or _one(found, "balance") or _one(found, "price")


def _decimal_sign(raw: RawTable, found: dict[str, tuple[str, ...]]) -> str:
    """A comma where most coordinates or amounts can only be read with one."""
    if "longitude" in found:
        return "," if _share_like(raw, _one(found, "longitude"), r"^\s*-?\d+,\d+(?!,)") > 0.5 else "."
    amounts = [name for role in ("amount", "out", "in", "balance", "price") for name in found.get(role, ())]
    texts = [text for name in amounts for text in sample_texts(raw, name)]
    return decimal_sign(texts) or (
        "," if raw.separator == ";" and any("." in text for text in texts) else "."
    )


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


def _matches_within(patterns: tuple[str, ...], columns: list[str]) -> list[str]:
    """The columns of values within objects, such as post.title, whose own name a pattern fits."""
    inner = [(name, plain(name.rpartition(".")[2])) for name in columns if "." in name]
    found = [name for pattern in patterns for name, own in inner if fnmatchcase(own, pattern)]
    return list(dict.fromkeys(found))


def _guess_epsg(raw: RawTable, x: str | None, y: str | None, decimal: str) -> int:
    """Degrees where they fit, British eastings where so named; otherwise the user must say."""
    if raw.epsg:
        return raw.epsg
    values = [_number(v, decimal) for v in (sample_texts(raw, x) if x else [])]
    known = [v for v in values if v and v not in SIGNS_OF_NO_PLACE]
    if not known or median(abs(v) for v in known) <= 180:
        return 4326
    norths = [_number(v, decimal) for v in (sample_texts(raw, y) if y else [])]
    paired = np.array([pair for pair in zip(values, norths, strict=False) if None not in pair], float)
    if len(paired) and are_whole_degrees(paired[:, 0], paired[:, 1]):
        return 4326
    if x and y and (stated := find_stated_system(raw, (x, y))):
        return stated
    if x and max(known) < 700_000 and {"easting", "eastings", "grid", "ngr"} & set(words_of(x)):
        return 27700
    return 0


def _number(text: str, decimal: str) -> float | None:
    try:
        number = float(text.replace(decimal, "."))
    except ValueError:
        return None
    return number if isfinite(number) else None


def _spoken(file_name: str) -> str | None:
    """The words of a file's name after the first, None where there are none."""
    words = re.sub(r"[_\-\d]+", " ", Path(file_name).name.split(".")[0]).split()
    kept = [word for word in words if word.lower() not in ("on", "to", "street", "slim", "and")]
    return " ".join(kept[1:] or kept).capitalize() or None
