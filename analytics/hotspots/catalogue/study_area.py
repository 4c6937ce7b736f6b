"""The cells that methods start from: every cell that ever had an incident, with what a request asks for."""

from __future__ import annotations

import pandas as pd

from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.counts import count_by_cell, find_study_cells, join_study_area
from analytics.hotspots.grid.cells import name_cells


def count_study_area(workspace: Workspace, request: Request) -> pd.DataFrame:
    """The study area's cells: i, j, id, ever, count, before, and what is asked to be summed: value,
    value_before and change, their difference."""
    engine, selection, grid = workspace.engine, request.selection, request.grid
    study = find_study_cells(engine, selection.area_id, grid, selection.within)
    cells = join_study_area(study, count_by_cell(engine, selection, grid, request.harm))
    cells["id"] = name_cells(cells.i, cells.j)
    return add_value(cells, request)


def add_value(table: pd.DataFrame, request: Request) -> pd.DataFrame:
    """A table with count and before (and harm, harm_before) gets value, value_before and change."""
    harmed = request.weights is not None
    value = table.harm if harmed else table["count"].astype(float)
    before = table.harm_before if harmed else table.before.astype(float)
    return table.assign(value=value, value_before=before, change=value - before)
