"""A network's structure saved as a finding, and what follows from it."""

from __future__ import annotations

import streamlit as st

from analytics.intelligence.findings import save_finding
from analytics.network.links.node_names import name_node
from analytics.network.operation.finding import build_network_finding, name_selection
from analytics.shared.wording import counted
from ui.components.act_buttons import act_button
from ui.network.screen import NetworkScreen
from ui.network.structure_work import MeasuredNetwork
from ui.shell.pages import page_path

_SAVES = (
    "A finding stores the type, the critical nodes, what removal would do, how sure it is, what else would "
    "explain it, and every row behind the ties. Nodes are written as you see them now."
)
_SAVED = "saved_structure"


def save_structure(screen: NetworkScreen, measured: MeasuredNetwork) -> None:
    """The button that saves the structure as a finding, and what came of it."""
    name = name_selection(measured.network.selection)
    if act_button(
        screen.page,
        "save finding",
        "Save as finding",
        type="primary",
        key="save_network",
        shortcut="S",
        help=_SAVES,
    ):
        st.session_state[_SAVED] = (name, save_network_finding(screen, measured))
    saved, number = st.session_state.get(_SAVED, ("", (0, 0)))
    if saved == name:
        finding, rows = number
        st.success(f"Saved as finding {finding}, with its {counted(rows, 'row')}.")
        st.page_link(
            page_path("tasking"),
            label="Draft a profile or a brief from it",
            icon=":material/assignment:",
            query_params={"finding": str(finding)},
        )


def save_network_finding(screen: NetworkScreen, measured: MeasuredNetwork) -> tuple[int, int]:
    """Save it; returns its number and how many rows it rests on."""
    finding, evidence = build_network_finding(
        measured.network, measured.found, measured.labels(), name_node, data_version=screen.version
    )
    return save_finding(screen.page.store, screen.page.actor, finding, evidence), evidence.num_rows
