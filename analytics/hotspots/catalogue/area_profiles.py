"""When incidents fall in areas that are made of cells: over all dates, and by hour of the day."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import numpy as np
import pandas as pd

from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.grid.cells import Grid, name_cells
from analytics.hotspots.methods.time_of_week import choose_trend_unit
from analytics.hotspots.selection import select_incidents
from analytics.shared.time_window import find_narrowest_window, write_hours

_STEPS = {"day": ("D", "D"), "week": ("W", "W-MON"), "month": ("M", "MS")}  # of Ibis, of pandas


def profile_areas(workspace: Workspace, request: Request, area_of: Mapping[str, str]) -> pd.DataFrame:
    """`area_of`: the area's id of each cell. One row an area (index: its id): history, the incidents a day,
    week or month over all dates (of days and weeks, those whose day is known), and busiest, the narrowest
    window of the day that holds four fifths of them and their share, '' where no hour is known."""
    history = _count_over_time(workspace, request, area_of)
    by_hour = _count_by_hour(workspace, request, area_of)
    areas = pd.Index(dict.fromkeys(area_of.values()))
    return pd.DataFrame(
        {
            "history": [history.get(area, []) for area in areas],
            "busiest": [_busiest(by_hour[area]) if area in by_hour else "" for area in areas],
        },
        index=areas,
    )


def _count_over_time(
    workspace: Workspace, request: Request, area_of: Mapping[str, str]
) -> dict[str, list[int]]:
    extent = workspace.extent
    unit = choose_trend_unit((extent.last - extent.first).days, monthly=extent.monthly)
    step, frequency = _STEPS[unit]
    rows = select_incidents(request.selection, any_period=True, dated=unit != "month")
    counts = _count_cells(workspace, request.grid, rows, rows.local_date.truncate(step), area_of)
    if counts.empty:
        return {}
    starts = pd.to_datetime(counts["at"])
    every = pd.date_range(starts.min(), starts.max(), freq=frequency)
    wide = counts.assign(at=starts).pivot_table(index="area", columns="at", values="n", aggfunc="sum")
    wide = wide.reindex(columns=every).fillna(0).astype(int)
    return dict(zip(wide.index, wide.to_numpy().tolist(), strict=True))


def _count_by_hour(
    workspace: Workspace, request: Request, area_of: Mapping[str, str]
) -> dict[str, np.ndarray]:
    """By area, the incidents of the period in each hour of the day, local time."""
    rows = select_incidents(request.selection)
    counts = _count_cells(workspace, request.grid, rows, rows.local_hour, area_of).dropna()
    hours: dict[str, np.ndarray] = {}
    for area, found in counts.groupby("area"):
        hours[str(area)] = np.bincount(found["at"].astype(int), weights=found.n, minlength=24)
    return hours


def _count_cells(
    workspace: Workspace, grid: Grid, rows: ibis.Table, at: ibis.Value, area_of: Mapping[str, str]
) -> pd.DataFrame:
    """The located incidents of `rows` in the areas by cell and `at`: i, j, at, n, area."""
    i, j = grid.index(rows.x, rows.y)
    marked = rows.mutate(i=i, j=j, at=at).filter(rows.x.notnull())
    counts = workspace.engine.run(
        marked.group_by("i", "j", "at").aggregate(n=marked.count()).order_by("i", "j", "at")
    ).to_pandas()
    areas = pd.Series(name_cells(counts.i, counts.j), dtype=object).map(area_of)
    return counts.assign(area=areas.to_numpy()).dropna(subset="area")


def _busiest(hours: np.ndarray) -> str:
    window = find_narrowest_window(hours.tolist())
    return f"{write_hours(window)}, {window.share:.0%}" if window else ""
