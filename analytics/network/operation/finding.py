"""The structure of a network as a finding: what it says, what it rests on, what else would explain it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from analytics.intelligence.finding_results import (
    CategoryCount,
    CriticalNode,
    Focus,
    NetworkMember,
    NetworkResult,
    NetworkTie,
    PeriodCount,
    RemovalStep,
)
from analytics.intelligence.findings import Finding
from analytics.network.links.node_kinds import kind_of_node
from analytics.network.operation.selection import NetworkSelection
from analytics.network.operation.stored_network import StoredNetwork
from analytics.network.operation.words import (
    describe_change,
    describe_redundancy,
    describe_removal,
    describe_type,
    describe_victims,
    list_targets,
    name_type,
)
from analytics.network.structure.critical_nodes import CRITICAL
from analytics.network.structure.network_type import MIXED, UNSEEN
from analytics.network.structure.report import NetworkStructure
from analytics.shared.wording import counted, write_period

RECIPE = "network structure"
ALTERNATIVES = [
    {
        "explanation": "A family, a workplace, a congregation or a club calls and pays like this.",
        "how to tell": "Look for shared homes, wages, rent and gifts, and ask what the contacts are about.",
    },
    {
        "explanation": "Somebody in it is a customer, a landlord or a driver, and knows of nothing.",
        "how to tell": "Look at the kinds of link and whether they began with the operation or long before.",
    },
    {
        "explanation": "Somebody in it is controlled by the others: a telephone or an account in their name.",
        "how to tell": "Ask who uses the telephone and the account, and refer first where a person may be a "
        "victim.",
    },
    {
        "explanation": "Those who look central are those who were looked at: their records were asked for.",
        "how to tell": "Ask whose records the sources cover, and ask for the others' before anybody is named "
        "critical.",
    },
]
_ASSUMPTIONS = (
    "Whoever alone has a telephone or an account uses it. Ties are contacts that were recorded; a tie that "
    "is not there may not have been seen. A type is a likeness. A critical node is a place in the structure, "
    "not a measure of anybody's guilt."
)
_LISTED = 10


def build_network_finding(
    network: StoredNetwork,
    found: NetworkStructure,
    label: Callable[[str], str],
    digest: Callable[[str], str],
    *,
    data_version: int,
    title: str = "",
) -> tuple[Finding, pa.Table]:
    """The finding and its evidence (table_name, source_id, row_number). `label` writes a node as it may be
    read, `digest` as links of the app name it. The text names nobody; the result names places in the
    structure."""
    links = network.links
    first, last = links.first_at.min(), links.last_at.max()
    known = not pd.isna(first) and not pd.isna(last)
    critical = int((found.nodes.status == CRITICAL).sum())
    sentences = [
        f"{counted(found.whole.nodes, 'node')} and {counted(found.whole.ties, 'tie')}"
        f"{f', {write_period(first, last)},' if known else ''} hang together as: {name_type(found).lower()}. "
        f"{describe_type(found)}",
        f"{counted(critical, 'node is', 'nodes are')} important and irreplaceable."
        if critical
        else "No node is both important and irreplaceable.",
        describe_removal(found),
        describe_victims(network),
    ]
    said = found.type.verdict not in (MIXED, UNSEEN)
    return (
        Finding(
            title=(
                title.strip()
                or f"Network: {name_type(found).lower()} of {counted(found.whole.nodes, 'node')}"
            )[:160],
            statement=" ".join(filter(None, sentences)),
            method="Structure of a network",
            parameters=_parameters(network.selection),
            data_version=data_version,
            area_id=None,
            period_from=first.date() if known else None,
            period_to=last.date() if known else None,
            result=_build_result(network, found, label, digest),
            confidence="moderate" if said and network.selection.minimum_kinds == 2 else "low",
            confidence_basis=_state_basis(network, found),
            assumptions=_ASSUMPTIONS,
            alternatives=ALTERNATIVES,
            recipe=write_recipe(network.selection, digest),
        ),
        list_evidence(links),
    )


def write_recipe(selection: NetworkSelection, digest: Callable[[str], str]) -> dict[str, Any]:
    """The selection as a finding stores it: nodes by their digest, so that it holds no number or name."""
    return {
        "kind": RECIPE,
        "seeds": [digest(seed) for seed in selection.seeds],
        "left_out": [digest(node) for node in selection.left_out],
        "steps": selection.steps,
        "minimum_contacts": selection.minimum_contacts,
        "minimum_kinds": selection.minimum_kinds,
        "minimum_probability": selection.minimum_probability,
        "hub": selection.hub,
        "through_adverts": selection.through_adverts,
    }


def read_recipe(recipe: Mapping[str, Any], find: Callable[[str], str]) -> NetworkSelection:
    """The selection of a stored recipe; `find` gives the node of a digest."""
    numbers = ("steps", "minimum_contacts", "minimum_kinds", "minimum_probability", "hub", "through_adverts")
    return NetworkSelection(
        tuple(find(name) for name in recipe["seeds"]),
        left_out=tuple(find(name) for name in recipe.get("left_out", [])),
        **{name: recipe[name] for name in numbers if name in recipe},
    )


def list_evidence(links: pd.DataFrame) -> pa.Table:
    """The rows behind the links: table_name, source_id, row_number, each once. Lines of reports are cited as
    lines (`list_lines`)."""
    rows = (
        links[links.table_name != "report"][["table_name", "source_id", "row_numbers"]]
        .explode("row_numbers")
        .dropna()
    )
    rows = rows.rename(columns={"row_numbers": "row_number"}).astype(
        {"source_id": "int32", "row_number": "int64"}
    )
    return pa.Table.from_pandas(rows.drop_duplicates(), preserve_index=False)


def list_lines(links: pd.DataFrame) -> list[tuple[int, int]]:
    """The lines of reports behind the links: report and line, each once."""
    said = links[links.table_name == "report"][["report_id", "line"]].dropna().astype(int)
    return sorted(set(said.itertuples(index=False, name=None)))


def name_selection(selection: NetworkSelection) -> str:
    """A short digest of a selection: the same for the same one."""
    return hashlib.sha256(repr(selection).encode()).hexdigest()[:8]


def _parameters(selection: NetworkSelection) -> dict[str, Any]:
    return {
        "began at": counted(len(selection.seeds), "node"),
        "steps": selection.steps,
        "contacts for a tie": selection.minimum_contacts,
        "kinds of contact for a tie": selection.minimum_kinds,
        "lowest probability": selection.minimum_probability,
        "neighbours that make a hub": selection.hub,
        "through adverts": "yes" if selection.through_adverts else "only where it began",
        "nodes taken out by hand": len(selection.left_out),
    }


def _build_result(
    network: StoredNetwork, found: NetworkStructure, label: Callable[[str], str], digest: Callable[[str], str]
) -> NetworkResult:
    targets = list_targets(found)
    names = found.edges.nodes.node
    nodes = {str(row.node): row for row in targets.itertuples()}
    chosen = [str(names[at]) for at in found.key_players.chosen] if found.key_players else []

    def write(node: str) -> CriticalNode:
        row = nodes.get(node)
        if row is None:
            return CriticalNode(node=digest(node), label=label(node), status="part of the best set")
        return CriticalNode(
            node=digest(node),
            label=label(node),
            status=row.status,
            kinds=row.kinds,
            importance=round(float(row.importance), 4),
            redundancy=describe_redundancy(row.redundancy, row.covered),
            substitute=label(row.substitute) if row.substitute else "",
            substitute_node=digest(row.substitute) if row.substitute else "",
        )

    holds = found.type.holds.get(found.type.verdict)
    kinds = pd.Series([kind_of_node(str(name)) for name in [*names, *network.members.identifier]])
    return NetworkResult(
        focus=Focus(label=f"{name_type(found)} of {counted(found.whole.nodes, 'node')}"),
        type=found.type.verdict,
        why=describe_type(found),
        attack=found.type.attack,
        holds=None if holds is None or pd.isna(holds) else round(holds, 3),
        nodes=found.whole.nodes,
        ties=found.whole.ties,
        density=None if pd.isna(found.whole.density) else round(found.whole.density, 4),
        critical=tuple(write(node) for node in targets.node.head(_LISTED)),
        key_players=tuple(write(node) for node in chosen),
        removal=tuple(
            RemovalStep(
                removed=int(row.removed),
                low=round(row.low, 4),
                high=round(row.high, 4),
                random=round(row.random, 4),
            )
            for row in found.disruption.itertuples()
        ),
        apart=round(found.key_players.intact, 4) if found.key_players else None,
        members=tuple(
            NetworkMember(node=digest(str(name)), label=label(str(name)), kind=kind_of_node(str(name)))
            for name in names
        ),
        between=_list_ties(network.links, {str(name): at for at, name in enumerate(names)}),
        identifiers=tuple(
            CategoryCount(category=str(kind), count=int(n)) for kind, n in kinds.value_counts().items()
        ),
        possible_victims=len(network.protected),
        carried=network.carried.node.nunique(),
        change=tuple(describe_change(found)),
        gaps=network.notes,
        trend=_count_months(found),
        counted="contacts",
    )


def _list_ties(links: pd.DataFrame, at: dict[str, int]) -> tuple[NetworkTie, ...]:
    """One for each pair and kind."""
    ties = links.groupby(["one", "two", "kind"], as_index=False).agg(
        events=("events", "sum"), probability=("probability", "max")
    )
    return tuple(
        NetworkTie(
            one=at[row.one],
            other=at[row.two],
            kind=row.kind,
            events=int(row.events),
            probability=round(float(row.probability), 3),
        )
        for row in ties.itertuples()
    )


def _state_basis(network: StoredNetwork, found: NetworkStructure) -> str:
    sources = network.links.source_id.nunique()
    kinds = "calls and payments together" if network.selection.minimum_kinds == 2 else "calls or payments"
    unsure = int((found.edges.ties.probability < 1).sum())
    return (
        f"Ties rest on {kinds} from {counted(sources, 'source')}. "
        + (f"{counted(unsure, 'tie is', 'ties are')} unsure. " if unsure else "")
        + "The type was looked for in networks without 10 to 40 % of the ties. No report was read for it."
    )


def _count_months(found: NetworkStructure) -> tuple[PeriodCount, ...]:
    events = found.edges.events
    dated = events[events.from_date.notna()]
    if dated.empty:
        return ()
    counts = dated.groupby(dated.from_date.dt.to_period("M")).weight.sum()
    every = pd.period_range(counts.index.min(), counts.index.max(), freq="M")
    return tuple(
        PeriodCount(period=month.start_time.date().isoformat(), count=int(counts.get(month, 0)))
        for month in every
    )
