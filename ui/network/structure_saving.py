"""A network's structure saved as a finding, and what follows from it."""

from __future__ import annotations

from analytics.network.links.node_names import name_node
from analytics.network.operation.finding import build_network_finding, list_lines, name_selection
from ui.components.act_buttons import act_button
from ui.components.saved_finding import save_as_finding, show_saved_finding
from ui.network.screen import NetworkScreen
from ui.network.structure_work import MeasuredNetwork

_SAVES = (
    "A finding stores the type, the critical nodes, what removal would do, how sure it is, what else would "
    "explain it, and the rows behind the ties. Nodes are written as you see them now."
)


def save_structure(screen: NetworkScreen, measured: MeasuredNetwork) -> None:
    """The button that saves the structure as a finding, and what came of it."""
    of = f"structure {name_selection(measured.network.selection)}"
    if act_button(
        screen.page,
        "save finding",
        "Save as finding",
        type="primary",
        key="save_network",
        shortcut="S",
        help=_SAVES,
    ):
        finding, evidence = build_network_finding(
            measured.network, measured.found, measured.labels(), name_node, data_version=screen.version
        )
        save_as_finding(screen.page, of, finding, evidence, list_lines(measured.network.links))
    show_saved_finding(of)
