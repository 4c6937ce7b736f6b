"""A place on view: into the case, and watched from now on."""

from __future__ import annotations

import shapely
import streamlit as st

from analytics.desk.tray import TrayItem
from analytics.hotspots.grid.custom_area import write_drawn
from analytics.search import PageLink
from analytics.store.areas import list_working_areas
from ui.shell.page import Page
from ui.shell.scope import AREA, PERIOD, area_labels, find_area, read_scope
from ui.shell.tray import add_to_case
from ui.shell.views import watch_button


def collect_place(page: Page, area: shapely.Geometry, label: str, *, key: str) -> None:
    """The two buttons for a place; `area` is its outline (WGS 84, a polygon or several). The case takes the
    incidents of the period of the scope, a watch all that come in."""
    outline = write_drawn(area)
    areas = list_working_areas(page.store)
    # Named even where the link leaves it out: another area may come first one day, or this one be removed.
    scope = {AREA: area_labels(areas)[find_area(areas)]} | read_scope().link()
    link: dict[str, str | list[str]] = {"drawn": outline, **scope}
    watched = {name: value for name, value in link.items() if name != PERIOD}
    with st.container(horizontal=True, gap="xsmall"):
        add_to_case(page, TrayItem("place", outline, label, PageLink("hotspots", link)), key=f"place-{key}")
        watch_button(page, "place", outline, label, PageLink("hotspots", watched), widget=f"place-{key}")
