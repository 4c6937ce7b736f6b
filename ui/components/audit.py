"""Acts on a page as records of the audit trail."""

from __future__ import annotations

import time

import streamlit as st

from analytics.oversight import record
from analytics.oversight.heads import publish_if_due
from ui.shell.page import Page

LOOKS_AGAIN_AFTER = 30 * 60  # seconds after which the same look of a session is another act


def log(page: Page, act: str, what: str, detail: dict | None = None) -> None:
    """Write one act to the audit trail."""
    with page.store.write(changes_data=False) as cursor:
        record(cursor, page.actor, act, what, detail=detail)
    publish_if_due(page.store)


def log_once(page: Page, act: str, what: str, detail: dict | None = None) -> None:
    """Write an act that a rerun would otherwise write again: once a session, and again after half an hour."""
    seen = st.session_state.setdefault("audited", {})
    mark, moment = (act, what, str(detail)), time.monotonic()
    if mark not in seen or moment - seen[mark] > LOOKS_AGAIN_AFTER:
        log(page, act, what, detail)
        seen[mark] = moment
