"""Which of the five types a network is like (Williams): flux, broker, chain, mesh or core, or that nobody can
say. See docs/methods/network.md.

The signs are weighed by a logistic model fitted to networks of known type (`bench/network/types.py`), one
model for each thing a file may show (ties alone, contacts too, dates too), of lists as they were collected
and of what is found outward from a node. A type is said only where it comes
out in four of five networks from which 10 to 40 % of the ties are taken at random."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from analytics.network.structure.edge_list import EdgeList
from analytics.network.structure.node_measures import is_large
from analytics.network.structure.signs import SIGNS, measure_signs, signs_of_graph
from analytics.reference import reference_file
from analytics.shared.graph_library import igraph
from analytics.shared.progress import Progress, ignore_progress
from analytics.shared.schema import FileModel, parse_json

TYPES = ("flux", "broker", "chain", "mesh", "core")
MIXED, UNSEEN = "mixed", "not enough seen"
THINNED = 200
HOLDS = 0.8
_LIKELY = 0.6  # mean probability below which no type is said
_FEWEST = (8, 10)  # nodes and ties in the largest part, for a type to be said
_WORK = 4e7  # nodes times ties times thinned networks
ATTACKS = {
    "flux": "The market, not the network: short ties leave nobody whose loss matters.",
    "broker": "The brokers' reputation and bonds. Expect others to step in for each.",
    "chain": "The bridges and transporters. The break is temporary: plan for the next one.",
    "mesh": "Many nodes at once, across jurisdictions: it goes round the loss of a few.",
    "core": "The leadership together with its finances. Beware of splinters.",
    MIXED: "No one plan fits: look at its parts, and at each critical node by itself.",
    UNSEEN: "Collect first: what is known fits several types.",
}


class _WeighedSigns(FileModel):
    """The model for files that show the `signs`: standardised, times `weights` by type, plus `intercept`."""

    signs: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    intercept: dict[str, float]
    weights: dict[str, tuple[float, ...]]


class _TypeFile(FileModel):
    version: str
    models: dict[str, _WeighedSigns]


@dataclass(frozen=True)
class NetworkType:
    """`verdict`: a type, MIXED or UNSEEN. `probability`: mean over the thinned networks, by type and MIXED.
    `holds`: the share of thinned networks in which each came first. `signs`: sign, value, low, high (5th to
    95th percentile of the thinned), meaning. `shows`: what the file shows ('ties', 'contacts', 'dates').
    `thinned`: how many were looked at. `attack`: what the verdict means for tasking."""

    verdict: str
    why: str
    attack: str
    probability: dict[str, float]
    holds: dict[str, float]
    signs: pd.DataFrame
    shows: str
    thinned: int
    model: str


def find_type(
    edges: EdgeList, *, thinned: int = THINNED, seed: int = 0, progress: Progress = ignore_progress
) -> NetworkType:
    """The type of a network, with how far it holds. Of a large network fewer thinned ones are looked at."""
    graph = edges.graph()
    if is_large(graph):
        return _say_too_large(graph)
    own = measure_signs(edges, seed=seed)
    shows = "dates" if not np.isnan(own["life"]) else "contacts" if edges.contacts else "ties"
    weight = edges.ties.weight.to_numpy(float) if edges.contacts else None
    thinned = max(20, min(thinned, int(_WORK / max(graph.vcount() * graph.ecount(), 1))))
    rng = np.random.default_rng(seed)
    drawn = []
    for at in range(thinned):
        progress("Looking at thinned networks", at / thinned)
        drawn.append(_thin(graph, weight, own, rng, seed + at))
    table = pd.DataFrame(drawn, columns=list(SIGNS))
    usable = table.dropna(subset=["density"])
    signs = pd.DataFrame(
        {
            "sign": list(SIGNS),
            "value": list(own.values()),
            "low": table.quantile(0.05).to_numpy(),
            "high": table.quantile(0.95).to_numpy(),
            "meaning": list(SIGNS.values()),
        }
    )
    names = [*TYPES, MIXED]
    giant = graph.connected_components().giant()
    few = giant.vcount() < _FEWEST[0] or giant.ecount() < _FEWEST[1]
    if few or len(usable) < thinned / 2:
        why = f"A type needs {_FEWEST[0]} nodes and {_FEWEST[1]} ties that hang together."
        blank = dict.fromkeys(names, float("nan"))
        return NetworkType(
            UNSEEN, why, ATTACKS[UNSEEN], blank, blank, signs, shows, thinned, read_models().version
        )
    chances = weigh_signs(usable, shows, around=edges.around)
    probability = dict(zip(names, chances.mean(axis=0).tolist(), strict=True))
    first = np.bincount(chances.argmax(axis=1), minlength=len(names)) / len(chances)
    holds = dict(zip(names, first.tolist(), strict=True))
    verdict, why = _judge(probability, holds)
    return NetworkType(
        verdict, why, ATTACKS[verdict], probability, holds, signs, shows, thinned, read_models().version
    )


def _say_too_large(graph: igraph.Graph) -> NetworkType:
    blank = dict.fromkeys((*TYPES, MIXED), float("nan"))
    why = (
        f"With {graph.vcount():,} nodes and {graph.ecount():,} ties it is too large: it was not thinned, so "
        "that no type is said."
    )
    signs = pd.DataFrame({"sign": list(SIGNS), "value": np.nan, "low": np.nan, "high": np.nan})
    signs["meaning"] = list(SIGNS.values())
    return NetworkType(MIXED, why, ATTACKS[MIXED], blank, blank, signs, "ties", 0, read_models().version)


def weigh_signs(signs: pd.DataFrame, shows: str, *, around: bool = False) -> np.ndarray:
    """(rows, types and MIXED last): the probability of each by the signs of a network; `around`: of what is
    found outward from a node."""
    model = read_models().models[f"{shows}, around" if around else shows]
    values = signs[list(model.signs)].to_numpy(float)
    standard = (values - np.array(model.mean)) / np.array(model.scale)
    standard = np.clip(np.nan_to_num(standard), -4, 4)  # beyond what it was fitted on nothing grows
    names = [*TYPES, MIXED]
    scores = standard @ np.array([model.weights[name] for name in names]).T
    scores += np.array([model.intercept[name] for name in names])
    scores -= scores.max(axis=1, keepdims=True)
    odds = np.exp(scores)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


@cache
def read_models() -> _TypeFile:
    path = reference_file("network_types.json")
    return parse_json(path.read_bytes(), _TypeFile, path.name)


def _thin(
    graph: igraph.Graph,
    weight: np.ndarray | None,
    own: dict[str, float],
    rng: np.random.Generator,
    seed: int,
) -> dict[str, float]:
    """The signs without a random 10 to 40 % of the ties."""
    stays = rng.random(graph.ecount()) >= rng.uniform(0.1, 0.4)
    rest = graph.subgraph_edges(np.flatnonzero(stays).tolist(), delete_vertices=False)
    own_weight = weight[stays] if weight is not None and stays.any() else None
    return signs_of_graph(rest, own_weight, own["life"], own["member_life"], seed=seed)


def _judge(probability: dict[str, float], holds: dict[str, float]) -> tuple[str, str]:
    likeliest = max(holds, key=lambda name: holds[name])
    share = f"{holds[likeliest]:.0%} of the thinned networks"
    if likeliest == MIXED:
        return MIXED, f"Signs of several types together, in {share}."
    if holds[likeliest] >= HOLDS and probability[likeliest] >= _LIKELY:
        return likeliest, f"It comes out in {share}, at a probability of {probability[likeliest]:.0%}."
    second = sorted(holds, key=lambda name: -holds[name])[1]
    if holds[likeliest] >= HOLDS and probability[likeliest] + probability[MIXED] >= 0.5:
        unsure = f"at a probability of {probability[likeliest]:.0%} only"
        return MIXED, f"{likeliest.capitalize()} comes out in {share}, but {unsure}."
    if holds[likeliest] < HOLDS:
        return MIXED, f"{likeliest.capitalize()} comes out in {share} only, then {second}."
    return UNSEEN, f"{likeliest.capitalize()} comes out in {share}, but no type is likely enough."
