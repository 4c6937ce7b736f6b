"""SWIFT MT940, the customer statement message: its transactions and its accounts, read by the library mt-940.

Source: SWIFT Standards, MT940; the structured field 86 as German banks fill it (DFÜ-Abkommen, annex 3) and as
Dutch and Polish ones do (SEPA code words between slashes)."""

from __future__ import annotations

import io
import logging
import re
from typing import Any

import mt940
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

_CHANNELS = {
    "BNK": "fee",
    "CHG": "fee",
    "CHK": "cheque",
    "COM": "fee",
    "DDT": "direct debit",
    "INT": "interest",
    "TRF": "transfer",
}
_CODE_WORD = re.compile(
    r"/(TRTP|TRCD|IBAN|BIC|NAME|REMI|EREF|CNTP|ORDP|BENM|MARF|CSID|RTRN|ADDR|ISDT|PREF|ID|SEPA)/"
)
_NO_REFERENCE = ("NONREF", "NOTPROVIDED", "NONE", "EREF", "PREF", "MARF", "")
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)  # it logs the lines of people's accounts


class _Line(mt940.tags.Statement):
    """A statement line (field 61); one that cannot be read is a transaction with its text under `unread`."""

    def parse(self, transactions: mt940.models.Transactions, value: str) -> dict[str, Any]:
        try:
            found = dict(super().parse(transactions, value))
        except RuntimeError:
            return {"unread": value}
        return found | {"id": found["id"] or "NMSC"}  # the library joins a line without a type to the next

    def __call__(self, transactions: mt940.models.Transactions, value: dict[str, Any]) -> dict[str, Any]:
        if "unread" not in value:
            try:
                return dict(super().__call__(transactions, value))
            except (ArithmeticError, ValueError):
                value = {"unread": "".join(str(part or "") for part in value.values())}
        return value | {"id": "none"}


def is_mt940(head: bytes) -> bool:
    """Whether a file begins as MT940 does: a reference, then an account."""
    return (
        re.search(rb"(?:^|[\r\n}])\s*:20:[^\r\n]*[\r\n]+(?:\s*:21:[^\r\n]*[\r\n]+)?\s*:25P?:", head)
        is not None
    )


def read_mt940(data: bytes, kind: str) -> tuple[pa.Table, Refused]:
    """The statements' `kind` ('transaction' or 'account') as text columns and `row_number`, and what is
    refused. The time is the value date. Raises UnreadableFile."""
    statements = _parse(_message_text(data))
    if kind == "account":
        accounts = [(number, _account(statement)) for number, statement in enumerate(statements, 1)]
        return build_table(latest_statements(accounts), kind), []
    rows: list[tuple[int, Row]] = []
    refused: Refused = []
    number = 0
    for statement in statements:
        own = _identity(str(statement.data.get("account_identification") or ""))
        for transaction in statement.transactions:
            number += 1
            entry = transaction.data
            if "unread" in entry:
                refused.append((number, "the line of field 61 cannot be read", str(entry["unread"])))
            elif entry.get("amount") is not None:
                rows.append((number, _transaction(own, entry)))
    if not number:
        raise UnreadableFile("The MT940 file holds statements, but no transactions.")
    return build_table(rows, kind), refused


def _message_text(data: bytes) -> str:
    """The text of the messages: without their envelopes, one field to a line's start."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = data.decode("latin-1")
    lines = (re.sub(r"^\{1:.*\{4:\s*|^-\}.*$|^-$", "", line.rstrip("\r\n")) for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip())


def _parse(text: str) -> list[mt940.models.Transactions]:
    try:
        # As a stream: a text that is the name of a file would be opened.
        return mt940.parse_statements(
            io.StringIO(text),
            tags={61: _Line()},
            options=mt940.Options.all(),
        )
    except RuntimeError as error:  # of another field than 61: (message, tag, text)
        field = getattr(error.args[1], "id", "?") if len(error.args) > 1 else "?"
        raise UnreadableFile(
            f"Field {field} of the MT940 file cannot be read: the file is damaged."
        ) from error
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableFile(f"The MT940 file is damaged: {str(error)[:150]}") from error


def _identity(text: str) -> str | None:
    """The account of field 25: an IBAN by itself, an account number after that of its bank."""
    text = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[\w./:-]{1,35}", text):
        return None
    text = re.sub(r"(?<=\d)/?[A-Z]{3}$", "", text)  # the currency
    bank, slash, number = text.partition("/")
    number = number if slash else bank
    return (f"{bank}/{number}" if slash and bank.isdigit() and not iban_country(number) else number) or None


def _transaction(own: str | None, entry: dict[str, Any]) -> Row:
    amount = entry["amount"].amount
    party = _party(entry)
    account = party.get("account")
    references = (entry.get("bank_reference"), entry.get("customer_reference"), party.get("reference"))
    own_side = {"account": own, "name": None, "country": iban_country(own)}
    other = {"account": account, "name": party.get("name"), "country": iban_country(account)}
    return payment(own_side, other, incoming=amount > 0) | {
        "reference": next((r.strip() for r in references if r and r.strip() not in _NO_REFERENCE), None),
        "occurred_at": f"{entry['date']:%Y-%m-%d}",
        "amount": str(abs(amount)),
        "currency": entry["amount"].currency,
        "channel": _CHANNELS.get(str(entry.get("id") or "")[1:].upper()),
        "note": party.get("note"),
    }


def _party(entry: dict[str, Any]) -> Row:
    """The other side's account and name, and the purpose, of field 86: structured, in code words or free."""
    if "transaction_code" in entry:
        account = entry.get("applicant_iban") or entry.get("gvc_applicant_iban")
        bank = re.sub(r"\s", "", entry.get("applicant_bin") or "")
        account = re.sub(r"\s", "", account) if account else None
        if account and bank.isdigit() and not iban_country(account):
            account = f"{bank}/{account}"
        return {
            "account": account,
            "name": " ".join((entry.get("applicant_name") or "").split()) or None,
            "note": entry.get("purpose") or entry.get("posting_text"),
            "reference": entry.get("end_to_end_reference"),
        }
    text = " ".join(str(entry.get("transaction_details") or "").split("\n"))
    parts = _code_words(text)
    if not parts:
        return {"note": text or entry.get("extra_details") or None}
    counterpart = parts.get("CNTP", "").split("/")  # account/BIC/name/city
    account = parts.get("IBAN") or counterpart[0]
    return {
        "account": re.sub(r"\s", "", account) or None,
        "name": parts.get("NAME") or (counterpart[2] if len(counterpart) > 2 else "") or None,
        "note": parts.get("REMI") or None,
        "reference": parts.get("EREF") or None,
    }


def _code_words(text: str) -> dict[str, str]:
    """The values of a field 86 in SEPA code words, by code word."""
    found = list(_CODE_WORD.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)] * bool(found)
    return {
        match.group(1): text[match.end() : end].strip("/ ") for match, end in zip(found, ends, strict=True)
    }


def _account(statement: mt940.models.Transactions) -> Row:
    balance = statement.data.get("final_closing_balance") or statement.data.get("final_opening_balance")
    amount = getattr(balance, "amount", None)
    return build_account(
        _identity(str(statement.data.get("account_identification") or "")),
        currency=None if amount is None else amount.currency,
        balance=None if amount is None else str(amount.amount),
        balance_on=None if balance is None or balance.date is None else f"{balance.date:%Y-%m-%d}",
    )
