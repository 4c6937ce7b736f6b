"""The list of nodes to start from: what a search finds, what is worth looking at, or what a finding, a report
or the case names."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.desk.case_finding import gather_case_rows
from analytics.desk.tray import open_case
from analytics.network.links.entity_page import search_nodes
from analytics.network.links.node_names import name_node
from analytics.network.links.start_lists import list_start_nodes, list_start_titles
from analytics.network.links.starting_points import DOMAINS, list_nodes_of_rows
from analytics.oversight.roles import tier_of
from analytics.shared.wording import counted, write_period
from ui.components.address import choice_of_address
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.list_pane import list_pane
from ui.network.choice import start_from
from ui.network.labels import label_nodes, write_kind
from ui.network.screen import NetworkScreen, is_node_revealed
from ui.shell.layout import fill_pane, pad_pane, scroll_pane

LIST = "nodes"
FROM = "from"  # in the link
_FIELD = "network_search"
_WORTH, _CASE = "worth looking at", "case"


def list_start(screen: NetworkScreen) -> pd.DataFrame:
    """The nodes of the list, as `list_starting_points`: of what is typed, else of what the link names."""
    typed = str(st.session_state.get(_FIELD, "")).strip()
    if typed:
        return screen.describe(search_nodes(screen.page.store, typed))
    return _list_from(screen, st.query_params.get(FROM, _WORTH))


def show_start_list(screen: NetworkScreen, nodes: pd.DataFrame, chosen: str | None) -> None:
    """The list pane: search box, what is listed, and a card for each node."""
    with list_pane(LIST):
        with pad_pane("list_head"):
            st.text_input(
                "Find a node",
                key=_FIELD,
                icon=":material/search:",
                placeholder="phone, account, plate, name, place",
                label_visibility="collapsed",
                on_change=_open_only_hit,
                args=(screen,),
                help="A telephone in any writing, an account, a plate, a name, an address or an e-mail.",
            )
            _choose_list(screen)
        if nodes.empty:
            with scroll_pane("no_cards"):
                st.caption("No node is found. It may exist without having been recorded here.")
            return
        labels = label_nodes(nodes, is_node_revealed)
        entries = {name_node(row.node): row.node for row in nodes.itertuples()}
        with fill_pane("cards"):
            show_list(
                [_make_entry(row, labels[row.node]) for row in nodes.itertuples()],
                key="network_nodes",
                label="Nodes to start from",
                chosen=None if chosen is None else name_node(chosen),
                on_choose=lambda name: start_from(entries[name]),
            )


def _open_only_hit(screen: NetworkScreen) -> None:
    """What is typed opens at once where it means one node."""
    found = search_nodes(screen.page.store, str(st.session_state[_FIELD]))
    if len(found) == 1:
        start_from(found[0])
        st.session_state[_FIELD] = ""


def _choose_list(screen: NetworkScreen) -> None:
    """Where the list comes from; a search goes before it."""
    store, tier = screen.page.store, tier_of(screen.page.actor)
    options = {_WORTH: "Worth looking at"}
    if things := open_case(store, screen.page.actor).items:
        options[_CASE] = f"The case: {counted(len(things), 'thing')}"
    options |= list_start_titles(store, tier, st.query_params.get(FROM))
    st.selectbox(
        "Start from",
        list(options),
        format_func=lambda name: options.get(name, name),
        label_visibility="collapsed",
        **choice_of_address(FROM, list(options), _WORTH),
    )


def _list_from(screen: NetworkScreen, name: str) -> pd.DataFrame:
    store, tier = screen.page.store, tier_of(screen.page.actor)
    if name == _CASE and tier.rows:
        rows = gather_case_rows(store, open_case(store, screen.page.actor), tier)
        return list_nodes_of_rows(store, rows)
    try:
        return screen.starting_points() if name == _WORTH else list_start_nodes(store, name, tier)
    except KeyError:
        return screen.starting_points()


def _make_entry(row, label: str) -> ListEntry:
    domains = [DOMAINS.get(table, table) for table in row.tables]
    last = row.first_at if pd.isna(row.last_at) else row.last_at
    period = "" if pd.isna(row.first_at) else write_period(row.first_at, last)
    marks = [ListMark(domain) for domain in domains]
    if row.hub:
        marks.append(ListMark("hub: names nobody in particular", "against"))
    return ListEntry(
        id=name_node(row.node),
        name=label,
        about=write_kind(row.node),
        more=period,
        marks=marks,
        figure=f"{row.neighbours:,}",
        beside="neighbour" if row.neighbours == 1 else "neighbours",
    )
