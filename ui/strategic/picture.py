"""The strategic picture on the page: drawn once for as long as nothing is written, in parts side by side."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.intelligence.version import read_written_version
from analytics.oversight import may
from analytics.shared.wording import write_day
from analytics.store import read_today
from analytics.store.areas import list_working_areas
from analytics.strategic.changes import ASSESSMENT
from analytics.strategic.picture import StrategicPicture, count_written, draw_picture
from analytics.strategic.sentences import describe_scope
from analytics.tasking.fillers import DraftMaterial
from analytics.tasking.material import gather_material
from analytics.tasking.strategic_assessment import save_strategic_assessment
from analytics.tasking.strategy import find_strategy_in_force
from ui.components.address import change_address, choose_of_address
from ui.components.drafts import go_to
from ui.components.text import plain
from ui.shell.page import Page
from ui.shell.scope import find_area
from ui.strategic.changes import show_changes
from ui.strategic.drivers import show_drivers
from ui.strategic.forecasts import show_forecasts
from ui.strategic.problems import show_problems
from ui.strategic.proposals import show_proposals
from ui.strategic.routes import show_routes

_PARTS = {
    "Problems": show_problems,
    "Routes": show_routes,
    "Drivers": show_drivers,
    "Forecast": show_forecasts,
    "Changes": show_changes,
    "Proposed priorities": show_proposals,
}


def show_picture(page: Page) -> None:
    picture = read_picture(page)
    if picture is None:
        st.info(
            "The strategic picture begins from recorded incidents. Import some on the page Data, or load the "
            "training city there."
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        part = choose_of_address("part", "Part", tuple(_PARTS), pills=True)
        _offer_draft(page, picture)
    st.caption(plain(describe_scope(picture).replace("\n", " ")))
    _PARTS[part](page, picture)


def read_picture(page: Page) -> StrategicPicture | None:
    """The picture of the area in scope, as whoever is signed in sees it; None without a working area."""
    areas = list_working_areas(page.store)
    if areas.empty:
        return None
    strategy = find_strategy_in_force(page.store, read_today())
    titles = tuple(item.title for item in strategy[2].priorities) if strategy else ()
    version = (page.store.data_version(), read_written_version(page.store), count_written(page.store))
    return _draw(page, page.store.path, find_area(areas), titles, version)


@st.cache_data(max_entries=8, show_spinner="Drawing the strategic picture …")
def _draw(
    _page: Page, store: str, area_id: int, priorities: tuple[str, ...], version: tuple[object, ...]
) -> StrategicPicture:
    return draw_picture(_page.store, area_id, priorities)


def _offer_draft(page: Page, picture: StrategicPicture) -> None:
    permission = may(page.actor, f"save {ASSESSMENT}")
    if st.button(
        "Draft the assessment",
        type="primary",
        icon=":material/draft:",
        disabled=not permission,
        help="Saves it with these figures and forecasts; the next assessment is compared with them."
        if permission
        else plain(permission.why),
    ):
        material = gather_material(page.store, [], [])
        title = f"Strategic assessment, {write_day(read_today())}"
        open_assessment(save_with_picture(page, title, material, picture, []))


def save_with_picture(
    page: Page, title: str, material: DraftMaterial, picture: StrategicPicture | None, report_ids: list[int]
) -> int:
    """Draft and save an assessment from the picture, and return its number."""
    number, _ = save_strategic_assessment(
        page.store, page.actor, title, replace(material, picture=picture), report_ids, read_today()
    )
    return number


def open_assessment(number: int) -> None:
    """Show an assessment in the view of assessments."""
    go_to("paper-strategic-assessment", number)
    st.session_state["go-product-kind"] = ASSESSMENT
    change_address(tab="Assessments", part=None)
    st.rerun()
