"""The button that takes the last thing done back."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.components.text import plain


def offer_undo(words: str, key: str, undo: Callable[..., None], *args: object) -> None:
    """A button that says what it undoes, and calls `undo` with `args`."""
    st.button(plain(f"Undo: {words}"), icon=":material/undo:", key=key, on_click=undo, args=args)
