"""Leads of a store: what was found before is kept there, and only blocks of time that changed are searched
again."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.finance.leads import Leads, find_leads_by_block
from analytics.finance.typologies.engine.incremental import Kept
from analytics.finance.typologies.parameters import Parameters, read_parameters
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store import Store, now
from analytics.store.engine import DuckDBEngine

_TABLES = {"results": "lead_result", "by_chance": "lead_chance", "cut": "lead_cut"}  # of Kept, by block


def find_stored_leads(
    store: Store,
    transactions: pa.Table,
    parameters: Parameters | None = None,
    *,
    accounts: pa.Table | None = None,
    most: int = 500,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> Leads:
    """As `find_leads` of all the store's `transactions`; what they give is kept in the store for the next
    time.

    What is kept is working data, found again from the transactions, so it raises no data version and leaves
    no entry in the audit trail. Where someone else has kept something meanwhile, theirs stays."""
    parameters = parameters or read_parameters()
    saved_at, kept = read_kept(store)
    leads, found = find_leads_by_block(
        transactions,
        kept,
        parameters,
        accounts=accounts,
        most=most,
        engine=DuckDBEngine(store),
        progress=progress,
        cancelled=cancelled,
    )
    if kept is None or found.made_with != kept.made_with or not found.blocks.equals(kept.blocks):
        _save(store, found, saved_at)
    return leads


def read_kept(store: Store) -> tuple[datetime | None, Kept | None]:
    """What is kept in the store, and since when; nothing where there is nothing."""
    with store.read() as cursor:
        cursor.execute("BEGIN").fetchall()  # all tables as of one moment
        state = cursor.execute("SELECT begin_us, made_with, saved_at FROM lead_search").fetchall()
        tables = {
            "blocks": cursor.sql("SELECT block, fingerprint FROM lead_block ORDER BY block").df(),
            "results": cursor.sql(
                "SELECT * FROM lead_result ORDER BY typology, block, result, position"
            ).df(),
            "by_chance": cursor.sql("SELECT * FROM lead_chance").df(),
            "cut": cursor.sql("SELECT * FROM lead_cut ORDER BY typology, since").df(),
        }
        cursor.execute("COMMIT").fetchall()
    if not state:
        return None, None
    begin, made_with, saved_at = state[0]
    tables["blocks"]["block"] = tables["blocks"].block.astype(np.int64)
    return saved_at, Kept(begin, made_with, **tables)


def _save(store: Store, kept: Kept, saved_at: datetime | None) -> None:
    with store.write(changes_data=False) as cursor:
        held = cursor.execute("SELECT saved_at FROM lead_search").fetchall()
        if held != ([] if saved_at is None else [(saved_at,)]):
            return
        cursor.execute("DELETE FROM lead_search").fetchall()
        cursor.execute(
            "INSERT INTO lead_search VALUES (?, ?, ?)",
            [kept.begin, kept.made_with, now()],
        ).fetchall()
        _put(cursor, "lead_block", kept.blocks)
        for name, table in _TABLES.items():
            _put(cursor, table, getattr(kept, name))


def _put(cursor, table: str, rows: pd.DataFrame) -> None:
    cursor.execute(f"DELETE FROM {table}").fetchall()
    cursor.register("given", pa.Table.from_pandas(rows, preserve_index=False))
    cursor.execute(f"INSERT INTO {table} BY NAME FROM given").fetchall()
    cursor.unregister("given")
