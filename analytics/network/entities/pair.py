"""Two mentions side by side: what each says in every field, and which way that counts."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd

from analytics.network.entities.mentions import FIELDS
from analytics.store import Store

FIELD_LABELS = {
    "name": "Name",
    "telephone": "Telephone",
    "email": "E-mail",
    "document": "Document",
    "born": "Born",
    "plate": "Vehicle",
    "account": "Account",
    "address": "Address",
    "place": "Place",
}


@dataclass(frozen=True)
class MentionPair:
    """`fields`: one row a field that either has: field, one, other ('' where unknown), bits (for the two
    being one, negative against; missing where the field was not compared). `origins`: of each mention, its
    source's name, handling code, table and first row."""

    fields: pd.DataFrame
    origins: tuple[str, str]


def read_pair(store: Store, mention: str, other: str, why: str) -> MentionPair:
    """The two mentions; `why` as `network_match` has it. Raises KeyError where one is not there."""
    rows = store.rows(
        "SELECT m.*, CAST(facts AS VARCHAR) AS says, s.name AS source, s.handling FROM network_mention m"
        " LEFT JOIN source s USING (source_id) WHERE mention IN (?, ?)",
        [mention, other],
    )
    by_mention = {row["mention"]: row for row in rows}
    one, two = by_mention[mention], by_mention[other]
    says = [{"name": row["name"], **json.loads(row["says"])} for row in (one, two)]
    bits = json.loads(why)
    fields = [
        {
            "field": field,
            "one": says[0].get(field, ""),
            "other": says[1].get(field, ""),
            "bits": bits.get(field),
        }
        for field in FIELDS
        if says[0].get(field) or says[1].get(field)
    ]
    return MentionPair(pd.DataFrame(fields), (_write_origin(one), _write_origin(two)))


def _write_origin(row: dict[str, object]) -> str:
    parts = (row["source"], row["handling"], f"{row['table_name']}, row {row['row_number']}")
    return " · ".join(str(part) for part in parts if part)
