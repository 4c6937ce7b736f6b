"""What the places of the Hotspots page are called: by street and crossing, where the area has streets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely
import streamlit as st

from analytics.basemap import describe_places, has_streets
from analytics.hotspots.catalogue import Result
from analytics.hotspots.grid.cells import locate_centres, read_cell_name
from analytics.store import open_store
from ui.hotspots.screen import HotspotScreen

PLACE = "place"  # the column


def name_places(screen: HotspotScreen, result: Result) -> pd.Series | None:
    """What each cell, or each outline that has no name of its own, is called, by id; None where the working
    area has no streets with names, or the places have names."""
    if result.shape not in ("cells", "outlines") or result.layer or not len(result.table):
        return None
    if not has_streets(screen.page.store, screen.workspace.area_id):
        return None
    if result.shape == "cells":
        return name_cells(screen, result.table.id.tolist())
    inside = shapely.get_coordinates(shapely.point_on_surface(result.table.geometry.to_numpy()))
    names = _describe(screen, inside[:, 0], inside[:, 1])
    return pd.Series(names, index=result.table.id.tolist(), dtype=object)


def name_cells(screen: HotspotScreen, cells: Sequence[str]) -> pd.Series:
    """What the middle of each cell is called, by the cell's id."""
    i, j = np.array([read_cell_name(cell) for cell in cells]).T
    names = _describe(screen, *locate_centres(screen.workspace.epsg, screen.grid, i, j))
    return pd.Series(names, index=list(cells), dtype=object)


def name_cell(screen: HotspotScreen, cell: str) -> str | None:
    """What the middle of a cell is called; None where nothing there has a name."""
    if not has_streets(screen.page.store, screen.workspace.area_id):
        return None
    name = name_cells(screen, [cell]).iloc[0]
    return None if name is None else str(name)


def _describe(screen: HotspotScreen, lon: np.ndarray, lat: np.ndarray) -> list[str | None]:
    store, version = screen.page.store.path, screen.frame.data_version
    return _described(store, version, screen.workspace.area_id, tuple(lon.tolist()), tuple(lat.tolist()))


@st.cache_data(max_entries=64, show_spinner="Naming the places …")
def _described(
    store: str, version: int, area_id: int, lon: tuple[float, ...], lat: tuple[float, ...]
) -> list[str | None]:
    named = describe_places(open_store(store), area_id, np.array(lon), np.array(lat))
    return [None if name is None else name[0].upper() + name[1:] for name in named.name]
