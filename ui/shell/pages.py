"""The pages of the app: the one table that the rail, links between pages, keys and the browser tests read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st

from analytics.oversight import Actor, may

_FOLDER = Path(__file__).parents[2] / "pages"


class PageEntry(NamedTuple):
    """A page as the rail shows it. `name` is its file in `pages/` and its address, `icon` a Material symbol,
    `key` the letter that opens it after `g`, `group` the part of the rail it stands in."""

    name: str
    title: str
    icon: str
    key: str
    group: str


PAGES = (
    PageEntry("overview", "Today", "today", "t", "Now"),
    PageEntry("hotspots", "Hotspots", "hexagon", "h", "Analyse"),
    PageEntry("adverts", "Adverts", "campaign", "a", "Analyse"),
    PageEntry("finance", "Money", "account_balance", "m", "Analyse"),
    PageEntry("network", "Network", "hub", "n", "Analyse"),
    PageEntry("intelligence", "Reports & findings", "lightbulb", "r", "Know"),
    PageEntry("collection", "Collection", "grid_view", "c", "Know"),
    PageEntry("search", "Search", "search", "f", "Know"),
    PageEntry("tasking", "Briefs", "assignment", "b", "Decide"),
    PageEntry("meeting", "Meeting", "groups", "e", "Decide"),
    PageEntry("results", "Results", "task_alt", "u", "Decide"),
    PageEntry("data", "Data", "database", "d", "Run"),
    PageEntry("training", "Training", "school", "x", "Run"),
    PageEntry("oversight", "Oversight", "policy", "o", "Run"),
    PageEntry("people", "People", "manage_accounts", "p", "Run"),
    PageEntry("trust", "Methods", "verified", "w", "Run"),
)


def page_path(name: str) -> Path:
    """The file of a page, as `st.Page`, `st.page_link` and `st.switch_page` take it."""
    return _FOLDER / f"{name}.py"


def find_page(name: str) -> PageEntry:
    """A page by its name. Raises KeyError."""
    return {page.name: page for page in PAGES}[name]


def list_open_pages(actor: Actor) -> tuple[PageEntry, ...]:
    """The pages that are open to whoever is signed in, in the order of the rail."""
    return tuple(page for page in PAGES if may(actor, f"view page {page.name}"))


def move_tab(tab: str, name: str) -> None:
    """Follow a link to a tab that has become a page of its own, with all that the link says beside it."""
    link = st.query_params.to_dict()
    if link.pop("tab", None) == tab:
        st.switch_page(page_path(name), query_params=link)
