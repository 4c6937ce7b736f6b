"""A chart of links as data: what the chart component of the page is told to draw. Nothing here draws.

The browser's side is frontend/src/chart/message.ts. An id, which may be a telephone number, never leaves the
server: the browser knows nodes and ties by a token of this process.
"""

from __future__ import annotations

import hashlib
import json
import math
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from analytics.figures.link_layout import Point, lay_out
from analytics.figures.link_marks import STATUS_MARKS, find_mark
from analytics.figures.map_picture import write_column

STATUSES = ("", "selected", "protected", "hub", "critical")
WEAK = 0.5  # a tie of a lower probability is dashed
NAN = math.nan
_KEY = secrets.token_bytes(16)


@dataclass(frozen=True)
class ChartNode:
    """A node where it stands (units: pixels at zoom 1, y downwards). `label` and `note` are shown as they
    are: mask them before. `size` is 1 for an ordinary node; `group`, where not empty, can be folded."""

    id: str
    label: str
    kind: str
    x: float
    y: float
    size: float = 1.0
    status: str = ""
    group: str = ""
    note: str = ""


@dataclass(frozen=True)
class ChartTie:
    """A tie between two nodes, by id. `first` and `last` are dates (ISO) or None where the tie has none; it
    is dashed where the probability is below .5. `weight`: how often, or how strong."""

    id: str
    one: str
    other: str
    kind: str
    label: str
    probability: float = 1.0
    weight: float = 1.0
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True)
class LinkChart:
    """Nodes, the ties between them, the ids of what is `selected` ('' for none) and the groups that are
    `folded` at first. `label` says what the chart is, for who cannot see it; a `height` (pixels) of None
    fills the pane."""

    nodes: tuple[ChartNode, ...]
    ties: tuple[ChartTie, ...]
    selected: str = ""
    selected_tie: str = ""
    folded: tuple[str, ...] = ()
    label: str = "Chart of links"
    height: int | None = 560

    @property
    def positions(self) -> dict[str, Point]:
        """Where each node stands: what `build_link_chart` takes as `former` when the chart is expanded."""
        return {node.id: (node.x, node.y) for node in self.nodes}

    @cached_property
    def _by_token(self) -> dict[str, str]:
        return {write_token(node.id): node.id for node in self.nodes}

    @cached_property
    def _ties(self) -> dict[str, ChartTie]:
        return {tie.id: tie for tie in self.ties}

    def read_token(self, token: object) -> str | None:
        """The id of a node that the browser names, None where the chart has none such."""
        return self._by_token.get(token) if isinstance(token, str) else None

    def read_tie(self, sent: object) -> str | None:
        """The id of a tie that the browser names by the tokens of its nodes and its kind."""
        if not isinstance(sent, list) or len(sent) != 3:
            return None
        one, other = self.read_token(sent[0]), self.read_token(sent[1])
        found = None if one is None or other is None else tie_id(one, other, str(sent[2]))
        return found if found in self._ties else None

    def find_tie(self, tie: str) -> ChartTie | None:
        """The tie of that id."""
        return self._ties.get(tie)

    @cached_property
    def _drawn(self) -> dict[str, Any]:
        """All but what is selected."""
        index = {node.id: k for k, node in enumerate(self.nodes)}
        kinds, groups = Numbering(), Numbering()
        for name in sorted({node.group for node in self.nodes if node.group}):
            groups.number(name)
        tie_kinds, labels = Numbering(), Numbering()
        nodes = {
            "ids": [write_token(node.id) for node in self.nodes],
            "labels": [node.label for node in self.nodes],
            "notes": [node.note for node in self.nodes],
            "kind": write_column([kinds.number(node.kind) for node in self.nodes]),
            "x": write_column([node.x for node in self.nodes]),
            "y": write_column([node.y for node in self.nodes]),
            "size": write_column([node.size for node in self.nodes]),
            "status": write_column([STATUSES.index(node.status) for node in self.nodes]),
            "group": write_column([groups.number(node.group) if node.group else NAN for node in self.nodes]),
        }
        ties = {
            "one": write_column([index[tie.one] for tie in self.ties]),
            "other": write_column([index[tie.other] for tie in self.ties]),
            "kind": write_column([tie_kinds.number(tie.kind) for tie in self.ties]),
            "label": write_column([labels.number(tie.label) for tie in self.ties]),
            "percent": write_column([round(100 * tie.probability) for tie in self.ties]),
            "weight": write_column([tie.weight for tie in self.ties]),
            "first": write_column([_day_number(tie.first) for tie in self.ties]),
            "last": write_column([_day_number(tie.last) for tie in self.ties]),
        }
        return {
            "nodes": nodes,
            "ties": ties,
            "kinds": [asdict(find_mark(kind)) for kind in kinds.names],
            "statuses": [asdict(mark) for mark in STATUS_MARKS],
            "groups": groups.names,
            "tieKinds": tie_kinds.names,
            "tieLabels": labels.names,
            "folded": list(self.folded),
        }

    @cached_property
    def _key(self) -> str:
        return hashlib.blake2b(json.dumps(self._drawn).encode(), digest_size=8).hexdigest()

    def message(self) -> dict[str, Any]:
        """The chart as the component reads it, JSON throughout. `dataKey` is the same for two charts that
        differ in nothing but what is selected."""
        tie = next((k for k, tie in enumerate(self.ties) if tie.id == self.selected_tie), None)
        return {
            **self._drawn,
            "dataKey": self._key,
            "selected": write_token(self.selected) if self.selected else None,
            "selectedTie": tie,
            "label": self.label,
            "height": self.height,
        }


