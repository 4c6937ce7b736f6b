"""Links that open the very thing a table or a detail speaks of."""

from __future__ import annotations

import streamlit as st

from analytics.search import PageLink
from ui.components.text import plain
from ui.shell.pages import page_path


def open_link(opens: PageLink, label: str, *, key: str) -> None:
    """A link to a thing; `label` is shown as plain text, `key` names the place on the page."""
    with st.container(key=f"opens_{key}", gap=None, width="content"):
        st.page_link(
            page_path(opens.page),
            label=plain(label),
            icon=":material/open_in_new:",
            query_params=opens.query,
        )
