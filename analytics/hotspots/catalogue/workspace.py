"""A working area as the methods see it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from analytics.hotspots import targets
from analytics.hotspots.catalogue.method import Request, Workspace, counted_cells
from analytics.hotspots.counts import study_cells
from analytics.hotspots.data_extent import Extent, area_extent
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.grid.outlines import layers, projected
from analytics.hotspots.grid.outlines import outlines as read_outlines
from analytics.store import Store
from analytics.store.engine import DuckDBEngine


def open_workspace(
    store: Store,
    area_id: int,
    *,
    extent: Extent | None = None,
    study: Callable[[Grid, bytes], pd.DataFrame] | None = None,
    cells: Callable[[Request], pd.DataFrame] | None = None,
    outlines: Callable[[str, str], pd.DataFrame] | None = None,
) -> Workspace:
    """The workspace of an area; a page hands in what it has cached. Raises KeyError for an area without
    incidents."""
    engine = DuckDBEngine(store)
    extent = extent or area_extent(engine, area_id)
    area = store.rows("SELECT epsg, time_zone FROM area WHERE area_id = ?", [area_id])[0]
    held = outlines or partial(read_outlines, store, area_id)

    def target_of(target: targets.Target, layer: str) -> np.ndarray:
        frame = held("area", layer)
        metres = projected(frame.geometry.to_numpy(), area["epsg"])
        return targets.target_of_outlines(store, target, layer, frame, metres)

    study = study or (lambda grid, area: study_cells(engine, area_id, grid, area))
    return Workspace(
        engine,
        area_id,
        area["epsg"],
        area["time_zone"],
        extent.first,
        extent.last,
        extent.monthly,
        cells or (lambda request: counted_cells(engine, request, study)),
        partial(layers, store, area_id),
        held,
        partial(targets.targets, store, area_id),
        target_of,
        partial(targets.target_points, store),
    )
