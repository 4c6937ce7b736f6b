"""The map component: a picture in, what the user picks or draws out.

Its browser side is built from `frontend/` into `built/` beside this file and is served by this server alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from analytics.figures.map_picture import MapPicture

BUILT = Path(__file__).with_name("built")
SERVED = ("map.js", "map-worker.js")  # by address, so that the browser stores them
VERSION = hashlib.sha256(b"".join((BUILT / name).read_bytes() for name in SERVED)).hexdigest()[:16]
# Streamlit takes a text without a line break for the name of a file.
_LOADER = f"""
const address = new URL("/components/{VERSION}/map.js", location.origin).href;
export default function (component) {{
  let close = () => {{}};
  import(address).then((module) => {{ close = module.default(component); }});
  return () => close();
}}
"""
_component = st.components.v2.component(
    "achilles_map",
    html=(BUILT / "map.html").read_text(encoding="utf-8"),
    css=(BUILT / "map.css").read_text(encoding="utf-8"),
    js=_LOADER,
)


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

    _component(key=key, data=picture.message(), on_picked_change=picked, on_drawn_change=drawn)
