"""Money: how it moves, which part each account plays, and the transactions behind it."""

import streamlit as st

from analytics.finance.payment_filter import read_money_extent
from analytics.shared.wording import write_period
from ui.finance.account import show_linked_account
from ui.finance.behaviour import show_behaviour
from ui.finance.corridors import show_corridors
from ui.finance.filters import choose_filter, choose_view
from ui.finance.groups import show_groups
from ui.finance.indicators import show_indicators
from ui.finance.lead import show_lead
from ui.finance.lead_list import show_leads
from ui.finance.screen import FinanceScreen, load_results
from ui.finance.trace import show_trace
from ui.finance.welfare import show_welfare
from ui.shell.page import begin
from ui.shell.pages import page_path

page = begin("Where does the money go, and who plays which part?")
extent = read_money_extent(page.store)
if extent is None:
    st.text(
        "This page finds patterns of organised crime and exploitation in account data, and shows the "
        "transactions behind each. There are no transactions yet: import them on the Data page, with the "
        "account records where you have them."
    )
    st.page_link(page_path("data"), label="Open Data", icon=":material/database:")
    st.stop()
version = page.store.data_version()
payment_filter = choose_filter(extent)
view = choose_view()
st.caption(
    f"**{extent.transactions:,}** transactions of {write_period(extent.first, extent.last)} (UTC), "
    f"{extent.accounts:,} account records, in {', '.join(extent.currencies) or 'no stated currency'} · "
    f"data version {version} · names and numbers are masked"
)
screen = FinanceScreen(
    page,
    version,
    extent,
    payment_filter,
    load_results(page, version, extent.time_zone),
    st.context.theme.type == "dark",
)
if "account" in st.query_params and view == "Leads":
    show_linked_account(screen, st.query_params["account"])
if view == "Leads":
    lead = show_leads(screen)
    if lead is None:
        st.info("Choose a lead to see its flow, its payments, the roles, and the indicators for and against.")
    else:
        show_lead(screen, lead)
elif view == "Indicators":
    show_indicators(screen)
elif view == "Possible victims":
    show_welfare(screen)
elif view == "Behaviour":
    show_behaviour(screen)
elif view == "Groups and holders":
    show_groups(screen)
elif view == "Corridors":
    show_corridors(screen)
else:
    show_trace(screen)
