"""Which network is measured, and which node of it is looked at, as the link has them."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.network.links.node_names import name_node
from analytics.network.operation.selection import NetworkSelection
from ui.components.address import (
    change_address,
    choice_of_address,
    number_of_address,
    read_choice,
    switch_of_address,
)
from ui.network.choice import ChartChoice
from ui.network.screen import NetworkScreen

SPOT, OUT = "spot", "out"  # in the link: the node looked at, nodes taken out
_STEPS, _CONTACTS = 4, 3
_KINDS = {"Both calls and payments": 2, "Calls or payments": 1}


def choose_selection(screen: NetworkScreen, choice: ChartChoice, notes: DeltaGenerator) -> NetworkSelection:
    """The popover that says which ties count; the nodes to begin from are those of the chart of links."""
    with st.popover("Which ties count", icon=":material/tune:"):
        st.caption(
            "One call or payment may be chance. Families, shops and landlords mostly leave calls or "
            "payments, seldom both. Ask for less where too little is tied."
        )
        kinds = st.segmented_control(
            "A tie needs",
            list(_KINDS),
            required=True,
            **choice_of_address("needs", _KINDS, next(iter(_KINDS)), notes=notes),
        )
        contacts = st.number_input(
            "Contacts for a tie",
            min_value=1,
            max_value=50,
            help="Calls and payments of the same two, together.",
            **number_of_address("contacts", _CONTACTS, minimum=1, maximum=50, notes=notes),
        )
        steps = st.number_input(
            "Steps around the start",
            min_value=0,
            max_value=6,
            help="A friend of a friend is two steps away. 0: ties among the nodes of the start alone.",
            **number_of_address("steps", _STEPS, minimum=0, maximum=6, notes=notes),
        )
        through = st.toggle(
            "Adverts tie whom they name",
            help="Without it, adverts count only where the network begins at them: a site's switchboard "
            "joins the unrelated.",
            **switch_of_address("adverts"),
        )
    left_out = [screen.find_node(name) for name in st.query_params.get_all(OUT)]
    return NetworkSelection(
        choice.around,
        steps=int(steps),
        minimum_contacts=int(contacts),
        minimum_kinds=_KINDS[str(kinds)],
        left_out=tuple(sorted(node for node in left_out if node is not None)),
        through_adverts=bool(through),
    )


def read_spot(nodes: list[str], notes: DeltaGenerator) -> str | None:
    """The node that the link looks at."""
    return read_choice(SPOT, [None, *nodes], None, label=lambda node: name_node(node or ""), notes=notes)


def look_at(node: str | None) -> None:
    change_address(**{SPOT: None if node is None else name_node(node)})


def take_out(node: str) -> None:
    """Measure the network without a node."""
    change_address(**{OUT: sorted({*st.query_params.get_all(OUT), name_node(node)}), SPOT: None})


put_back = partial(change_address, **{OUT: None})
