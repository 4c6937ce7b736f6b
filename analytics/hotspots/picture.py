"""Everything the Hotspots page shows for one selection, computed once."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.engine import Engine
from analytics.hotspots.counts import cell_counts, on_study_area
from analytics.hotspots.gistar import gi_star
from analytics.hotspots.grid import Grid
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.selection import Selection, select
from analytics.hotspots.when import WeekClock, trend, week_clock


@dataclass(frozen=True)
class Picture:
    """`cells`: the study area with id, i, j, ever, count, before, change and, unless `refusal` says why not,
    z, p, p_adjusted and verdict. `trend`: start, count."""

    cells: pd.DataFrame
    clock: WeekClock
    trend: pd.DataFrame
    total: int
    total_before: int
    refusal: str


def hotspot_picture(
    engine: Engine, selection: Selection, grid: Grid, study: pd.DataFrame, unit: str
) -> Picture:
    """Count, test and time one selection. `study` is the study area (see `study_cells`)."""
    cells = on_study_area(study, cell_counts(engine, selection, grid))
    cells["change"] = cells["count"] - cells.before
    cells["id"] = cells.i.astype(str) + "_" + cells.j.astype(str)
    refusal = ""
    try:
        cells = gi_star(cells, grid)
    except TooFewData as error:
        refusal = str(error)
    clock = week_clock(engine, select(selection))
    return Picture(
        cells,
        clock,
        trend(engine, select(selection, any_period=True), unit),
        int(cells["count"].sum()),
        int(cells.before.sum()),
        refusal,
    )
