"""How the rows of a file become adverts, accounts and transactions, one function a kind."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from analytics.ingest.amounts import Amounts, note_currency, read_amounts
from analytics.ingest.balance_rows import balance_or_turnover, trade
from analytics.ingest.mapping import Mapping
from analytics.ingest.markup import strip_markup
from analytics.ingest.payment_sides import (
    account_number,
    amount_text,
    is_statement,
    joined_text,
    not_booked,
    stated_sides,
    statement_sides,
)
from analytics.ingest.row_times import date_steps, read_row_times
from analytics.ingest.rows import NO_TEXT, Destination, Rows
from analytics.ingest.sql import RawRows, literal
from analytics.ingest.statement_words import unknown_statuses
from analytics.ingest.times import read_times
from analytics.shared.wording import counted

_STATUSES_SHOWN = 5


@dataclass(frozen=True)
class _Reposts:
    """`table`: row_number and `first_row`, the first good row with the same texts and
    contacts. `count`: its rows."""

    table: str
    count: int


def advert_rows(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, destination: Destination
) -> Rows:
    """Adverts: markup stripped, reposts pointing at the row that first said the same."""
    area_id, time_zone = destination.area_named(cursor, mapping.time_zone)
    destination.step("Reading times and amounts", 0.3)
    names = {role: name for role in ("body", "title") if (name := mapping.one(role))}
    stripped = strip_markup(cursor, raw, tuple(names.values()))
    # Line breaks of a text are kept: a telephone number may be spread over them.
    texts = {role: _trimmed(f"coalesce(of_{role}.words, {raw.column(name)})") for role, name in names.items()}
    joins = "".join(
        f" LEFT JOIN {stripped.table} AS of_{role} ON of_{role}.written = {raw.column(name)}"
        for role, name in names.items()
    )
    times = read_row_times(cursor, raw, mapping, time_zone, required=False)
    contact = _lines(raw, mapping.of("contact"))
    body, title = (texts.get(role, NO_TEXT) for role in ("body", "title"))
    reason = f"coalesce(if(coalesce({body}, {title}) IS NULL, 'no text', NULL), {times.reason})"
    source = f"{raw.table}{times.join}{joins}"
    reposts = _find_reposts(cursor, raw, source, reason, (title, body, contact))
    notes = list(times.notes)
    if stripped.count:
        notes.append(f"markup was taken out of {stripped.count:,} texts")
    if reposts.count:
        notes.append(
            f"{counted(reposts.count, 'row posts', 'rows post')} an earlier advert again: each keeps its "
            "time and place"
        )
    return Rows(
        {
            "reference": raw.text(mapping.one("reference")),
            "title": title,
            "body": body,
            "kind": _lower(raw, mapping.one("type")),
            "posted_at": times.at,
            "site": raw.text(mapping.one("site")),
            "place": raw.text(mapping.one("place")),
            "contact": contact,
            "time_precision": times.precision,
            "language": _lower(raw, mapping.one("language")),
            "repost_of": f"{reposts.table}.first_row",
        },
        reason,
        f"{source} LEFT JOIN {reposts.table} ON {reposts.table}.row_number = {raw.table}.row_number",
        tuple(notes),
        date="posted_at",
        area_id=area_id,
        time_zone=time_zone,
    )


def _find_reposts(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, source: str, reason: str, same: tuple[str, ...]
) -> _Reposts:
    key = " || chr(0) || ".join(f"coalesce({text}, '')" for text in same)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE reposted AS
        SELECT row_number, first_row FROM (
            SELECT row_number, min(row_number) OVER (PARTITION BY digest) AS first_row
            FROM (
                SELECT {raw.table}.row_number, md5_number({key}) AS digest
                FROM {source} WHERE {reason} IS NULL
            )
        ) WHERE row_number <> first_row"""
    ).fetchall()
    ((count,),) = cursor.execute("SELECT count(*) FROM reposted").fetchall()
    return _Reposts("reposted", count)


