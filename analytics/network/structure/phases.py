"""How a network changed: who came, left and stepped in, by the phases of a file or by its dates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.network.structure.edge_list import EdgeList, build_edge_list
from analytics.network.structure.node_measures import betweenness_shares

PERIODS = 4  # of equal length, where a file has dates and no phases
_FALLEN = 2 / 3  # of the leader's highest share of contacts: below it for good, the leader has fallen
_GAIN = 0.1  # of betweenness, over the mean before the fall
_TWICE = 2  # phases with such a gain: once may be chance


@dataclass(frozen=True)
class Phases:
    """`phases`: phase, nodes, ties, top_broker, betweenness (of that node), came, left (nodes seen for the
    first time, and for the last time the phase before). `touch`: share of all weight that touches a node,
    `betweenness`: share of paths, both by node (index) and phase (columns; 0 where not seen).
    `leader`: the node with the highest mean betweenness; `fell_in`: the first phase from which its share of
    contacts stays below two thirds of its highest (None: it did not fall). `stepped_in`: node, phases (in
    which it rose), gain (sum of what it rose by), the strongest first. A protected node is none of these."""

    phases: pd.DataFrame
    touch: pd.DataFrame
    betweenness: pd.DataFrame
    leader: str
    fell_in: str | None
    stepped_in: pd.DataFrame


def compare_phases(edges: EdgeList, periods: int = PERIODS) -> Phases | None:
    """The network phase by phase; None where the file has neither phases nor dates."""
    events, labels = _split_events(edges, periods)
    free = ~edges.nodes.protected.to_numpy(bool)
    if len(labels) < 2 or not free.any():
        return None
    names = edges.nodes.node.to_numpy(object)
    touch = pd.DataFrame(0.0, index=names, columns=labels)
    between = pd.DataFrame(0.0, index=names, columns=labels)
    ties = []
    for label, own in events.groupby("label", sort=False):
        part = build_edge_list(
            pd.DataFrame({"from": names[own.left], "to": names[own.right], "weight": own.weight.to_numpy()})
        )
        strength = np.bincount(
            np.r_[own.left, own.right], np.r_[own.weight, own.weight], minlength=len(names)
        )
        touch[label] = strength / own.weight.sum()
        between.loc[part.nodes.node, label] = betweenness_shares(part)
        ties.append(len(part.ties))
    seen = touch.to_numpy() > 0
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), -1)
    last = np.where(seen.any(axis=1), len(labels) - 1 - seen[:, ::-1].argmax(axis=1), -1)
    order = range(len(labels))
    ranked = between[free]
    table = pd.DataFrame(
        {
            "phase": labels,
            "nodes": seen.sum(axis=0),
            "ties": ties,
            "top_broker": [str(ranked[label].idxmax()) for label in labels],
            "betweenness": ranked.max().to_numpy(),
            "came": [names[(first == at)].tolist() if at else [] for at in order],
            "left": [names[(last == at - 1)].tolist() if at else [] for at in order],
        }
    )
    leader = str(ranked.mean(axis=1).idxmax())
    fell = _find_fall(touch.loc[leader].to_numpy())
    return Phases(
        table,
        touch,
        between,
        leader,
        labels[fell] if fell is not None else None,
        _find_successors(ranked, leader, fell),
    )


def _split_events(edges: EdgeList, periods: int) -> tuple[pd.DataFrame, list[str]]:
    """The events with the label of their phase, in the order of phases, and the labels. An event that lasts
    is in every period it touches."""
    events = edges.events
    phased = events[events.phase != ""]
    if len(phased):
        number = pd.to_numeric(phased.phase, errors="coerce")
        key = number if number.notna().all() else phased.phase
        ordered = phased.assign(label=phased.phase, key=key).sort_values("key", kind="stable")
        return ordered, ordered.label.unique().tolist()
    dated = events[events.from_date.notna()]
    if dated.empty:
        return events.assign(label=""), []
    begin = dated.from_date
    end = dated.to_date.where(dated.to_date >= begin, begin)
    bounds = pd.date_range(begin.min(), end.max(), periods=periods + 1)
    if bounds[0] == bounds[-1]:
        return events.assign(label=""), []
    parts = []
    for at in range(periods):
        inside = (begin < bounds[at + 1]) & (end >= bounds[at])
        if at == periods - 1:
            inside |= begin == bounds[-1]
        parts.append(dated[inside].assign(label=bounds[at].date().isoformat()))
    found = pd.concat(parts)
    return found, found.label.unique().tolist()


def _find_fall(share: np.ndarray) -> int | None:
    below = share < _FALLEN * share.max()
    at = len(share)
    while at > 0 and below[at - 1] and at - 1 > share.argmax():
        at -= 1
    return at if at < len(share) else None


def _find_successors(between: pd.DataFrame, leader: str, fell: int | None) -> pd.DataFrame:
    if fell is None:
        return pd.DataFrame({"node": [], "phases": [], "gain": []})
    gain = between.iloc[:, fell:].sub(between.iloc[:, :fell].mean(axis=1), axis=0).drop(index=leader)
    rose = gain >= _GAIN
    found = gain.where(rose, 0.0).sum(axis=1)[rose.sum(axis=1) >= min(_TWICE, gain.shape[1])]
    found = found.sort_values(ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "node": found.index.astype(str),
            "phases": [gain.columns[rose.loc[node]].tolist() for node in found.index],
            "gain": found.to_numpy(),
        }
    )
