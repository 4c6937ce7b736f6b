"""What every part of the Hotspots page works with, computed once a run and cached by data version."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
import streamlit as st

from analytics.figures.maps import MapFrame, fitted_zoom
from analytics.hotspots.catalogue import METHODS, Request, Result, Workspace, counted_cells
from analytics.hotspots.catalogue.snapshot import Picture, hotspot_picture
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.counts import automatic_size, study_cells
from analytics.hotspots.data_extent import Extent, area_extent
from analytics.hotspots.findings.place_finding import Case
from analytics.hotspots.grid.cells import Grid, outlines
from analytics.hotspots.grid.outlines import outlines as read_outlines
from analytics.hotspots.methods.time_of_week import trend_unit
from analytics.hotspots.selection import Selection
from analytics.store import open_store
from analytics.store.engine import DuckDBEngine
from ui.hotspots.background import find_result
from ui.shell.page import Page

MOST_CELLS = 20_000
MAP_HEIGHT = 520  # that the zoom is fitted to, pixels


@dataclass(frozen=True)
class Screen:
    """One run of the page: where it works, what is asked, and the picture shown beside every method."""

    page: Page
    workspace: Workspace
    extent: Extent
    area_name: str
    request: Request
    picture: Picture
    unit: str
    frame: MapFrame
    study_cells: int

    @property
    def selection(self) -> Selection:
        return self.request.selection

    @property
    def grid(self) -> Grid:
        return self.request.grid

    @property
    def reaches_back(self) -> bool:
        """Whether the data hold all of the dates compared with."""
        return self.selection.earlier().first >= self.extent.first

    @property
    def case(self) -> Case:
        return Case(self.area_name, self.frame.data_version, self.unit)

    def run(self, method: str, request: Request | None = None) -> Result:
        """A method's result for a request (the screen's own where not given), from the cache where it is
        held. Raises TooFewData."""
        with st.spinner(f"{METHODS[method].title}: computing …", show_time=True):
            return _run(self.frame.data_version, method, request or self.request)

    def run_long(self, method: str) -> Result | None:
        """The same of a long method, in a thread of its own; None while it is under way or stopped, which is
        shown with how far it is and the button to stop it. Raises TooFewData."""
        return find_result(self.page.store.path, self.frame.data_version, method, self.request)

    def with_options(self, options: tuple[tuple[str, str | int | float], ...]) -> Screen:
        return replace(self, request=replace(self.request, options=options))


def extent_of(version: int, area_id: int) -> Extent:
    return _extent(version, area_id)


def workspace_of(version: int, area_id: int) -> Workspace:
    """The workspace of an area, its slow parts cached."""
    return open_workspace(
        open_store(),
        area_id,
        extent=_extent(version, area_id),
        cells=partial(_counted, version),
        outlines=partial(_outlines, version, area_id),
    )


def size_of(version: int, area_id: int, kind: str) -> int:
    return _automatic_size(version, area_id, kind)


def make_screen(
    page: Page,
    version: int,
    workspace: Workspace,
    extent: Extent,
    area_name: str,
    request: Request,
    *,
    dark: bool,
    height: int,
) -> Screen:
    """Count, test and time the request, and look at its study area. Stops the page where there are too many
    cells."""
    study, (lon, lat, zoom) = _study(
        version, workspace.area_id, request.grid, request.selection.within, workspace.epsg
    )
    if len(study) > MOST_CELLS:
        st.error(
            f"{len(study):,} cells of {request.grid.size} m are too many to draw. Choose larger cells or "
            f"'automatic'."
        )
        st.stop()
    if study.empty:
        st.info("No incident was ever recorded within this custom area. Choose another, or take it away.")
        st.stop()
    unit = trend_unit((extent.last - extent.first).days, monthly=extent.monthly)
    picture = _picture(version, replace(request, options=()), unit)
    zoom += math.log2(height / MAP_HEIGHT)
    frame = MapFrame(workspace.area_id, version, lon, lat, zoom, dark, height)
    return Screen(page, workspace, extent, area_name, request, picture, unit, frame, len(study))


@st.cache_data(max_entries=32, show_spinner=False)
def _extent(version, area_id):
    return area_extent(DuckDBEngine(open_store()), area_id)


@st.cache_data(max_entries=32, show_spinner="Choosing a cell size …")
def _automatic_size(version, area_id, kind):
    return automatic_size(DuckDBEngine(open_store()), area_id, kind)


@st.cache_data(max_entries=32, show_spinner="Laying the grid …")
def _study(version, area_id, grid, within, epsg):
    study = study_cells(DuckDBEngine(open_store()), area_id, grid, within)
    if study.empty:
        return study, (0.0, 0.0, 3.0)
    centres = outlines(epsg, grid, study.i.to_numpy(), study.j.to_numpy())[:, 0]
    return study, fitted_zoom(centres[:, 0], centres[:, 1])


@st.cache_data(max_entries=16, show_spinner=False)
def _outlines(version, area_id, role, layer) -> pd.DataFrame:
    return read_outlines(open_store(), area_id, role, layer)


def _counted(version: int, request: Request) -> pd.DataFrame:
    return _cells(version, replace(request, options=()))


@st.cache_data(max_entries=128, show_spinner=False)
def _cells(version, request) -> pd.DataFrame:
    area_id = request.selection.area_id
    epsg = open_store().rows("SELECT epsg FROM area WHERE area_id = ?", [area_id])[0]["epsg"]
    return counted_cells(
        DuckDBEngine(open_store()),
        request,
        lambda grid, within: _study(version, area_id, grid, within, epsg)[0],
    )


@st.cache_data(max_entries=128, show_spinner=False)
def _picture(version, request, unit):
    return hotspot_picture(workspace_of(version, request.selection.area_id), request, unit)


@st.cache_data(max_entries=64, show_spinner=False)
def _run(version, method, request):
    return METHODS[method].run(workspace_of(version, request.selection.area_id), request)
