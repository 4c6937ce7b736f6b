"""Choosing one of a few views or parts side by side; the choice is part of the link."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def choose_one(label: str, options: Sequence[str], *, key: str) -> str:
    """One of `options`, the first until another is chosen. `label` is for screen readers only."""
    return st.segmented_control(
        label,
        options,
        default=options[0],
        key=key,
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
