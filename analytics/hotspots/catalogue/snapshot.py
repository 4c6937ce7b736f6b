"""What the Hotspots page shows beside every method: the tested cells, the clock and the trend of one
request."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.study_area import count_study_area
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.methods.gi_star import gi_star
from analytics.hotspots.methods.time_of_week import count_trend, count_week
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.selection import select_incidents
from analytics.shared.week_clock import WeekClock


@dataclass(frozen=True)
class Snapshot:
    """`cells`: the counted cells and, unless `refusal` says why not, z, p, p_adjusted and verdict.
    `trend`: start, count."""

    cells: pd.DataFrame
    clock: WeekClock
    trend: pd.DataFrame
    total: int
    total_before: int
    refusal: str


def take_snapshot(workspace: Workspace, request: Request, unit: str) -> Snapshot:
    """Count, test and time one request; `unit` is the trend's: day, week or month."""
    cells = count_study_area(workspace, request)
    refusal = ""
    try:
        cells = gi_star(cells, request.grid, value="value")
    except TooFewData as error:
        refusal = str(error)
    rows = select_incidents(request.selection)
    return Snapshot(
        cells,
        count_week(workspace.engine, rows),
        count_trend(workspace.engine, select_incidents(request.selection, any_period=True), unit),
        int(cells["count"].sum()),
        int(cells.before.sum()),
        refusal,
    )
