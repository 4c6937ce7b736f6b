"""What the cells of a working area are called, the same whatever the method and the filter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from analytics.basemap import name_places
from analytics.hotspots.counts import find_study_cells
from analytics.hotspots.grid.cells import Grid, locate_centres, name_cells, read_cell_name
from analytics.store import Store
from analytics.store.engine import open_engine


@lru_cache(maxsize=8)
def name_study_area(store: Store, version: int, area_id: int, epsg: int, grid: Grid) -> dict[str, str]:
    """The name of every cell ('x3y-4') that ever had an incident, no two the same. `version`: of the data."""
    study = find_study_cells(open_engine(store), area_id, grid)
    return name_cells_together(store, area_id, epsg, grid, name_cells(study.i, study.j))


def name_cells_together(
    store: Store, area_id: int, epsg: int, grid: Grid, cells: Sequence[str]
) -> dict[str, str]:
    """What the middle of each cell is called; two cells of the list never the same."""
    i, j = np.array([read_cell_name(cell) for cell in cells], dtype=np.int64).reshape(-1, 2).T
    names = name_places(store, area_id, *locate_centres(epsg, grid, i, j))
    return dict(zip(cells, names, strict=True))
