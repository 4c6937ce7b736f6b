"""The map of a finding: its place and the cells around it, over the base map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from analytics.basemap import attribute_maps
from analytics.figures.finding_map import finding_map
from analytics.figures.maps import MapFrame
from analytics.intelligence.findings import Finding, load_finding
from analytics.store import Store
from ui.components.map import read_wanted, show_map
from ui.components.map_marks import mark_map
from ui.shell.page import Page


def find_mapped(store: Store, finding_ids: Sequence[int]) -> Finding | None:
    """The first of these findings that has a place and cells around it."""
    for number in finding_ids:
        finding = load_finding(store, int(number))
        focus = finding.result.focus
        if finding.area_id is not None and focus and focus.outline and finding.result.cells:
            return finding
    return None


def show_finding_map(
    page: Page, finding: Finding, *, key: str, height: int | None = None, marked: bool = False
) -> None:
    """Draw the map; `height` in pixels, None fills the pane. `marked`: what else is known of the area, under
    *Layers*."""
    focus, area_id = finding.result.focus, finding.area_id
    if focus is None or (place := focus.outline) is None or area_id is None:
        return
    dark = st.context.theme.type == "dark"
    credit = attribute_maps(page.store, area_id)
    frame = MapFrame(area_id, page.store.data_version(), 0, 0, 12, dark, credit=credit)
    cells = [(cell.ring, cell.count) for cell in finding.result.cells]
    picture = finding_map(place, cells, frame, label=f"Map of {focus.label or 'the place'}")
    if marked:
        picture = mark_map(picture, page.store, area_id, wanted=read_wanted(key), dark=dark)
    show_map(replace(picture, height=height), key=key)
