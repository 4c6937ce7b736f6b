"""What changed, what is worst, what waits, and what is not known: the page for 08:00."""

from datetime import date

import streamlit as st

from analytics.intelligence.collection import collection_grid
from analytics.overview.latest_change import LatestChange, compare_latest
from analytics.overview.waiting import list_waiting
from analytics.overview.worst_places import WorstPlaces, find_worst_places
from analytics.store import open_store
from analytics.store.areas import list_working_areas
from analytics.store.engine import DuckDBEngine
from ui.components.empty_state import show_empty
from ui.components.filters import choose_area
from ui.overview.sections import (
    PURPOSE,
    show_age,
    show_change,
    show_collection_grid,
    show_waiting,
    show_worst_places,
)
from ui.shell.page import begin

page = begin("What needs attention this morning?")
areas = list_working_areas(page.store)
if areas.empty:
    show_empty(page, PURPOSE)
    st.stop()


@st.cache_data(max_entries=64, show_spinner="Comparing with the periods before …")
def _compare_area(
    store: str, data_version: int, area_id: int
) -> tuple[LatestChange | None, WorstPlaces | None]:
    engine = DuckDBEngine(open_store(store))
    return compare_latest(engine, area_id), find_worst_places(engine, area_id)


names = dict(zip(areas.area_id, areas.name, strict=True))
area_id = choose_area(areas)
version = page.store.data_version()
change, places = _compare_area(page.store.path, version, area_id)
waiting = list_waiting(page.store, date.today())
show_age(areas.set_index("area_id").last_day[area_id], date.today())

left, right = st.columns([3, 2], gap="large")
with left:
    show_change(change)
    show_worst_places(places, names[area_id])
with right:
    show_waiting(waiting)
show_collection_grid(collection_grid(page.store))
