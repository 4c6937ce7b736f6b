"""Who paid whom, as a picture that reads from left to right: frames in, a Plotly figure (as a dictionary)
out.

Accounts stand in layers, each to the right of those that paid it first, so that no drawing is a hairball.
Leaves of one hub are folded into one mark where there are many, and above `MAXIMUM_MARKS` marks the rest of a
layer is folded too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.figures.theme import CLEAR, LIGHT, OTHER, PAYEE, PAYER, ROLE_COLOURS, theme

MAXIMUM_MARKS = 2_000
_MANY = 300  # pairs: above, heads of arrows and thick lines would cover everything, and slow every move
_MAXIMUM_LABELS = 60  # marks: above, names would cover one another
_FOLD_FROM = 8  # leaves of one hub on one side


@dataclass(frozen=True)
class Flow:
    """`nodes`: node, label, layer, x, y, role, accounts (more than 1 where folded), account (None where
    folded). `edges`: from, to (nodes), payments, description (the amounts in words), weight, inside (of the
    lead, or walked to), back."""

    nodes: pd.DataFrame
    edges: pd.DataFrame

    @property
    def folded(self) -> int:
        """How many accounts stand in a folded mark."""
        return int(self.nodes.accounts[self.nodes.accounts > 1].sum())


def lay_out(edges: pd.DataFrame, roles: dict[str, str], labels: dict[str, str], *, fold: bool = True) -> Flow:
    """A flow from edges (from, to, payments, description, weight, first, inside), one a pair, in order of
    `first`."""
    edges = edges.sort_values("first", kind="stable").reset_index(drop=True)
    if fold:
        edges, groups = _fold(edges, roles)
    else:
        groups = {}
    layers = _layers(edges)
    if len(layers) > MAXIMUM_MARKS:
        edges, more = _fold_layers(edges, layers)
        groups |= more
        layers = _layers(edges)
    y = _heights(edges, layers)
    names = list(layers)
    nodes = pd.DataFrame(
        {
            "node": names,
            "layer": [layers[n] for n in names],
            "x": [float(layers[n]) for n in names],
            "y": [y[n] for n in names],
            "label": [f"{len(groups[n])} accounts" if n in groups else labels.get(n, n) for n in names],
            "role": [roles.get(groups[n][0] if n in groups else n, "") for n in names],
            "accounts": [len(groups.get(n, [n])) for n in names],
            "account": [None if n in groups else n for n in names],
        }
    )
    place = edges["from"].map(layers).to_numpy() >= edges["to"].map(layers).to_numpy()
    return Flow(nodes, edges.assign(back=place))


def _fold(edges: pd.DataFrame, roles: dict[str, str]) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Accounts with one counterparty and one direction, many to a hub and of one role, become one node."""
    sides = pd.concat(
        [
            edges[["from", "to"]].set_axis(["own", "other"], axis=1).assign(side="pays"),
            edges[["to", "from"]].set_axis(["own", "other"], axis=1).assign(side="is paid"),
        ]
    )
    count = sides.groupby("own").other.transform("size")
    leaves = sides[count == 1].assign(role=lambda t: t.own.map(lambda name: roles.get(name, "")))
    groups = {}
    for (other, side, role), group in leaves.groupby(["other", "side", "role"], sort=False):
        if len(group) >= _FOLD_FROM:
            groups[f"\x00{other}\x00{side}\x00{role}"] = group.own.tolist()
    return _joined(edges, groups), groups


