"""What waits for a second person, and who unmasked personal data lately."""

from __future__ import annotations

import streamlit as st

from analytics.oversight import may
from analytics.oversight.trail import list_recent_reveals
from analytics.shared.wording import counted
from ui.components.approvals import show_waiting
from ui.oversight.record import COLUMNS
from ui.shell.layout import fill_pane, scroll_pane, window_pane
from ui.shell.page import Page


@st.fragment
def show_approvals(page: Page) -> None:
    """The requests on the left, the reveals of the last seven days on the right."""
    with window_pane("oversight"):
        with fill_pane("index"), scroll_pane("page_view"):
            st.header("Waits for a second person")
            show_waiting(page)
        with fill_pane("reading"), scroll_pane("reading"):
            st.header("Reveals of the last seven days")
            if not (permission := may(page.actor, "read audit")):
                st.caption(permission.why)
                return
            reveals = list_recent_reveals(page.store)
            if reveals.empty:
                st.text("Nobody unmasked personal data.")
                return
            st.markdown(f"**{counted(len(reveals), 'reveal')}**, latest first")
            st.dataframe(
                reveals,
                hide_index=True,
                height=560,
                alt="Who unmasked personal data, latest first",
                column_order=["recorded_at", "actor", "role", "object", "reason"],
                column_config=COLUMNS | {"reason": st.column_config.TextColumn("Reason", width="large")},
            )
