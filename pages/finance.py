"""Money: how it moves, which part each account plays, and the transactions behind it."""

import streamlit as st

from analytics.finance.payment_filter import read_money_extent
from analytics.finance.search import protect_results
from analytics.intelligence.possible_victims import find_protected_identifiers
from analytics.shared.wording import write_period
from ui.finance.filters import choose_filter, choose_view
from ui.finance.panes import show_empty_page, show_panes
from ui.finance.screen import FinanceScreen, load_results
from ui.shell.layout import pad_pane
from ui.shell.page import begin

page = begin("Where does the money go, and who plays which part?", "finance")
extent = read_money_extent(page.store)
if extent is None:
    show_empty_page(page)
    st.stop()
version = page.store.data_version()
notes = st.container(key="notes")
strip = pad_pane("ask", horizontal=True)
with strip:
    view = choose_view(notes)
    about = st.empty()
with notes:
    protected = find_protected_identifiers(page.store, "account")
    found = protect_results(load_results(page, version, extent.time_zone), protected)
with strip:
    typologies = sorted(found.leads.leads.typology.unique())
    payment_filter = choose_filter(extent, typologies, notes)
about.markdown(
    "",
    help=f"{extent.transactions:,} transactions of {write_period(extent.first, extent.last)} (UTC), "
    f"{extent.accounts:,} account records, in {', '.join(extent.currencies) or 'no stated currency'}. "
    f"Data version {version}. Names and numbers are masked.",
)
dark = st.context.theme.type == "dark"
show_panes(FinanceScreen(page, version, extent, payment_filter, found, dark, protected=protected), view)
