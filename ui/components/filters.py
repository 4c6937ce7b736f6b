"""The filters of a page of incidents. Their state is the link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pandas as pd
import shapely
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.hotspots.catalogue import Workspace
from analytics.hotspots.data_extent import DataExtent
from analytics.hotspots.grid.custom_area import join_polygons, read_drawn
from analytics.hotspots.grid.outlines import list_layers, read_outlines
from analytics.hotspots.selection import COMPARED_WITH, Selection
from analytics.shared.week_clock import WEEKDAYS
from ui.components.address import change_address, choice_of_address, choices_of_address
from ui.components.text import plain
from ui.shell.scope import period_within, set_period

HOURS = list(range(24))
FIRST_HOUR, LAST_HOUR = HOURS[0], HOURS[-1]
_HOUR_ENDS = (("from_hour", FIRST_HOUR), ("to_hour", LAST_HOUR))


def choose_selection(
    workspace: Workspace, extent: DataExtent, notes: DeltaGenerator | None = None
) -> Selection:
    """The filters beside the scope: category, hours, weekdays, boundaries, what to compare with. What cannot
    be read of the link is said in `notes`."""
    with notes or st.container():
        first, last = period_within(extent.first, extent.last, default_period(extent))
        drawn = _drawn()
    off = extent.monthly
    categories = st.multiselect(
        "Category",
        extent.categories,
        placeholder="all categories",
        **choices_of_address("category", extent.categories, notes=notes),
    )
    with st.container(horizontal=True):
        from_hour = st.selectbox(
            "From hour",
            HOURS,
            disabled=off,
            width=90,
            **choice_of_address("from_hour", HOURS, FIRST_HOUR, notes=notes),
        )
        to_hour = st.selectbox(
            "To hour",
            HOURS,
            disabled=off,
            width=90,
            **choice_of_address("to_hour", HOURS, LAST_HOUR, notes=notes),
        )
        weekdays = st.multiselect(
            "Weekday",
            WEEKDAYS,
            placeholder="all",
            disabled=off,
            width="stretch",
            **choices_of_address("weekday", WEEKDAYS, notes=notes),
        )
    compared = st.selectbox(
        "Compare with",
        COMPARED_WITH,
        **choice_of_address("compare", COMPARED_WITH, COMPARED_WITH[0], notes=notes),
    )
    outlines = _named_outlines(workspace, notes)
    return Selection(
        workspace.area_id,
        first,
        last,
        tuple(categories),
        () if off else hours_between(from_hour, to_hour),
        () if off else tuple(WEEKDAYS.index(day) + 1 for day in weekdays),
        join_polygons([*outlines, *drawn], workspace.epsg),
        compared,
    )


def default_period(extent: DataExtent) -> tuple[date, date]:
    """The last 365 days held."""
    return max(extent.last - timedelta(days=364), extent.first), extent.last


def _named_outlines(workspace: Workspace, notes: DeltaGenerator | None) -> list[shapely.Geometry]:
    layers = list_layers(workspace.engine, workspace.area_id, "area")
    if not layers:
        st.caption("Import beats or wards on the Data page to filter by them; or draw with the map's lasso.")
        return []
    layer = st.selectbox(
        "Boundaries", layers, **choice_of_address("within_layer", layers, layers[0], notes=notes)
    )
    outlines = read_outlines(workspace.engine, workspace.area_id, "area", layer)
    known = outlines.name.tolist()
    names = st.multiselect(
        "Only within", known, placeholder="anywhere", **choices_of_address("within", known, notes=notes)
    )
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


def list_chips() -> list[tuple[str, Callable[[], None]]]:
    """Each active filter of the link, other than the scope, in words, and what takes it away."""
    link = st.query_params
    chips: list[tuple[str, Callable[[], None]]] = []
    chips += [(name, partial(_take_away, "category", name)) for name in link.get_all("category")]
    if "from_hour" in link or "to_hour" in link:
        from_hour, to_hour = (link.get(name, str(usual)) for name, usual in _HOUR_ENDS)
        chips.append(
            (f"{from_hour:0>2}–{to_hour:0>2} h", partial(change_address, from_hour=None, to_hour=None))
        )
    if days := link.get_all("weekday"):
        chips.append((", ".join(day[:3] for day in days), partial(change_address, weekday=None)))
    chips += [(name, partial(_take_away, "within", name)) for name in link.get_all("within")]
    if "drawn" in link:
        chips.append(("drawn area", clear_drawn))
    return chips


def show_chips() -> None:
    """Each active filter as a button that takes it away, and one for all of them."""
    chips = list_chips()
    for k, (label, remove) in enumerate(chips):
        st.button(
            plain(label),
            on_click=remove,
            key=f"chip{k}",
            icon=":material/close:",
            help="Take this filter away",
        )
    if chips:
        st.button("Clear filters", on_click=clear_filters, key="clear", type="tertiary")


def _take_away(filter_name: str, value: str) -> None:
    """One value of a filter that holds several."""
    left = [other for other in st.query_params.get_all(filter_name) if other != value]
    change_address(**{filter_name: left or None})


def hours_between(start: int, end: int) -> tuple[int, ...]:
    """Hours from `start` to `end`, both included, over midnight where end is earlier; () for all 24."""
    hours = tuple((start + k) % 24 for k in range((end - start) % 24 + 1))
    return () if len(hours) == 24 else hours


def brush_clock(hours: tuple[int, int], weekdays: tuple[int, int]) -> None:
    """Take the hours and weekdays (0 is Monday) dragged over in the clock into the filters."""
    chosen = WEEKDAYS[weekdays[0] : weekdays[1] + 1]
    change_address(
        from_hour=None if hours[0] == FIRST_HOUR else str(hours[0]),
        to_hour=None if hours[1] == LAST_HOUR else str(hours[1]),
        weekday=None if len(chosen) == len(WEEKDAYS) else list(chosen),
    )


def brush_trend(extent: DataExtent, unit: str, first: pd.Timestamp, last: pd.Timestamp) -> None:
    """Take the bars dragged over in the trend, by the beginnings of the first and the last, into the
    period."""
    step = {
        "day": pd.DateOffset(days=1),
        "week": pd.DateOffset(weeks=1),
        "month": pd.DateOffset(months=1),
    }[unit]
    end = (last + step - pd.DateOffset(days=1)).date()
    set_period((max(first.date(), extent.first), min(end, extent.last)))


def clear_filters() -> None:
    change_address(**dict.fromkeys(("category", "weekday", "from_hour", "to_hour", "within", "drawn")))


def clear_drawn() -> None:
    change_address(drawn=None)
