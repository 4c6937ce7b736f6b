"""How the rows of a file become adverts, accounts and transactions: SQL over `raw_file`, one function a
kind."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb

from analytics.ingest.amounts import read_money
from analytics.ingest.markup import strip_markup
from analytics.ingest.record_mapping import RecordMapping
from analytics.ingest.sql import column, literal, optional
from analytics.ingest.times import date_times, joined_times, read_times


@dataclass(frozen=True)
class Rows:
    """`columns`: SQL of each column of the table; `reason`: SQL of why a row is refused, NULL where it is
    not; `source`: what both are selected from."""

    columns: dict[str, str]
    reason: str
    source: str
    notes: tuple[str, ...] = ()


def advert_rows(cursor: duckdb.DuckDBPyConnection, mapping: RecordMapping, time_zone: str) -> Rows:
    """Adverts: markup stripped, reposts pointing at the row that first said the same."""
    body, title = mapping.one("body"), mapping.one("title")
    texts = tuple(name for name in (body, title) if name)
    marked_up = strip_markup(cursor, texts)
    # Line breaks of a text are kept: a telephone number may be spread over them.
    text = {name: _trimmed(f"coalesce(of_{k}.words, {column(name)})") for k, name in enumerate(texts)}
    joins = "".join(
        f" LEFT JOIN stripped AS of_{k} ON of_{k}.written = {column(name)}" for k, name in enumerate(texts)
    )
    times, posted, precision, notes = _times(cursor, mapping, time_zone, required=False)
    contact = _lines(mapping.of("contact"))
    headline = text.get(title, "CAST(NULL AS VARCHAR)") if title else "CAST(NULL AS VARCHAR)"
    reason = f"coalesce(if(coalesce({text[body]}, {headline}) IS NULL, 'no text', NULL), {_late(mapping)})"
    source = f"raw_file{times}{joins}"
    repeated = _find_reposts(cursor, source, reason, (headline, text[body], contact))
    if marked_up:
        notes += (f"markup was taken out of {marked_up:,} texts",)
    if repeated:
        notes += (f"{repeated:,} rows post an earlier advert again: each keeps its time and place",)
    return Rows(
        {
            "reference": optional(mapping.one("reference")),
            "title": headline,
            "body": text[body],
            "kind": _lower(mapping.one("type")),
            "posted_at": posted,
            "site": optional(mapping.one("site")),
            "place": optional(mapping.one("place")),
            "contact": contact,
            "time_precision": precision,
            "language": _lower(mapping.one("language")),
            "repost_of": "reposted.first_row",
        },
        reason,
        f"{source} LEFT JOIN reposted ON reposted.row_number = raw_file.row_number",
        notes,
    )


def _find_reposts(cursor, source: str, reason: str, same: tuple[str, ...]) -> int:
    """Temp table `reposted`: row_number and the first good row with the same texts and contacts."""
    key = " || chr(0) || ".join(f"coalesce({text}, '')" for text in same)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE reposted AS
        SELECT row_number, first_row FROM (
            SELECT row_number, min(row_number) OVER (PARTITION BY said) AS first_row
            FROM (SELECT raw_file.row_number, md5_number({key}) AS said FROM {source} WHERE {reason} IS NULL)
        ) WHERE row_number <> first_row"""
    ).fetchall()
    return cursor.execute("SELECT count(*) FROM reposted").fetchall()[0][0]


def account_rows(cursor: duckdb.DuckDBPyConnection, mapping: RecordMapping, time_zone: str) -> Rows:
    """Accounts. `opened` and the day of a balance are dates as written."""
    joins, opened, reason, notes = "", "CAST(NULL AS DATE)", "CAST(NULL AS VARCHAR)", ()
    if mapping.of("time"):
        clock = mapping.clock()
        notes = read_times(cursor, clock)
        joins, opened = f" {joined_times(clock, 'written')}", "CAST(written.start AS DATE)"
        reason = (
            "if(written.start_text IS NOT NULL AND written.start IS NULL, 'the day of opening cannot "
            "be "
            "read', NULL)"
        )
    balance, currency = "CAST(NULL AS BIGINT)", _upper(mapping.one("currency"))
    if mapping.of("balance"):
        read_money(
            cursor,
            mapping.one("balance"),
            mapping.one("currency"),
            mapping.currency,
            decimal=mapping.decimal,
            minor=mapping.amounts_are_minor,
            rounded=mapping.amounts_are_rounded,
        )
        joins += " JOIN money USING (row_number)"
        balance, currency = "money.minor_units", f"if(money.minor_units IS NULL, {currency}, money.currency)"
        reason = f"coalesce({reason}, nullif(money.reason, 'no amount'))"
    day = optional(mapping.one("balance_on"))
    reference = optional(mapping.one("reference"))
    return Rows(
        {
            "reference": reference,
            "holder": optional(mapping.one("holder")),
            "kind": _lower(mapping.one("type")),
            "opened": opened,
            "place": optional(mapping.one("place")),
            "phone": optional(mapping.one("phone")),
            "address": optional(mapping.one("address")),
            "email": _lower(mapping.one("email")),
            "activity": optional(mapping.one("activity")),
            "country": _country(mapping.one("country")),
            "currency": currency,
            "balance_minor": balance,
            "balance_on": f"CAST(coalesce(TRY_CAST({day} AS TIMESTAMP), try_strptime({day}, "
            f"{literal(mapping.time_format)})) AS DATE)",
        },
        f"coalesce(if({reference} IS NULL, 'no account number', NULL), {reason})",
        f"raw_file{joins}",
        notes,
    )