def _fold_layers(edges: pd.DataFrame, layers: dict[str, int]) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """All but the busiest accounts of each layer become one node."""
    busy = pd.concat([edges["from"], edges["to"]]).value_counts()
    shown = set(busy.head(MAXIMUM_MARKS // 2).index)
    groups: dict[str, list[str]] = {}
    for name, layer in layers.items():
        if name not in shown:
            groups.setdefault(f"\x00layer {layer}", []).append(name)
    return _joined(edges, groups), groups


def _joined(edges: pd.DataFrame, groups: dict[str, list[str]]) -> pd.DataFrame:
    node_of = {name: node for node, names in groups.items() for name in names}
    if not node_of:
        return edges
    moved = edges.assign(
        **{side: edges[side].map(lambda name: node_of.get(name, name)) for side in ("from", "to")}
    )
    grouped = moved.groupby(["from", "to", "inside"], sort=False)
    joined = grouped.agg(
        payments=("payments", "sum"),
        weight=("weight", "sum"),
        first=("first", "min"),
        description=("description", "first"),
        pairs=("description", "size"),
    ).reset_index()
    many = joined.pairs > 1
    joined.loc[many, "description"] = [f"{pairs} pairs of accounts" for pairs in joined.pairs[many]]
    return joined.drop(columns="pairs").sort_values("first", kind="stable").reset_index(drop=True)


def _layers(edges: pd.DataFrame) -> dict[str, int]:
    """Each account one to the right of the furthest that paid it; an edge that would close a circle is left
    out."""
    after: dict[str, list[str]] = {}
    layer: dict[str, int] = {}
    for payer, payee in zip(edges["from"], edges["to"], strict=True):
        layer.setdefault(payer, 0)
        layer.setdefault(payee, layer[payer] + 1)
        if payer == payee or _reaches(after, payee, payer):
            continue
        after.setdefault(payer, []).append(payee)
        waiting = [payer]
        while waiting:
            name = waiting.pop()
            for follower in after.get(name, ()):
                if layer[follower] <= layer[name]:
                    layer[follower] = layer[name] + 1
                    waiting.append(follower)
    return layer


def _reaches(after: dict[str, list[str]], start: str, goal: str) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        for follower in after.get(name, ()):
            if follower not in seen:
                seen.add(follower)
                waiting.append(follower)
    return False


def _heights(edges: pd.DataFrame, layers: dict[str, int]) -> dict[str, float]:
    """Evenly spaced in each layer, in the order of the mean height of the neighbours (three sweeps)."""
    by_layer: dict[int, list[str]] = {}
    for name, layer in layers.items():
        by_layer.setdefault(layer, []).append(name)
    near: dict[str, list[str]] = {}
    for payer, payee in zip(edges["from"], edges["to"], strict=True):
        near.setdefault(payer, []).append(payee)
        near.setdefault(payee, []).append(payer)
    y = {name: float(k - (len(names) - 1) / 2) for names in by_layer.values() for k, name in enumerate(names)}
    for _ in range(3):
        for layer in sorted(by_layer):
            names = sorted(by_layer[layer], key=lambda n: (np.mean([y[o] for o in near.get(n, [n])]), n))
            by_layer[layer] = names
            y |= {name: float(k - (len(names) - 1) / 2) for k, name in enumerate(names)}
    return y


def flow_chart(flow: Flow, *, chosen: str | None, dark: bool) -> dict[str, Any]:
    """The flow as a figure. A click on a mark gives its row of `flow.nodes` as `customdata`."""
    at = flow.nodes.set_index("node")
    many = len(flow.edges) > _MANY
    traces = []
    for inside, colour, dash in ((True, LIGHT.line, "solid"), (False, LIGHT.faint_line, "dot")):
        own = flow.edges[flow.edges.inside == inside]
        for wide in (1.2, 2.6, 5.0):
            some = own[own.weight.map(_width) == wide]
            if len(some):
                traces.append(_lines(some, at, colour, dash, wide, many=many))
    traces.append(_draw_labels(flow.edges, at))
    for role, colour in _role_colours(flow.nodes.role).items():
        traces.append(_draw_accounts(flow, role, colour, chosen, ink=theme(dark=dark).ink, many=many))
    return {"data": traces, "layout": _lay_out_chart(flow)}


def _draw_labels(edges: pd.DataFrame, at: pd.DataFrame) -> dict[str, Any]:
    """Invisible marks on the lines, which show their payments under the pointer."""
    spans = edges.merge(at[["x", "y"]], left_on="from", right_index=True).merge(
        at[["x", "y"]], left_on="to", right_index=True, suffixes=("", "_to")
    )
    return {
        "type": "scatter",
        "mode": "markers",
        "x": (spans.x * 0.6 + spans.x_to * 0.4).tolist(),
        "y": (spans.y * 0.6 + spans.y_to * 0.4).tolist(),
        "marker": {"size": 12, "opacity": 0},
        "showlegend": False,
        "text": [
            f"{n} payment{'s' if n > 1 else ''}, {_safe(description)}"
            for n, description in zip(spans.payments, spans.description, strict=True)
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "name": "payments",
    }


def _draw_accounts(
    flow: Flow, role: str, colour: str, chosen: str | None, *, ink: str, many: bool
) -> dict[str, Any]:
    """The marks of one role; a square stands for several accounts."""
    own = flow.nodes[flow.nodes.role == role]
    size = 7 if many else 13
    return {
        "type": "scatter",
        "mode": "markers+text" if len(flow.nodes) <= _MAXIMUM_LABELS else "markers",
        "x": own.x.tolist(),
        "y": own.y.tolist(),
        "text": [_safe(label) for label in own.label],
        "textposition": "top center",
        "textfont": {"size": 11, "color": ink},
        "customdata": own.index.tolist(),
        "name": _safe(role) or "other accounts",
        "marker": {
            "color": colour,
            "size": np.clip(size + 3 * np.sqrt(own.accounts - 1), size, 34).tolist(),
            "symbol": ["square" if n > 1 else "circle" for n in own.accounts],
            "line": {
                "width": [3 if account == chosen and chosen else 1 for account in own.account],
                "color": ink,
            },
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "hovertemplate": "%{text}<extra>" + (_safe(role) or "other") + "</extra>",
    }


def _lay_out_chart(flow: Flow) -> dict[str, Any]:
    tallest = flow.nodes.groupby("layer").size().max()
    hidden = {"visible": False, "fixedrange": False}
    return {
        "height": int(np.clip(46 * tallest + 90, 300, 760)),
        "margin": {"l": 20, "r": 20, "t": 34, "b": 10},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "xaxis": hidden | {"range": [-0.4, flow.nodes.x.max() + 0.4]},
        "yaxis": hidden | {"range": [flow.nodes.y.max() + 0.9, flow.nodes.y.min() - 0.9]},
        "legend": {"orientation": "h", "y": 1.1, "x": 0},
        "hovermode": "closest",
        "dragmode": "pan",
        "clickmode": "event+select",
    }


def _width(weight: float) -> float:
    return 5.0 if weight >= 0.25 else 2.6 if weight >= 0.06 else 1.2


def _lines(
    edges: pd.DataFrame, at: pd.DataFrame, colour: str, dash: str, width: float, *, many: bool
) -> dict[str, Any]:
    """Straight lines with an arrow at the payee; a payment back is bent, so that it is not hidden under
    another. Of `many`, thin and pale lines without heads: what lies to the right was paid by what lies to the
    left."""
    x, y, sizes = [], [], []
    for payer, payee, back in zip(edges["from"], edges["to"], edges.back, strict=True):
        x0, y0, x1, y1 = at.x[payer], at.y[payer], at.x[payee], at.y[payee]
        if back:
            x += [x0, (x0 + x1) / 2 + (0.25 if x0 == x1 else 0), x0 * 0.04 + x1 * 0.96, None]
            y += [y0, (y0 + y1) / 2 - 0.45, y0 * 0.04 + y1 * 0.96 - 0.02, None]
            sizes += [0, 0, 9 + width, 0]
        else:
            x += [x0, x0 * 0.05 + x1 * 0.95, None]
            y += [y0, y0 * 0.05 + y1 * 0.95, None]
            sizes += [0, 9 + width, 0]
    if many:
        return {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": y,
            "hoverinfo": "skip",
            "showlegend": False,
            "opacity": 0.35,
            "line": {"color": colour, "width": width / 2, "dash": dash},
        }
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x,
        "y": y,
        "hoverinfo": "skip",
        "showlegend": False,
        "line": {"color": colour, "width": width, "dash": dash},
        "marker": {"symbol": "arrow", "angleref": "previous", "size": sizes, "color": colour},
    }


def _role_colours(roles: pd.Series) -> dict[str, str]:
    names = sorted(set(roles))  # not in order of sight: walking on must not change a colour
    known = {"payer": PAYER, "payee": PAYEE, "": OTHER}
    others = iter(ROLE_COLOURS)
    return {name: known.get(name) or next(others, ROLE_COLOURS[-1]) for name in names}


def _safe(text: object) -> str:
    """Plotly reads a few tags in a label; a name from the data has none."""
    return str(text).replace("<", "‹").replace(">", "›")
