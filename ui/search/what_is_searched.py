"""What a search looks through, while nothing is typed."""

from __future__ import annotations

import streamlit as st

from analytics.search import KINDS
from analytics.search.records import RECORDS
from ui.components.text import plain
from ui.search.hits import ICONS

# What is searched of what people wrote and of what is found; of imported rows it is what `RECORDS` says.
_OTHERS = {
    "report": "title, lines, place, reference, number",
    "finding": "title, statement, method, number",
    "operation": "number, the adverts in it",
    "identifier": "telephone, e-mail or handle, also where the text disguises it",
    "place": "street, district, town, place of an incident",
    "requirement": "question, owner, priority, note, number",
    "driver": "statement, source, problem, number",
    "product": "title, kind, text, number",
    "action": "action, owner, agency, contact, status, number",
    "incident": "reference; what happened is found on Hotspots, by filter",
}
_COLUMNS = 3


def show_what_is_searched() -> None:
    """Each kind with what is searched of it, and how words match."""
    st.markdown("**One search over everything that is recorded**")
    st.caption(
        "Every word must occur, whatever its case or accents; its beginning is enough. A number is found "
        "however it is spaced, a hit says where it matched, and opens."
    )
    searched = _OTHERS | {record.kind: ", ".join(record.columns.values()) for record in RECORDS}
    kinds = list(KINDS)
    with st.container(key="what_is_searched", gap="medium"):
        for first in range(0, len(kinds), _COLUMNS):
            for column, kind in zip(st.columns(_COLUMNS), kinds[first : first + _COLUMNS], strict=False):
                column.markdown(
                    f":material/{ICONS[kind]}: **{KINDS[kind]}**  \n:small[{plain(searched[kind])}]"
                )
