"""The map component: a picture in, what the user picks or draws out.

Its browser side is `frontend/src/map.ts`.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.figures.map_picture import MapPicture
from ui.components.browser_side import declare_component

_component = declare_component("map")


def show_map(
    picture: MapPicture,
    *,
    key: str,
    on_pick: Callable[[str], None] | None = None,
    on_draw: Callable[[list[tuple[float, float]]], None] | None = None,
) -> None:
    """Draw a picture. `on_pick` is given the id of a feature that is clicked, `on_draw` the corners (degrees,
    WGS 84, as drawn and not closed) of an area, where the picture is `drawable`. Both run before the page."""

    def picked() -> None:
        if on_pick is not None and isinstance(found := st.session_state[key].picked, str):
            on_pick(found)

    def drawn() -> None:
        corners = st.session_state[key].drawn
        if on_draw is not None and corners:
            on_draw([(float(lon), float(lat)) for lon, lat in corners])

    _component(
        key=key,
        data=picture.message(),
        height="content" if picture.height is not None else "stretch",
        on_picked_change=picked,
        on_drawn_change=drawn,
    )
