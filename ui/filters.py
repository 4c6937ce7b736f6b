"""The filter bar of a page of incidents. Its state is the link: every widget is bound to the query string."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from analytics.hotspots.extent import Extent
from analytics.hotspots.selection import Selection
from analytics.hotspots.when import WEEKDAYS

HOURS = list(range(24))


def choose_area(areas: pd.DataFrame) -> int:
    names = dict(zip(areas.area_id.tolist(), areas.name, strict=True))
    return st.selectbox("Working area", list(names), format_func=names.get, key="area", bind="query-params")


def choose_selection(area_id: int, extent: Extent) -> Selection:
    """The filter bar: period, category, hours, weekdays; with the active filters said in words below."""
    default = (extent.last - timedelta(days=364), extent.last)
    default = (max(default[0], extent.first), default[1])
    period, category, start, end, days = st.columns([3, 4, 1.2, 1.2, 3], vertical_alignment="bottom")
    chosen = period.date_input(
        "Period", value=default, min_value=extent.first, max_value=extent.last, key="period",
        bind="query-params", help="Drag over the trend chart to set it.",
    )  # fmt: skip
    categories = category.multiselect(
        "Category", extent.categories, key="category", bind="query-params", placeholder="all categories"
    )
    off = extent.monthly
    from_hour = start.selectbox("From hour", HOURS, key="from_hour", bind="query-params", disabled=off)
    to_hour = end.selectbox("To hour", HOURS, index=23, key="to_hour", bind="query-params", disabled=off)
    weekdays = days.multiselect(
        "Weekday", WEEKDAYS, key="weekday", bind="query-params", placeholder="all", disabled=off
    )
    if not isinstance(chosen, tuple) or len(chosen) != 2:
        st.info("Choose the last day of the period too.")
        st.stop()
    return Selection(
        area_id, chosen[0], chosen[1], tuple(categories), () if off else hours_between(from_hour, to_hour),
        () if off else tuple(WEEKDAYS.index(day) + 1 for day in weekdays),
    )  # fmt: skip


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
        st.session_state["from_hour"], st.session_state["to_hour"] = hours[0], hours[-1]
        chosen = [day for day in WEEKDAYS if day[:3] in short]
        st.session_state["weekday"] = [] if len(chosen) == 7 else chosen


def brush_trend(extent: Extent, unit: str) -> None:
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
        st.session_state["period"] = (max(starts[0].date(), extent.first), min(last, extent.last))


def clear_filters(extent: Extent) -> None:
    st.session_state["period"] = (max(extent.last - timedelta(days=364), extent.first), extent.last)
    st.session_state["category"], st.session_state["weekday"] = [], []
    st.session_state["from_hour"], st.session_state["to_hour"] = 0, 23
