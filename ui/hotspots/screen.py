"""What every part of the Hotspots page works with, computed once a run and cached by data version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import streamlit as st

from analytics.basemap import attribute_maps, has_streets
from analytics.figures.maps import MapFrame, fitted_zoom
from analytics.hotspots.catalogue import METHODS, Request, Result, Workspace
from analytics.hotspots.catalogue.snapshot import Snapshot, take_snapshot
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.counts import choose_cell_size, find_study_cells
from analytics.hotspots.data_extent import DataExtent
from analytics.hotspots.findings.recipe import FindingContext
from analytics.hotspots.grid.cell_places import name_study_area
from analytics.hotspots.grid.cells import KINDS, Grid, locate_centres, name_cells
from analytics.hotspots.methods.time_of_week import choose_trend_unit
from analytics.hotspots.selection import Selection
from analytics.store import open_store
from ui.components.filters import default_period
from ui.hotspots.background import find_result
from ui.hotspots.questions import FIRST_METHOD
from ui.shell.page import Page

MAXIMUM_CELLS = 20_000
_WIDTH, _HEIGHT = 720, 700  # pixels that the zoom is fitted to


@dataclass(frozen=True)
class StudyArea:
    """The cells that ever had an incident, by code: what each is called, and its middle (longitude, latitude,
    degrees). `centre` and `zoom`, or a `box` (west, south, east, north), show all but the outermost; `credit`
    says whose map lies under them, `has_streets` whether its streets name them."""

    names: dict[str, str]
    middles: dict[str, tuple[float, float]]
    centre: tuple[float, float]
    zoom: float
    box: tuple[float, float, float, float]
    credit: str
    has_streets: bool


@dataclass(frozen=True)
class HotspotScreen:
    """One run of the page: where it works and what is asked."""

    page: Page
    workspace: Workspace
    area_name: str
    request: Request
    unit: str
    frame: MapFrame
    study: StudyArea

    @cached_property
    def snapshot(self) -> Snapshot:
        """What is shown beside every method, worked out when first asked for, after the map is drawn."""
        request = replace(self.request, options=())
        return _take_snapshot(self.page.store.path, self.frame.data_version, request, self.unit)

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
    """Look at the study area of a request. Stops the page where there are too many cells."""
    grid, within = request.grid, request.selection.within
    study = _look_at_study_area(page.store.path, version, workspace.area_id, grid, within)
    if len(study.middles) > MAXIMUM_CELLS:
        st.error(
            f"{len(study.middles):,} cells of {grid.size} m are too many to draw. Choose larger cells or "
            "'automatic'."
        )
        st.stop()
    if not study.middles:
        st.info("No incident was ever recorded within this custom area. Choose another, or take it away.")
        st.stop()
    frame = MapFrame(
        workspace.area_id,
        version,
        *study.centre,
        study.zoom,
        dark,
        height=None,
        credit=study.credit,
        cells_named=study.has_streets,
        box=study.box,
    )
    unit = _choose_unit(workspace.extent)
    return HotspotScreen(page, workspace, area_name, request, unit, frame, study)


def compute_first_map(page: Page, area_id: int) -> None:
    """Compute, for whoever opens the page next, what it shows of a working area without any filter."""
    store, version = page.store.path, page.store.data_version()
    workspace = open_workspace(page.store, area_id)
    grid = Grid(KINDS[0], choose_cell_size(workspace.engine, area_id, KINDS[0]))
    request = Request(Selection(area_id, *default_period(workspace.extent)), grid)
    _look_at_study_area(store, version, area_id, grid, request.selection.within)
    _run(store, version, FIRST_METHOD, request)
    _take_snapshot(store, version, request, _choose_unit(workspace.extent))


def _choose_unit(extent: DataExtent) -> str:
    return choose_trend_unit((extent.last - extent.first).days, monthly=extent.monthly)


@st.cache_resource(max_entries=32, show_spinner=False)
def _look_at_study_area(store: str, version: int, area_id: int, grid: Grid, within: bytes) -> StudyArea:
    opened = open_store(store)
    workspace = open_workspace(opened, area_id)
    cells = find_study_cells(workspace.engine, area_id, grid, within)
    credit, streets = attribute_maps(opened, area_id), has_streets(opened, area_id)
    if cells.empty:
        return StudyArea({}, {}, (0.0, 0.0), 1.0, (0.0, 0.0, 0.0, 0.0), credit, streets)
    lon, lat = locate_centres(workspace.epsg, grid, cells.i.to_numpy(), cells.j.to_numpy())
    x, y, zoom = fitted_zoom(lon, lat, width=_WIDTH, height=_HEIGHT)
    places = zip(np.round(lon, 5).tolist(), np.round(lat, 5).tolist(), strict=True)
    middles = dict(zip(name_cells(cells.i, cells.j), places, strict=True))
    names: dict[str, str] = {}
    if len(cells) <= MAXIMUM_CELLS:
        # Of every cell, within the custom area or not: then they are not sent again for another area.
        names = name_study_area(opened, version, area_id, workspace.epsg, grid)
    (west, east), (south, north) = (np.quantile(at, [0.005, 0.995]).tolist() for at in (lon, lat))
    return StudyArea(names, middles, (x, y), zoom, (west, south, east, north), credit, streets)


@st.cache_data(max_entries=128, show_spinner=False)
def _take_snapshot(store: str, version: int, request: Request, unit: str) -> Snapshot:
    workspace = open_workspace(open_store(store), request.selection.area_id)
    return take_snapshot(workspace, request, unit)


@st.cache_data(max_entries=64, show_spinner=False)
def _run(store: str, version: int, method: str, request: Request) -> Result:
    return METHODS[method].run(open_workspace(open_store(store), request.selection.area_id), request)
