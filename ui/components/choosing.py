"""Choosing one of a few views or parts side by side, and one row of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Any, Literal, TypeVar

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.delta_generator import DeltaGenerator

from ui.components.link_memory import note_link
from ui.components.text import plain

Identity = TypeVar("Identity", bound=Hashable)
_ROW = 31  # pixels of a table's row, and of its head, at the theme's size of letters


def explain_stale_link(key: str, options: Collection[str]) -> None:
    """Say so where the link names something for the widget `key` that is none of its `options`: the widget
    then shows its default, which is not what the link was made of. Call it before the widget, which takes
    such a name out of the link."""
    asked = st.query_params.get(key)
    if asked is not None and asked not in options:
        say_not_there(asked)


def say_not_there(asked: str, notes: DeltaGenerator | None = None) -> None:
    """Say that the link names something that is not there; in `notes`, else where it is called."""
    (notes or st).warning(
        f"The link names '{plain(asked)}', which is not here or has another name now. Choose what to show.",
        icon=":material/link_off:",
    )


def distinct_labels(labels: Mapping[Identity, str]) -> dict[Identity, str]:
    """The same labels, with what each is of added where several are alike: a widget knows an option by its
    label alone, and would take one for the other."""
    times = Counter(labels.values())
    return {item: label if times[label] == 1 else f"{label} ({item})" for item, label in labels.items()}


def fit_rows(rows: int, most: int) -> int | Literal["content"]:
    """The height of a table of so many rows: theirs, at most `most` pixels, past which it scrolls."""
    return "content" if _ROW * (rows + 1) + 2 <= most else most


def choose_row(
    table: pd.DataFrame | Styler, identities: Iterable[Identity], *, key: str, **look: Any
) -> Identity | None:
    """Draw `table` and return the identity of its ticked row, None where none is ticked.

    `identities` names each row by what it is about, in the table's order: the grid itself knows rows by
    position alone, so its tick would stay behind when they are filtered or ordered otherwise."""
    remembered = f"{key}-chosen"
    if key not in st.session_state:  # the table was not on the page before: its tick has gone with it
        st.session_state.pop(remembered, None)
    return tick_row(
        table,
        identities,
        st.session_state.get(remembered),
        lambda identity: st.session_state.update({remembered: identity}),
        key=key,
        **look,
    )


def tick_row(
    table: pd.DataFrame | Styler,
    identities: Iterable[Identity],
    chosen: Identity | None,
    on_choose: Callable[[Identity | None], None],
    *,
    key: str,
    **look: Any,
) -> Identity | None:
    """Draw `table` with the row of `chosen` ticked; `on_choose` takes what the user ticks instead, or None.
    Returns `chosen`, or None where it is no row of the table: then nothing is ticked."""
    listed = list(identities)
    rows = [listed.index(chosen)] if chosen in listed else []
    ticked = st.session_state[key]["selection"]["rows"] if key in st.session_state else []
    if rows != list(ticked):
        st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    def pass_on() -> None:
        now = st.session_state[key]["selection"]["rows"]
        # The browser may still send a row of the longer table that was here before.
        on_choose(listed[now[0]] if now and now[0] < len(listed) else None)

    st.dataframe(table, hide_index=True, key=key, on_select=pass_on, selection_mode="single-row", **look)
    return chosen if rows else None


def change_link(**values: str | int | None) -> None:
    """Put these values into the link, or take those that are None out of it. Not for the name of a widget
    bound to the link: Streamlit refuses it, so a page link leads there."""
    for name, value in values.items():
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value)
    note_link()


def chosen_number(name: str) -> int | None:
    """A whole number of the link, or None where it holds none."""
    text = st.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
