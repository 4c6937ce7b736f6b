"""Choosing the cells and a method's options. Every widget is part of the link."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.hotspots.catalogue import Method, Option, Workspace
from analytics.hotspots.counts import choose_cell_size
from analytics.hotspots.grid.cells import KINDS, SIZES, Grid
from ui.components.address import choice_of_address, number_of_address, switch_of_address, text_of_address

_AUTOMATIC = "automatic"
_ADVANCED = ("seed", "null", "permutations")  # options that few need to change


def choose_grid(workspace: Workspace, notes: DeltaGenerator) -> Grid:
    """Hexagons or squares, of a chosen size or the smallest at which the map stays fast."""
    with st.container(horizontal=True):
        kind = st.selectbox(
            "Cells", KINDS, width=130, **choice_of_address("cells", KINDS, KINDS[0], notes=notes)
        )
        sizes = [_AUTOMATIC, *(f"{size} m" for size in SIZES)]
        label = st.selectbox(
            "Cell size", sizes, width=140, **choice_of_address("size", sizes, _AUTOMATIC, notes=notes)
        )
    if label != _AUTOMATIC:
        return Grid(kind, int(label.split()[0]))
    return Grid(kind, choose_cell_size(workspace.engine, workspace.area_id, kind))


def show_present() -> bool:
    """Whether the canvas stands alone, for a meeting room's screen."""
    return st.toggle("Present: the map alone", **switch_of_address("present"))


def choose_options(
    method: Method, workspace: Workspace, notes: DeltaGenerator
) -> tuple[tuple[str, str | int | float], ...]:
    """The method's options as widgets, on their defaults until changed; those that few change at the end."""
    plain_options = [option for option in method.options if option.name not in _ADVANCED]
    advanced = [option for option in method.options if option.name in _ADVANCED]
    chosen = {option.name: _widget(method, option, workspace, notes) for option in plain_options}
    if advanced:
        st.markdown("**Advanced**")
        chosen |= {option.name: _widget(method, option, workspace, notes) for option in advanced}
    return tuple((option.name, chosen[option.name]) for option in method.options)


def _widget(method: Method, option: Option, workspace: Workspace, notes: DeltaGenerator) -> str | int | float:
    name = f"{method.name}-{option.name}"
    choices = option.choices_of(workspace) if option.choices_of else option.choices
    if choices or option.choices_of:
        return _choose(name, option, choices, notes)
    label = f"{option.label} ({option.unit})" if option.unit else option.label
    if isinstance(option.default, str):
        return st.text_input(
            label, help=option.help, placeholder=option.placeholder, **text_of_address(name, option.default)
        )
    kind = type(option.default)
    return st.number_input(
        label,
        min_value=None if option.minimum is None else kind(option.minimum),
        max_value=None if option.maximum is None else kind(option.maximum),
        help=option.help,
        format="%d" if kind is int else "%g",
        **number_of_address(
            name, option.default, minimum=option.minimum, maximum=option.maximum, notes=notes
        ),
    )


def _choose(name: str, option: Option, choices: tuple[str, ...], notes: DeltaGenerator) -> str:
    default: Any = option.default if option.default in choices else None
    if default is None and choices and not option.placeholder:
        default = choices[0]
    bound = choice_of_address(name, choices, default, notes=notes)
    return (
        st.selectbox(
            option.label,
            choices,
            index=None,
            help=option.help,
            placeholder=option.placeholder if choices else "nothing loaded",
            **bound,
        )
        or ""
    )
