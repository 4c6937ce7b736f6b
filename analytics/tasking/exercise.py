"""The mark of what is an exercise: whatever rests on an invented source bears it at the head and foot."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.oversight.exercise import COLUMN, EXERCISE, PARTLY_EXERCISE, mark_of_store
from analytics.store import Store
from analytics.tasking.citations import join_handling

_INVENTED_BASIS = "Training data, invented"  # of reports, which may come from no source


def rests_on_exercise(store: Store, finding_ids: Sequence[int], report_ids: Sequence[int] = ()) -> bool:
    """Whether any row or report behind these findings, or any of these reports, is invented, or all that the
    store has."""
    if mark_of_store(store):
        return True
    rows = store.rows(
        "WITH reports AS (SELECT unnest($reports::INTEGER[]) AS report_id"
        "   UNION SELECT report_id FROM finding_report WHERE list_contains($findings, finding_id))"
        " SELECT EXISTS (SELECT 1 FROM finding_evidence JOIN source USING (source_id)"
        "   WHERE is_scenario AND list_contains($findings, finding_id))"
        " OR EXISTS (SELECT 1 FROM report JOIN reports USING (report_id)"
        "   WHERE legal_basis = $basis) AS any_of_it",
        {"findings": list(finding_ids), "reports": list(report_ids), "basis": _INVENTED_BASIS},
    )
    return bool(rows[0]["any_of_it"])


def mark_exercise(
    store: Store, handling: str, finding_ids: Sequence[int], report_ids: Sequence[int] = ()
) -> str:
    """The handling mark of a product that rests on these, with that of an exercise where it is one."""
    if not rests_on_exercise(store, finding_ids, report_ids):
        return handling
    return join_handling([EXERCISE, handling])


def mark_proposals(store: Store, table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """A table of briefs, decisions or actions, each with its `product_id`, with a column that marks those
    that rest on invented data; and the mark of the whole, '' where none does."""
    rows = store.rows(
        "WITH latest AS (SELECT * FROM product"
        "   QUALIFY version = max(version) OVER (PARTITION BY product_id)),"
        " reports AS (SELECT DISTINCT report_id FROM report WHERE legal_basis = $basis),"
        " findings AS (SELECT finding_id FROM finding_evidence JOIN source USING (source_id)"
        "   WHERE is_scenario"
        "   UNION SELECT finding_id FROM finding_report SEMI JOIN reports USING (report_id))"
        " SELECT product_id FROM latest"
        " WHERE list_has_any(finding_ids, (SELECT coalesce(list(finding_id), []) FROM findings))"
        "   OR list_has_any(TRY_CAST(content->'report_ids' AS INTEGER[]),"
        "     (SELECT coalesce(list(report_id), []) FROM reports))",
        {"basis": _INVENTED_BASIS},
    )
    resting = set(table.product_id) if mark_of_store(store) else {row["product_id"] for row in rows}
    marks = [EXERCISE if number in resting else "" for number in table.product_id]
    if not any(marks):
        return table, ""
    return table.assign(**{COLUMN: marks}), EXERCISE if all(marks) else PARTLY_EXERCISE


def find_product_mark(store: Store, product_id: int) -> str:
    """The mark of one product, '' where nothing it rests on is invented."""
    return mark_proposals(store, pd.DataFrame({"product_id": [product_id]}))[1]
