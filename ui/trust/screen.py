"""How far each method can be trusted, as a list under the names of its pages."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.trust import MethodTrust, read_trust
from ui.components.address import choose_of_address
from ui.components.exporting import offer_csv
from ui.shell.page import Page
from ui.shell.pages import PAGES, find_page, page_path

_ALL = "All"


def show_trust(page: Page) -> None:
    """Every method with where it was tried, how often it was wrong and on what it was not tried."""
    st.caption(
        "Every result here is an indication for somebody to check, and none is proof. Each figure is printed "
        "by a command that `docs/trust.md` leads to."
    )
    methods = read_trust()
    with st.container(horizontal=True, vertical_alignment="center"):
        pages = [entry for entry in PAGES if any(one.page == entry.name for one in methods)]
        chosen = choose_of_address("of", "Page", [_ALL, *(entry.title for entry in pages)])
        table = pd.DataFrame([one.model_dump() for one in methods])
        offer_csv(page, "CSV", table, "methods", "export methods", "methods", type="tertiary")
    for method in methods:
        if chosen in (_ALL, find_page(method.page).title):
            _show(method)


def _show(method: MethodTrust) -> None:
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{method.name}**", width="stretch")
            entry = find_page(method.page)
            st.page_link(page_path(entry.name), label=entry.title, icon=f":material/{entry.icon}:")
        for column, (title, text) in zip(
            st.columns(3),
            (("Tried on", method.tried), ("How often wrong", method.wrong), ("Not tried on", method.untried)),
            strict=True,
        ):
            column.caption(title)
            column.markdown(text)
