"""What waits for somebody: findings, briefs, actions, failed imports, sources due for review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pandas as pd

from analytics.store import Store


@dataclass(frozen=True)
class WaitingItems:
    """One frame a kind of thing that waits; an empty frame where nothing does."""

    findings: pd.DataFrame
    briefs: pd.DataFrame
    actions: pd.DataFrame
    failed_imports: pd.DataFrame
    reviews: pd.DataFrame


def list_waiting(store: Store, today: date, *, days_back: int = 14, days_ahead: int = 30) -> WaitingItems:
    """What waits on `today`: imports that failed in the last `days_back` days, what is due in
    `days_ahead`."""
    since = datetime.combine(today - timedelta(days=days_back), time())
    until = today + timedelta(days=days_ahead)
    queries: dict[str, tuple[str, list[date]]] = {
        "findings": (
            "SELECT finding_id, title, confidence, created_at FROM finding WHERE finding_id NOT IN (SELECT "
            "unnest(finding_ids) FROM product) QUALIFY version = max(version) OVER (PARTITION BY "
            "finding_id) ORDER BY created_at DESC",
            [],
        ),
        "briefs": (
            "SELECT product_id, title, created_at FROM product WHERE kind = 'brief' AND product_id NOT IN "
            "(SELECT product_id FROM decision) QUALIFY version = max(version) OVER (PARTITION BY "
            "product_id) ORDER BY created_at DESC",
            [],
        ),
        "actions": (
            "SELECT description, owner, coalesce(agency, 'not named') AS agency,"
            " coalesce(contact, 'not named') AS contact, due, status FROM action"
            " WHERE status <> 'done' AND due <= ? ORDER BY due",
            [until],
        ),
        "failed_imports": (
            "SELECT file_name, message, failed_at FROM import_failure WHERE failed_at >= ? ORDER BY "
            "failed_at DESC",
            [since],
        ),
        "reviews": (
            "SELECT name, kind, review_date FROM source WHERE review_date <= ? ORDER BY review_date",
            [until],
        ),
    }
    return WaitingItems(
        **{name: store.query(sql, values).to_pandas() for name, (sql, values) in queries.items()}
    )
