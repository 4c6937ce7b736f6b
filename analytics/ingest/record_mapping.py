"""Which column of a file of adverts, accounts or transactions means what: proposed, corrected by the user,
saved."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import available_timezones

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable
from analytics.ingest.date_formats import FORMATS, TimeColumns, find_date_format
from analytics.ingest.mapping import save_parameters, share_like, with_time
from analytics.ingest.presets import plain
from analytics.ingest.roles import LIKE_CONTACTS, ROLES
from analytics.oversight import Actor
from analytics.shared.currency import NOT_STATED, currencies, find_currency
from analytics.store import Store

REQUIRED = {"advert": ("body",), "account": ("reference",), "transaction": ("time", "amount")}
_UNSAID = {"advert": "text", "account": "account number", "transaction": "time or amount"}


@dataclass(frozen=True)
class RecordMapping:
    """`columns`: (role, the file's columns that have it), a role with none left out. `currency`: of rows that
    state none. `amounts_are_minor`: the file counts pence or cents. `amounts_are_rounded`: a part of a minor
    unit is rounded, where otherwise its row is refused. `time_zone`: of times without an offset; without one
    they are the working area's, or UTC where the source belongs to none."""

    kind: str
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    time_format: str = "%Y-%m-%d"
    times_are_utc: bool = False
    time_zone: str | None = None
    decimal: str = "."
    currency: str = NOT_STATED
    amounts_are_minor: bool = False
    amounts_are_rounded: bool = False

    def of(self, role: str) -> tuple[str, ...]:
        """The columns that have a role."""
        return dict(self.columns).get(role, ())

    def one(self, role: str) -> str | None:
        """The column that has a role, None where none has."""
        return next(iter(self.of(role)), None)

    def names(self) -> list[str]:
        """Every column that is read, once."""
        return list(dict.fromkeys(name for _, names in self.columns for name in names))

    def with_role(self, role: str, names: tuple[str, ...]) -> RecordMapping:
        kept = tuple((other, columns) for other, columns in self.columns if other != role)
        return replace(self, columns=(*kept, *(((role, names),) if names else ())))

    def times(self) -> TimeColumns:
        return TimeColumns(self.of("time"), self.time_format, are_utc=self.times_are_utc)


def propose_record_mapping(raw: RawTable, kind: str) -> RecordMapping:
    """The likeliest mapping by the names of the columns and a sample of the rows."""
    found: dict[str, tuple[str, ...]] = {}
    for role in ROLES[kind]:
        matches = _matches(role.names, raw.columns)
        if role.name == "time":
            matches = list(with_time(matches[0], raw.columns)) if matches else []
        elif role.name != "contact":
            matches = matches[:1]
        if matches:
            found[role.name] = tuple(matches)
    amount = next(iter(found.get("amount") or found.get("balance") or ()), None)
    comma = share_like(raw, amount, r"^\s*[+-]?\d+(\.\d{3})*,\d{1,2}\s*$") > 0.5
    return RecordMapping(
        kind=kind,
        columns=tuple(found.items()),
        time_format=find_date_format(raw, found.get("time", ())),
        decimal="," if comma else ".",
        amounts_are_minor=amount is not None and plain(amount).endswith("_minor"),
    )


def undeclared_contacts(raw: RawTable, mapping: RecordMapping) -> tuple[str, ...]:
    """A note on columns of adverts that look like contacts and are not read, if there are any."""
    left = [name for name in _matches(LIKE_CONTACTS, raw.columns) if name not in mapping.names()]
    if mapping.kind != "advert" or not left:
        return ()
    return (
        f"columns that look like contacts are not read: {', '.join(left)} (name them under --contacts or "
        "'Declared contacts' if the site itself declares them)",
    )


def check_record_mapping(raw: RawTable, mapping: RecordMapping) -> None:
    """Raise UnreadableFile where a needed column is not named, or one is that the file has not."""
    missing = [name for name in mapping.names() if name not in raw.columns]
    if missing:
        raise UnreadableFile(
            f"The file has no column {missing[0]!r}. Its columns: {', '.join(raw.columns)[:300]}."
        )
    if any(not mapping.of(role) for role in REQUIRED[mapping.kind]):
        raise UnreadableFile(f"Say which column holds the {_UNSAID[mapping.kind]}: none looks like it.")
    if mapping.kind == "transaction" and not any(map(mapping.of, ("from", "to", "from_name", "to_name"))):
        raise UnreadableFile("Say which columns hold the accounts: none looks like one.")
    if mapping.time_format not in FORMATS:
        raise UnreadableFile(f"The date format {mapping.time_format!r} is not known.")
    if mapping.time_zone and mapping.time_zone not in available_timezones():
        raise UnreadableFile(
            f"There is no time zone {mapping.time_zone!r}. One is named like America/Chicago."
        )
    if mapping.currency not in currencies():
        near = find_currency(mapping.currency)
        raise UnreadableFile(
            f"The currency {mapping.currency!r} is not known: give a code of ISO "
            f"4217{f', such as {near}' if near else ''}."
        )


def save_record_mapping(store: Store, actor: Actor, name: str, mapping: RecordMapping) -> None:
    """Save a mapping by name for next month's file; the same name and kind replaces it."""
    save_parameters(store, actor, name, mapping.kind, as_parameters(mapping))


def saved_record_mappings(store: Store, kind: str) -> dict[str, RecordMapping]:
    """Every saved mapping of a kind by name."""
    rows = store.rows("SELECT name, mapping FROM column_mapping WHERE kind = ? ORDER BY name", [kind])
    return {row["name"]: from_json(row["mapping"]) for row in rows}


def from_json(text: str) -> RecordMapping:
    values = json.loads(text)
    columns = tuple((role, tuple(names)) for role, names in values["columns"])
    return RecordMapping(**values | {"columns": columns})


def as_parameters(mapping: RecordMapping) -> dict[str, Any]:
    """How the source was read, as it is stored."""
    return asdict(mapping)


def _matches(patterns: tuple[str, ...], columns: list[str]) -> list[str]:
    """The columns that any pattern fits, in the order of the patterns."""
    found = [name for pattern in patterns for name in columns if fnmatchcase(plain(name), pattern)]
    return list(dict.fromkeys(found))
