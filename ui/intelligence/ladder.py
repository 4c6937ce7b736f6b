"""The ladder from data to intelligence: each rung with what stands on it, and the next step of every item."""

from __future__ import annotations

import streamlit as st

from analytics.intelligence.ladder import RUNGS
from analytics.shared.codes import code_table
from ui.components.address import choice_of_address
from ui.components.choosing import choose_row
from ui.components.text import plain
from ui.intelligence.cached_findings import read_ladder
from ui.shell.page import Page
from ui.shell.pages import page_path

_ALL = "All"


def show_rung(item: dict[str, str]) -> None:
    """One item's rung among the four, why it stands there, and what would take it further."""
    steps = " → ".join(f"**{code.upper()}**" if code == item["rung"] else code for code in RUNGS)
    st.caption(f"{steps} · {plain(item['why'])}. Next: {plain(item['next_step'])}.")


def show_ladder(page: Page) -> None:
    st.caption(
        "Records are data. Evaluated, they are information; in context, they are knowledge. Knowledge "
        "becomes intelligence when a decision is taken on it."
    )
    every = read_ladder(page)
    counts = every.rung.value_counts()
    for column, entry in zip(st.columns(len(RUNGS), border=True), code_table("ladder").entries, strict=True):
        column.metric(entry.label, f"{counts.get(entry.code, 0):,}")
        column.caption(plain(entry.note))
    if every.empty:
        st.info("Nothing yet: import records on Data, or enter a report.")
        return
    rungs = (_ALL, *RUNGS)
    bound = choice_of_address("rung", rungs, _ALL, label=str.capitalize)
    chosen = st.segmented_control("Rung", rungs, required=True, format_func=str.capitalize, **bound)
    shown = every if chosen == _ALL else every[every.rung == chosen]
    listed = list(zip(shown.kind, shown.number, strict=True))
    ticked = choose_row(
        shown[["kind", "number", "title", "rung", "why", "next_step"]],
        listed,
        placeholder="",
        height="auto" if len(shown) < 12 else 440,
        key="ladder",
        alt="Items on the ladder, the highest rung first",
        column_config={
            "kind": st.column_config.TextColumn("Kind", width=70),
            "number": st.column_config.NumberColumn("No.", width=50),
            "title": st.column_config.TextColumn("Title", width=330),
            "rung": st.column_config.TextColumn("Rung", width=95),
            "why": st.column_config.TextColumn("Reason", width=330),
            "next_step": st.column_config.TextColumn("Next step", width="large"),
        },
    )
    if ticked is None:
        return
    item = shown.iloc[listed.index(ticked)]
    if item.kind == "source":
        st.page_link(
            page_path("data"), label=f"Open the sources, for source {item.number}", icon=":material/database:"
        )
    else:
        tab = {"finding": "Findings", "report": "Reports"}[item.kind]
        st.page_link(
            page_path("intelligence"),
            label=f"Open {item.kind} {item.number}",
            icon=":material/open_in_new:",
            query_params={"tab": tab, item.kind: str(item.number)},
        )