class Numbering:
    """Numbers for names, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The number of a name, from 0."""
        return self._numbers.setdefault(name, len(self._numbers))

    @property
    def names(self) -> list[str]:
        """The names by number."""
        return list(self._numbers)


def build_link_chart(
    nodes: pd.DataFrame,
    links: pd.DataFrame,
    *,
    selected: str = "",
    former: Mapping[str, Point] | None = None,
    label: str = "Chart of links",
    height: int | None = 560,
) -> LinkChart:
    """A chart of a table of nodes and one of links.

    `nodes`: id, label, kind; status, group, note and size where there are such columns (without a size, a
    node grows with its neighbours). `links`: node, other, kind; label, probability, events (or weight),
    first_at and last_at where there are such columns, as in `network_link`. Rows of one pair and kind become
    one tie; a link to a node that is not in `nodes` is left out. `former`: places of a chart before, which
    its nodes keep."""
    listed = nodes.drop_duplicates("id").sort_values("id", kind="stable")
    ties = _read_ties(links, set(listed.id))
    places = lay_out(listed.id.tolist(), [(tie.one, tie.other) for tie in ties], former)
    neighbours: dict[str, set[str]] = {}
    for tie in ties:
        neighbours.setdefault(tie.one, set()).add(tie.other)
        neighbours.setdefault(tie.other, set()).add(tie.one)
    made = []
    for row in listed.to_dict("records"):
        name = str(row["id"])
        size = row.get("size")
        if size is None or pd.isna(size):
            size = _grow(len(neighbours.get(name, ())))
        made.append(
            ChartNode(
                name,
                str(row["label"]),
                str(row["kind"]),
                *places[name],
                float(size),
                _text(row, "status"),
                _text(row, "group"),
                _text(row, "note"),
            )
        )
    return LinkChart(tuple(made), tuple(ties), selected, label=label, height=height)


def write_token(name: str) -> str:
    """What the browser knows a node or tie by: says nothing of it, and is the same while the process runs."""
    return hashlib.blake2b(name.encode(), digest_size=6, key=_KEY).hexdigest()


def tie_id(one: str, other: str, kind: str) -> str:
    """The id of the tie of a pair and kind."""
    return json.dumps([*sorted((one, other)), kind], ensure_ascii=False)


def _grow(neighbours: int) -> float:
    return round(min(0.8 + 0.2 * math.sqrt(neighbours), 2.2), 2)


def _text(row: Mapping[Any, Any], column: str) -> str:
    value = row.get(column)
    return "" if value is None or pd.isna(value) else str(value)


def _read_ties(links: pd.DataFrame, known: set[str]) -> list[ChartTie]:
    """One tie for each pair and kind, in order of their ids."""
    found: dict[str, ChartTie] = {}
    for row in links.to_dict("records"):
        one, other = sorted((str(row["node"]), str(row["other"])))
        if one == other or one not in known or other not in known:
            continue
        kind = str(row["kind"])
        name = tie_id(one, other, kind)
        tie = ChartTie(
            name,
            one,
            other,
            kind,
            _text(row, "label") or kind,
            _number(row, ("probability",)),
            _number(row, ("events", "weight")),
            _date(row.get("first_at")),
            _date(row.get("last_at")),
        )
        found[name] = _join(found[name], tie) if name in found else tie
    return [found[name] for name in sorted(found)]


def _join(one: ChartTie, other: ChartTie) -> ChartTie:
    """What two rows say of one tie."""
    firsts = [day for day in (one.first, other.first) if day]
    lasts = [day for day in (one.last, other.last) if day]
    return ChartTie(
        one.id,
        one.one,
        one.other,
        one.kind,
        one.label,
        max(one.probability, other.probability),
        one.weight + other.weight,
        min(firsts, default=None),
        max(lasts, default=None),
    )


def _number(row: Mapping[Any, Any], columns: tuple[str, ...]) -> float:
    for column in columns:
        value = row.get(column)
        if value is not None and not pd.isna(value):
            return float(str(value))
    return 1.0


def _date(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(pd.Timestamp(value).date())


def _day_number(day: str | None) -> float:
    """Days since 1970, NaN for none."""
    return NAN if day is None else float((date.fromisoformat(day) - date(1970, 1, 1)).days)
