"""Which column of a file means what: one mapping for every kind, checked, and saved by name."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analytics.formats.header import UnreadableFile
from analytics.formats.parts import AS_FOUND, FileReading
from analytics.formats.readers import RawTable
from analytics.ingest.amount_columns import counts_steps, scale_of_amounts
from analytics.ingest.columns import columns_of
from analytics.ingest.date_formats import FORMATS, TimeColumns
from analytics.ingest.incident_columns import has_column_for_each_period, looks_like_counts
from analytics.ingest.kinds import KINDS
from analytics.ingest.name_words import words_of
from analytics.ingest.repairs import NO_REPAIRS, Repairs, apply_repairs
from analytics.ingest.roles import MAXIMUM_ATTRIBUTES, plain
from analytics.ingest.written_dates import read_written_date
from analytics.oversight import Actor, record
from analytics.shared.base_layers import BASE_LAYERS
from analytics.shared.currency import NOT_STATED, currencies, find_currency
from analytics.store import Store, now

_COUNTS = (
    "This is a table of counts by place and period: its rows are counts, not incidents. Import a list with "
    "one row for each incident; if that is what it is, say which column holds the date."
)
_OLD_INCIDENT_ROLES = ("start", "end", "category", "longitude", "latitude", "place", "reference")


@dataclass(frozen=True)
class Mapping:
    """How a file's columns become rows of a kind. `columns`: (role, the file's columns that have it), a role
    with none left out.

    `constants`: (role, text) of what stands for every row whose column is blank, or where no column has the
    role. `time_zone`: of times without an offset; without one they are the working area's, or UTC where the
    source belongs to none. `times_are_utc`: whether a trailing Z is meant; portals often write Z after local
    times. `epsg`: the CRS of the coordinates. `category`: one for all rows, where no column holds it.
    `currency`: of rows that state none. `own_account`: of a statement, or the phone's number of a list of
    calls, that names none. `amounts_are_minor`: the file counts pence or cents. `amounts_are_rounded`: a part
    of a minor unit is rounded, where otherwise its row is refused. `layer`: what outlines are. `first_step`:
    the date and time of step 0 of a file that counts steps, each of `step_hours`. `reading`: the parts of the
    file and the header, where the user says so. `repairs`: what the user mends of its rows. `doubts`: (role,
    note) of choices that could have been others; a role that the user gives other columns has none."""

    kind: str
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    time_format: str = "%Y-%m-%d"
    times_are_utc: bool = False
    time_zone: str | None = None
    decimal: str = "."
    epsg: int = 4326
    category: str | None = None
    currency: str = NOT_STATED
    own_account: str | None = None
    amounts_are_minor: bool = False
    amounts_are_rounded: bool = False
    layer: str = "area"
    constants: tuple[tuple[str, str], ...] = ()
    reading: FileReading = AS_FOUND
    first_step: str | None = None
    step_hours: float = 1.0
    repairs: Repairs = NO_REPAIRS
    doubts: tuple[tuple[str, str], ...] = ()

    def of(self, role: str) -> tuple[str, ...]:
        """The columns that have a role."""
        return dict(self.columns).get(role, ())

    def one(self, role: str) -> str | None:
        """The column that has a role, None where none has."""
        return next(iter(self.of(role)), None)

    def names(self) -> list[str]:
        """Every column that is read, once."""
        return list(dict.fromkeys(name for _, names in self.columns for name in names))

    def with_role(self, role: str, names: tuple[str, ...]) -> Mapping:
        """The mapping with these columns, or none, for a role."""
        kept = tuple((other, columns) for other, columns in self.columns if other != role)
        is_changed = names != self.of(role)
        doubts = tuple(doubt for doubt in self.doubts if doubt[0] != role or not is_changed)
        return replace(self, columns=(*kept, *(((role, names),) if names else ())), doubts=doubts)

    def constant(self, role: str) -> str:
        """What stands for every row that says nothing of a role, '' where nothing does."""
        return dict(self.constants).get(role, "")

    def with_constant(self, role: str, text: str) -> Mapping:
        """The mapping with this text, or none, for every row that says nothing of a role."""
        rest = tuple((other, value) for other, value in self.constants if other != role)
        return replace(self, constants=(*rest, *(((role, text.strip()),) if text.strip() else ())))

    def is_incomplete(self) -> bool:
        """Whether a needed role has no column, so that the other columns may say why."""
        needs = [need.roles for need in KINDS[self.kind].needs]
        return not all(any(map(self.of, roles)) for roles in needs)

    def with_exchanged_coordinates(self) -> Mapping:
        """The mapping with longitude and latitude in each other's column."""
        x, y = self.of("longitude"), self.of("latitude")
        return self.with_role("longitude", y).with_role("latitude", x)

    def notes(self) -> tuple[str, ...]:
        """What the user should know of how the columns were chosen."""
        return tuple(note for _, note in self.doubts)

    def times(self) -> TimeColumns:
        return TimeColumns(self.of("time"), self.time_format, self.of("end"), self.times_are_utc)


