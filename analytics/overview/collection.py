"""The Achilles grid: what is held on each stage of the trade in each of its commercial domains.

Schreier (3.1, 3.4): traffickers must advertise, rent premises, travel, communicate and move money, at
origin, in transit and at destination. An empty cell is a gap in collection, not a sign of innocence.
"""

from __future__ import annotations

import pandas as pd

from analytics.store import Store

STAGES = ("origin", "transit", "destination", "not known")
_DOMAINS = {
    "Advertising": ("advert", "posted_at"),
    "Premises": ("premises", "let_from"),
    "Transportation": ("journey", "departed_at"),
    "Communications": ("communication", "started_at"),
    "Financial transactions": ('"transaction"', "occurred_at"),
}


def collection_grid(store: Store) -> pd.DataFrame:
    """One row a domain and stage: domain, stage, records, latest (a date, or NaT where nothing is held)."""
    union = " UNION ALL ".join(
        f"SELECT '{domain}' AS domain, coalesce(stage, 'not known') AS stage, count(*) AS records,"
        f" CAST(max({moment}) AS DATE) AS latest FROM {table} GROUP BY ALL"
        for domain, (table, moment) in _DOMAINS.items()
    )
    held = store.query(union).to_pandas().set_index(["domain", "stage"])
    every = pd.MultiIndex.from_product([_DOMAINS, STAGES], names=["domain", "stage"])
    grid = held.reindex(every)
    grid["records"] = grid.records.fillna(0).astype(int)
    grid["latest"] = pd.to_datetime(grid.latest)
    return grid.reset_index()
