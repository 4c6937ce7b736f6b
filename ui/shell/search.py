"""The place in the bar where everything is searched: hits while somebody types, each a link that opens it."""

from __future__ import annotations

import streamlit as st

from analytics.oversight.visibility import see_store
from analytics.search import KINDS, Group
from analytics.search.find import SHORTEST
from analytics.store import UnusableStore, open_store
from ui.search.hits import show_hits
from ui.search.screen import find_hits
from ui.shell.page import Page, guard
from ui.shell.pages import page_path
from ui.shell.scope import read_scope

FIELD = "search_everything"
_PER_KIND, _MOST_KINDS = 4, 8
_TYPED_AT = "search-typed-at"  # the address at which the box was last emptied


def search_box() -> None:
    """A line of words or a number, and below it the best hits; personal data stay masked here. What was typed
    goes once a hit, or anything else, has been opened."""
    here = (st.context.url, str(st.query_params.to_dict()))
    if st.session_state.setdefault(_TYPED_AT, here) != here:
        st.session_state[_TYPED_AT], st.session_state[FIELD] = here, ""
    _show()


@st.fragment
def _show() -> None:
    typed = st.text_input(
        "Search everything",
        key=FIELD,
        type="search",
        live="200ms",
        icon=":material/search:",
        placeholder="Search everything   / or Ctrl K",
        label_visibility="collapsed",
    ).strip()
    if len(typed) < SHORTEST:
        return
    try:
        actor = guard()
        page = Page(see_store(open_store(), actor), actor)
    except UnusableStore:  # the page says so
        return
    with st.container(key="search_hits", gap=None):
        _show_groups(find_hits(page, typed, _PER_KIND))
        st.page_link(
            page_path("search"),
            label="All hits, and personal data for a reason",
            icon=":material/arrow_forward:",
            query_params={"find": typed, **read_scope().link()},
        )


def _show_groups(groups: list[Group]) -> None:
    if not groups:
        st.caption("No match. It may exist without having been recorded here.")
    for group in groups[:_MOST_KINDS]:
        st.caption(f"{KINDS[group.kind]} · {group.matches:,}")
        show_hits(group, revealed=False, key="box")
