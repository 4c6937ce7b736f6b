"""The evidence drawer: the rows behind what was clicked. The same on every page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.oversight import record
from analytics.tables import safe_csv
from ui.page import Page


def evidence_drawer(page: Page, what: str, rows: pd.DataFrame, total: int) -> None:
    """List the rows behind `what`; a view is audited once a session, an export each time."""
    log_once(page, "view rows", what, {"rows": len(rows)})
    st.dataframe(rows, hide_index=True, height=260, alt=f"Incidents of {what}")
    shown = "" if len(rows) == total else f" The latest {len(rows):,} of {total:,} are shown."
    st.caption(f"{total:,} rows, each with its source and its row number there.{shown} Times are UTC.")
    st.download_button(
        "Download rows (CSV)", safe_csv(rows), file_name="evidence.csv", mime="text/csv",
        on_click=log, args=(page, "export rows", what, {"rows": len(rows)}), icon=":material/download:",
    )  # fmt: skip


def log(page: Page, act: str, what: str, detail: dict | None = None) -> None:
    """Write one act to the audit trail."""
    with page.store.write(changes_data=False) as cursor:
        record(cursor, page.actor, act, what, detail=detail)


def log_once(page: Page, act: str, what: str, detail: dict | None = None) -> None:
    """Write an act that a rerun would otherwise write again."""
    seen = st.session_state.setdefault("audited", set())
    if (act, what) not in seen:
        log(page, act, what, detail)
        seen.add((act, what))
