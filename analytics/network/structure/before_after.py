"""Whether a network hangs together less, or more, after a day than before it.

Efficiency is the mean of 1 / distance over all pairs of the nodes seen in either window (Latora and Marchiori
2001, Phys Rev Lett 87; 1 - F of Borgatti). Null hypothesis: which of the two windows a tie's contacts fell
into is chance, tie by tie (999 exchanges, seeded, two-sided p). Ties of one node change together even when
nothing was done, so a change counts only where it is larger, too, than each between earlier windows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.network.structure.fragmentation import build_adjacency, measure_fragmentation
from analytics.shared.action_windows import find_windows
from analytics.shared.graph_library import igraph
from analytics.shared.wording import counted

LESS, MORE, SAME = JUDGED = ("holds together less", "holds together more", "no detectable change")
EARLY, UNJUDGED = "too early", "cannot be judged"
LEFT, CAME, STEPPED_IN, FELL_BACK, STILL, UNSURE = (
    *("left", "came", "stepped in", "fell back", "still there", "too few contacts to say"),
)
_DRAWS = 999
_LEVEL = 0.05
_EARLIER = 3  # changes between earlier windows, below which nothing says what is usual
_NODES, _TIES = 8, 10  # seen in either window, below which a structure is too small to judge
_CONTACTS = 5  # in one window: none in the other is then less likely than 1 in 16 by chance, either way
_GAIN = 0.1  # of the share of paths, to step in or to fall back


@dataclass(frozen=True)
class StructureChange:
    """`verdict`: one of JUDGED, EARLY or UNJUDGED; `p` NaN where not judged. `measures`: measure, usual (mean
    over earlier windows), before, after. `nodes`: node, before, after (contacts), paths_before, paths_after
    (shares of the paths of others), became. `before`, `after`: first and last days. `earlier`: how many
    changes between earlier windows it was held against."""

    verdict: str
    why: str
    p: float
    measures: pd.DataFrame
    nodes: pd.DataFrame
    before: tuple[date, date]
    after: tuple[date, date]
    earlier: int


def compare_windows(
    contacts: pd.DataFrame,
    start: date,
    last: date,
    *,
    minimum_days: int = 21,
    maximum_days: int = 84,
    seed: int = 0,
) -> StructureChange:
    """`contacts`: one, two (nodes), day, one row a contact. `start`: the day of the action. `last`: the last
    day on record. The windows before have the length of the one after."""
    windows = find_windows(start, last, minimum_days, maximum_days)
    days = (windows.before, windows.after)
    if windows.too_early:
        why = windows.say_too_early("of contacts")
        return StructureChange(EARLY, why, np.nan, pd.DataFrame(), pd.DataFrame(), *days, 0)
    ties = _Ties(contacts, start, windows.length)
    measures, nodes = _describe(ties)
    verdict, why, p = _judge(ties, windows.length, seed)
    return StructureChange(verdict, why, p, measures, nodes, *days, max(ties.windows - 2, 0))


class _Ties:
    """The contacts by tie and window: `counts` (ties, windows), the last window after the action, the one
    before it just before, and so on back to the first whole window on record."""

    def __init__(self, contacts: pd.DataFrame, start: date, length: int) -> None:
        day = (pd.to_datetime(contacts.day) - pd.Timestamp(start)).dt.days.to_numpy()
        window = day // length  # 0 after, -1 just before
        back = int(-day.min() // length) if len(day) else 0
        self.windows = back + 1
        inside = (window <= 0) & (window >= -back)
        own = contacts[inside]
        swapped = own.one.to_numpy() > own.two.to_numpy()
        one, two = np.where(swapped, own.two, own.one), np.where(swapped, own.one, own.two)
        self.names, ends = np.unique(np.r_[one, two], return_inverse=True)
        pairs = ends.reshape(2, -1).T
        self.pairs, tie = np.unique(pairs, axis=0, return_inverse=True)
        self.pairs = self.pairs.reshape(-1, 2)
        self.counts = np.zeros((len(self.pairs), self.windows), dtype=np.int64)
        np.add.at(self.counts, (tie.ravel(), window[inside] + back), 1)

    def change(self, at: int) -> float:
        """Efficiency of window `at` less that of the one before it, over the nodes seen in either."""
        seen = self.counts[:, at - 1 : at + 1] > 0
        either = np.asarray(seen.any(axis=1))
        nodes, pairs = self.renumber(either)
        own = seen[either]
        return _efficiency(nodes, pairs[own[:, 1]]) - _efficiency(nodes, pairs[own[:, 0]])

    def exchange(self, draws: int, rng: np.random.Generator) -> np.ndarray:
        """The last change where each tie's two windows are exchanged at random."""
        seen = self.counts[:, -2:] > 0
        either = np.asarray(seen.any(axis=1))
        nodes, pairs = self.renumber(either)
        own = seen[either]
        drawn = np.empty(draws)
        for at in range(draws):
            flip = rng.random(len(own)) < 0.5
            now, then = np.where(flip, own[:, 0], own[:, 1]), np.where(flip, own[:, 1], own[:, 0])
            drawn[at] = _efficiency(nodes, pairs[now]) - _efficiency(nodes, pairs[then])
        return drawn

    def renumber(self, ties: np.ndarray) -> tuple[int, np.ndarray]:
        """(how many nodes some ties have, these ties by the numbers of those nodes)."""
        own = self.pairs[ties]
        known, ends = np.unique(own, return_inverse=True)
        return len(known), ends.reshape(-1, 2)


