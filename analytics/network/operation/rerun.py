"""A network's structure measured again on the present links."""

from __future__ import annotations

import pyarrow as pa

from analytics.intelligence.findings import Finding
from analytics.intelligence.recheck import NotReproducible, RerunRequest
from analytics.network.links.entity_page import NoEntity
from analytics.network.links.node_names import find_named_node, name_node
from analytics.network.operation.finding import build_network_finding, read_recipe
from analytics.network.operation.selection import NoNetwork
from analytics.network.operation.stored_network import read_network_around
from analytics.network.structure.report import analyse_structure
from analytics.shared.progress import Cancelled, part_of
from analytics.store import Store


def rerun_finding(store: Store, finding: Finding, work: RerunRequest) -> tuple[Finding, pa.Table]:
    """The network around the same nodes, under the same selection. Nodes are written as digests. Raises
    NotReproducible where the nodes are gone or nothing is tied to them any more."""
    try:
        selection = read_recipe(finding.recipe or {}, lambda name: find_named_node(store, name))
        network = read_network_around(store, selection)
    except (NoEntity, NoNetwork) as error:
        raise NotReproducible(str(error)) from error
    if work.cancelled():
        raise Cancelled("Stopped.")
    found = analyse_structure(network.edges, progress=part_of(work.progress, 0.2, 1.0))
    return build_network_finding(
        network, found, name_node, name_node, data_version=store.data_version(), title=finding.title
    )
