"""What the Finance room reads from the store's tables."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd
import pyarrow as pa

from analytics.finance.cross_domain_links import join_accounts
from analytics.store import Store

_DIGEST = 16  # characters of an account's digest


def read_transactions(store: Store) -> pa.Table:
    """Every transaction, all columns."""
    return store.query('SELECT * FROM "transaction"')


def read_accounts(store: Store) -> pa.Table:
    """Every account record with a reference, all columns."""
    return store.query("SELECT * FROM account WHERE reference IS NOT NULL")


def read_advert_contacts(store: Store) -> pa.Table:
    """source_id, row_number and contact of the adverts that declare one."""
    return store.query("SELECT source_id, row_number, contact FROM advert WHERE contact IS NOT NULL")


def read_account_record(store: Store, account: str) -> dict[str, Any]:
    """The first record of an account, as column: value; empty where the store has none."""
    rows = store.rows(
        "SELECT * FROM account WHERE reference = ? ORDER BY source_id, row_number LIMIT 1", [account]
    )
    return rows[0] if rows else {}


def name_account(store: Store, account: str) -> str:
    """What an account is called in a link, which must not hold its number: 'source-row' of its first record,
    or a digest where the store has none."""
    record = read_account_record(store, account)
    if record:
        return f"{record['source_id']}-{record['row_number']}"
    return hashlib.sha256(account.encode()).hexdigest()[:_DIGEST]


def find_account(store: Store, name: str) -> str:
    """The account that `name_account` called so. Raises KeyError where this store has none."""
    source, _, row = name.partition("-")
    if row.isascii() and row.isdigit() and source.isascii() and source.isdigit():
        sql = "SELECT reference AS account FROM account WHERE source_id = ? AND row_number = ?"
        found = store.rows(sql, [int(source), int(row)])
    else:
        found = store.rows(
            'SELECT account FROM (SELECT from_account AS account FROM "transaction"'
            ' UNION SELECT to_account FROM "transaction") WHERE sha256(account)[:?] = ?',
            [_DIGEST, name],
        )
    if not found or found[0]["account"] is None:
        raise KeyError("The link names an account that is not in the store.")
    return str(found[0]["account"])


def find_links_elsewhere(store: Store, account: str) -> pd.DataFrame:
    """Where the holder's telephone, e-mail, address or name stands in adverts, premises and recorded crime
    (by the address): table, by, value, shared_rows, source_id, row_number."""
    accounts = store.query("SELECT * FROM account WHERE reference = ?", [account])
    if not len(accounts):
        return pd.DataFrame()
    tables = {
        "advert": read_advert_contacts(store),
        "premises": store.query("SELECT * FROM premises"),
        "incident": store.query(
            "SELECT source_id, row_number, place FROM incident WHERE regexp_matches(place, '[0-9]')"
        ),
    }
    identifiers = store.query("SELECT source_id, row_number, value FROM advert_identifier")
    found = join_accounts(accounts, *tables.values(), advert_identifiers=identifiers)
    for column in ("source_id", "row_number"):
        found[column] = [
            tables[table][column][row].as_py() for table, row in zip(found.table, found.row, strict=True)
        ]
    return found[["table", "by", "value", "shared_rows", "source_id", "row_number"]]


def read_sources_of(store: Store, accounts: list[str], source_ids: list[int]) -> list[dict[str, Any]]:
    """source_id, name, file_name, sha256 and handling of these sources, and of every source with a payment or
    a record of these accounts."""
    return store.rows(
        """
        WITH own AS (SELECT unnest(?::VARCHAR[]) AS account)
        SELECT source_id, name, file_name, sha256, handling FROM source
        WHERE list_contains(?::INTEGER[], source_id) OR source_id IN (
            SELECT source_id FROM "transaction" WHERE from_account IN (FROM own) OR to_account IN (FROM own)
            UNION SELECT source_id FROM account WHERE reference IN (FROM own))
        ORDER BY source_id
        """,
        [accounts, source_ids],
    )
