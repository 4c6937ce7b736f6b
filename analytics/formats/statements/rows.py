"""What a bank statement of any format is read into: text columns, whose names the role tables know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

TRANSACTIONS = (
    "reference",
    "occurred_at",
    "from_account",
    "to_account",
    "from_name",
    "to_name",
    "amount",
    "currency",
    "channel",
    "from_country",
    "to_country",
    "note",
)
ACCOUNTS = ("account", "holder", "currency", "balance", "balance_on", "address", "country")
Row = dict[str, str | None]
Refused = list[tuple[int, str, str]]


def build_table(rows: Sequence[tuple[int, Mapping[str, str | None]]], kind: str) -> pa.Table:
    """The rows, each with its number, as text columns and `row_number` (int64)."""
    names = ACCOUNTS if kind == "account" else TRANSACTIONS
    columns = {name: pa.array([row.get(name) for _, row in rows], pa.string()) for name in names}
    return pa.table(columns | {"row_number": pa.array([number for number, _ in rows], pa.int64())})


def latest_statements(accounts: Sequence[tuple[int, Row]]) -> list[tuple[int, Row]]:
    """One row an account: that of its latest balance, of equals the later in the file. Those without a number
    stay, to be refused."""
    latest: dict[str, tuple[int, Row]] = {}
    nameless = [numbered for numbered in accounts if not numbered[1].get("account")]
    for number, account in accounts:
        name = account.get("account") or ""
        known = latest.get(name)
        if name and (known is None or (account["balance_on"] or "") >= (known[1]["balance_on"] or "")):
            latest[name] = (number, account)
    return sorted([*latest.values(), *nameless], key=lambda numbered: numbered[0])


def build_account(
    account: str | None, *, currency: str | None, balance: str | None, balance_on: str | None
) -> Row:
    """The columns of an account whose statement names no holder; its country is that of its IBAN."""
    return {
        "account": account,
        "currency": currency,
        "balance": balance,
        "balance_on": balance_on,
        "country": iban_country(account),
    }


def payment(own: Mapping[str, str | None], other: Mapping[str, str | None], *, incoming: bool) -> Row:
    """The payer's and the payee's columns of a payment between the statement's own account and another;
    each of the two has `account`, `name` and `country`."""
    payer, payee = (other, own) if incoming else (own, other)
    return {
        f"{side}_{part}": party.get(part)
        for side, party in (("from", payer), ("to", payee))
        for part in ("account", "name", "country")
    }


def iban_country(account: str | None) -> str | None:
    """The country that an account number begins with, where it has the form of an IBAN."""
    is_iban = account is not None and len(account) >= 15 and account[:2].isalpha() and account[2:4].isdigit()
    return account[:2].upper() if account and is_iban else None