def _is_zone(name: str) -> bool:
    """Whether there is a time zone of this name. To ask for the one is quicker than to list them all."""
    try:
        return ZoneInfo(name).key == name
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def check_mapping(raw: RawTable, mapping: Mapping) -> None:
    """Raise UnreadableFile where a needed role has no column, a column is named that the file has not, or a
    setting is not known."""
    missing = [name for name in mapping.names() if name not in raw.columns]
    if missing:
        raise UnreadableFile(
            f"The file has no column {missing[0]!r}. Its columns: {', '.join(raw.columns)[:300]}."
        )
    has_places = mapping.of("longitude") or mapping.of("point")
    may_be_counts = mapping.kind == "incident" and mapping.is_incomplete() and not has_places
    if may_be_counts and looks_like_counts(columns_of(raw), is_dated=bool(mapping.of("time"))):
        raise UnreadableFile(_COUNTS)
    if mapping.kind == "incident" and not has_places and has_column_for_each_period(columns_of(raw)):
        raise UnreadableFile(_COUNTS)
    if mapping.kind == "transaction" and not mapping.of("time"):
        _check_steps(raw, mapping)
    if mapping.kind == "transaction" and mapping.is_incomplete():
        _refuse_trades(raw)
    if mapping.kind == "transaction" and not mapping.amounts_are_minor:
        _refuse_smallest_units(raw, mapping)
    if mapping.kind == "journey" and mapping.is_incomplete():
        _refuse_zone_numbers(raw)
    for need in KINDS[mapping.kind].needs:
        has_category = need.roles == ("category",) and bool((mapping.category or "").strip())
        stated = has_category or any(map(mapping.constant, need.roles))
        if not stated and not any(map(mapping.of, need.roles)):
            raise UnreadableFile(need.message)
    if mapping.time_format not in FORMATS:
        raise UnreadableFile(f"The date format {mapping.time_format!r} is not known.")
    if mapping.time_zone and not _is_zone(mapping.time_zone):
        raise UnreadableFile(
            f"There is no time zone {mapping.time_zone!r}. One is named like America/Chicago."
        )
    if bool(mapping.of("longitude")) != bool(mapping.of("latitude")):
        raise UnreadableFile("Say which columns hold both coordinates, or neither.")
    if mapping.of("longitude") and mapping.epsg == 0:
        raise UnreadableFile(
            "The coordinates are not degrees. Say which coordinate system they are in: its EPSG number "
            "(--epsg 27700)."
        )
    if mapping.currency not in currencies():
        near = find_currency(mapping.currency)
        raise UnreadableFile(
            f"The currency {mapping.currency!r} is not known: give a code of ISO "
            f"4217{f', such as {near}' if near else ''}."
        )
    if len(mapping.of("attribute")) > MAXIMUM_ATTRIBUTES:
        raise UnreadableFile(f"At most {MAXIMUM_ATTRIBUTES} columns are kept beside those with a meaning.")
    if mapping.layer not in BASE_LAYERS:
        raise UnreadableFile(f"A layer is one of {', '.join(BASE_LAYERS)}.")


def _refuse_trades(raw: RawTable) -> None:
    """Raise UnreadableFile where a file lists what was bought and sold on an exchange."""
    words = {word for name in raw.columns for word in words_of(name)}
    if words & {"side", "buy", "sell"} and words & {"pair", "market", "symbol", "price", "executed"}:
        raise UnreadableFile(
            "This is a list of trades on an exchange: it says what was bought and sold, and for how much, "
            "not who paid whom. Export the account's statement, or its deposits and withdrawals, and "
            "import that."
        )


