"""One node of a measured network: its place in it, and what can be done about it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analytics.network.links.node_names import name_node
from analytics.network.operation.words import describe_redundancy
from ui.components.text import plain
from ui.network.choice import AROUND, NODE
from ui.network.labels import write_kind
from ui.network.possible_victim import show_victim_status
from ui.network.screen import NetworkScreen
from ui.network.structure_choice import look_at, take_out
from ui.network.structure_work import MeasuredNetwork
from ui.shell.pages import page_path


def show_spot(screen: NetworkScreen, measured: MeasuredNetwork, node: str) -> None:
    """What the node looked at is in the network."""
    label = measured.labels()
    head, shut = st.columns([5, 1], vertical_alignment="center")
    head.markdown(f"**{plain(label(node))}** · {write_kind(node)}")
    shut.button(
        "", icon=":material/close:", help="Look at the whole network", on_click=partial(look_at, None)
    )
    row = next(measured.found.nodes[measured.found.nodes.node == node].itertuples())
    if node not in measured.protected:
        if row.status:  # blank where the network is too large to look for critical nodes
            st.markdown(f"{row.status.capitalize()}." + (f" It is: {row.kinds}." if row.kinds else ""))
        if row.redundancy == row.redundancy or row.covered > 0:  # a number: it was measured
            st.caption(plain(describe_redundancy(row.redundancy, row.covered).capitalize() + "."))
        if row.substitute:
            st.caption(f"Likely substitute: {plain(label(row.substitute))}.")
    members = measured.network.members
    own = members.identifier[members.node == node]
    if len(own):
        kinds = own.str.partition(":")[0].value_counts()
        st.caption("Uses alone: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items()) + ".")
    with st.container(horizontal=True):
        st.page_link(
            page_path("network"),
            label="Its links",
            icon=":material/hub:",
            query_params={"view": "Links", NODE: name_node(node), AROUND: name_node(node)},
        )
        st.button(
            "Measure without it",
            type="tertiary",
            icon=":material/remove:",
            on_click=partial(take_out, node),
            help="Leave it out of the network, for instance a landlord or an interpreter.",
        )
    show_victim_status(screen, node)
