"""The bar over every page: its name, the scope, the search, who is here."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from analytics.oversight import Actor, may
from analytics.oversight.visibility import see_store
from analytics.store import UnusableStore, open_store
from analytics.store.areas import list_working_areas
from ui.components.text import plain
from ui.search.background import prepare_search
from ui.shell.exercise import exercise_mark
from ui.shell.page import Page
from ui.shell.pages import PageEntry
from ui.shell.scope import show_scope
from ui.shell.search import search_box
from ui.shell.tray import show_tray
from ui.shell.views import show_views
from ui.shell.who import show_who


def show_top_bar(current: PageEntry, actor: Actor) -> None:
    with st.container(key="topbar", horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
        with st.container(key="page_name", width="content"):
            st.markdown(f"**{plain(current.title)}**", width="content")
        with suppress(UnusableStore):  # the page says so
            show_scope(list_working_areas(see_store(open_store(), actor)))
        searches = may(actor, "search")
        with suppress(UnusableStore):
            if searches:
                prepare_search(open_store())
        with st.container(key="search_room", gap=None, width="stretch"):
            if searches:
                search_box()
        with suppress(UnusableStore):
            exercise_mark(see_store(open_store(), actor), actor)
        with suppress(UnusableStore):
            page = Page(see_store(open_store(), actor), actor)
            if may(actor, "save view"):
                with st.container(key="tray_room", width="content", gap=None):
                    show_tray(page)
                with st.container(key="views_room", width="content", gap=None):
                    show_views(page, current)
        show_who(actor)
