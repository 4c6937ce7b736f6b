"""The panes of the Money page: canvas, leads and detail."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.components.empty_state import offer_ways_in
from ui.finance.account import show_account
from ui.finance.behaviour import show_behaviour
from ui.finance.corridors import show_corridors
from ui.finance.filters import LEADS
from ui.finance.groups import show_groups
from ui.finance.indicators import show_indicators
from ui.finance.lead import show_lead
from ui.finance.lead_detail import show_lead_detail, show_no_lead
from ui.finance.lead_list import find_chosen_lead, list_leads, show_lead_list
from ui.finance.linked_account import read_linked_account
from ui.finance.screen import FinanceScreen
from ui.finance.trace import show_trace
from ui.finance.welfare import show_welfare
from ui.shell.layout import choice_notes, fill_pane, scroll_pane, window_pane
from ui.shell.page import Page

_TABLES = {
    "Indicators": show_indicators,
    "Possible victims": show_welfare,
    "Behaviour": show_behaviour,
    "Groups and holders": show_groups,
    "Corridors": show_corridors,
    "Follow the money": show_trace,
}


def show_empty_page(page: Page) -> None:
    """What the page is for, and what to do next."""
    st.text(
        "This page finds patterns of organised crime and exploitation in account data, and shows the "
        "transactions behind each. There are no transactions yet: import them on the Data page, with the "
        "account records where you have them."
    )
    offer_ways_in(page, "Import transactions", "Transactions")


def show_panes(screen: FinanceScreen, view: str) -> None:
    if view == LEADS:
        _show_leads(screen)
    else:
        _show_table(screen, view)


@st.fragment
def _show_table(screen: FinanceScreen, view: str) -> None:
    screen = _with_account(screen, choice_notes())
    with window_pane("canvas"), scroll_pane("canvas"):
        _TABLES[view](screen)
    if screen.account is not None:
        with window_pane("side"), fill_pane("detail"):
            show_account(screen, screen.account, lead_id=None)


def _with_account(screen: FinanceScreen, notes: DeltaGenerator) -> FinanceScreen:
    account = read_linked_account(screen.page.store, screen.version, notes)
    return replace(screen, account=account)


@st.fragment
def _show_leads(screen: FinanceScreen) -> None:
    """Runs by itself: a choice draws neither the bar nor the filters again."""
    notes = choice_notes()
    screen = _with_account(screen, notes)
    leads = list_leads(screen)
    chosen = find_chosen_lead(screen, leads)
    asked = st.query_params.get("lead")
    if asked is not None and asked != chosen:
        notes.warning("The link names a lead that is not among these data.", icon=":material/link_off:")
    with window_pane("canvas"):
        shown = None if chosen is None else show_lead(screen, chosen, notes)
    with window_pane("side"):
        show_lead_list(screen, leads, chosen)
        with fill_pane("detail"):
            if screen.account is not None:
                with fill_pane("account"):  # of its own, so that it begins at its top
                    show_account(screen, screen.account, lead_id=chosen)
            elif shown is None:
                show_no_lead(screen)
            else:
                show_lead_detail(screen, shown[0], revealed=shown[1])
