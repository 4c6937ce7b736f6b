"""BAI2, the cash management report of banks of the United States: its transactions and its accounts.

Source: BAI, Cash Management Balance Reporting Specifications, version 2. Records are lines: 02 a group with
its day, 03 an account, 16 a transaction, 88 what goes on from the line before. Amounts have the decimals of
their currency."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from analytics.formats.header import UnreadableFile
from analytics.formats.statements.rows import (
    Refused,
    Row,
    build_account,
    build_table,
    latest_statements,
    payment,
)

_BEGINNING = re.compile(rb"\s*01,[^,\r\n]*,[^,\r\n]*,\d{6},\d{0,4},")
_RECORD = re.compile(r"(\d\d),(.*)", re.DOTALL)
_FUNDS = {"S": 3, "V": 2}  # fields after the type of funds
_WITHOUT_DECIMALS = ("JPY", "KRW", "CLP", "ISK", "VND")
_CLOSING = ("015", "010")  # the closing, then the opening ledger balance


@dataclass
class _Account:
    """An account of the report: what its record 03 says, and its transactions as (record, fields)."""

    number: str
    currency: str
    day: str
    balance: str | None = None
    entries: list[list[str]] = field(default_factory=list)


def is_bai2(head: bytes) -> bool:
    """Whether a file begins as BAI2 does: a header of the file with its day and time."""
    return _BEGINNING.match(head.removeprefix(b"\xef\xbb\xbf")) is not None and b"\n02," in head.replace(
        b"\r", b"\n"
    )


def read_bai2(data: bytes, kind: str) -> tuple[pa.Table, Refused]:
    """The report's `kind` ('transaction' or 'account') as text columns and `row_number`, and what is
    refused. The time is the day of the group. Raises UnreadableFile."""
    accounts = list(_read_accounts(data.decode("utf-8-sig", errors="replace")))
    if kind == "account":
        described = [
            (
                number,
                build_account(one.number, currency=one.currency, balance=one.balance, balance_on=one.day),
            )
            for number, one in enumerate(accounts, 1)
        ]
        return build_table(latest_statements(described), kind), []
    rows: list[tuple[int, Row]] = []
    refused: Refused = []
    number = 0
    for account in accounts:
        for entry in account.entries:
            number += 1
            row = _transaction(account, entry)
            if isinstance(row, str):
                refused.append((number, row, ",".join(entry)))
            else:
                rows.append((number, row))
    if not number:
        raise UnreadableFile("The BAI2 file holds balances, but no transactions (records 16).")
    return build_table(rows, kind), refused


def _read_accounts(text: str) -> Iterator[_Account]:
    day, currency, account = "", "USD", None
    for code, content in _records(text):
        fields = [part.strip() for part in content.split(",")]
        if code == "02":
            day, currency = _day(fields[3] if len(fields) > 3 else ""), _at(fields, 5) or "USD"
        elif code == "03":
            if account:
                yield account
            account = _Account(fields[0], _at(fields, 1) or currency, day)
            account.balance = _balance(fields[2:], account.currency)
        elif code == "16" and account:
            account.entries.append(fields)
    if account:
        yield account


def _records(text: str) -> Iterator[tuple[str, str]]:
    """Each record with those that go on from it, by its code."""
    code, content = "", ""
    for line in text.splitlines():
        found = _RECORD.fullmatch(line.strip())
        if not found:
            continue
        if found[1] == "88":
            content = content.rstrip("/") + ("," if content.endswith("/") else " ") + found[2]
            continue
        if code:
            yield code, content.rstrip("/")
        code, content = found[1], found[2]
    if code:
        yield code, content.rstrip("/")


def _transaction(account: _Account, fields: list[str]) -> Row | str:
    """The payment of a record 16, or why it is none."""
    kind, amount = fields[0], _at(fields, 1)
    if not kind.isdigit() or not (100 <= int(kind) <= 699) or kind == "100":
        return "the record is no payment in or out of the account"
    if not amount.isdigit():
        return "the amount cannot be read"
    rest = _after_funds(fields[2:])
    incoming = int(kind) < 400
    text = ", ".join(part for part in rest[2:] if part) or None
    own = {"account": account.number, "name": None, "country": None}
    other = {"account": None, "name": text, "country": None}
    return payment(own, other, incoming=incoming) | {
        "reference": next((part for part in rest[:2] if part), None),
        "occurred_at": account.day,
        "amount": _written(amount, account.currency),
        "currency": account.currency,
        "channel": None,
        "note": text,
    }


def _after_funds(fields: list[str]) -> list[str]:
    """The fields after those that say when the money may be used."""
    kind = _at(fields, 0).upper()
    if kind == "D" and _at(fields, 1).isdigit():
        return fields[2 + 2 * int(fields[1]) :]
    return fields[1 + _FUNDS.get(kind, 0) :]


def _balance(fields: list[str], currency: str) -> str | None:
    """The closing balance of an account, else its opening one."""
    found = {code: fields[at + 1] for at, code in enumerate(fields[:-1]) if code in _CLOSING}
    amount = next((found[code] for code in _CLOSING if re.fullmatch(r"[+-]?\d+", found.get(code, ""))), None)
    return _written(amount, currency) if amount else None


def _written(amount: str, currency: str) -> str:
    if currency in _WITHOUT_DECIMALS:
        return str(int(amount))
    sign, digits = ("-" if amount.startswith("-") else ""), amount.lstrip("+-").rjust(3, "0")
    return f"{sign}{digits[:-2]}.{digits[-2:]}"


def _day(text: str) -> str:
    try:
        return datetime.strptime(text, "%y%m%d").date().isoformat()
    except ValueError:
        return text


def _at(fields: list[str], place: int) -> str:
    return fields[place] if place < len(fields) else ""
