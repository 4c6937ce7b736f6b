"""The view of links: nodes to start from, the chart with its table, and the page of one entity."""

from __future__ import annotations

import streamlit as st

from analytics.oversight.exercise import mark_of_sources
from ui.components.address import choose_of_address
from ui.components.link_export import offer_links
from ui.network.chart import DrawnLinks, draw_links, lay_out_chart, show_chart
from ui.network.choice import ChartChoice, read_chart_choice
from ui.network.entity import show_entity, show_no_entity
from ui.network.entity_events import show_events
from ui.network.entity_evidence import show_evidence
from ui.network.may_be_one import show_may_be_one
from ui.network.screen import NetworkScreen, read_positions
from ui.network.start_list import list_start, show_start_list
from ui.shell.layout import choice_notes, fill_pane, pad_pane, scroll_pane, window_pane

CHART, EVENTS, EVIDENCE, ONE = "Chart", "Time line and map", "Evidence", "May be one with"
PARTS = (CHART, EVENTS, EVIDENCE, ONE)


@st.fragment
def show_links(screen: NetworkScreen) -> None:
    """Runs by itself: a choice draws neither the bar nor the filters again."""
    notes = choice_notes()
    choice = read_chart_choice(screen, notes)
    nodes = list_start(screen)
    if choice is None and len(nodes):  # what is first on the list, as on the other pages
        first = str(nodes.node.iloc[0])
        choice = ChartChoice(first, (first,), frozenset(), None)
    with window_pane("canvas"):
        if choice is not None:
            _show_canvas(screen, choice, draw_links(screen, choice))
    with window_pane("side"):
        show_start_list(screen, nodes, None if choice is None else choice.start)
        with fill_pane("detail"):
            if choice is None:
                show_no_entity()
            else:
                show_entity(screen, choice)


def _show_canvas(screen: NetworkScreen, choice: ChartChoice, drawn: DrawnLinks) -> None:
    with pad_pane("method", horizontal=True):
        part = choose_of_address("part", "Part", PARTS, pills=True)
        if part == CHART:
            chart = lay_out_chart(screen, choice, drawn)
            sources = {int(source) for row in drawn.links.sources for source in row}
            mark = mark_of_sources(screen.page.store, sources=sources)
            offer_links(screen.page, chart, "links", key="links", mark=mark, positions=read_positions(screen))
    if part == CHART:
        show_chart(choice, drawn, chart)
        return
    with scroll_pane("canvas"):
        if part == EVENTS:
            show_events(screen, choice.node)
        elif part == EVIDENCE:
            show_evidence(screen, choice, drawn)
        else:
            show_may_be_one(screen, choice.node)
