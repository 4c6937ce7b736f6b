"""A chart of links as a file: the popover with its formats."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from analytics.exchange.link_files import LINK_FORMATS, write_links
from analytics.figures.link_chart import LinkChart
from analytics.oversight.exercise import mark_name, mark_of_store
from ui.components.audit import log
from ui.components.exporting import download_button
from ui.shell.page import Page

Positions = Mapping[str, tuple[float, float]]


@st.fragment
def offer_links(
    page: Page, chart: LinkChart, name: str, *, key: str, mark: str = "", positions: Positions | None = None
) -> None:
    """A popover that writes the chart, with the names that it shows, as one of LINK_FORMATS on request.
    `name` is the file's, without its ending; `mark` as of `mark_of_sources`; `positions` of places by
    name in small letters. Runs apart: the chart is not
    drawn again."""
    if not chart.nodes:
        st.button("Export", icon=":material/ios_share:", disabled=True, key=f"{key}_none")
        return
    with st.popover("Export", icon=":material/ios_share:", key=f"{key}_export"):
        st.caption("Names leave as the chart shows them: masked, unless you have revealed them.")
        form = st.selectbox(
            "Format", list(LINK_FORMATS), format_func=lambda form: LINK_FORMATS[form][0], key=f"{key}_form"
        )
        if st.button("Prepare the file", icon=":material/build:", key=f"{key}_prepare"):
            _offer(page, chart, name, form, key, mark, positions)


def _offer(
    page: Page, chart: LinkChart, name: str, form: str, key: str, mark: str, positions: Positions | None
) -> None:
    _, ending, kind = LINK_FORMATS[form]
    mark = mark or mark_of_store(page.store)
    body = write_links(chart, form, mark=mark, positions=positions)
    detail = {"format": form, "nodes": len(chart.nodes), "ties": len(chart.ties)}
    download_button(
        page,
        "export links",
        f"Download {name}.{ending} ({len(body) / 1024:,.0f} KB)",
        body,
        mark_name(f"{name}.{ending}", mark),
        kind,
        icon=":material/download:",
        key=f"{key}_file",
        on_click=log,
        args=(page, "export links", chart.label, detail),
    )
