"""What a view of Oversight asks before it shows anything."""

from __future__ import annotations

import streamlit as st

from analytics.oversight import may
from ui.components.text import plain
from ui.shell.layout import scroll_pane, window_pane
from ui.shell.page import Page


def is_allowed(page: Page, act: str) -> bool:
    """Whether the actor may do what the view does; where not, why is shown in its place."""
    permission = may(page.actor, act)
    if not permission:
        with window_pane("oversight"), scroll_pane("page_view"):
            st.info(plain(permission.why), icon=":material/lock:")
    return bool(permission)
