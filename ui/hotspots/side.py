"""The panes beside the map: the list of places, and the detail of the chosen one or of all together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from analytics.hotspots.catalogue import Method, Result
from analytics.shared.wording import write_period
from ui.components.filters import drawn_area
from ui.components.list import show_list
from ui.components.list_pane import is_list_open, list_button, list_pane
from ui.components.text import plain
from ui.hotspots.draw import MAPS, choose_place, chosen_place, draw_curves, draw_more, draw_table, draw_times
from ui.hotspots.drawer import save_whole, show_chosen, show_drawn
from ui.hotspots.exports import PrintPicture, show_exports
from ui.hotspots.place_list import CHANNEL, list_places
from ui.hotspots.screen import HotspotScreen
from ui.shell.layout import fill_pane, pad_pane, run_page_if_wanted, scroll_pane, then_run_page, window_pane


@dataclass(frozen=True)
class Answer:
    """A method's result as the panes show it; `result` is None while it is computed or where there is none.
    `save` draws what saves all of it, `prints` makes its picture, where these are not those of one method."""

    method: Method
    result: Result | None
    save: Callable[[], None] | None = None
    prints: PrintPicture | None = None

    @property
    def has_places(self) -> bool:
        return self.result is not None and self.result.shape in MAPS


_LIST = "hotspots"


@st.fragment
def show_side(screen: HotspotScreen, answer: Answer) -> None:
    """Runs apart from the map, which a choice does not send again."""
    run_page_if_wanted()
    result = answer.result
    chosen = chosen_place(screen, result) if result is not None and answer.has_places else None
    with window_pane("side"):
        if result is not None and answer.has_places:
            _show_list(screen, answer, result, chosen)
        _show_detail(screen, answer, chosen)


def _show_list(screen: HotspotScreen, answer: Answer, result: Result, chosen: str | None) -> None:
    method = answer.method
    with list_pane(_LIST):
        with pad_pane("list_head"):
            st.markdown(f"**{plain(method.question)}**")
        entries = list_places(screen, result, chosen)
        with fill_pane("places"):
            show_list(
                entries,
                key="places",
                label=f"Places, {method.title}, the first first",
                chosen=chosen,
                on_choose=choose_place,
                channel=CHANNEL,
            )
        with pad_pane("list_foot", horizontal=True):
            if st.button("All columns", icon=":material/table:", key="open_table", type="tertiary"):
                _show_table(method, result)
            show_exports(screen, method, result, answer.prints)


def _show_detail(screen: HotspotScreen, answer: Answer, chosen: str | None) -> None:
    method, result = answer.method, answer.result
    with fill_pane("detail"):
        if result is not None and chosen is not None:
            show_chosen(screen, method, result, chosen, back=_back)
            return
        with pad_pane("detail_head", horizontal=True):
            st.markdown("**All that is chosen**", width="stretch")
            list_button(_LIST)
        with scroll_pane("detail"):
            _show_all(screen, answer)
        if result is not None:
            with pad_pane("detail_foot", horizontal=True):
                if answer.save is not None:
                    answer.save()
                else:
                    save_whole(screen, method, result)
                if not answer.has_places:
                    show_exports(screen, method, result, answer.prints)


def _show_all(screen: HotspotScreen, answer: Answer) -> None:
    result = answer.result
    snapshot, selection, extent = screen.snapshot, screen.selection, screen.extent
    if "cell" in st.query_params and answer.has_places:
        st.info("The chosen place is not part of this answer.", icon=":material/location_off:")
    st.markdown(f"**{snapshot.total:,}** located incidents")
    compared = (
        f"{snapshot.total_before:,} in {selection.compared_with}, not tested"
        if screen.reaches_back
        else f"the data do not cover {selection.compared_with}"
    )
    st.caption(f"{write_period(selection.first, selection.last)}; {compared}.")
    if result is not None:
        for sentence in result.says:
            st.caption(plain(sentence))
    if (drawn := drawn_area()) is not None:
        show_drawn(screen, drawn)
    draw_times(screen, snapshot.clock, snapshot.trend)
    if result is not None and answer.has_places:
        draw_curves(result)
        draw_more(result)
    st.caption(
        f"{screen.grid.kind.capitalize()}s of {screen.grid.size} m; {len(screen.study.middles):,} of them "
        f"ever had an incident. {extent.incidents - extent.located:,} of {extent.incidents:,} incidents have "
        "no place.",
        help=f"Distances are in metres on the map projection EPSG:{screen.workspace.epsg}. "
        f"Data version {screen.frame.data_version}.",
    )


@st.dialog("All columns", width="large")
def _show_table(method: Method, result: Result) -> None:
    st.markdown(f"**{plain(method.title)}** · {plain(method.question)}")
    draw_table(result)


def _back() -> None:
    """What stands at the right of the head of a chosen place."""
    list_button(_LIST)
    st.button(
        "",
        icon=":material/close:",
        key="close_place",
        type="tertiary",
        shortcut=None if is_list_open(_LIST) else "Esc",
        help="Close",
        on_click=then_run_page(lambda: choose_place(None)),
    )
