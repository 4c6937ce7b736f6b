"""One search over reports, findings, records and places."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analytics.intelligence.access import tier_of
from analytics.intelligence.search import search
from ui.components.choosing import choose_row
from ui.components.evidence import log_once
from ui.components.reveal import reveal
from ui.components.text import DAY_FORMAT
from ui.shell.page import Page
from ui.shell.pages import page_path


def show_search(page: Page) -> None:
    typed = st.text_input(
        "Search reports, findings, requirements, adverts, accounts, payments, calls, journeys, premises and "
        "places",
        key="find",
        bind="query-params",
        placeholder="words, or a number in any form: 07700 900123",
    )
    if not typed.strip():
        st.caption(
            "Every word must occur, whatever its case or accents. A number of five or more digits is found "
            "however it is spaced."
        )
        return
    found = search(page.store, typed, tier_of(page.actor.role))
    log_once(page, "search", "the whole store", {"typed": typed, "found": len(found)})
    if found.empty:
        st.info("No match. It may exist without having been recorded here.")
        return
    clear = not found.personal.any() or reveal(page, f"search for {typed!r}", key="search")
    if not clear:
        found = found.assign(
            title=found.title.where(~found.personal, ""), text=found.text.where(~found.personal, found.masked)
        )
    for kind, rows in found.groupby("kind", sort=False):
        total = int(rows.matches.iloc[0])
        more = f", the newest {len(rows)} shown" if total > len(rows) else ""
        st.markdown(f"**{kind.capitalize()}** · {total:,}{more}")
        _show(kind, rows)


_OPENS = {  # the page, and what its link holds beside the number
    "finding": ("intelligence", {"tab": "Findings"}),
    "report": ("intelligence", {"tab": "Reports"}),
    "requirement": ("collection", {}),
}


def _show(kind: str, rows: pd.DataFrame) -> None:
    opens = _OPENS.get(kind)
    columns = (
        ["key", "title", "text", "moment"] if rows.title.astype(bool).any() else ["key", "text", "moment"]
    )
    look: dict[str, Any] = {
        "height": "auto" if len(rows) < 6 else 230,
        "column_config": {
            "key": st.column_config.TextColumn("Key", width="small", help="Its number, or source:row."),
            "title": "Title",
            "text": st.column_config.TextColumn("Text", width="large"),
            "moment": st.column_config.DatetimeColumn("When (UTC)", format=DAY_FORMAT),
        },
    }
    if opens is None:
        st.dataframe(rows[columns], hide_index=True, **look)
        return
    key = choose_row(rows[columns], rows.key, key=f"found-{kind}", **look)
    if key is not None:
        place, link = opens
        st.page_link(
            page_path(place),
            label=f"Open {kind} {key}",
            icon=":material/open_in_new:",
            query_params=link | {kind: key},
        )
