"""The filter bar of a page of incidents. Its state is the link: every widget is bound to the query string."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pandas as pd
import shapely
import streamlit as st

from analytics.hotspots.catalogue import Workspace
from analytics.hotspots.data_extent import DataExtent
from analytics.hotspots.grid.custom_area import join_polygons, read_drawn
from analytics.hotspots.grid.outlines import list_layers, read_outlines
from analytics.hotspots.selection import COMPARED_WITH, Selection
from analytics.shared.week_clock import WEEKDAYS
from analytics.shared.wording import write_day
from ui.components.text import plain
from ui.shell.scope import period_within, read_scope, set_period

HOURS = list(range(24))


def choose_selection(workspace: Workspace, extent: DataExtent) -> Selection:
    """The filter bar beside the scope: category, hours, weekdays, beat, what to compare with."""
    first, last = period_within(extent.first, extent.last, default_period(extent))
    off = extent.monthly
    with st.container(horizontal=True, vertical_alignment="bottom"):
        categories = st.multiselect(
            "Category",
            extent.categories,
            key="category",
            bind="query-params",
            placeholder="all categories",
            width="stretch",
        )
        from_hour = st.selectbox(
            "From hour", HOURS, key="from_hour", bind="query-params", disabled=off, width=80
        )
        to_hour = st.selectbox(
            "To hour", HOURS, 23, key="to_hour", bind="query-params", disabled=off, width=80
        )
        weekdays = st.multiselect(
            "Weekday",
            WEEKDAYS,
            key="weekday",
            bind="query-params",
            placeholder="all",
            disabled=off,
            width=140,
        )
        with st.popover("More", icon=":material/tune:", help="Custom area and comparison"):
            compared = st.selectbox("Compare with", COMPARED_WITH, key="compare", bind="query-params")
            outlines = _named_outlines(workspace)
    return Selection(
        workspace.area_id,
        first,
        last,
        tuple(categories),
        () if off else hours_between(from_hour, to_hour),
        () if off else tuple(WEEKDAYS.index(day) + 1 for day in weekdays),
        join_polygons([*outlines, *_drawn()], workspace.epsg),
        compared,
    )


def default_period(extent: DataExtent) -> tuple[date, date]:
    """The last 365 days held."""
    return max(extent.last - timedelta(days=364), extent.first), extent.last


def _named_outlines(workspace: Workspace) -> list[shapely.Geometry]:
    layers = list_layers(workspace.engine, workspace.area_id, "area")
    if not layers:
        st.caption("Import beats or wards on the Data page to filter by them; or draw with the map's lasso.")
        return []
    layer = st.selectbox("Boundaries", layers, key="within_layer", bind="query-params")
    outlines = read_outlines(workspace.engine, workspace.area_id, "area", layer)
    names = st.multiselect("Only within", outlines.name.tolist(), key="within", bind="query-params")
    return outlines[outlines.name.isin(names)].geometry.tolist()


def drawn_area() -> shapely.Geometry | None:
    """The area (WGS 84) drawn on the map, as the link holds it; None where there is none or it cannot be
    read."""
    try:
        return read_drawn(st.query_params["drawn"])
    except (KeyError, ValueError):
        return None


def _drawn() -> list[shapely.Geometry]:
    area = drawn_area()
    if area is None and "drawn" in st.query_params:
        st.warning("The link's drawn area cannot be read.", icon=":material/block:")
    return [] if area is None else [area]


def _take_away(filter_name: str, value: str) -> None:
    """One value of a filter that holds several."""
    _set(**{filter_name: [other for other in st.session_state[filter_name] if other != value]})


def show_chips(extent: DataExtent) -> None:
    """Each active filter as a button that takes it away, and one for all of them."""
    chips: list[tuple[str, Callable[[], None]]] = []
    state = st.session_state
    if period := read_scope().period:
        first, last = period
        chips.append((f"{write_day(first)} – {write_day(last)}", partial(set_period, None)))
    chips += [(name, partial(_take_away, "category", name)) for name in state["category"]]
    if (state["from_hour"], state["to_hour"]) != (0, 23):
        chips.append(
            (f"{state['from_hour']:02d}–{state['to_hour']:02d} h", lambda: _set(from_hour=0, to_hour=23))
        )
    if state["weekday"]:
        days = ", ".join(day[:3] for day in state["weekday"])
        chips.append((days, lambda: _set(weekday=[])))
    chips += [(name, partial(_take_away, "within", name)) for name in state.get("within", [])]
    if "drawn" in st.query_params:
        chips.append(("drawn area", clear_drawn))
    if not chips:
        return
    with st.container(horizontal=True, gap="small"):
        for k, (label, remove) in enumerate(chips):
            st.button(
                plain(label),
                on_click=remove,
                key=f"chip{k}",
                icon=":material/close:",
                help="Take this filter away",
            )
        st.button("Clear filters", on_click=clear_filters, args=(extent,), key="clear", type="tertiary")


def hours_between(start: int, end: int) -> tuple[int, ...]:
    """Hours from `start` to `end`, both included, over midnight where end is earlier; () for all 24."""
    hours = tuple((start + k) % 24 for k in range((end - start) % 24 + 1))
    return () if len(hours) == 24 else hours


def brush_clock() -> None:
    """Take the hours and weekdays dragged over in the clock chart into the filter bar."""
    points = st.session_state["clock"].selection.points
    if points:
        hours = sorted({int(point["x"]) for point in points})
        short = {point["y"] for point in points}
        chosen = [day for day in WEEKDAYS if day[:3] in short]
        _set(from_hour=hours[0], to_hour=hours[-1], weekday=[] if len(chosen) == 7 else chosen)


def brush_trend(extent: DataExtent, unit: str) -> None:
    """Take the bars dragged over in the trend chart into the period."""
    points = st.session_state["trend"].selection.points
    if points:
        starts = pd.to_datetime(sorted(str(point["x"]) for point in points))
        step = {
            "day": pd.DateOffset(days=1),
            "week": pd.DateOffset(weeks=1),
            "month": pd.DateOffset(months=1),
        }[unit]
        last = (starts[-1] + step - pd.DateOffset(days=1)).date()
        set_period((max(starts[0].date(), extent.first), min(last, extent.last)))


def clear_filters(extent: DataExtent) -> None:
    set_period(None)
    _set(category=[], weekday=[], from_hour=0, to_hour=23)
    if "within" in st.session_state:
        _set(within=[])
    clear_drawn()


def clear_drawn() -> None:
    if "drawn" in st.query_params:
        del st.query_params["drawn"]


def _set(**values: object) -> None:
    for name, value in values.items():
        st.session_state[name] = value
