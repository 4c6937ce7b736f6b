"""Choosing what is asked: the view, the method, its options, the cells. Every widget is part of the link."""

from __future__ import annotations

import streamlit as st

from analytics.hotspots.catalogue import GROUPS, METHODS, Method, Option, Workspace
from analytics.hotspots.counts import choose_cell_size
from analytics.hotspots.grid.cells import KINDS, SIZES, Grid
from ui.components.choosing import choose_one, explain_stale_link

VIEWS = (*GROUPS, "Compare", "Followed")


def choose_view() -> str:
    return choose_one("View", VIEWS, key="view")


def choose_grid(workspace: Workspace) -> Grid:
    """Hexagons or squares, of a chosen size or the smallest at which the map stays fast."""
    kind = st.selectbox("Cells", KINDS, key="cells", bind="query-params", width=120)
    label = st.selectbox(
        "Cell size",
        ["automatic", *(f"{size} m" for size in SIZES)],
        key="size",
        bind="query-params",
        width=130,
    )
    if label != "automatic":
        return Grid(kind, int(label.split()[0]))
    return Grid(kind, choose_cell_size(workspace.engine, workspace.area_id, kind))


def choose_method(group: str, *, key: str = "method") -> Method:
    """One of a group's methods; each group remembers its own choice."""
    names = [name for name, method in METHODS.items() if method.group == group]
    bound = f"{key}-{group.lower().replace(' ', '-')}"
    explain_stale_link(bound, [METHODS[name].title for name in names])
    name = st.pills(
        "Method",
        names,
        default=names[0],
        format_func=lambda name: METHODS[name].title,
        key=bound,
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    return METHODS[name]


def choose_options(method: Method, workspace: Workspace) -> tuple[tuple[str, str | int | float], ...]:
    """The method's options as widgets, on their defaults until changed."""
    if not method.options:
        return ()
    columns = st.columns(max(4, len(method.options)), vertical_alignment="bottom")
    return tuple(
        (option.name, _widget(column, method, option, workspace))
        for column, option in zip(columns, method.options, strict=False)
    )


def _widget(column, method: Method, option: Option, workspace: Workspace) -> str | int | float:
    key = f"{method.name}-{option.name}"
    choices = option.choices_of(workspace) if option.choices_of else option.choices
    if choices or option.choices_of:
        default = choices.index(option.default) if option.default in choices else 0
        return (
            column.selectbox(
                option.label,
                choices,
                index=default if choices and not option.placeholder else None,
                key=key,
                bind="query-params",
                help=option.help,
                placeholder=option.placeholder if choices else "nothing loaded",
            )
            or ""
        )
    label = f"{option.label} ({option.unit})" if option.unit else option.label
    if isinstance(option.default, str):
        return column.text_input(
            label,
            option.default,
            key=key,
            bind="query-params",
            help=option.help,
            placeholder=option.placeholder,
        )
    kind = type(option.default)
    return column.number_input(
        label,
        min_value=None if option.minimum is None else kind(option.minimum),
        max_value=None if option.maximum is None else kind(option.maximum),
        value=option.default,
        key=key,
        bind="query-params",
        help=option.help,
        format="%d" if kind is int else "%g",
    )
