"""A button that gives the page the whole screen: the browser side is `frontend/src/fullscreen.ts`."""

from __future__ import annotations

from ui.components.browser_side import declare_component

_component = declare_component("fullscreen")


def offer_full_screen(key: str) -> None:
    """Draw the button; it says whether the page has the whole screen already."""
    _component(key=key, data={"enter": "Full screen", "leave": "Window"}, height="content", width="content")
