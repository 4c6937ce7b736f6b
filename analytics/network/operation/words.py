"""What a network's structure says, in sentences that name nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from analytics.network.operation.stored_network import StoredNetwork
from analytics.network.structure.critical_nodes import CRITICAL, REPLACEABLE
from analytics.network.structure.network_type import MIXED, UNSEEN
from analytics.network.structure.phases import Phases
from analytics.network.structure.report import NetworkStructure
from analytics.shared.codes import code_table
from analytics.shared.wording import counted, write_day

# What would make a type sayable, by what the ties show.
_NEEDED = {
    "ties": "Needed: how often each two were in contact, and when.",
    "contacts": "Needed: when the contacts were.",
    "dates": "Needed: ties that are not seen yet, most of all around the nodes with one tie.",
}


def describe_type(found: NetworkStructure) -> str:
    """The type with how far it holds; of one that nobody can say, what would be needed."""
    kind = found.type
    if kind.verdict in (MIXED, UNSEEN):
        return f"{kind.why} {_NEEDED[kind.shows]}"
    label = code_table("network_kinds")[kind.verdict].more.get("signs", "")
    return f"{label} {kind.why}".strip()


def name_type(found: NetworkStructure) -> str:
    """'Broker network', 'Mixed' or 'Not enough seen'."""
    verdict = found.type.verdict
    return verdict.capitalize() if verdict in (MIXED, UNSEEN) else f"{verdict.capitalize()} network"


def list_targets(found: NetworkStructure) -> pd.DataFrame:
    """The rows of `found.nodes` that matter, without possible victims: the critical first, then those who
    are important and replaceable."""
    nodes = found.nodes
    return nodes[nodes.status.isin([CRITICAL, REPLACEABLE])].reset_index(drop=True)


def describe_redundancy(paths: float, covered: float) -> str:
    """How far a node could be gone round: by its neighbours, and by whoever knows them."""
    known = (
        f"{covered:.0%} of its contacts known to the likely substitute" if covered > 0 else "no substitute"
    )
    if np.isnan(paths):
        return f"its contacts all know one another; {known}"
    return f"{paths:.1f} ways round it; {known}"


def describe_removal(found: NetworkStructure) -> str:
    """What removing as many as the key players would do, as a range and against chance."""
    players = found.key_players
    rows = found.disruption
    if players is None or rows.empty or len(players.chosen) > len(rows):
        return "It is too small for a set of nodes to be taken out of it."
    row = rows.iloc[len(players.chosen) - 1]
    return (
        f"Without its best set of {counted(len(players.chosen), 'node')} it is {row.low:.2f} to"
        f" {row.high:.2f} apart (1 is entirely), by how it recovers; now it is {players.intact:.2f}, and"
        f" without as many nodes at random {row.random_low:.2f} to {row.random_high:.2f}."
    )


def describe_change(found: NetworkStructure, label: Callable[[str], str] | None = None) -> list[str]:
    """Who came, left and stepped in, a sentence a period; without a `label` that writes nodes, how many."""
    if found.phases is None:
        return []
    lines = []
    for row in found.phases.phases.itertuples():
        parts = [
            f"{counted(len(names), 'node')} {verb}{_list_some(names, label)}"
            for verb, names in (("came", row.came), ("left", row.left))
            if names
        ]
        day = write_day(pd.Timestamp(row.phase)) if _is_date(row.phase) else row.phase
        lines.append(
            f"From {day}: {counted(row.nodes, 'node')}; {'; '.join(parts) or 'nobody came or left'}."
        )
    return [*lines, _describe_leader(found.phases, label)]


def _describe_leader(phases: Phases, label: Callable[[str], str] | None) -> str:
    leader = label(phases.leader) if label else "One node"
    if phases.fell_in is None:
        return f"{leader} is on most paths all along."
    stepped = phases.stepped_in.node.tolist()
    who = ", ".join(label(name) for name in stepped) if label else counted(len(stepped), "node")
    since = write_day(pd.Timestamp(phases.fell_in)) if _is_date(phases.fell_in) else phases.fell_in
    if not stepped:
        who = "nobody seen"
    return f"{leader} was on most paths and fell back from {since}. Stepped in: {who}."


def _list_some(names: Sequence[str], label: Callable[[str], str] | None, most: int = 5) -> str:
    if label is None:
        return ""
    more = " and others" if len(names) > most else ""
    return f" ({', '.join(label(name) for name in names[:most])}{more})"


def _is_date(text: str) -> bool:
    return len(text) == 10 and text[4] == "-"


def describe_victims(network: StoredNetwork) -> str:
    """How many of the network are looked at for their welfare first; '' where none is."""
    parts = []
    if network.protected:
        parts.append(f"{counted(len(network.protected), 'node')} in it may be a victim and is no target")
    carried = network.carried.node.nunique()
    if carried:
        parts.append(
            f"{counted(carried, 'person', 'persons')} had journeys paid for by it: find out whether they"
            " are well"
        )
    return ". ".join(parts) + "." if parts else ""
