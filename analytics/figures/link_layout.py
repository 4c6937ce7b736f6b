"""Where the nodes of a chart of links stand: the same place for the same data, in screen and print alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.spatial import cKDTree

from analytics.shared.graph_library import igraph, seeded_igraph

Point = tuple[float, float]
SPACING = 90.0  # units (pixels at zoom 1) of a tie of natural length; y grows downwards
_SEED = 2019
_GRID_FROM = 300  # nodes, above which far pairs do not repel each other: twenty times faster
_ROUNDS = 300
_ROUNDS_ADDED = 60
_GAP = 0.9  # between two components, in ties
_ASPECT = 2.0  # width by height of the whole
_APART = 44.0  # units between two nodes of one component
_PUSHES = 25
_LOOSENED = 0.85  # the power of a node's distance from the middle of a large component


def lay_out(
    nodes: Sequence[str],
    ties: Sequence[tuple[str, str]],
    former: Mapping[str, Point] | None = None,
) -> dict[str, Point]:
    """A place for each node (units, centred on 0). Each component is laid out alone and the components are
    packed side by side, the largest first. Nodes of `former` stay where they were: the others settle around
    them. The order of nodes and ties changes nothing."""
    names = sorted(set(nodes))
    index = {name: k for k, name in enumerate(names)}
    edges = sorted({(min(a, b), max(a, b)) for a, b in _pairs(ties, index) if a != b})
    graph = igraph.Graph(n=len(names), edges=edges)
    fixed = {index[name]: point for name, point in (former or {}).items() if name in index}
    placed: dict[int, Point] = dict(fixed)
    free = []
    for component in sorted(graph.connected_components(), key=lambda part: (-len(part), part)):
        if any(node in fixed for node in component):
            placed |= _settle(graph.induced_subgraph(component), component, fixed)
        else:
            free.append((component, _place_alone(graph.induced_subgraph(component))))
    placed |= _pack(free, placed)
    return {names[k]: (round(x, 1), round(y, 1)) for k, (x, y) in placed.items()}


def _pairs(ties: Sequence[tuple[str, str]], index: Mapping[str, int]) -> list[tuple[int, int]]:
    return [(index[one], index[other]) for one, other in ties if one in index and other in index]


def _place_alone(graph: igraph.Graph) -> np.ndarray:
    """(n, 2) units around 0, the longer side of the shape lying."""
    if graph.vcount() == 1:
        return np.zeros((1, 2))
    with seeded_igraph(_SEED):
        layout = graph.layout_fruchterman_reingold(
            niter=_ROUNDS, start_temp=graph.vcount() ** 0.5, grid=graph.vcount() > _GRID_FROM
        )
    points = np.array(layout.coords) * SPACING
    points -= np.median(points, axis=0)
    if graph.vcount() > _GRID_FROM:  # what does not repel from afar lies heaped in the middle
        away = np.maximum(np.hypot(points[:, 0], points[:, 1]), 1e-6)
        points *= ((away / np.median(away)) ** (_LOOSENED - 1))[:, None]
    points = _part(points)
    _, _, axes = np.linalg.svd(points, full_matrices=False)
    turned = points @ axes.T
    return np.asarray(turned - (turned.max(axis=0) + turned.min(axis=0)) / 2)


def _settle(graph: igraph.Graph, component: Sequence[int], fixed: Mapping[int, Point]) -> dict[int, Point]:
    """Places of a component some of whose nodes have theirs."""
    start = _start_near(graph, {k: fixed[node] for k, node in enumerate(component) if node in fixed})
    lock = np.array([node in fixed for node in component])
    if not lock.all():
        low, high = start.min(axis=0) - 10, start.max(axis=0) + 10
        least, most = np.where(lock[:, None], start, low), np.where(lock[:, None], start, high)
        with seeded_igraph(_SEED):
            layout = graph.layout_fruchterman_reingold(
                niter=_ROUNDS_ADDED,
                seed=start.tolist(),
                start_temp=0.5,
                grid=graph.vcount() > _GRID_FROM,
                minx=least[:, 0].tolist(),
                maxx=most[:, 0].tolist(),
                miny=least[:, 1].tolist(),
                maxy=most[:, 1].tolist(),
            )
        start = np.where(lock[:, None], start, np.array(layout.coords))
    points = start * SPACING
    return {
        node: fixed[node] if node in fixed else (float(points[k, 0]), float(points[k, 1]))
        for k, node in enumerate(component)
    }


def _start_near(graph: igraph.Graph, known: Mapping[int, Point]) -> np.ndarray:
    """A first place for each node, in ties: beside a neighbour that has one, away from the middle."""
    start = np.full((graph.vcount(), 2), np.nan)
    for k, point in known.items():
        start[k] = np.array(point) / SPACING
    middle = np.nanmean(start, axis=0)
    front = sorted(known)
    while front:
        reached = []
        for k in front:
            new = [n for n in sorted(set(graph.neighbors(k))) if np.isnan(start[n, 0])]
            away = start[k] - middle
            turn = np.arctan2(away[1], away[0]) if np.any(away) else 0.0
            for place, n in enumerate(new):
                spread = (place - (len(new) - 1) / 2) * min(0.5, 2 * np.pi / len(new))
                start[n] = start[k] + 1.3 * np.array([np.cos(turn + spread), np.sin(turn + spread)])
            reached += new
        front = reached
    return start


def _pack(free: Sequence[tuple[Sequence[int], np.ndarray]], placed: Mapping[int, Point]) -> dict[int, Point]:
    """Components side by side in rows, small ones below each other beside a large one; all below what has
    its place already."""
    if not free:
        return {}
    gap = _GAP * SPACING
    sizes = [tuple(float(side) + gap for side in np.ptp(points, axis=0)) for _, points in free]
    width = max((_ASPECT * sum(wide * high for wide, high in sizes)) ** 0.5, sizes[0][0])
    taken = np.array(list(placed.values())) if placed else None
    left, top = (0.0, 0.0) if taken is None else (float(taken[:, 0].min()), float(taken[:, 1].max()) + gap)
    if taken is not None:
        width = max(width, float(np.ptp(taken[:, 0])))
    found: dict[int, Point] = {}
    for (component, points), corner in zip(free, _find_corners(sizes, width), strict=True):
        moved = points - points.min(axis=0) + np.array(corner) + (left + gap / 2, top + gap / 2)
        found |= {node: (float(p[0]), float(p[1])) for node, p in zip(component, moved, strict=True)}
    if taken is None:
        every = np.array(list(found.values()))
        middle = (every.max(axis=0) + every.min(axis=0)) / 2
        found = {k: (px - float(middle[0]), py - float(middle[1])) for k, (px, py) in found.items()}
    return found


def _find_corners(sizes: Sequence[tuple[float, ...]], width: float) -> list[Point]:
    """The left upper corner of each box (width and height, the tallest about first) in rows of that width."""
    corners = []
    top, row = 0.0, 0.0  # of the row, and its height
    left, column, used = 0.0, 0.0, 0.0  # of the column in it, its width, and how much of its height is taken
    for wide, high in sizes:
        if not (wide <= column and used + high <= row):
            left, column, used = left + column, wide, 0.0
            if left and left + wide > width:
                top, row, left = top + row, 0.0, 0.0
            if left == 0.0:
                row = max(row, high)
        corners.append((left, top + used))
        used += high
        row = max(row, used)
    return corners


def _part(points: np.ndarray) -> np.ndarray:
    """The points so far apart that most nodes do not cover each other: the whole grown, then near pairs
    pushed from each other."""
    near = np.median(cKDTree(points).query(points, k=2)[0][:, 1])
    points = points * max(1.0, _APART / max(float(near), _APART / 6))
    for _ in range(_PUSHES):
        pairs = cKDTree(points).query_pairs(_APART, output_type="ndarray")
        if not len(pairs):
            break
        between = points[pairs[:, 1]] - points[pairs[:, 0]]
        length = np.maximum(np.hypot(between[:, 0], between[:, 1]), 1e-6)
        push = between * (0.5 * (_APART - length) / length)[:, None]
        np.add.at(points, pairs[:, 0], -push)
        np.add.at(points, pairs[:, 1], push)
    return np.asarray(points)