def account_rows(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, destination: Destination
) -> Rows:
    """Accounts. `opened` and the day of a balance are dates as written. A day or balance that cannot be read
    does not cost the account: its holder and contacts have use."""
    area_id, time_zone = destination.area_named(cursor, mapping.time_zone)
    destination.step("Reading times and amounts", 0.3)
    joins, opened = "", "CAST(NULL AS DATE)"
    notes: tuple[str, ...] = ()
    if mapping.of("time"):
        written = read_times(cursor, raw, mapping.times())
        joins = f" {written.join(raw)}"
        opened = f"CAST({written.table}.start AS DATE)"
        unread = f"SELECT sum(rows) FROM {written.table} WHERE start_text IS NOT NULL AND start IS NULL"
        notes = written.notes + _note_unread(cursor, unread, "a day of opening")
    balance, currency = "CAST(NULL AS BIGINT)", _upper(raw, mapping.one("currency"))
    if column := mapping.one("balance"):
        table = _read_row_amounts(cursor, raw, mapping, raw.column(column)).table
        joins += f" JOIN {table} USING (row_number)"
        balance = f"if({table}.reason IS NULL, {table}.minor_units, NULL)"
        currency = f"if({balance} IS NULL, {currency}, {table}.currency)"
        unread = f"SELECT count(*) FROM {table} WHERE reason <> 'no amount'"
        notes += _note_unread(cursor, unread, "a balance")
    day = raw.text(mapping.one("balance_on"))
    day_read = f"coalesce(TRY_CAST({day} AS TIMESTAMP), try_strptime({day}, {literal(mapping.time_format)}))"
    reference = account_number(raw, mapping.of("reference"))
    return Rows(
        {
            "reference": reference,
            "holder": joined_text(raw, mapping.of("holder")),
            "kind": _lower(raw, mapping.one("type")),
            "opened": opened,
            "place": raw.text(mapping.one("place")),
            "phone": raw.text(mapping.one("phone")),
            "address": raw.text(mapping.one("address")),
            "email": _lower(raw, mapping.one("email")),
            "activity": raw.text(mapping.one("activity")),
            "country": _country(raw, mapping.one("country")),
            "currency": currency,
            "balance_minor": balance,
            "balance_on": f"CAST({day_read} AS DATE)",
        },
        f"if({reference} IS NULL, 'no account number', NULL)",
        f"{raw.table}{joins}",
        notes,
        area_id=area_id,
        time_zone=time_zone,
    )


def _note_unread(cursor: duckdb.DuckDBPyConnection, counting: str, what: str) -> tuple[str, ...]:
    """A note of how many rows have a part that cannot be read and go without it."""
    ((count,),) = cursor.execute(counting).fetchall()
    return (f"{counted(count, 'row')} with {what} that cannot be read, taken without it",) if count else ()


