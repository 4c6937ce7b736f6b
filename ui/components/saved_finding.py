"""What came of saving a finding: its number, and where a brief is drafted from it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from analytics.intelligence.findings import Finding, save_finding
from analytics.shared.wording import counted
from ui.components.text import plain
from ui.shell.page import Page
from ui.shell.pages import page_path

_SAVED = "saved_finding"


def save_as_finding(
    page: Page, of: str, finding: Finding, evidence: pa.Table, lines: Sequence[tuple[int, int]] = ()
) -> None:
    """Save it, for `show_saved_finding` to say. `of`: what it was made of, as no other page names it."""
    try:
        number = save_finding(page.store, page.actor, finding, evidence, lines=lines)
    except ValueError as error:
        st.error(plain(str(error)))
    else:
        st.session_state[_SAVED] = (of, number, evidence.num_rows, len(lines))


def show_saved_finding(of: str) -> None:
    """Where the finding that was last saved is `of` this: its number, and the link to a draft."""
    what, number, rows, lines = st.session_state.get(_SAVED, ("", 0, 0, 0))
    if what != of:
        return
    cited = f" and {counted(lines, 'line')} of reports" if lines else ""
    st.success(f"Saved as finding {number}, with its {counted(rows, 'row')} of evidence{cited}.")
    link_to_draft(number)


def link_to_draft(finding: int) -> None:
    """The link to what can be drafted from a saved finding."""
    st.page_link(
        page_path("tasking"),
        label="Draft a profile or a brief from it",
        icon=":material/assignment:",
        query_params={"finding": str(finding)},
    )
