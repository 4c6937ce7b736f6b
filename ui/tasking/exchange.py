"""Sharing a case: buttons for each format, and what is masked and withheld."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analytics.exchange import (
    FORMATS,
    Sharing,
    describe_bulk,
    gather_case,
    has_places,
    record_export,
    write_case,
)
from analytics.oversight.approvals import UNMASKED
from analytics.oversight.exercise import mark_name
from ui.components.approvals import ask_second
from ui.components.exporting import download_button
from ui.components.text import plain
from ui.shell.page import Page


def show_exchange(page: Page, product: int, version: int) -> None:
    """Offer the case behind a brief in every format. Nothing is read until it is asked for."""
    if not st.toggle(
        "Share the case",
        key=f"exchange-{product}",
        help="STIX 2.1, W3C PROV and GeoPackage, for other systems",
    ):
        return
    with st.container(border=True):
        st.caption(
            "The brief with its findings, graded lines, evidence rows, decisions and results. Personal data "
            "is "
            "masked and anything marked with conditions is withheld. To include it, give a reason: the audit "
            "trail records it."
        )
        left, right = st.columns(2)
        personal = left.text_input(
            "Reason to include personal data (empty: masked)", key=f"exchange-personal-{product}"
        )
        conditions = right.text_input(
            "How the conditions of code C are met (empty: withheld)", key=f"exchange-conditions-{product}"
        )
        try:
            case = gather_case(page.store, product, version, Sharing(personal.strip(), conditions.strip()))
        except ValueError as error:
            st.error(plain(error))
            return
        st.caption(case.in_words())
        bulk = describe_bulk(case)
        if bulk and not ask_second(page, UNMASKED, bulk, key=f"exchange-{product}"):
            return
        with st.container(horizontal=True):
            for form, (label, ending, mime) in FORMATS.items():
                download_button(
                    page,
                    "export case",
                    label,
                    partial(write_case, case, form),
                    mark_name(f"case-{product}-version-{version}.{ending}", case.mark),
                    mime,
                    icon=":material/ios_share:",
                    key=f"exchange-{form}-{product}",
                    on_click=record_export,
                    args=(page.store, page.actor, case, form),
                    disabled=form == "gpkg" and not has_places(case),
                )
