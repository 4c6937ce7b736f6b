"""Loading what rates are per: residents, households or another denominator."""

from __future__ import annotations

import streamlit as st

from analytics.hotspots.catalogue import Workspace
from analytics.hotspots.denominators import DenominatorRefused, list_denominators, load_denominator
from analytics.hotspots.grid.outlines import list_layers
from ui.components.act_buttons import act_button
from ui.components.text import plain
from ui.shell.page import Page

_POINTS = "points (lon, lat, value)"


def load_form(page: Page, workspace: Workspace) -> None:
    """A popover that takes a CSV of values by outline or of points."""
    with st.popover(
        "Denominators", icon=":material/groups:", help="Residents, households, vehicles: what a rate is per"
    ):
        engine, area_id = workspace.engine, workspace.area_id
        loaded = ", ".join(found.name for found in list_denominators(engine, area_id))
        st.caption(f"Loaded: {plain(loaded)}" if loaded else "None is loaded for this working area yet.")
        name = st.text_input("What it counts", "residents", key="target_name")
        kind = st.selectbox(
            "The file contains",
            [_POINTS, *list_layers(engine, area_id, "area")],
            key="target_kind",
            format_func=lambda kind: kind if kind == _POINTS else f"name and value for each of {kind}",
        )
        given = st.file_uploader("CSV with a header", ["csv"], key="target_file")
        if given is None or not act_button(page, "load target", "Load it", key="target_load"):
            return
        try:
            load_denominator(
                page.store,
                page.actor,
                workspace.area_id,
                name,
                given.getvalue(),
                given.name,
                layer="" if kind == _POINTS else kind,
            )
        except DenominatorRefused as error:
            st.error(plain(error))
            return
    st.rerun()
