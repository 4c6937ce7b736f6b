"""Acts on a page as records of the audit trail."""

from __future__ import annotations

import streamlit as st

from analytics.oversight import record
from ui.shell.page import Page


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
