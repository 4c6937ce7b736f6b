"""Who paid whom, as a picture that reads from left to right: frames in, what the flow component draws out.

Accounts stand in layers, each to the right of those that paid it first, so that no drawing is a hairball.
Leaves of one hub are folded into one mark where there are many, and above `MAXIMUM_MARKS` marks the rest of a
layer is folded too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.figures.theme import OTHER, PAYEE, PAYER, ROLE_COLOURS
from analytics.shared.wording import counted

MAXIMUM_MARKS = 2_000
_ROW = 46  # pixels between two marks of a layer
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


def flow_chart(flow: Flow, *, chosen: str | None, label: str) -> dict[str, Any]:
    """The flow as the component draws it (`frontend/src/flow.ts`): marks in the order of `flow.nodes`, that
    of the account `chosen` stressed; `label` is for who cannot see it."""
    nodes = flow.nodes
    colours = _role_colours(nodes.role)
    position = {name: k for k, name in enumerate(nodes.node)}
    marks = [
        {
            "x": row.x,
            "y": row.y,
            "label": str(row.label),
            "role": row.role,
            "colour": colours[row.role],
            "accounts": row.accounts,
            "choosable": bool(pd.notna(row.account)),
            "chosen": bool(chosen) and row.account == chosen,
        }
        for row in nodes.itertuples()
    ]
    arrows = [
        {
            "from": position[payer],
            "to": position[payee],
            "width": _width(weight),
            "inside": bool(inside),
            "back": bool(back),
            "words": f"{counted(payments, 'payment')}, {description}",
        }
        for payer, payee, weight, inside, back, payments, description in flow.edges[
            ["from", "to", "weight", "inside", "back", "payments", "description"]
        ].itertuples(index=False)
    ]
    tallest = nodes.groupby("layer").size().max()
    return {
        "label": label,
        "height": int(np.clip(_ROW * tallest + 60, 240, 740)),
        "marks": marks,
        "arrows": arrows,
        "roles": [{"name": role or "other accounts", "colour": colour} for role, colour in colours.items()],
    }


def _width(weight: float) -> float:
    return 5.0 if weight >= 0.25 else 2.6 if weight >= 0.06 else 1.2


def _role_colours(roles: pd.Series) -> dict[str, str]:
    names = sorted(set(roles))  # not in order of sight: walking on must not change a colour
    known = {"payer": PAYER, "payee": PAYEE, "": OTHER}
    others = iter(ROLE_COLOURS)
    return {name: known.get(name) or next(others, ROLE_COLOURS[-1]) for name in names}