def _efficiency(nodes: int, pairs: np.ndarray) -> float:
    if nodes < 2 or not len(pairs):
        return 0.0
    return 1.0 - measure_fragmentation(build_adjacency(nodes, pairs), np.zeros(0, np.int64))


def _judge(ties: _Ties, length: int, seed: int) -> tuple[str, str, float]:
    earlier = ties.windows - 2
    recent = (ties.counts[:, -2:] > 0).any(axis=1) if ties.windows >= 2 else np.zeros(0, bool)
    nodes = len(np.unique(ties.pairs[recent])) if recent.any() else 0
    if nodes < _NODES or recent.sum() < _TIES:
        needed = f"{_NODES} nodes and {_TIES} ties are needed"
        return (
            UNJUDGED,
            f"{counted(nodes, 'node')} and {counted(int(recent.sum()), 'tie')} seen; {needed}.",
            np.nan,
        )
    if earlier < _EARLIER:
        why = (
            f"Only {counted(max(earlier, 0), 'earlier change')} between windows of {length} days "
            f"{'is' if earlier == 1 else 'are'} on record; {_EARLIER} are needed to know what is usual."
        )
        return UNJUDGED, why, np.nan
    found = ties.change(ties.windows - 1)
    usual = np.array([ties.change(at) for at in range(1, ties.windows - 1)])
    drawn = ties.exchange(_DRAWS, np.random.default_rng(seed))
    p = float((1 + (np.abs(drawn) >= abs(found) - 1e-12).sum()) / (_DRAWS + 1))
    largest = float(np.abs(usual).max())
    said = (
        f"Efficiency changed by {found:+.3f}; p = {p:.3f} with the windows of each tie exchanged at random. "
        f"The largest of {counted(len(usual), 'earlier change')} was {largest:.3f}."
    )
    if p > _LEVEL or abs(found) <= largest:
        return SAME, said, p
    return (LESS if found < 0 else MORE), said, p


def _describe(ties: _Ties) -> tuple[pd.DataFrame, pd.DataFrame]:
    shapes = [_measure_window(ties, at) for at in range(ties.windows)]
    usual = shapes[:-2]
    before = shapes[-2] if len(shapes) > 1 else dict.fromkeys(shapes[-1], np.nan)
    measures = pd.DataFrame(
        {
            "measure": name,
            "usual": float(np.mean([shape[name] for shape in usual])) if usual else np.nan,
            "before": before[name],
            "after": shapes[-1][name],
        }
        for name in shapes[-1]
    )
    return measures, _follow_nodes(ties)


def _measure_window(ties: _Ties, at: int) -> dict[str, float]:
    """Of one window by itself: nodes, ties, contacts, fragments, largest fragment (share of nodes), share of
    all paths on the busiest node."""
    seen = ties.counts[:, at] > 0
    nodes, pairs = ties.renumber(seen)
    graph = igraph.Graph(n=nodes, edges=pairs.tolist())
    between = _share_paths(graph)
    sizes = graph.connected_components().sizes()
    return {
        "nodes": nodes,
        "ties": int(seen.sum()),
        "contacts": int(ties.counts[:, at].sum()),
        "fragments": len(sizes),
        "largest fragment": max(sizes) / nodes if nodes else np.nan,
        "efficiency": _efficiency(nodes, pairs),
        "paths on one node": float(between.max()) if nodes > 2 else np.nan,
    }


def _share_paths(graph: igraph.Graph) -> np.ndarray:
    count = graph.vcount()
    if count < 3:
        return np.zeros(count)
    return np.asarray(np.array(graph.betweenness()) / ((count - 1) * (count - 2) / 2))


def _follow_nodes(ties: _Ties) -> pd.DataFrame:
    """Each node seen in either of the two windows, those that changed most first."""
    count = len(ties.names)
    contacts = np.zeros((count, ties.windows), dtype=np.int64)
    paths = np.zeros((count, ties.windows))
    for at in range(ties.windows):
        for side in (0, 1):
            np.add.at(contacts[:, at], ties.pairs[:, side], ties.counts[:, at])
        seen = ties.counts[:, at] > 0
        paths[:, at] = _share_paths(igraph.Graph(n=count, edges=ties.pairs[seen].tolist()))
    then = contacts[:, -2] if ties.windows > 1 else np.zeros(count, np.int64)
    now = contacts[:, -1]
    earlier = paths[:, :-1].max(axis=1, initial=0.0)
    then_paths = paths[:, -2] if ties.windows > 1 else np.zeros(count)
    never = contacts[:, :-1].sum(axis=1) == 0
    became = np.select(
        [
            (now == 0) & (then >= _CONTACTS),
            (paths[:, -1] - earlier) >= _GAIN,
            never & (now >= _CONTACTS),
            (then_paths - paths[:, -1]) >= _GAIN,
            (now > 0) & (then > 0),
        ],
        [LEFT, STEPPED_IN, CAME, FELL_BACK, STILL],
        UNSURE,
    )
    table = pd.DataFrame(
        {
            "node": ties.names,
            "before": then,
            "after": now,
            "paths_before": then_paths,
            "paths_after": paths[:, -1],
            "became": became,
        }
    )
    table = table[(table.before + table.after) > 0]
    order = table.became.map({LEFT: 0, STEPPED_IN: 1, CAME: 2, FELL_BACK: 3, STILL: 4, UNSURE: 5})
    moved = (table.paths_after - table.paths_before).abs()
    return (
        table.assign(order=order, moved=-moved)
        .sort_values(["order", "moved", "node"], ignore_index=True)
        .drop(columns=["order", "moved"])
    )
