"""Forms for a new record."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def entry_form(name: str, *, border: bool = True) -> DeltaGenerator:
    """A form that keeps what was typed until `clear_entry` of its name: Streamlit's own way to empty a form
    also drops the text of an entry that was refused."""
    return st.form(f"{name}-{st.session_state.get(_times(name), 0)}", border=border)


def clear_entry(name: str) -> None:
    """Empty the form when it is drawn next: for an entry that was saved."""
    st.session_state[_times(name)] = st.session_state.get(_times(name), 0) + 1


def _times(name: str) -> str:
    """Where the session counts how often the form was emptied."""
    return f"entries-{name}"
