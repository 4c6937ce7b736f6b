"""What is due for review: keep it with a reason, or erase it for good."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from analytics.oversight import may
from analytics.oversight.erasure import ErasureRequest
from analytics.oversight.retention import keep_until, list_due
from analytics.shared.wording import counted, write_day
from analytics.store import read_today
from ui.components.address import change_address, choose_of_address
from ui.components.exporting import offer_csv
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.text import DAY_INPUT, plain
from ui.oversight.allowed import is_allowed
from ui.oversight.erasing import offer_erasure, show_certificates, show_running_erasure
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.page import Page

_AHEAD = {"Due now": 0, "In 30 days": 30, "In 90 days": 90, "In a year": 365, "All": 365 * 200}


@st.fragment
def show_retention(page: Page) -> None:
    """Sources and reports by the day of their review, beside the chosen one."""
    if not is_allowed(page, "read audit"):
        return
    with window_pane("oversight"):
        with fill_pane("index"):
            with pad_pane("list_head"):
                ahead = choose_of_address("due", "Due", list(_AHEAD))
                due = list_due(page.store, read_today() + timedelta(days=_AHEAD[ahead]))
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(f"**{counted(len(due), 'thing')}** to review", width="stretch")
                    offer_csv(
                        page, "CSV", due, "retention", "export retention", "what is due", type="tertiary"
                    )
            chosen = due[due.what == st.query_params.get("review")]
            with fill_pane("due_list"):
                show_list(
                    [_entry(row) for row in due.head(300).itertuples()],
                    key="due",
                    label="What is due for review, longest due first",
                    chosen=None if chosen.empty else chosen.what.iloc[0],
                    on_choose=lambda what: change_address(review=what),
                )
        with fill_pane("reading"), scroll_pane("reading"):
            if show_running_erasure(page):
                return
            if not chosen.empty:
                _show_one(page, chosen.iloc[0])
            elif due.empty:
                st.text("Nothing is due for review. Look further ahead to plan.")
            else:
                st.text(
                    "Choose what to review: keep it until a later day with a reason, or erase it for good."
                )
            if chosen.empty:
                show_certificates(page)


def _entry(row) -> ListEntry:
    late = (read_today() - row.review_date).days
    mark = (
        ListMark(f"{counted(late, 'day')} overdue", "against")
        if late > 0
        else ListMark(f"due {write_day(row.review_date)}")
    )
    return ListEntry(row.what, row.name, f"{row.what} · {row.by} · {row.legal_basis}", marks=[mark])


def _show_one(page: Page, row: pd.Series) -> None:
    st.header(plain(f"{row.what.capitalize()} · {row['name']}"))
    st.caption(
        plain(
            f"Review due {write_day(row.review_date)}. Legal basis: {row.legal_basis}. "
            f"{counted(row.rows, 'row')}, brought in by {row.by}."
        )
    )
    permission = may(page.actor, "review retention")
    with st.form(f"keep-{row.what}"):
        st.markdown("**Keep it**")
        until = st.date_input("Next review", read_today() + timedelta(days=365), format=DAY_INPUT)
        reason = st.text_input("Why it may be kept")
        if st.form_submit_button("Keep until then", icon=":material/event_repeat:", disabled=not permission):
            try:
                keep_until(page.store, page.actor, row.kind, int(row.number), until, reason)
            except ValueError as error:
                st.error(plain(error))
            else:
                change_address(review=None)
                st.rerun()
    with st.container(border=True):
        st.markdown("**Erase it for good**")
        offer_erasure(page, _request(row), key=row.what)
    if not permission:
        st.caption(plain(permission.why))


def _request(row: pd.Series) -> ErasureRequest:
    """What an erasure of this would name; reason and legal basis are asked for."""
    number = (int(row.number),)
    is_source = row.kind == "source"
    return ErasureRequest("", "", sources=number if is_source else (), reports=() if is_source else number)
