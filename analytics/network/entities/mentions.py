"""Who the imported rows name: one mention for each name with what its row says of the person."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd

from analytics.resolve.roles import FieldRole, find_role
from analytics.shared.identifier_value import normalise_identifier
from analytics.store import Store

# By field of a mention, what it means.
FIELDS = {
    "name": "name",
    "telephone": "telephone",
    "email": "email",
    "document": "document",
    "born": "date_of_birth",
    "plate": "plate",
    "account": "account",
    "address": "address",
    "place": "place",
}


@dataclass(frozen=True)
class NamedColumn:
    """A column of a table that names somebody, and which of its row's columns say more of that person.
    `period`: the columns of the first and last day of what the row says."""

    table: str
    column: str
    facts: dict[str, str]
    period: tuple[str, str] | None = None


NAMED = (
    NamedColumn(
        "account",
        "holder",
        {
            "account": "reference",
            "telephone": "phone",
            "email": "email",
            "address": "address",
            "place": "place",
        },
    ),
    NamedColumn(
        "premises",
        "holder",
        {"address": "address", "telephone": "contact", "place": "place"},
        ("let_from", "let_to"),
    ),
    NamedColumn("premises", "owner", {"address": "address", "place": "place"}),
    NamedColumn(
        "journey",
        "traveller",
        {
            "telephone": "contact",
            "document": "document",
            "born": "born",
            "plate": "vehicle",
            "account": "paid_by",
        },
    ),
    NamedColumn("communication", "from_name", {"telephone": "from_phone"}),
    NamedColumn("communication", "to_name", {"telephone": "to_phone"}),
    NamedColumn("transaction", "from_name", {"account": "from_account"}),
    NamedColumn("transaction", "to_name", {"account": "to_account"}),
)
ROLES: tuple[tuple[FieldRole, str], ...] = tuple((find_role(role), field) for field, role in FIELDS.items())


def read_mentions(store: Store, region: str = "GB") -> pd.DataFrame:
    """One row for each name and facts within a source and column, in order of import.

    Columns: mention (its key), table_name, source_id, row_number (the first of its rows), column_name, rows
    (how many say the same), row_numbers (all of them), begins and ends (of the period the rows speak of), and
    the FIELDS, '' where unknown. A telephone is read as at home in `region`."""
    with store.read() as cursor:
        known = cursor.execute("SELECT table_name, column_name FROM duckdb_columns()").fetchall()
        there = {(str(table), str(column)) for table, column in known}
        parts = [
            cursor.execute(_sql(named, there)).df() for named in NAMED if (named.table, named.column) in there
        ]
    found = pd.concat(parts, ignore_index=True)
    for field in FIELDS:
        found[field] = found[field].fillna("").astype(str) if field in found else ""
    phones = {text: normalise_identifier(text, region) or "" for text in found.telephone.unique()}
    found["telephone"] = found.telephone.map(phones)
    keys = ["source_id", "table_name", "row_number", "column_name"]
    found = found.sort_values(keys, ignore_index=True)
    key = [found[column].astype(str) for column in ("table_name", "source_id", "row_number", "column_name")]
    found.insert(0, "mention", "person:" + key[0].str.cat(key[1:], sep="/"))
    return found


def write_facts(mentions: pd.DataFrame) -> list[str]:
    """What each mention says besides the name, as JSON."""
    fields = [field for field in FIELDS if field != "name"]
    return [
        json.dumps(
            {field: value for field, value in zip(fields, row, strict=True) if value}, ensure_ascii=False
        )
        for row in mentions[fields].itertuples(index=False)
    ]


def _sql(named: NamedColumn, there: set[tuple[str, str]]) -> str:
    facts = {field: column for field, column in named.facts.items() if (named.table, column) in there}
    values = "".join(f", trim(CAST({column} AS VARCHAR)) AS {field}" for field, column in facts.items())
    first, last = named.period or ("NULL", "NULL")
    return (
        f"SELECT '{named.table}' AS table_name, source_id, min(row_number) AS row_number,"
        f" min({first})::TIMESTAMP AS begins, max({last})::TIMESTAMP AS ends,"
        f" '{named.column}' AS column_name, count(*) AS rows,"
        f" list(row_number ORDER BY row_number) AS row_numbers, trim({named.column}) AS name{values}"
        f" FROM \"{named.table}\" WHERE trim({named.column}) <> '' GROUP BY ALL"
    )
