"""Counting or weighing: which harm table is used, and loading another."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from analytics.hotspots.data_extent import DataExtent
from analytics.hotspots.harm import (
    HarmTableRefused,
    list_harm_tables,
    load_harm_weights,
    match_categories,
    read_harm_weights,
)
from ui.components.act_buttons import act_button
from ui.components.address import choice_of_address
from ui.components.text import plain
from ui.shell.page import Page

COUNT = "incidents"


def choose_measure(page: Page, extent: DataExtent) -> tuple[tuple[str, float], ...] | None:
    """Incidents (None), or the weights of a harm table by category."""
    sets = list_harm_tables(page.store)
    names = {f"{row.name}, {row.version}": (row.name, row.version) for row in sets.itertuples(index=False)}
    with st.popover("Measure", icon=":material/balance:", help="Count incidents, or sum their harm"):
        chosen = st.radio("Measure", [COUNT, *names], **choice_of_address("measure", [COUNT, *names], COUNT))
        _load(page)
        if chosen == COUNT:
            return None
        weights, missing = match_categories(extent.categories, read_harm_weights(page.store, *names[chosen]))
        if missing:
            st.warning(
                f"Without a weight, and so without harm: {plain(', '.join(missing))}.",
                icon=":material/warning:",
            )
    return tuple(sorted(weights.items()))


def _load(page: Page) -> None:
    given = st.file_uploader(
        "Load a harm table (TOML or CSV)",
        ["toml", "csv"],
        key="harm_file",
        help="Columns name, version, unit, valid_from, category, weight, source; a changed table needs a new "
        "version.",
    )
    if given is None or not act_button(page, "load harm weights", "Load it", key="harm_load"):
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(given.name).name
        path.write_bytes(given.getvalue())
        try:
            table, is_new = load_harm_weights(page.store, page.actor, path)
        except HarmTableRefused as error:
            st.error(plain(error))
            return
    st.success(f"{plain(table.name)}, {plain(table.version)}: {'loaded' if is_new else 'already loaded'}.")