def transaction_rows(cursor: duckdb.DuckDBPyConnection, mapping: RecordMapping, time_zone: str) -> Rows:
    """Transactions in whole minor units, from payer to payee; a negative amount is the payment the other
    way."""
    times, occurred, precision, notes = _times(cursor, mapping, time_zone, required=True)
    read_money(
        cursor,
        mapping.one("amount"),
        mapping.one("currency"),
        mapping.currency,
        decimal=mapping.decimal,
        minor=mapping.amounts_are_minor,
        rounded=mapping.amounts_are_rounded,
    )
    ((negative, unstated),) = cursor.execute(
        "SELECT count(*) FILTER (minor_units < 0), count(*) FILTER (currency = 'XXX') FROM money"
        " WHERE reason IS NULL"
    ).fetchall()
    if negative:
        notes += (
            f"{negative:,} rows have a negative amount: each is read as paid back, from receiver to sender",
        )
    if unstated:
        notes += (
            f"{unstated:,} rows state no currency: they are held as XXX with two decimals (give --currency, "
            f"or choose it)",
        )
    sides = {side: mapping.one(side) for side in ("from", "to")}
    if not any(sides.values()):  # a remittance file knows people, not accounts
        sides = {side: mapping.one(f"{side}_name") for side in sides}
        notes += (
            "the file names no accounts: the names stand for them, so two people of one name become one",
        )
    payer, payee = optional(sides["from"]), optional(sides["to"])
    back = "money.minor_units < 0"
    return Rows(
        {
            "reference": optional(mapping.one("reference")),
            "occurred_at": occurred,
            "from_account": f"if({back}, {payee}, {payer})",
            "to_account": f"if({back}, {payer}, {payee})",
            "amount_minor": "abs(money.minor_units)",
            "currency": "money.currency",
            "channel": _lower(mapping.one("channel")),
            "merchant_category": _lower(mapping.one("merchant_category")),
            "place": optional(mapping.one("place")),
            "country": _country(mapping.one("country")),
            "note": optional(mapping.one("note")),
            "time_precision": precision,
            "from_name": _either(mapping, "name", back),
            "to_name": _either(mapping, "name", f"NOT ({back})"),
            "from_country": _either(mapping, "country", back, _country),
            "to_country": _either(mapping, "country", f"NOT ({back})", _country),
        },
        f"coalesce(dated.reason, money.reason, if({payer} IS NULL AND {payee} IS NULL, 'neither account is "
        f"given', NULL))",
        f"raw_file{times} JOIN money ON money.row_number = raw_file.row_number",
        notes,
    )


ROWS = {"advert": advert_rows, "account": account_rows, "transaction": transaction_rows}


def _either(mapping: RecordMapping, what: str, back: str, text=optional) -> str:
    """The sender's column, or the receiver's where the payment goes back."""
    return f"if({back}, {text(mapping.one(f'to_{what}'))}, {text(mapping.one(f'from_{what}'))})"


def _times(cursor, mapping: RecordMapping, time_zone: str, *, required: bool):
    """(joins, SQL of the UTC time, SQL of its precision, notes)."""
    if not mapping.of("time"):
        return "", "CAST(NULL AS TIMESTAMP)", "CAST(NULL AS VARCHAR)", ()
    clock = mapping.clock()
    notes = read_times(cursor, clock)
    # In UTC no clock is put forward or back, and asking a million times whether one was takes half of the
    # import.
    notes += date_times(
        cursor, replace(clock, times_are_utc=clock.times_are_utc or time_zone == "UTC"), time_zone
    )
    if required:
        return f" {joined_times(clock)}", "dated.occurred_from", "dated.time_precision", notes
    absent = "dated.start_text IS NULL"
    return (
        f" {joined_times(clock)}",
        f"if({absent}, NULL, dated.occurred_from)",
        f"if({absent}, NULL, dated.time_precision)",
        notes,
    )


def _late(mapping: RecordMapping) -> str:
    """Why a time is refused; an advert without one is kept."""
    return "nullif(dated.reason, 'no date')" if mapping.of("time") else "NULL"


def _trimmed(text: str) -> str:
    return f"nullif(trim({text}, ' ' || chr(10) || chr(13) || chr(9)), '')"


def _lines(names: tuple[str, ...]) -> str:
    if not names:
        return "CAST(NULL AS VARCHAR)"
    return f"nullif(concat_ws(chr(10), {', '.join(optional(name) for name in names)}), '')"


def _lower(name: str | None) -> str:
    return f"lower({optional(name)})"


def _upper(name: str | None) -> str:
    return f"upper({optional(name)})"


def _country(name: str | None) -> str:
    text = optional(name)
    return f"if(length({text}) <= 3, upper({text}), {text})"
