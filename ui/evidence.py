"""The evidence drawer: the rows behind what was clicked. The same on every page."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from analytics.oversight import record
from analytics.tables import safe_csv
from ui.page import Page

_A_PAGE = 500
_TITLES = {
    "source_id": "Source", "row_number": "Row", "reference": "Reference", "category": "Category",
    "occurred_from": st.column_config.DatetimeColumn("From (UTC)", format="YYYY-MM-DD HH:mm"),
    "occurred_to": st.column_config.DatetimeColumn("To (UTC)", format="YYYY-MM-DD HH:mm"),
    "time_precision": "Time known to the", "place": "Place",
}  # fmt: skip


def evidence_drawer(
    page: Page, what: str, read: Callable[[int, int], pd.DataFrame], total: int, *, key: str
) -> None:
    """List the rows behind `what`, a page of 500 at a time; `read(limit, offset)` fetches them.

    A view is audited once a session, an export each time.
    """
    offset = 0
    if total > _A_PAGE:
        last = -(-total // _A_PAGE)
        number = st.number_input(f"Page of {last}", 1, last, key=f"{key}_page", width=160)
        offset = (number - 1) * _A_PAGE
    rows = read(_A_PAGE, offset)
    log_once(page, "view rows", what, {"rows": len(rows), "from": offset})
    st.dataframe(rows, hide_index=True, height=260, alt=f"Incidents of {what}", column_config=_TITLES)
    shown = "" if len(rows) == total else f" Rows {offset + 1:,} to {offset + len(rows):,}, latest first."
    st.caption(f"{total:,} rows, each with its source and its row number there.{shown} Times are UTC.")
    if total <= _A_PAGE:
        _download(page, what, rows, key)
    elif st.button(f"Prepare all {total:,} rows (CSV)", key=f"{key}_all", icon=":material/table:"):
        _download(page, what, read(total, 0), key)


def log(page: Page, act: str, what: str, detail: dict | None = None) -> None:
    """Write one act to the audit trail."""
    with page.store.write(changes_data=False) as cursor:
        record(cursor, page.actor, act, what, detail=detail)


def log_once(page: Page, act: str, what: str, detail: dict | None = None) -> None:
    """Write an act that a rerun would otherwise write again."""
    seen = st.session_state.setdefault("audited", set())
    mark = (act, what, str(detail))
    if mark not in seen:
        log(page, act, what, detail)
        seen.add(mark)


def _download(page: Page, what: str, rows: pd.DataFrame, key: str) -> None:
    st.download_button(
        "Download rows (CSV)", safe_csv(rows), file_name="evidence.csv", mime="text/csv", key=f"{key}_csv",
        on_click=log, args=(page, "export rows", what, {"rows": len(rows)}), icon=":material/download:",
    )  # fmt: skip
