"""Pictures in a page."""

from __future__ import annotations

from base64 import b64encode
from typing import Literal

import streamlit as st


def show_picture(
    png: bytes, alt: str, width: int | Literal["content", "stretch"], caption: str | None = None
) -> None:
    """A PNG within the page itself, `width` in pixels.

    Streamlit would keep it as a file of the session's last run, and take it away when a click ends that run
    early, before the browser has asked for it.
    """
    st.image("data:image/png;base64," + b64encode(png).decode("ascii"), caption, width, alt=alt)
