"""The imported rows that are searched: which columns of each table, and how a row is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.oversight.masking import mask_rows
from analytics.shared.currency import written
from analytics.shared.wording import counted

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """One table of imported rows. `columns`: what is searched, with its name on screen. `moment`: by which
    the newest come first. `describe`: (title, text) of a row."""

    table: str
    kind: str
    columns: Mapping[str, str]
    moment: str
    describe: Callable[[Row], tuple[str, str]]

    def describe_masked(self, row: Row) -> tuple[str, str]:
        """(title, text) as they may be shown until a reason is given."""
        if self.table == "advert":  # what an advert says is masked whole: a name may stand anywhere in it
            return _join(row, "kind", "site") or "Advert", _join(row, "place")
        masked = mask_rows(pd.DataFrame([dict(row)]), self.table).iloc[0].to_dict()
        if "note" in masked:  # free text, in which a name may stand
            masked["note"] = None
        return self.describe(masked)


def _has(value: object) -> bool:
    return value is not None and value == value and str(value).strip() != ""


def _join(row: Row, *names: str, between: str = " · ") -> str:
    return between.join(str(row[name]).strip() for name in names if _has(row[name]))


def _first(row: Row, *names: str) -> str:
    return next((str(row[name]) for name in names if _has(row[name])), "not recorded")


def _name_party(row: Row, name: str, number: str) -> str:
    """One side of a payment or a call: by either the search may have found it."""
    return _join(row, name, number, between=" ") or "not recorded"


def _describe_advert(row: Row) -> tuple[str, str]:
    return _join(row, "title") or _first(row, "reference"), _join(row, "body", "place")[:300]


def _describe_account(row: Row) -> tuple[str, str]:
    title = _join(row, "holder", "reference") or _join(row, "address") or "Account"
    return title, _join(row, "kind", "place", "phone", "email")


def _describe_payment(row: Row) -> tuple[str, str]:
    payer, payee = _name_party(row, "from_name", "from_account"), _name_party(row, "to_name", "to_account")
    amount = written(row["amount_minor"], row["currency"]) if _has(row["amount_minor"]) else ""
    money = f"{amount} {row['currency']}" if amount and _has(row["currency"]) else amount
    rest = _join(row, "channel", "merchant_category", "place", "note")
    return f"{payer} → {payee}", " · ".join(filter(None, (money, rest)))


def _describe_journey(row: Row) -> tuple[str, str]:
    way = " → ".join(filter(None, (_join(row, "from_place"), _join(row, "to_place"))))
    return _join(row, "traveller", "vehicle") or "Journey", " · ".join(
        filter(None, (way, _join(row, "mode", "service")))
    )


def _describe_communication(row: Row) -> tuple[str, str]:
    length = counted(row["seconds"], "second") if _has(row["seconds"]) else ""
    caller, called = _name_party(row, "from_name", "from_phone"), _name_party(row, "to_name", "to_phone")
    return f"{caller} → {called}", " · ".join(filter(None, (_join(row, "kind", "place"), length)))


def _describe_premises(row: Row) -> tuple[str, str]:
    return _first(row, "address", "reference"), _join(row, "kind", "place", "holder", "owner")


RECORDS = (
    Record(
        "account",
        "account",
        {
            "reference": "number",
            "holder": "holder",
            "kind": "kind",
            "place": "town",
            "phone": "telephone",
            "email": "e-mail",
            "address": "address",
            "attributes": "further columns",
        },
        "opened",
        _describe_account,
    ),
    Record(
        "advert",
        "advert",
        {
            "title": "title",
            "body": "text",
            "contact": "contacts",
            "site": "site",
            "place": "place",
            "reference": "reference",
            "attributes": "further columns",
        },
        "posted_at",
        _describe_advert,
    ),
    Record(
        "premises",
        "premises",
        {
            "address": "address",
            "kind": "kind",
            "holder": "holder",
            "owner": "owner",
            "contact": "contact",
            "place": "place",
            "reference": "reference",
            "attributes": "further columns",
        },
        "let_from",
        _describe_premises,
    ),
    Record(
        "journey",
        "journey",
        {
            "traveller": "traveller",
            "vehicle": "vehicle",
            "document": "document",
            "contact": "contact",
            "paid_by": "paid by",
            "from_place": "from",
            "to_place": "to",
            "mode": "means",
            "service": "flight, train or vessel",
            "reference": "reference",
            "attributes": "further columns",
        },
        "departed_at",
        _describe_journey,
    ),
    Record(
        "communication",
        "communication",
        {
            "from_phone": "caller",
            "from_name": "caller's name",
            "to_phone": "called",
            "to_name": "name of the called",
            "place": "mast",
            "device": "handset",
            "subscriber": "SIM card",
            "reference": "reference",
            "attributes": "further columns",
        },
        "started_at",
        _describe_communication,
    ),
    Record(
        "transaction",
        "payment",
        {
            "from_name": "payer",
            "from_account": "payer's account",
            "to_name": "payee",
            "to_account": "payee's account",
            "note": "note",
            "merchant_category": "merchant category",
            "channel": "channel",
            "place": "place",
            "country": "country",
            "reference": "reference",
            "attributes": "further columns",
        },
        "occurred_at",
        _describe_payment,
    ),
)
RECORD_OF = {record.table: record for record in RECORDS}
