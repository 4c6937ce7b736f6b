"""What is due for review, and the decision to keep it for a reason."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.oversight.actor import Actor
from analytics.oversight.audit import record
from analytics.store import Store

_TABLES = {"source": "source_id", "report": "report_id"}


def list_due(store: Store, until: date) -> pd.DataFrame:
    """Sources and reports whose review is due by a day: what ('source 3'), kind, number, name, legal_basis,
    review_date, rows. The longest due first."""
    return store.query(
        "SELECT * FROM (SELECT 'source ' || source_id AS what, 'source' AS kind, source_id AS number, name,"
        " legal_basis, review_date, rows_accepted AS rows, imported_by AS by FROM source UNION ALL"
        " SELECT 'report ' || report_id, 'report', report_id, title, legal_basis, review_date, 1,"
        " submitted_by FROM report"
        " QUALIFY row_number() OVER (PARTITION BY report_id ORDER BY version DESC) = 1)"
        " WHERE review_date <= $until ORDER BY review_date, what",
        {"until": until},
    ).to_pandas()


def keep_until(store: Store, actor: Actor, kind: str, number: int, until: date, reason: str) -> None:
    """Set the next review of a source or a report, with the reason to keep it. Raises ValueError without a
    reason or with a day that is not later, and KeyError for what is not there."""
    if len(reason.strip()) < 5:
        raise ValueError("Say why it may be kept, in at least five letters.")
    table, key = kind, _TABLES[kind]
    with store.write(changes_data=False) as cursor:
        ((former,),) = cursor.execute(
            f"SELECT max(review_date) FROM {table} WHERE {key} = ?", [number]
        ).fetchall()
        if former is None:
            raise KeyError(f"There is no {kind} {number}.")
        if until <= former:
            raise ValueError(f"The next review must be later than {former:%-d %b %Y}.")
        latest = " AND version = (SELECT max(version) FROM report WHERE report_id = $number)"
        cursor.execute(
            f"UPDATE {table} SET review_date = $until WHERE {key} = $number{latest * (kind == 'report')}",
            {"until": until, "number": number},
        ).fetchall()
        detail = {"former review": former, "next review": until}
        record(cursor, actor, "review retention", f"{kind} {number}", reason.strip(), detail)
