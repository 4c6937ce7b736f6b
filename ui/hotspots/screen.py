"""What every part of the Hotspots page works with, computed once a run and cached by data version."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from analytics.basemap import attribute_maps, has_streets
from analytics.figures.maps import MapFrame, fitted_zoom
from analytics.hotspots.catalogue import METHODS, Request, Result, Workspace
from analytics.hotspots.catalogue.snapshot import Snapshot, take_snapshot
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.counts import find_study_cells
from analytics.hotspots.data_extent import DataExtent
from analytics.hotspots.findings.recipe import FindingContext
from analytics.hotspots.grid.cells import Grid, locate_centres
from analytics.hotspots.methods.time_of_week import choose_trend_unit
from analytics.hotspots.selection import Selection
from analytics.store import open_store
from ui.hotspots.background import find_result
from ui.shell.page import Page

MAXIMUM_CELLS = 20_000
_WIDTH, _HEIGHT = 720, 700  # pixels that the zoom is fitted to


@dataclass(frozen=True)
class HotspotScreen:
    """One run of the page: where it works, what is asked, and the snapshot shown beside every method."""

    page: Page
    workspace: Workspace
    area_name: str
    request: Request
    snapshot: Snapshot
    unit: str
    frame: MapFrame
    study_cells: int

    @property
    def extent(self) -> DataExtent:
        return self.workspace.extent

    @property
    def selection(self) -> Selection:
        return self.request.selection

    @property
    def grid(self) -> Grid:
        return self.request.grid

    @property
    def reaches_back(self) -> bool:
        """Whether the data cover all of the earlier dates."""
        return self.selection.earlier().first >= self.extent.first

    @property
    def context(self) -> FindingContext:
        return FindingContext(self.area_name, self.frame.data_version, self.unit)

    def run(self, method: str, request: Request | None = None) -> Result:
        """A method's result for a request (the screen's own where not given), from the cache where it is
        there is one. Raises TooFewData."""
        with st.spinner(f"{METHODS[method].title}: computing …", show_time=True):
            return _run(self.page.store.path, self.frame.data_version, method, request or self.request)

    def run_long(self, method: str) -> Result | None:
        """The same of a long method, in a thread of its own; None while it is under way or stopped, which is
        shown with how far it is and the button to stop it. Raises TooFewData."""
        return find_result(self.page.store.path, self.frame.data_version, method, self.request)

    def with_options(self, options: tuple[tuple[str, str | int | float], ...]) -> HotspotScreen:
        return replace(self, request=replace(self.request, options=options))


def make_screen(
    page: Page,
    version: int,
    workspace: Workspace,
    area_name: str,
    request: Request,
    *,
    dark: bool,
) -> HotspotScreen:
    """Count, test and time the request, and look at its study area. Stops the page where there are too many
    cells."""
    study = find_study_cells(workspace.engine, workspace.area_id, request.grid, request.selection.within)
    if len(study) > MAXIMUM_CELLS:
        st.error(
            f"{len(study):,} cells of {request.grid.size} m are too many to draw. Choose larger cells or "
            "'automatic'."
        )
        st.stop()
    if study.empty:
        st.info("No incident was ever recorded within this custom area. Choose another, or take it away.")
        st.stop()
    extent = workspace.extent
    unit = choose_trend_unit((extent.last - extent.first).days, monthly=extent.monthly)
    snapshot = _take_snapshot(page.store.path, version, replace(request, options=()), unit)
    lon, lat, zoom = _fit_map(workspace, request.grid, study)
    credit = attribute_maps(page.store, workspace.area_id)
    named = has_streets(page.store, workspace.area_id)
    frame = MapFrame(workspace.area_id, version, lon, lat, zoom, dark, None, credit, cells_named=named)
    return HotspotScreen(page, workspace, area_name, request, snapshot, unit, frame, len(study))


def _fit_map(workspace: Workspace, grid: Grid, study: pd.DataFrame) -> tuple[float, float, float]:
    """Longitude, latitude and zoom of a map of the study area."""
    lon, lat = locate_centres(workspace.epsg, grid, study.i.to_numpy(), study.j.to_numpy())
    return fitted_zoom(lon, lat, width=_WIDTH, height=_HEIGHT)


@st.cache_data(max_entries=128, show_spinner=False)
def _take_snapshot(store: str, version: int, request: Request, unit: str) -> Snapshot:
    workspace = open_workspace(open_store(store), request.selection.area_id)
    return take_snapshot(workspace, request, unit)


@st.cache_data(max_entries=64, show_spinner=False)
def _run(store: str, version: int, method: str, request: Request) -> Result:
    return METHODS[method].run(open_workspace(open_store(store), request.selection.area_id), request)
