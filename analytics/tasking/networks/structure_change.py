"""What became of the structure of a network that was tasked: the network behind a finding of *Network*, read
again from today's links, before and after the action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.finding_results import NetworkResult
from analytics.intelligence.findings import Finding, load_finding
from analytics.network.links.build import CALL, PAYMENT
from analytics.network.links.entity_page import NoEntity
from analytics.network.links.node_names import find_named_node, name_node
from analytics.network.operation.contacts import date_rows
from analytics.network.operation.finding import RECIPE, read_recipe
from analytics.network.operation.selection import CONTACTS, NoNetwork
from analytics.network.operation.stored_network import StoredNetwork, read_network_around
from analytics.network.structure.before_after import StructureChange, compare_windows
from analytics.store import Store
from analytics.tasking.effect import EffectParameters

CRITICAL, SUBSTITUTE = "named critical", "likely substitute"
_LAST_DAY = {
    CALL: "SELECT max(started_at)::DATE AS last FROM communication",
    PAYMENT: 'SELECT max(occurred_at)::DATE AS last FROM "transaction"',
}


@dataclass(frozen=True)
class TaskedStructure:
    """`finding_id`: what the action's brief said of it. `change`: its `nodes` have besides what the finding
    named each (CRITICAL, SUBSTITUTE or ''), without possible victims. `left_out`: how many those are."""

    finding_id: int
    network: StoredNetwork
    change: StructureChange
    left_out: int


def measure_tasked_structure(
    store: Store, findings: Sequence[int], start: date, parameters: EffectParameters | None = None
) -> TaskedStructure | None:
    """Of the first of these findings that is of a network's structure; None where none is. Raises TooFewData
    where that network is not there any more, or its members call and pay nobody of it."""
    parameters = parameters or EffectParameters()
    for number in findings:
        finding = load_finding(store, int(number))
        if (finding.recipe or {}).get("kind") == RECIPE:
            return _measure(store, int(number), finding, start, parameters)
    return None


def _measure(
    store: Store, number: int, finding: Finding, start: date, parameters: EffectParameters
) -> TaskedStructure:
    try:
        selection = read_recipe(finding.recipe or {}, lambda name: find_named_node(store, name))
        network = read_network_around(store, selection)
    except (NoEntity, NoNetwork) as error:
        raise TooFewData(f"The network of finding {number} cannot be read again: {error}") from error
    links = network.links[network.links.kind.isin(CONTACTS)].reset_index(drop=True)
    contacts = date_rows(store, links).merge(links[["one", "two", "kind"]], left_on="link", right_index=True)
    if contacts.empty:
        raise TooFewData(f"The members of the network of finding {number} share no dated call or payment.")
    change = compare_windows(
        contacts.assign(day=contacts.moment.dt.normalize()),
        start,
        _find_last_day(store, contacts.kind.unique()),
        minimum_days=parameters.minimum_days,
        maximum_days=parameters.maximum_days,
        seed=parameters.seed,
    )
    protected = network.protected
    nodes = change.nodes
    if len(nodes):
        nodes = nodes.assign(said=_recall(finding, nodes.node))
        nodes = nodes[~nodes.node.isin(protected)].reset_index(drop=True)
    left_out = len(change.nodes) - len(nodes)
    return TaskedStructure(number, network, StructureChange(**{**vars(change), "nodes": nodes}), left_out)


def _find_last_day(store: Store, kinds: Sequence[str]) -> date:
    """The day up to which every kind of contact is on record: beyond it less would be seen for that alone."""
    days = [store.rows(_LAST_DAY[kind])[0]["last"] for kind in kinds]
    last: date = min(day for day in days if day is not None)
    return last


def _recall(finding: Finding, nodes: pd.Series) -> list[str]:
    """What the finding said of each node."""
    if not isinstance(finding.result, NetworkResult):
        return [""] * len(nodes)
    critical = {one.node for one in finding.result.critical if one.status == "critical"}
    substitutes = {one.substitute_node for one in finding.result.critical if one.substitute_node}
    names = [name_node(node) for node in nodes]
    return [CRITICAL if name in critical else SUBSTITUTE if name in substitutes else "" for name in names]
