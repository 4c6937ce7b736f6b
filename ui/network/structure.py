"""The view of structure: what kind of network it is, who could not be replaced, and what to expect."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analytics.network.links.node_names import name_node
from analytics.network.operation.selection import NoNetwork
from analytics.network.operation.words import describe_type, describe_victims, name_type
from analytics.network.structure.critical_nodes import CRITICAL
from analytics.shared.wording import counted
from analytics.tasking.responses import list_offered, list_warnings
from ui.components.address import change_address, choose_of_address
from ui.components.text import plain
from ui.network.choice import AROUND, NODE, ChartChoice, read_chart_choice
from ui.network.entity import label_entity
from ui.network.screen import NetworkScreen, is_node_revealed
from ui.network.start_list import list_start
from ui.network.structure_choice import OUT, SPOT, choose_selection, put_back, read_spot
from ui.network.structure_node import show_spot
from ui.network.structure_parts import (
    show_change,
    show_critical,
    show_measures,
    show_picture,
    show_removal,
)
from ui.network.structure_saving import save_structure
from ui.network.structure_work import MeasuredNetwork, find_structure, list_found_networks
from ui.shell.layout import choice_notes, fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.pages import page_path

PICTURE, WHO, REMOVAL, CHANGE, MEASURES = "Picture", "Critical nodes", "Removal", "Change", "Measures"
_PARTS = (PICTURE, WHO, REMOVAL, CHANGE, MEASURES)
_LISTED = 4


@st.fragment
def show_structure(screen: NetworkScreen) -> None:
    """The network around the nodes that the chart of links begins from."""
    notes = choice_notes()
    choice = _choose_start(screen, notes)
    if choice is None:
        st.text("Nothing is linked yet. Import calls, payments or adverts, and update the network.")
        return
    with window_pane("canvas"):
        with pad_pane("method", horizontal=True):
            part = choose_of_address("measure", "Part", _PARTS, pills=True)
            selection = choose_selection(screen, choice, notes)
        try:
            measured = find_structure(screen, selection)
        except NoNetwork as error:
            with pad_pane("wait"):
                st.info(plain(str(error)), icon=":material/hub:")
            measured = None
        if measured is not None:
            spot = read_spot(measured.found.nodes.node.tolist(), notes)
            _show_part(screen, measured, part, spot)
    with window_pane("side"), fill_pane("detail"):
        _show_side(screen, choice, measured, spot if measured is not None else None)


def _choose_start(screen: NetworkScreen, notes) -> ChartChoice | None:
    choice = read_chart_choice(screen, notes)
    if choice is not None:
        return choice
    found = list_found_networks(screen.version, screen.page.store.path)
    first = found.seed if len(found) else list_start(screen).node
    return None if first.empty else start_at(str(first.iloc[0]))


def start_at(node: str) -> ChartChoice:
    return ChartChoice(node, (node,), frozenset(), None)


def _show_part(screen: NetworkScreen, measured: MeasuredNetwork, part: str, spot: str | None) -> None:
    if part == PICTURE:
        with fill_pane("chart"):
            show_picture(measured, spot)
        return
    with scroll_pane("canvas"):
        if part == WHO:
            show_critical(measured, spot)
        elif part == REMOVAL:
            show_removal(measured, screen.dark)
        elif part == CHANGE:
            show_change(measured)
        else:
            show_measures(measured)


def _show_side(
    screen: NetworkScreen, choice: ChartChoice, measured: MeasuredNetwork | None, spot: str | None
) -> None:
    with pad_pane("detail_head", horizontal=True):
        st.markdown(f"**{name_type(measured.found) if measured else 'Network'}**", width="stretch")
    with scroll_pane("detail"):
        _show_start(screen, choice)
        if measured is None:
            return
        if spot is not None:
            show_spot(screen, measured, spot)
            st.divider()
        _show_verdict(measured)
        _show_responses(measured)
    with pad_pane("detail_foot", horizontal=True):
        save_structure(screen, measured)


def _show_start(screen: NetworkScreen, choice: ChartChoice) -> None:
    labels = [label_entity(screen, node, revealed=is_node_revealed(node)) for node in choice.around]
    more = f" and {len(labels) - _LISTED} more" if len(labels) > _LISTED else ""
    st.caption(f"Around {plain(', '.join(labels[:_LISTED]))}{more}")
    st.page_link(
        page_path("network"),
        label="Choose where it begins, in the chart of links",
        icon=":material/hub:",
        query_params={
            "view": "Links",
            NODE: name_node(choice.node),
            AROUND: [name_node(node) for node in choice.around],
        },
    )
    _show_found(screen, choice)
    if st.query_params.get_all(OUT):
        st.button(
            f"Put back {len(st.query_params.get_all(OUT))} taken out", on_click=put_back, type="tertiary"
        )


def _show_found(screen: NetworkScreen, choice: ChartChoice) -> None:
    """The networks that stand out by themselves, to begin from one of them."""
    found = list_found_networks(screen.version, screen.page.store.path)
    if found.empty:
        return
    with st.popover(f"{counted(len(found), 'network')} that stand out", icon=":material/lan:"):
        st.caption("Who both call and pay one another, three times or more, and hang together.")
        labels = {
            row.seed: f"{row.nodes} nodes, {row.ties} ties, around "
            f"{label_entity(screen, row.seed, revealed=is_node_revealed(row.seed))}"
            for row in found.itertuples()
        }
        for seed, label in labels.items():
            st.button(
                plain(label),
                key=f"found-{name_node(seed)}",
                type="tertiary",
                disabled=choice.around == (seed,),
                on_click=partial(begin_at, seed),
            )


def begin_at(node: str) -> None:
    """Measure the network around this node."""
    change_address(**{NODE: name_node(node), AROUND: None, SPOT: None, OUT: None})


def _show_verdict(measured: MeasuredNetwork) -> None:
    found, network = measured.found, measured.network
    critical = int((found.nodes.status == CRITICAL).sum())
    st.markdown(
        f"{counted(found.whole.nodes, 'node')}, {counted(found.whole.ties, 'tie')}; "
        f"**{counted(critical, 'critical node')}**.",
        help="A person with the telephones and accounts that nobody else has is one node.",
    )
    st.markdown(plain(describe_type(found)))
    st.markdown(f"**How it is attacked.** {plain(found.type.attack)}")
    for note in filter(None, [describe_victims(network), *network.notes]):
        st.caption(plain(note))
    if len(network.households):
        st.caption(
            f"{counted(len(network.households), 'pair')} in it share a household: that alone ties nobody."
        )


def _show_responses(measured: MeasuredNetwork) -> None:
    offered, warnings = (
        list_offered([measured.found.type.verdict]),
        list_warnings([measured.found.type.verdict]),
    )
    if not offered and not warnings:
        return
    with st.expander(f"What has been tried against such a network ({len(offered)})"):
        for response in offered:
            st.markdown(
                f"**{response.kind.capitalize()}.** {plain(response.what)}",
                help=f"Evidence {response.strength}, effect: {response.direction}. {plain(response.effect)} "
                f"Needs: {plain(response.needs)} Risks: {plain(response.risks)}",
            )
        for response in warnings:
            st.markdown(f":material/warning: {plain(response.what)}", help=plain(response.effect))
        st.caption("Proposals to weigh, never facts; a brief lets you choose from them.")