def _refuse_smallest_units(raw: RawTable, mapping: Mapping) -> None:
    """Raise UnreadableFile where amounts count the smallest unit, and another column its decimals."""
    if scale := scale_of_amounts(columns_of(raw), dict(mapping.columns)):
        raise UnreadableFile(
            f"The amounts in {mapping.one('amount')!r} are whole numbers of the smallest unit, and {scale!r} "
            "says how many decimals they have: read as they stand they would be far too large. Put a column "
            "of the amounts in whole units in the file (divide by ten for each decimal), and choose that "
            "(--map amount=COLUMN)."
        )


def _refuse_zone_numbers(raw: RawTable) -> None:
    """Raise UnreadableFile where a file says from and to where by the numbers of zones alone."""
    zones = [name for name in raw.columns if re.search(r"(location|zone|area|station)_?id$", plain(name))]
    if len(zones) == 2:
        start, finish = zones
        raise UnreadableFile(
            f"The columns {start!r} and {finish!r} hold numbers of zones, which are places only beside the "
            "list that names them (of New York's taxis, the taxi zone lookup of the TLC). Put the names of "
            "that list in the file; or take the numbers for the names of the places (--map "
            f"from={start} --map to={finish})."
        )


def _check_steps(raw: RawTable, mapping: Mapping) -> None:
    """Raise UnreadableFile where payments have a step instead of a time, and no start is given."""
    steps = mapping.one("step") or counts_steps(columns_of(raw))
    if steps and not mapping.first_step:
        raise UnreadableFile(
            f"The column {steps!r} counts steps since a start that the file does not state, so no payment "
            "has a time. Give the start, the date and time of step 0 (--first-step 2024-01-01), and how many "
            "hours a step is."
        )
    if mapping.first_step and read_written_date(mapping.first_step) is None:
        raise UnreadableFile(f"The start of the steps, {mapping.first_step!r}, is no date like 2024-01-01.")


def repaired(raw: RawTable, mapping: Mapping) -> RawTable:
    """The file with the repairs of its mapping. Raises UnreadableFile where they do not fit it."""
    return apply_repairs(raw, mapping.repairs, mapping.one("category"))


def save_mapping(store: Store, actor: Actor, name: str, mapping: Mapping) -> None:
    """Save a mapping by name for next month's file, without the repairs of this file's rows; the same name
    and kind replaces it."""
    mapping = replace(mapping, repairs=mapping.repairs.for_other_files(), doubts=())
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO column_mapping VALUES (?, ?, ?, ?, ?)",
            [name, mapping.kind, json.dumps(asdict(mapping)), actor.name, now()],
        ).fetchall()
        record(cursor, actor, "save mapping", name)


def saved_mappings(store: Store, kind: str) -> dict[str, Mapping]:
    """Every saved mapping of a kind by name."""
    rows = store.rows("SELECT name, mapping FROM column_mapping WHERE kind = ? ORDER BY name", [kind])
    return {row["name"]: read_saved_mapping(row["mapping"], kind) for row in rows}


def read_saved_mapping(text: str, kind: str) -> Mapping:
    """A mapping from its JSON, also from that of versions in which incidents had a mapping of their own."""
    values: dict[str, Any] = json.loads(text)
    if "columns" not in values:
        values = _upgrade(values)
    columns = tuple((role, tuple(names)) for role, names in values["columns"])
    constants = tuple((role, text) for role, text in values.get("constants", ()))
    reading = values.get("reading", {})
    read = FileReading(tuple(reading.get("parts", ())), reading.get("header_row"))
    doubts = tuple((role, note) for role, note in values.get("doubts", ()))
    own = {"columns": columns, "kind": kind, "constants": constants, "reading": read, "doubts": doubts}
    return Mapping(**values | own | {"repairs": Repairs.read(values.get("repairs", {}))})


def _upgrade(values: dict[str, Any]) -> dict[str, Any]:
    """The mapping of incidents as it was saved before one mapping served every kind."""
    columns = []
    for role in _OLD_INCIDENT_ROLES:
        found = values.get(role)
        names = found if isinstance(found, list) else [found] if found else []
        if names:
            columns.append(("time" if role == "start" else role, names))
    settings = {name: values[name] for name in ("epsg", "decimal", "time_zone", "times_are_utc")}
    return settings | {
        "columns": columns,
        "time_format": values["start_format"],
        "category": values["category_constant"],
    }
