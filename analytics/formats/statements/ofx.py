"""OFX (Open Financial Exchange) 1 and 2, also as .qfx: its transactions and its accounts.

Source: OFX Banking Specification 2.3; version 1 is SGML, whose values need no closing tag, version 2 XML.
Only tags and what follows them are read, so that both, and what banks make of them, are one. The
maintained library for the format is under the GPL, the permissive one is no longer maintained."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa

from analytics.formats.header import UnreadableFile
from analytics.formats.statements.rows import (
    Refused,
    Row,
    build_account,
    build_table,
    iban_country,
    latest_statements,
    payment,
)

_TAG = re.compile(r"<(/?)([A-Za-z0-9_.:]+)[^<>]*>([^<]*)")
_STATEMENTS = ("STMTRS", "CCSTMTRS")
_PLACES = ("BANKACCTFROM", "CCACCTFROM", "BANKACCTTO", "CCACCTTO", "LEDGERBAL", "AVAILBAL")
_TIME = re.compile(
    r"(\d{8})(?:(\d{2})(\d{2})(\d{2})?)?(?:\.\d+)?\s*(?:\[\s*([+-]?\d{1,2}(?:\.\d+)?)[^\]]*\]?)?"
)
_CHANNELS = {
    "ATM": "cash",
    "CASH": "cash",
    "CHECK": "cheque",
    "DEP": "deposit",
    "DIRECTDEBIT": "direct debit",
    "DIRECTDEP": "transfer",
    "FEE": "fee",
    "INT": "interest",
    "PAYMENT": "transfer",
    "POS": "card",
    "REPEATPMT": "transfer",
    "SRVCHG": "fee",
    "XFER": "transfer",
}
_PLACEHOLDERS = ("000000", "120000")  # what a bank writes that knows the day alone


@dataclass
class _Statement:
    """One account's statement: its values by tag, those of a place as 'PLACE/TAG', and its transactions."""

    values: dict[str, str] = field(default_factory=dict)
    transactions: list[dict[str, str]] = field(default_factory=list)


def is_ofx(head: bytes) -> bool:
    """Whether a file begins as OFX does."""
    return re.match(rb"\s*(?:\xef\xbb\xbf)?\s*OFXHEADER\s*:", head) is not None or b"<OFX>" in head.upper()


def read_ofx(data: bytes, kind: str) -> tuple[pa.Table, Refused]:
    """The statement's `kind` ('transaction' or 'account') as text columns and `row_number`, and what is
    refused. Raises UnreadableFile."""
    text = _decode(data)
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise UnreadableFile(
            "The OFX file declares a document type or entities, which no statement needs: it is refused."
        )
    statements = list(_statements(text))
    if not statements:
        raise UnreadableFile("The OFX file holds no statement of a bank account or a card.")
    if kind == "account":
        accounts = [(number, _account(statement)) for number, statement in enumerate(statements, 1)]
        return build_table(latest_statements(accounts), kind), []
    knows_times = any(
        time and time.group(2) and "".join(time.groups("00")[1:4]) not in _PLACEHOLDERS
        for statement in statements
        for time in (_TIME.match(entry.get("DTPOSTED", "")) for entry in statement.transactions)
    )
    rows: list[tuple[int, Row]] = []
    refused: Refused = []
    number = 0
    for statement in statements:
        for entry in statement.transactions:
            number += 1
            if "TRNAMT" in entry:
                rows.append((number, _transaction(statement, entry, knows_times)))
            else:
                refused.append((number, "the transaction states no amount", entry.get("FITID", "")))
    if not number:
        raise UnreadableFile("The OFX file holds a statement, but no transactions.")
    return build_table(rows, kind), refused


def _decode(data: bytes) -> str:
    head = data[:2000].decode("latin-1").upper()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        charset = re.search(r"CHARSET\s*:\s*(?:WINDOWS-)?(\d{3,5})|ENCODING\s*=\s*[\"']([\w-]+)", head)
        named = (charset.group(1) and f"cp{charset.group(1)}" or charset.group(2)) if charset else "cp1252"
        try:
            return data.decode(named, errors="replace")
        except LookupError:
            return data.decode("cp1252", errors="replace")


def _statements(text: str) -> Iterator[_Statement]:
    """Each statement, in the order of the file."""
    statement: _Statement | None = None
    entry: dict[str, str] | None = None
    place = ""
    for closing, name, value in _TAG.findall(text):
        name = name.upper()
        if name in _STATEMENTS:
            if statement is not None:
                yield statement
            statement, entry, place = (None if closing else _Statement()), None, ""
        elif statement is None:
            continue
        elif name == "STMTTRN":
            entry = None if closing else {}
            if entry is not None:
                statement.transactions.append(entry)
        elif name == "BANKTRANLIST" or name in _PLACES:
            entry = entry if name in _PLACES else None
            place = "" if closing or name not in _PLACES else name
        elif not closing and (words := " ".join(html.unescape(value).split())):
            target = statement.values if entry is None else entry
            target.setdefault(f"{place}/{name}" if place else name, words)
    if statement is not None:
        yield statement


def _identity(values: dict[str, str], *places: str) -> str | None:
    """The account's number at the first place that states one; an IBAN without its blanks."""
    for place in places:
        if account := values.get(f"{place}/ACCTID"):
            return account.replace(" ", "") if iban_country(account) else account
    return None


def _own(statement: _Statement) -> Row:
    account = _identity(statement.values, "BANKACCTFROM", "CCACCTFROM")
    return {"account": account, "name": None, "country": iban_country(account)}


def _transaction(statement: _Statement, entry: dict[str, str], knows_times: bool) -> Row:
    amount = re.sub(r",(\d{1,2})$", r".\1", entry["TRNAMT"].lstrip("+"))  # either sign may part decimals
    incoming = not amount.startswith(("-", "\N{MINUS SIGN}"))
    account = _identity(entry, "BANKACCTTO", "CCACCTTO")
    other = {"account": account, "name": entry.get("NAME"), "country": iban_country(account)}
    kind = entry.get("TRNTYPE", "").upper()
    return payment(_own(statement), other, incoming=incoming) | {
        "reference": entry.get("FITID"),
        "occurred_at": _time(entry.get("DTPOSTED"), knows_times),
        "amount": amount.lstrip("-\N{MINUS SIGN} "),
        "currency": statement.values.get("CURDEF"),
        "channel": _CHANNELS.get(kind),
        "note": entry.get("MEMO"),
    }


def _time(text: str | None, knows_times: bool) -> str | None:
    """A time with its offset as UTC, without one as written; the day where the file states no time of day.
    What is no time of OFX stays as it is, to be refused with it."""
    found = _TIME.match(text or "")
    if not found:
        return text
    day, hour, minute, second, offset = found.groups()
    if not hour or not knows_times:
        return f"{day[:4]}-{day[4:6]}-{day[6:]}"
    try:
        at = datetime.strptime(f"{day}{hour}{minute}{second or '00'}", "%Y%m%d%H%M%S")
        if offset is not None:
            at = at.replace(tzinfo=timezone(timedelta(hours=float(offset)))).astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    return at.isoformat(" ", "seconds")


def _account(statement: _Statement) -> Row:
    return build_account(
        _own(statement)["account"],
        currency=statement.values.get("CURDEF"),
        balance=statement.values.get("LEDGERBAL/BALAMT"),
        balance_on=_time(statement.values.get("LEDGERBAL/DTASOF"), knows_times=False),
    )
