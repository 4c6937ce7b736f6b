"""Leads of a store: earlier results are stored there, and only blocks of time that changed are searched
again."""

from __future__ import annotations

from datetime import datetime

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.finance.leads import Leads, find_leads_by_block
from analytics.finance.protected_leads import protect_leads
from analytics.finance.typologies.incremental import BlockResults
from analytics.finance.typologies.parameters import Parameters, read_parameters
from analytics.intelligence.possible_victims import find_protected_identifiers
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store import Store, now
from analytics.store.engine import DuckDBEngine, open_engine

_TABLES = {"results": "lead_result", "by_chance": "lead_chance", "cut": "lead_cut"}  # of BlockResults


def find_stored_leads(
    store: Store,
    transactions: pa.Table,
    parameters: Parameters | None = None,
    *,
    accounts: pa.Table | None = None,
    limit: int = 500,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> Leads:
    """As `search_stored_leads`, with the accounts of possible victims protected."""
    leads = search_stored_leads(
        store,
        transactions,
        parameters,
        accounts=accounts,
        limit=limit,
        progress=progress,
        cancelled=cancelled,
    )
    return protect_leads(leads, find_protected_identifiers(store, "account"))


def search_stored_leads(
    store: Store,
    transactions: pa.Table,
    parameters: Parameters | None = None,
    *,
    accounts: pa.Table | None = None,
    limit: int = 500,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> Leads:
    """As `find_leads` of all the store's `transactions`; the results are stored for the next time. Nobody is
    protected in them yet: `protect_leads` comes before anything is shown.

    They are working data, found again from the transactions, so they raise no data version and leave no entry
    in the audit trail. Where someone else has stored results meanwhile, theirs stay."""
    parameters = parameters or read_parameters()
    saved_at, stored = load_block_results(store)
    engine = open_engine(store)
    leads, found = find_leads_by_block(
        transactions if isinstance(engine, DuckDBEngine) else None,  # elsewhere: where they lie
        stored,
        parameters,
        accounts=accounts,
        limit=limit,
        engine=engine,
        progress=progress,
        cancelled=cancelled,
    )
    if store.is_partial:  # what is worked out from a part is stored for nobody
        return leads
    if stored is None or found.made_with != stored.made_with or not found.blocks.equals(stored.blocks):
        _save(store, found, saved_at)
    return leads


def load_block_results(store: Store) -> tuple[datetime | None, BlockResults | None]:
    """The results that the store has, and since when; None where it has none."""
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
    return saved_at, BlockResults(begin, made_with, **tables)


def _save(store: Store, results: BlockResults, saved_at: datetime | None) -> None:
    with store.write(changes_data=False) as cursor:
        present = cursor.execute("SELECT saved_at FROM lead_search").fetchall()
        if present != ([] if saved_at is None else [(saved_at,)]):
            return
        cursor.execute("DELETE FROM lead_search").fetchall()
        cursor.execute(
            "INSERT INTO lead_search VALUES (?, ?, ?)",
            [results.begin, results.made_with, now()],
        ).fetchall()
        _replace_rows(cursor, "lead_block", results.blocks)
        for name, table in _TABLES.items():
            _replace_rows(cursor, table, getattr(results, name))


def _replace_rows(cursor: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    cursor.execute(f"DELETE FROM {table}").fetchall()
    cursor.register("given", pa.Table.from_pandas(rows, preserve_index=False))
    cursor.execute(f"INSERT INTO {table} BY NAME FROM given").fetchall()
    cursor.unregister("given")
