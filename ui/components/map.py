"""The map component: a picture in, what the user picks, draws or asks for out.

Its browser side is `frontend/src/map.ts`. What seldom changes of a picture, ids and names, goes by a message
of its own (`frontend/src/named.ts`), which Streamlit does not send again while it is the same.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.figures.map_picture import MapPicture
from ui.components.browser_side import declare_component

_component = declare_component("map")
_named = declare_component("named")


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

    drawings = f"{key}_drawings"

    def drawn() -> None:
        st.session_state[drawings] = st.session_state.get(drawings, 0) + 1
        corners = st.session_state[key].drawn
        if on_draw is not None and corners:
            on_draw([(float(lon), float(lat)) for lon, lat in corners])

    if picture.values is not None:
        with st.container(key=f"unseen_{key}"):
            _named(key=f"{key}_named", data=picture.values.named, height="content")
    _component(
        key=key,
        # Another number after each area drawn, so that the browser hears of it where nothing else changes.
        data=picture.message() | {"drawings": st.session_state.get(drawings, 0)},
        height="content" if picture.height is not None else "stretch",
        on_picked_change=picked,
        on_drawn_change=drawn,
        on_wanted_change=lambda: None,
    )


def read_wanted(key: str) -> set[str]:
    """The `on_demand` groups of layers that the reader of a map has asked for, by name."""
    state = st.session_state.get(key)
    wanted = state.get("wanted") if isinstance(state, dict) else None
    return {name for name in wanted if isinstance(name, str)} if isinstance(wanted, list) else set()
