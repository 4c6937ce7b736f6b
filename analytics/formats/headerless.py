"""Tables that come without column names, known by how many columns they have and what some values look like.

They are written here and not in a file of `data`: a file within an archive is parsed where no other file can
be opened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class HeaderlessTable:
    """`columns`: the names, in order. `values`: by name, a regular expression that the whole value fits."""

    name: str
    columns: tuple[str, ...]
    values: dict[str, str]


_CALL = {
    "start": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    "duration": r"\d+",
    "billsec": r"\d+",
    "disposition": "ANSWERED|NO ANSWER|BUSY|FAILED|CONGESTION",
}
_CALL_COLUMNS = (
    *("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata"),
    *("start", "answer", "end", "duration", "billsec", "disposition", "amaflags"),
)
_TABLES = (
    HeaderlessTable("Asterisk call records (Master.csv)", _CALL_COLUMNS, _CALL),
    HeaderlessTable("Asterisk call records (Master.csv)", (*_CALL_COLUMNS, "uniqueid", "userfield"), _CALL),
    HeaderlessTable(
        "ABN AMRO, transactions",
        (
            *(
                "account number",
                "currency",
                "transaction date",
                "balance before",
                "balance after",
                "value date",
            ),
            *("amount", "description"),
        ),
        {
            "account number": r"\d{8,10}",
            "currency": "[A-Z]{3}",
            "transaction date": r"20\d{6}",
            "balance before": r"-?\d+,\d\d",
            "value date": r"20\d{6}",
            "amount": r"-?\d+,\d\d",
        },
    ),
    HeaderlessTable(
        "HM Land Registry, price paid data",
        (
            *("transaction_unique_identifier", "price", "date_of_transfer", "postcode", "property_type"),
            *("old_new", "duration", "paon", "saon", "street", "locality", "town_city", "district"),
            *("county", "ppd_category_type", "record_status"),
        ),
        {
            "transaction_unique_identifier": r"\{[0-9A-Fa-f-]{36}\}",
            "price": r"\d+",
            "date_of_transfer": r"\d{4}-\d\d-\d\d( \d\d:\d\d)?",
            "record_status": "[ACD]",
        },
    ),
)


def find_headerless(row: Sequence[str]) -> HeaderlessTable | None:
    """The known table without column names that a first row is of, or None."""
    for table in _TABLES:
        if len(row) != len(table.columns):
            continue
        written = dict(zip(table.columns, row, strict=True))
        if all(re.fullmatch(pattern, written[name].strip()) for name, pattern in table.values.items()):
            return table
    return None
