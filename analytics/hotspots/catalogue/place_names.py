"""What the cells and outlines of a result are called: by street and crossing, else as `basemap` knows them.

A cell has one name whatever the method and the filter, as the cells of the whole study area are named
together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from analytics.basemap import name_places
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.grid.cell_places import name_cells_together, name_study_area
from analytics.hotspots.grid.cells import Grid
from analytics.shared.method_result import Result

PLACE = "place"  # the column


def name_cell_places(workspace: Workspace, grid: Grid, cells: Sequence[str]) -> list[str]:
    """What the middle of each cell ('x3y-4') is called; two cells of a list never the same."""
    store = workspace.store
    known = name_study_area(store, store.data_version(), workspace.area_id, workspace.epsg, grid)
    beyond = sorted(set(cells) - known.keys())
    if beyond:
        cells_and_beyond = [*known, *beyond]
        known = name_cells_together(store, workspace.area_id, workspace.epsg, grid, cells_and_beyond)
    return [known[cell] for cell in cells]


def name_outlines(workspace: Workspace, outlines: np.ndarray) -> list[str]:
    """What a point within each outline (WGS 84) is called; two outlines of a list never the same."""
    if not len(outlines):
        return []
    inside = shapely.get_coordinates(shapely.point_on_surface(outlines))
    return name_places(workspace.store, workspace.area_id, inside[:, 0], inside[:, 1])


def name_result(workspace: Workspace, grid: Grid, result: Result) -> Result:
    """A result on cells with their `place` beside the code; streets of one name told apart."""
    table = result.table
    if result.shape == "cells":
        table = table.drop(columns=PLACE, errors="ignore")
        table.insert(table.columns.get_loc("id") + 1, PLACE, name_cell_places(workspace, grid, table.id))
        return replace(result, table=table)
    if result.layer == "street" and (repeated := table.name.duplicated(keep=False)).any():
        names = name_outlines(workspace, table.geometry.to_numpy())
        return replace(result, table=table.assign(name=np.where(repeated, names, table.name)))
    return result
