"""What changed, what is worst, what waits, and what is not known: the page for 08:00."""

from datetime import date

import streamlit as st

from analytics.intelligence.collection import collection_grid
from analytics.overview import attention, latest_change
from analytics.overview.places import worst_places
from analytics.overview.scope import working_areas
from analytics.store.engine import DuckDBEngine
from ui.components.empty_state import show_empty
from ui.overview.sections import (
    PURPOSE,
    show_age,
    show_attention,
    show_change,
    show_collection_grid,
    show_worst_places,
)
from ui.shell.page import begin

page = begin("What needs attention this morning?")
areas = working_areas(page.store)
if areas.empty:
    show_empty(page, PURPOSE)
    st.stop()


@st.cache_data(max_entries=64, show_spinner="Comparing with the periods before …")
def _area_picture(data_version: int, area_id: int):
    engine = DuckDBEngine(page.store)
    return latest_change(engine, area_id), worst_places(engine, area_id)


names = dict(zip(areas.area_id, areas.name, strict=True))
area_id = st.selectbox(
    "Working area", list(names), format_func=names.get, key="area", bind="query-params", width=320
)
version = page.store.data_version()
change, places = _area_picture(version, area_id)
waiting = attention(page.store, date.today())
show_age(areas.set_index("area_id").last_day[area_id], date.today())

left, right = st.columns([3, 2], gap="large")
with left:
    show_change(change)
    show_worst_places(places, names[area_id])
with right:
    show_attention(waiting)
show_collection_grid(collection_grid(page.store))
