"""What a reader can show over a map of a working area, read once a data version where it can be."""

from __future__ import annotations

import pandas as pd
import shapely
import streamlit as st

from analytics.adverts.town_places import has_adverts, locate_towns
from analytics.basemap.premises_places import locate_premises
from analytics.figures.map_marks import MapMarks, add_marks
from analytics.figures.map_picture import MapPicture
from analytics.hotspots.incident_points import read_weighted_places
from analytics.hotspots.selection import Selection
from analytics.intelligence.finding_places import locate_findings
from analytics.overview.morning import read_work_state
from analytics.shared.projection import unproject
from analytics.shared.wording import counted
from analytics.store import Store, open_store
from analytics.store.engine import Engine
from analytics.tasking.action_places import locate_actions
from analytics.training.exercise.revealed import read_revealed

TOWNS = "Towns of adverts"
_INCIDENTS = 600  # places with the most incidents of a selection


def mark_map(picture: MapPicture, store: Store, area_id: int, *, wanted: set[str], dark: bool) -> MapPicture:
    """The picture with findings, actions, premises and the towns of adverts, to be shown under *Layers*.
    The towns, which need the gazetteer, are read only where they are `wanted`."""
    version = store.data_version()
    findings, actions = _locate_work(store.path, version, read_work_state(store), area_id)
    premises, with_towns = _read_stored(store.path, version, area_id)
    marks = [
        MapMarks("Findings", findings, "chosen"),
        MapMarks("Actions", actions, "highlight"),
        MapMarks("Premises", premises),
    ]
    if with_towns:
        towns = _locate_towns(store.path, version) if TOWNS in wanted else pd.DataFrame()
        marks.append(MapMarks(TOWNS, towns, on_demand=True))
    if (revealed := read_revealed()) is not None:
        marks.append(MapMarks("Planted places", revealed.places, "highlight", shown=True))
    return add_marks(picture, marks, dark=dark)


def mark_incidents(
    picture: MapPicture, engine: Engine, selection: Selection, epsg: int, *, wanted: bool, dark: bool
) -> MapPicture:
    """The picture with the places that have most incidents of a selection, clustered; read only where they
    are `wanted`."""
    table = _locate_incidents(engine, selection, epsg) if wanted else pd.DataFrame()
    return add_marks(picture, [MapMarks("Incidents", table, "map_area", on_demand=True)], dark=dark)


def _locate_incidents(engine: Engine, selection: Selection, epsg: int) -> pd.DataFrame:
    # Mixed first: of places with as many incidents, the map shall not show those of one side alone.
    places = (
        read_weighted_places(engine, selection).sample(frac=1, random_state=0).nlargest(_INCIDENTS, "count")
    )
    lonlat = shapely.get_coordinates(unproject(shapely.points(places[["x", "y"]].to_numpy()), epsg))
    return pd.DataFrame(
        {
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
            "count": places["count"].to_numpy(),
            "label": [counted(int(count), "incident") for count in places["count"]],
        }
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _locate_work(
    store: str, version: int, state: tuple[int, ...], area_id: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    opened = open_store(store)
    return locate_findings(opened, area_id).assign(count=1), locate_actions(opened, area_id).assign(count=1)


@st.cache_data(max_entries=16, show_spinner=False)
def _read_stored(store: str, version: int, area_id: int) -> tuple[pd.DataFrame, bool]:
    """The premises, and whether any adverts are stored."""
    opened = open_store(store)
    return locate_premises(opened, area_id), has_adverts(opened)


@st.cache_data(max_entries=4, show_spinner="Locating towns …")
def _locate_towns(store: str, version: int) -> pd.DataFrame:
    return locate_towns(open_store(store))
