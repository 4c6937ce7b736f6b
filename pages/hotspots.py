"""Hotspots: where, when and how recorded crime gathers, every method on the same filters."""

import streamlit as st

from analytics.hotspots.catalogue import Request
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.refusal import TooFewData
from analytics.shared.wording import write_day, write_period
from analytics.store.areas import list_working_areas
from ui.components.empty_state import show_empty
from ui.components.filters import choose_selection, drawn_area, show_chips
from ui.components.text import plain
from ui.hotspots.compare import show_compare
from ui.hotspots.controls import choose_grid, choose_method, choose_options, choose_view
from ui.hotspots.denominators import load_form
from ui.hotspots.draw import (
    MAPS,
    chosen_place,
    draw_chart,
    draw_curves,
    draw_map,
    draw_more,
    draw_sides,
    draw_table,
)
from ui.hotspots.drawer import save_whole, show_chosen, show_drawn
from ui.hotspots.exports import show_exports
from ui.hotspots.followed import show_followed
from ui.hotspots.harm import choose_measure
from ui.hotspots.screen import MAP_HEIGHT, make_screen
from ui.shell.page import begin
from ui.shell.scope import choose_area

page = begin("Where is crime concentrated, and is it more than chance?")
areas = list_working_areas(page.store)
if areas.empty:
    show_empty(
        page,
        "Here you will see where, when and how recorded crime gathers, test whether it is more than chance, "
        "and save what you find with the rows behind it. It needs recorded crime to speak of.",
    )
    st.stop()
version = page.store.data_version()

with st.container(horizontal=True, vertical_alignment="bottom"):
    area_id = choose_area(areas)
    workspace = open_workspace(page.store, area_id)
    extent = workspace.extent
    grid = choose_grid(workspace)
    view = choose_view()
    weights = choose_measure(page, extent)
    present = st.toggle(
        "Present",
        key="present",
        bind="query-params",
        help="The map alone, large: for a meeting room's screen.",
    )
selection = choose_selection(workspace, extent)
# What comes and goes has a container of its own, so that the map keeps its place on the page and its picture.
with st.container():
    show_chips(extent)
area_name = areas.set_index("area_id").name[area_id]
screen = make_screen(
    page,
    version,
    workspace,
    area_name,
    Request(selection, grid, weights),
    dark=st.context.theme.type == "dark",
    height=760 if present else MAP_HEIGHT,
)
snapshot = screen.snapshot
earlier = selection.earlier()
compared = (
    f"{snapshot.total_before:,} in {selection.compared_with}"
    if screen.reaches_back
    else f"the data do not cover {selection.compared_with}"
)
st.caption(
    f"**{snapshot.total:,}** located incidents, {write_period(selection.first, selection.last)}; "
    f"{compared} · {grid.kind}s of {grid.size} m on EPSG:{workspace.epsg} · {screen.study_cells:,} cells "
    f"that ever had an incident · data version {version}, to {write_day(extent.last)} · "
    f"{extent.incidents - extent.located:,} of {extent.incidents:,} have no place"
)
with st.container():
    if (drawn := drawn_area()) is not None:
        show_drawn(screen, drawn)
if view == "Compare":
    show_compare(screen)
    st.stop()
if view == "Followed":
    show_followed(screen)
    st.stop()

method = choose_method(view)
with st.container():
    options = choose_options(method, workspace)
    if any(option.name == "target" for option in method.options):
        load_form(page, workspace)
screen = screen.with_options(options)
about, actions = st.columns([8, 1.2], vertical_alignment="center")
about.markdown(f"**{plain(method.question)}**")
with st.container():
    try:
        result = screen.run_long(method.name) if method.long else screen.run(method.name)
    except TooFewData as error:
        st.warning(plain(error), icon=":material/block:")
        result = None
if result is not None:
    with actions.container(horizontal=True, horizontal_alignment="right"):
        show_exports(screen, method, result)
    for sentence in result.says:
        about.caption(plain(sentence))

if result is None:
    draw_sides(screen)
elif result.shape in MAPS:
    chosen = chosen_place(screen, result)
    if present:
        draw_map(screen, method, result, chosen)
    else:
        map_column, side = st.columns([3, 2], gap="medium")
        with map_column:
            draw_map(screen, method, result, chosen)
        with side:
            draw_sides(screen)
        draw_table(result, chosen)
        draw_curves(result)
        if chosen is None:
            st.info("Click a place on the map, or choose a row of the table, to see the incidents behind it.")
            save_whole(screen, method, result)
        else:
            show_chosen(screen, method, result, chosen)
else:
    draw_chart(method, result)
    draw_table(result)
    save_whole(screen, method, result)
if result is not None:
    draw_more(result)
with st.expander("When not to use this"):
    st.text(method.not_when)
