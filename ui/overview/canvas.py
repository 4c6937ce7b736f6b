"""The map of Today."""

from __future__ import annotations

import streamlit as st

from analytics.basemap import attribute_maps
from analytics.figures.attention_map import NumberedPlace, attention_map
from analytics.figures.maps import MapFrame, fitted_zoom
from analytics.overview.morning import Morning
from analytics.shared.wording import write_period
from ui.components.map import show_map
from ui.overview.cards import CHANNEL, chosen_card
from ui.shell.page import Page

_WIDTH, _HEIGHT = 900, 540  # pixels, of the pane at 1440 by 900


def show_canvas(page: Page, morning: Morning, *, dark: bool) -> None:
    """Recorded crime by cell, with the places of the list numbered over it."""
    cells = morning.cells
    if cells.empty or morning.first_day is None or morning.last_day is None:
        st.info("No incident has a recorded place, so there is no map.")
        return
    lon, lat, zoom = fitted_zoom(cells.lon.to_numpy(), cells.lat.to_numpy(), width=_WIDTH, height=_HEIGHT)
    credit = attribute_maps(page.store, morning.area_id)
    version = page.store.data_version()
    frame = MapFrame(morning.area_id, version, lon, lat, zoom, dark, height=None, credit=credit)
    five = morning.five or ()
    places = [
        NumberedPlace(item.id, number, item.place.lon, item.place.lat, item.place.outlines)
        for number, item in enumerate(five, 1)
        if item.place is not None
    ]
    chosen = chosen_card(morning)
    picture = attention_map(
        cells,
        morning.grid,
        places,
        frame,
        channel=CHANNEL,
        label=f"Incidents by cell, {write_period(morning.first_day, morning.last_day)}, with "
        f"{len(places)} of the {len(five)} things to look at",
        legend=f"Incidents, {write_period(morning.first_day, morning.last_day)}",
        chosen=chosen.id if chosen else None,
    )
    show_map(picture, key="today-map")
