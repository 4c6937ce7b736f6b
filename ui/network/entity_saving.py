"""The links of a node saved as a finding, and where its network is measured."""

from __future__ import annotations

import streamlit as st

from analytics.network.links.links_finding import build_links_finding
from analytics.network.links.node_names import name_node
from ui.components.act_buttons import act_button
from ui.components.saved_finding import save_as_finding, show_saved_finding
from ui.network.choice import AROUND, NODE
from ui.network.screen import NetworkScreen
from ui.shell.pages import page_path

_SAVES = (
    "A finding stores what the node is linked by, how sure, what else would explain it, and the rows behind "
    "its links. It names nobody."
)


def save_links(screen: NetworkScreen, node: str) -> None:
    """The button that saves the links of a node as a finding."""
    act_button(
        screen.page,
        "save finding",
        "Save as finding",
        key="save_links",
        shortcut="S",
        disabled=screen.entity(node).links.empty,
        help=_SAVES,
        on_click=_save,
        args=(screen, node),
    )


def _save(screen: NetworkScreen, node: str) -> None:
    """Before the page is drawn: what follows stands above the button."""
    finding, evidence = build_links_finding(
        screen.entity(node),
        screen.touching(node),
        screen.explanations(node),
        name_node,
        data_version=screen.version,
    )
    save_as_finding(screen.page, f"links of {node}", finding, evidence)


def show_what_follows(node: str) -> None:
    """Where its network is measured, and what came of the finding that was saved of it."""
    st.page_link(
        page_path("network"),
        label="Measure the network around it",
        icon=":material/lan:",
        query_params={"view": "Structure", NODE: name_node(node), AROUND: name_node(node)},
        help="What kind of network it is in, who could not be replaced, and a profile or brief on it.",
    )
    show_saved_finding(f"links of {node}")
