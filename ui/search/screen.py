"""Every hit of a search, by kind."""

from __future__ import annotations

import streamlit as st

from analytics.oversight.roles import tier_of
from analytics.search import KINDS, Group, search
from ui.components.address import text_of_address
from ui.components.audit import log_once
from ui.components.reveal import reveal
from ui.search.hits import show_hits
from ui.search.what_is_searched import show_what_is_searched
from ui.shell.page import Page

_FEW, _MANY = 8, 100


def show_search(page: Page) -> None:
    typed = st.text_input(
        "Search",
        type="search",
        icon=":material/search:",
        placeholder="words, a name, a reference, a number in any form: 07700 900123",
        label_visibility="collapsed",
        **text_of_address("find"),
    )
    if not typed.strip():
        show_what_is_searched()
        return
    everything = st.toggle("Show up to 100 of each kind", key="search-all")
    groups = find_hits(page, typed, _MANY if everything else _FEW)
    if not groups:
        st.info("No match. It may exist without having been recorded here.")
        return
    personal = any(group.personal for group in groups)
    revealed = personal and reveal(page, f"search for {typed!r}", key="search")
    for group in groups:
        more = f", the best {len(group.hits)} shown" if group.matches > len(group.hits) else ""
        st.markdown(f"**{KINDS[group.kind]}** · {group.matches:,}{more}")
        show_hits(group, revealed=revealed)


def find_hits(page: Page, typed: str, limit: int) -> list[Group]:
    """What this role finds; the search is audited."""
    groups = search(page.store, typed, tier_of(page.actor), limit=limit)
    log_once(
        page,
        "search",
        "the whole store",
        {"typed": typed, "found": sum(group.matches for group in groups)},
    )
    return groups