def transaction_rows(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, destination: Destination
) -> Rows:
    """Transactions in whole minor units, from payer to payee."""
    area_id, time_zone = destination.area_named(cursor, mapping.time_zone)
    destination.step("Reading times and amounts", 0.3)
    has_steps = mapping.of("step") and not mapping.of("time")
    times = (
        date_steps(raw, mapping, time_zone)
        if has_steps
        else read_row_times(cursor, raw, mapping, time_zone, required=True)
    )
    amounts = _read_row_amounts(cursor, raw, mapping, amount_text(raw, mapping)).table
    notes = [*times.notes, *note_currency(cursor, amounts), *_note_thousands(cursor, raw, mapping)]
    notes += _note_statuses(cursor, raw, mapping)
    find_sides = statement_sides if is_statement(mapping) else stated_sides
    payment = find_sides(cursor, raw, mapping, amounts, destination.new_area)

    def country(role: str) -> str:
        return _country(raw, mapping.one(role))

    back = payment.back
    return Rows(
        {
            "reference": raw.text(mapping.one("reference")),
            "occurred_at": times.at,
            "from_account": payment.payer,
            "to_account": payment.payee,
            "amount_minor": f"abs({amounts}.minor_units)",
            "currency": f"{amounts}.currency",
            "channel": _lower(raw, mapping.one("channel")),
            "merchant_category": _lower(raw, mapping.one("merchant_category")),
            "place": raw.text(mapping.one("place")),
            "country": country("country"),
            "note": raw.text(mapping.one("note")),
            "time_precision": times.precision,
            "from_name": payment.payer_name,
            "to_name": payment.payee_name,
            "from_country": f"if({back}, {country('to_country')}, {country('from_country')})",
            "to_country": f"if({back}, {country('from_country')}, {country('to_country')})",
        },
        f"coalesce({not_booked(raw, mapping)}, {balance_or_turnover(raw, mapping)}, {trade(raw, mapping)},"
        f" {times.reason},"
        f" {amounts}.reason, {payment.reason})",
        f"{raw.table}{times.join} JOIN {amounts} ON {amounts}.row_number = {raw.table}.row_number",
        (*notes, *payment.notes),
        area_id=area_id,
        time_zone=time_zone,
    )


def _read_row_amounts(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, amount: str
) -> Amounts:
    return read_amounts(
        cursor,
        raw,
        amount,
        mapping.of("currency"),
        mapping.currency,
        decimal=mapping.decimal,
        minor=mapping.amounts_are_minor,
        rounded=mapping.amounts_are_rounded,
    )


def _note_thousands(cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping) -> list[str]:
    """A note where every dot of an amount stands before three digits, so that none settles what it is."""
    text = amount_text(raw, mapping)
    grouped = r"^\D*[1-9]\d{0,2}\.\d{3}\D*$"
    settled = r"[.,]\d{1,2}\D*$|[.,]\d{4}|\d\.\d+\.\d|^\D*0\.|\d,\d"
    ((dotted, others),) = cursor.execute(
        f"""SELECT count(*) FILTER (regexp_matches({text}, {literal(grouped)})),
            count(*) FILTER (regexp_matches({text}, {literal(settled)})) FROM {raw.table}"""
    ).fetchall()
    if not dotted or others:
        return []
    means = "the decimal sign" if mapping.decimal == "." else "a mark of thousands"
    return [
        f"no amount shows what the dot in {dotted:,} of them is: it is read as {means}; choose the other "
        "decimal sign if that is wrong"
    ]


def _note_statuses(cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping) -> list[str]:
    """A note on words for what became of a payment that are not known: their rows are taken as booked."""
    column = mapping.one("status")
    if column is None:
        return []
    text = raw.text(column)
    counts = dict(
        cursor.execute(
            f"SELECT {text} AS word, count(*) FROM {raw.table} WHERE {text} IS NOT NULL GROUP BY word"
        ).fetchall()
    )
    unknown = unknown_statuses(counts)
    if not unknown:
        return []
    shown = ", ".join(map(repr, unknown[:_STATUSES_SHOWN]))
    rows = counted(sum(counts[word] for word in unknown), "row")
    return [
        f"{rows} of a status that is not known ({shown} in {column!r}) taken as booked: correct or drop "
        "those that moved no money"
    ]


def _trimmed(text: str) -> str:
    return f"nullif(trim({text}, ' ' || chr(10) || chr(13) || chr(9)), '')"


def _lines(raw: RawRows, names: tuple[str, ...]) -> str:
    if not names:
        return NO_TEXT
    return f"nullif(concat_ws(chr(10), {', '.join(raw.text(name) for name in names)}), '')"


def _lower(raw: RawRows, name: str | None) -> str:
    return f"lower({raw.text(name)})"


def _upper(raw: RawRows, name: str | None) -> str:
    return f"upper({raw.text(name)})"


def _country(raw: RawRows, name: str | None) -> str:
    text = raw.text(name)
    return f"if(length({text}) <= 3, upper({text}), {text})"
