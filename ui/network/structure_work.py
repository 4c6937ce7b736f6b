"""The structure of the network around chosen nodes, measured once in the background for each question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import streamlit as st

from analytics.intelligence.possible_victims import find_protected_nodes
from analytics.network.operation.found_networks import list_networks
from analytics.network.operation.selection import NetworkSelection, NoNetwork
from analytics.network.operation.stored_network import StoredNetwork, read_network_around
from analytics.network.structure.report import NetworkStructure, analyse_structure
from analytics.shared.progress import IsCancelled, Progress, part_of
from analytics.store import open_store
from ui.components.background import TASKS, Kind
from ui.components.watch import current_session, is_open_session, watch_task
from ui.network.labels import label_nodes
from ui.network.screen import NetworkScreen, is_node_revealed
from ui.shell.layout import pad_pane

_PATIENCE = 0.7  # seconds before the progress is shown
_STRUCTURES = Kind("network structure", refusals=(NoNetwork,))


@dataclass(frozen=True)
class MeasuredNetwork:
    """A network of the store and what was measured of it."""

    network: StoredNetwork
    found: NetworkStructure

    @cached_property
    def protected(self) -> frozenset[str]:
        return self.network.protected

    def labels(self) -> Callable[[str], str]:
        """What writes a node of it: masked unless it is revealed, each once."""
        nodes = pd.DataFrame({"node": [*self.found.edges.nodes.node, *self.network.carried.node.unique()]})
        nodes = nodes.drop_duplicates().assign(name=nodes.node.map(self.network.names), address=None)
        known = label_nodes(nodes, is_node_revealed)
        return lambda node: known.get(node, node)


@st.cache_data(max_entries=4, show_spinner="Looking for networks that stand out …")
def list_found_networks(version: int, store: str) -> pd.DataFrame:
    """As `list_networks`, for this version of the data."""
    return list_networks(open_store(store))


def find_structure(screen: NetworkScreen, selection: NetworkSelection) -> MeasuredNetwork | None:
    """The answer, or None while it is being worked on or after it was stopped. Raises NoNetwork."""
    path = screen.page.store.path

    def measure(progress: Progress, _: IsCancelled) -> MeasuredNetwork:
        progress("Reading the links", 0.0)
        network = read_network_around(open_store(path), selection)
        return MeasuredNetwork(
            network, analyse_structure(network.edges, progress=part_of(progress, 0.3, 1.0))
        )

    subject = (path, screen.version, selection, find_protected_nodes(screen.page.store))
    task = TASKS.ask(_STRUCTURES, subject, measure, session=current_session(), is_open=is_open_session)
    if not task.wait(_PATIENCE):
        with pad_pane("wait"):
            watch_task(task, "structure")
        return None
    if task.refusal:
        raise task.refusal
    if task.failure:
        with pad_pane("wait"):
            st.warning(task.failure, icon=":material/block:")
            if st.button("Measure again", icon=":material/refresh:"):
                TASKS.forget(_STRUCTURES, subject)
                st.rerun()
        return None
    return task.result
