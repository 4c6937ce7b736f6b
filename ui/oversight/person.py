"""A person's file: everything stored under a name, telephone, account or address, and who saw it."""

from __future__ import annotations

import streamlit as st

from analytics.oversight.exercise import mark_of_store
from analytics.oversight.roles import tier_of
from analytics.search.person_file import MOST, PersonFile, gather_person_file
from analytics.search.person_paper import build_person_paper
from analytics.shared.wording import counted
from analytics.store import now
from analytics.tasking.paper import print_pdf
from ui.components.audit import log
from ui.components.exporting import download_button, offer_csv
from ui.components.reveal import reveal
from ui.components.text import MOMENT_FORMAT, plain
from ui.oversight.allowed import is_allowed
from ui.oversight.record import COLUMNS
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.page import Page

_FILE = "person-file"


@st.fragment
def show_person(page: Page) -> None:
    """The question, then what is stored beside who saw it."""
    if not is_allowed(page, "person search"):
        return
    with window_pane("oversight"), fill_pane("main"):
        with pad_pane("filter"), st.form("person", border=False), st.container(horizontal=True):
            typed = st.text_input(
                "Name, telephone, account or address",
                placeholder="in any spelling: 07700 900123, Zofia Przykładowa",
                label_visibility="collapsed",
            )
            if st.form_submit_button("Search", icon=":material/search:") and typed.strip():
                st.session_state[_FILE] = gather_person_file(
                    page.store, page.actor, typed, tier_of(page.actor)
                )
        found = st.session_state.get(_FILE)
        with scroll_pane("page_view"):
            if isinstance(found, PersonFile):
                _show_file(page, found)
            else:
                st.text(
                    "For a request for access or a complaint: type what the person is known by. Everything "
                    "that is stored under it is listed, with everybody who saw it. The search is recorded."
                )


def _show_file(page: Page, found: PersonFile) -> None:
    total = sum(found.matches.values())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(found.typed)}** · {counted(total, 'thing')} stored", width="stretch")
        revealed = reveal(page, f"file on {found.typed!r}", key="file")
        if revealed:
            _offer_exports(page, found)
    if not total:
        st.info("Nothing is stored under it, in any spelling.", icon=":material/check:")
    else:
        st.caption(" · ".join(f"{plain(kind)} {count:,}" for kind, count in found.matches.items()))
        st.dataframe(
            found.things,
            hide_index=True,
            height=300,
            alt="What is stored under it",
            column_order=["kind", *(("title", "text") if revealed else ("masked_title", "masked_text"))]
            + ["when", "matched"],
            column_config={
                "kind": st.column_config.TextColumn("Kind", width=130),
                "title": "What",
                "masked_title": "What",
                "text": st.column_config.TextColumn("Says", width="large"),
                "masked_text": st.column_config.TextColumn("Says", width="large"),
                "when": st.column_config.DatetimeColumn("When (UTC)", format=MOMENT_FORMAT, width=130),
                "matched": st.column_config.TextColumn("Found in", width=130),
            },
        )
        if any(count > MOST for count in found.matches.values()):
            st.caption(f"Of each kind the best {MOST} are listed.")
    st.markdown(f"**Who saw it** · {counted(len(found.seen), 'record')}")
    st.dataframe(
        found.seen,
        hide_index=True,
        height=260,
        placeholder="",
        alt="Who looked at what is stored under it",
        column_order=list(COLUMNS),
        column_config=COLUMNS,
    )


def _offer_exports(page: Page, found: PersonFile) -> None:
    table = found.things.drop(columns=["masked_title", "masked_text"])
    offer_csv(page, "CSV", table, "person-file", "export person file", found.typed, type="tertiary")
    download_button(
        page,
        "export person file",
        "PDF",
        lambda: print_pdf(build_person_paper(found, now(), mark_of_store(page.store))),
        "person-file.pdf",
        "application/pdf",
        icon=":material/download:",
        type="tertiary",
        on_click=log,
        args=(page, "export person file", found.typed),
    )
