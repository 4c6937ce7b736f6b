"""All that is measured of one network, in one object: for the page, and as JSON for programs."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.network.structure.critical_nodes import find_critical
from analytics.network.structure.disruption import MOST_REMOVED, WARNINGS, simulate_disruption
from analytics.network.structure.edge_list import EdgeList
from analytics.network.structure.key_players import KeyPlayers, find_key_players
from analytics.network.structure.network_type import NetworkType, find_type
from analytics.network.structure.node_measures import WholeMeasures, is_large, measure_nodes, measure_whole
from analytics.network.structure.phases import Phases, compare_phases
from analytics.network.structure.uncertain_ties import measure_uncertain
from analytics.shared.progress import Progress, ignore_progress, part_of

_TOO_LARGE = (
    "The list is too large to look for key players, critical nodes, removal and a type: choose a part of it, "
    "such as one community. Betweenness and distance are estimated by the paths from some nodes."
)


@dataclass(frozen=True)
class StructureParameters:
    """`key_players`: the size of the set looked for. `most_removed`: nodes removed in the simulation (0:
    none). `periods`: of equal length, where ties have dates and no phases."""

    key_players: int = 3
    most_removed: int = MOST_REMOVED
    periods: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        if self.key_players < 1 or self.most_removed < 0 or self.periods < 2:
            raise ValueError("A set has 1 node or more, and change is measured over 2 periods or more.")


@dataclass(frozen=True)
class NetworkStructure:
    """`nodes`: the columns of `measure_nodes` and `find_critical`, the most critical first. `uncertain`: of
    `measure_uncertain`, None where every tie is certain. `key_players` is None of a network too small."""

    edges: EdgeList
    whole: WholeMeasures
    nodes: pd.DataFrame
    type: NetworkType
    key_players: KeyPlayers | None
    disruption: pd.DataFrame
    phases: Phases | None
    uncertain: pd.DataFrame | None
    parameters: StructureParameters


def analyse_structure(
    edges: EdgeList,
    parameters: StructureParameters = StructureParameters(),
    *,
    progress: Progress = ignore_progress,
) -> NetworkStructure:
    """Measure a network. The same ties and seed give the same answer."""
    seed = parameters.seed
    large = is_large(edges.graph())
    if large:
        edges = replace(edges, notes=(*edges.notes, _TOO_LARGE))
    progress("Measuring the nodes", 0.0)
    measures = measure_nodes(edges, seed=seed)
    progress("Finding critical nodes", 0.1)
    critical = find_critical(edges, measures, seed=seed)
    nodes = critical.merge(measures, on="node", how="left")
    progress("Finding key players", 0.3)
    players = None
    if not large and len(edges.nodes) > parameters.key_players <= int((~edges.nodes.protected).sum()):
        players = find_key_players(edges, parameters.key_players, seed=seed)
    progress("Simulating removals", 0.4)
    disruption = simulate_disruption(edges, 0 if large else parameters.most_removed, seed=seed)
    kind = find_type(edges, seed=seed, progress=part_of(progress, 0.6, 0.9))
    progress("Comparing phases", 0.9)
    uncertain = (edges.ties.probability < 1).any()
    return NetworkStructure(
        edges,
        measure_whole(edges, measures),
        nodes,
        kind,
        players,
        disruption,
        compare_phases(edges, parameters.periods),
        measure_uncertain(edges, seed=seed) if uncertain else None,
        parameters,
    )


def structure_as_json(found: NetworkStructure) -> dict[str, Any]:
    """The content of the file of `achilles network analyse`: what is missing is null."""
    names = found.edges.nodes.node
    content: dict[str, Any] = {
        "notes": list(found.edges.notes),
        "two_kinds_of_node": found.edges.two_mode,
        "network": asdict(found.whole),
        "type": {
            "verdict": found.type.verdict,
            "why": found.type.why,
            "attack": found.type.attack,
            "probability": found.type.probability,
            "holds_in": found.type.holds,
            "thinned_networks": found.type.thinned,
            "read_from": found.type.shows,
            "model": found.type.model,
            "signs": found.type.signs.to_dict("records"),
        },
        "nodes": found.nodes.to_dict("records"),
        "key_players": None,
        "disruption": {"steps": found.disruption.to_dict("records"), "warnings": list(WARNINGS)},
        "change": None,
        "uncertain": None,
    }
    if found.key_players is not None:
        content["key_players"] = asdict(found.key_players) | {
            "chosen": [names[at] for at in found.key_players.chosen]
        }
    if found.phases is not None:
        content["change"] = {
            "phases": found.phases.phases.to_dict("records"),
            "leader": found.phases.leader,
            "fell_in": found.phases.fell_in,
            "stepped_in": found.phases.stepped_in.to_dict("records"),
            "touch": found.phases.touch.to_dict("index"),
        }
    if found.uncertain is not None:
        content["uncertain"] = {
            "samples": found.uncertain.attrs["samples"],
            "nodes": found.uncertain.to_dict("records"),
        }
    plain: dict[str, Any] = _plain(content)
    return plain


def _plain(value: Any) -> Any:
    """Numbers, text and lists that JSON knows; NaN is null, and a number has six digits."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
