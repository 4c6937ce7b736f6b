"""Hits of a search as links that open them."""

from __future__ import annotations

import streamlit as st

from analytics.search import Group, Hit
from analytics.shared.wording import write_day
from ui.components.text import plain
from ui.shell.pages import page_path

ICONS = {
    "report": "description",
    "finding": "lightbulb",
    "operation": "hub",
    "identifier": "tag",
    "account": "account_balance",
    "place": "place",
    "requirement": "help",
    "driver": "public",
    "product": "article",
    "action": "task_alt",
    "incident": "hexagon",
    "advert": "campaign",
    "premises": "home_work",
    "journey": "directions_bus",
    "communication": "call",
    "payment": "payments",
}
_LONGEST = 110  # characters of a hit on one line


def write_hit(hit: Hit, *, revealed: bool, longest: int = _LONGEST) -> str:
    """A hit on one line, as a label of plain text: what it is, what it says, where it matched, when."""
    title, text = hit.shown(revealed=revealed)
    shown = " · ".join(filter(None, (" ".join(title.split()), " ".join(text.split()))))
    if len(shown) > longest:
        shown = shown[: longest - 1].rstrip() + "…"
    where = f"in {', '.join(hit.matched)}" if hit.matched else ""
    ends = " · ".join(filter(None, (where, write_day(hit.moment) if hit.moment else "")))
    return plain(shown) + (f" :gray[{plain(ends)}]" if ends else "")


def show_hits(group: Group, *, revealed: bool, key: str = "found") -> None:
    """The hits of a group, each a link; `key` names the place on the page."""
    with st.container(key=f"hits_{key}_{group.kind}", gap=None):
        for hit in group.hits:
            st.page_link(
                page_path(hit.target.page),
                label=write_hit(hit, revealed=revealed),
                icon=f":material/{ICONS[group.kind]}:",
                query_params=hit.target.query,
            )
