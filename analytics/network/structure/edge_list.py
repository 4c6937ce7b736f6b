"""Ties from a file: any list of pairs, or a matrix, with whatever its columns are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.ingest.written_dates import WrittenDate, read_written_date
from analytics.network.structure.edge_columns import (
    NODE_COLUMNS,
    TIE_COLUMNS,
    assign_columns,
    choose_ends,
    is_matrix,
    looks_named,
    name_ends,
    names_ends,
    names_nodes,
    unfold_matrix,
)
from analytics.network.table_file import read_text_table
from analytics.shared.graph_library import igraph
from analytics.shared.wording import counted

_CONTACTS = {"count", "n", "times", "calls", "events", "contacts"}
_MOST_RATING = 10  # a weight above it is no rating of a tie
_PROTECTED = re.compile(r"victim|witness|child|protected", re.IGNORECASE)
_EVENTS = ("event", "meeting", "group", "incident", "place")
_DAY_AND_CLOCK = re.compile(
    r"(\d{1,4}(?:[./-](?:\d{1,2}|[A-Za-z]{3,9})[./-]| [A-Za-z]{3,9}\.? )\d{2,4})"
    r" ([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?"
)
_MINIMUM_SIDE = 3  # nodes of each side, for a file to be taken as of two kinds of node


class UnusableTies(ValueError):
    """The file names no ties that can be analysed; the message says why."""


@dataclass(frozen=True)
class EdgeList:
    """Undirected ties between nodes known by their text.

    `nodes`: node, second_kind (a node of the other kind, where the file is of two), role, protected (a
    possible victim or witness: never among targets). `ties`: left, right (positions in `nodes`, left below
    right), weight, probability (1 where not given), one row a pair. `events`: left, right, weight,
    probability, from_date, to_date, phase, as the rows came. `contacts`: whether weights count contacts, and
    are no rating of ties. `notes`: what was left out or assumed, in sentences. `around`: all was found
    outward from a node, so that it hangs together whatever there is beside it."""

    nodes: pd.DataFrame
    ties: pd.DataFrame
    events: pd.DataFrame
    contacts: bool
    notes: tuple[str, ...] = ()
    two_mode: bool = field(default=False)
    around: bool = False

    @property
    def pairs(self) -> np.ndarray:
        """(ties, 2) positions."""
        return np.asarray(self.ties[["left", "right"]], dtype=np.int64).reshape(-1, 2)

    def graph(self) -> igraph.Graph:
        return igraph.Graph(n=len(self.nodes), edges=self.pairs.tolist())


def read_edge_list(path: Path, nodes_path: Path | None = None, *, two_mode: bool | None = None) -> EdgeList:
    """The ties of a file, and the nodes of another where isolated ones or their roles matter.

    `two_mode`: whether the two ends are of different kinds, such as persons and meetings; found where not
    said. Raises UnusableTies, or UnreadableFile, with a reason a user can act on."""
    header, rows, is_named = _read_rows(path, names_ends, blanks_part=True)
    columns = assign_columns(header, TIE_COLUMNS)
    if not {"from", "to"} <= set(columns) and is_matrix(header, rows):
        table, is_square = unfold_matrix(header, rows)
        columns = {"from": 0, "to": 1, "weight": 2}
        return build_edge_list(
            _frame(table, columns),
            _read_nodes(nodes_path),
            two_mode=not is_square if two_mode is None else two_mode,
        )
    note: tuple[str, ...] = () if is_named else ("The first line names no columns: it is read as a tie.",)
    if not {"from", "to"} <= set(columns):
        if len(header) < 2:
            raise UnusableTies(f"{path.name} has one column: a tie needs two, such as from and to.")
        columns = choose_ends(header, rows, columns)
        note = note or (name_ends(header, columns),)
    hinted = header[columns["to"]].strip().lower() in _EVENTS
    edges = build_edge_list(
        _frame(rows, columns),
        _read_nodes(nodes_path),
        two_mode=True if two_mode is None and hinted else two_mode,
        contacts=True if header[columns.get("weight", 0)].strip().lower() in _CONTACTS else None,
    )
    return replace(edges, notes=(*note, *edges.notes))


def build_edge_list(
    table: pd.DataFrame,
    nodes: pd.DataFrame | None = None,
    *,
    two_mode: bool | None = None,
    contacts: bool | None = None,
) -> EdgeList:
    """Ties of a table with from and to and any of weight, probability, from_date, to_date, phase; `nodes` has
    node and any of role, status.

    `contacts`: whether weights count contacts; where not said, whether rows repeat or a weight is above 10.
    Repeated ties become one whose weight is their sum, rows with a blank end and ties of a node with itself
    are left out, and each is noted."""
    notes: list[str] = []
    ends = pd.DataFrame({end: _clean(table[end]) for end in ("from", "to")})
    blank = (ends["from"] == "") | (ends["to"] == "")
    loops = ~blank & (ends["from"] == ends["to"]) & (not two_mode)
    if two_mode:  # the same text on both sides names two nodes
        ends["to"] = _apart(ends["from"], ends["to"])
    names = pd.unique(np.r_[ends["from"][~blank].to_numpy(object), ends["to"][~blank].to_numpy(object)])
    names = names[names != ""]
    if nodes is not None:
        listed = _clean(nodes.node)
        names = pd.unique(np.r_[listed[listed != ""].to_numpy(object), names])
    if not len(names):
        raise UnusableTies("No tie has two ends that are filled in.")
    at = pd.Series(np.arange(len(names)), index=names)
    usable = ~blank & ~loops
    one, other = at[ends["from"][usable]].to_numpy(), at[ends["to"][usable]].to_numpy()
    weight = _weights(table, usable, notes)
    probability = _probabilities(table, usable, notes)
    events = pd.DataFrame(
        {
            "left": np.minimum(one, other),
            "right": np.maximum(one, other),
            "weight": weight,
            "probability": probability,
            "forward": one < other,
            "from_date": _dates(table, "from_date", usable, notes),
            "to_date": _dates(table, "to_date", usable, notes),
            "phase": _clean(table["phase"])[usable].to_numpy(object) if "phase" in table else "",
        }
    )
    _note_counts(notes, int(blank.sum()), int(loops.sum()), events)
    ties = _merge(events, notes)
    if contacts is None:
        repeats = events.duplicated(["left", "right", "forward"]).any()
        contacts = bool(repeats or (weight > _MOST_RATING).any())
    split = _second_side(ends[usable]) if two_mode is None else two_mode
    second = np.zeros(len(names), dtype=bool)
    if split:
        second[at[pd.unique(ends["to"][~blank])].to_numpy()] = True
        if two_mode is None:
            notes.append("The two columns share no node: they are taken as two kinds of node.")
    details = _node_details(names, nodes)
    table_of_nodes = pd.DataFrame({"node": names, "second_kind": second, **details})
    return EdgeList(table_of_nodes, ties, events.drop(columns="forward"), contacts, tuple(notes), bool(split))


def project_first_kind(edges: EdgeList) -> EdgeList:
    """Ties between nodes of the first kind that share one of the second. Each shared node of k members adds
    1 / (k - 1), so that a large meeting says little of any two in it (Newman 2001, Phys Rev E 64)."""
    second = edges.nodes.second_kind.to_numpy()
    rows = []
    neighbours: dict[int, list[int]] = {}
    for left, right in edges.pairs:
        event, member = (left, right) if second[left] else (right, left)
        if second[event] and not second[member]:
            neighbours.setdefault(int(event), []).append(int(member))
    for members in neighbours.values():
        share = 1 / max(len(members) - 1, 1)
        rows += [(a, b, share) for i, a in enumerate(members) for b in members[i + 1 :]]
    names = edges.nodes.node.to_numpy(object)
    table = pd.DataFrame(
        [(names[a], names[b], share) for a, b, share in rows], columns=["from", "to", "weight"]
    )
    nodes = edges.nodes[~edges.nodes.second_kind]
    kept = pd.DataFrame(
        {
            "node": nodes.node,
            "role": nodes.role,
            "status": np.where(nodes.protected, "protected", ""),
        }
    )
    return build_edge_list(table, kept, two_mode=False)


def _read_rows(
    path: Path, is_header: Callable[[list[str]], bool], *, blanks_part: bool = False
) -> tuple[list[str], list[list[str]], bool]:
    """(names of the columns, rows, whether the file names its columns)."""
    header, body = read_text_table(path, is_header=is_header, blanks_part=blanks_part)
    if looks_named(header, body):
        return header, body, True
    return [f"column {at + 1}" for at in range(len(header))], [header, *body], False


def _frame(rows: list[list[str]], columns: dict[str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {role: [row[at] if at < len(row) else "" for row in rows] for role, at in columns.items()},
        dtype=object,
    )


def _read_nodes(path: Path | None) -> pd.DataFrame | None:
    if path is None:
        return None
    header, rows, _ = _read_rows(path, names_nodes)
    columns = assign_columns(header, NODE_COLUMNS)
    columns.setdefault("node", 0)
    return _frame(rows, columns)


def _clean(values: pd.Series) -> pd.Series:
    """Text without blanks around it; '' for what is missing. A number is its digits."""
    code, distinct = pd.factorize(values, use_na_sentinel=False)
    written = np.array([_written(value) for value in distinct], dtype=object)
    return pd.Series(written[code], index=values.index, dtype=object)


def _written(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _apart(first: pd.Series, second: pd.Series) -> pd.Series:
    shared = set(first) & set(second) - {""}
    return second.map(lambda name: f"{name} (second column)" if name in shared else name)


def _weights(table: pd.DataFrame, usable: pd.Series, notes: list[str]) -> np.ndarray:
    if "weight" not in table:
        return np.ones(int(usable.sum()))
    text = _clean(table["weight"][usable]).str.replace(",", ".")
    values = pd.to_numeric(text, errors="coerce").to_numpy(float)
    wrong = ~np.isfinite(values) | (values <= 0)
    if wrong.any():
        notes.append(f"{counted(int(wrong.sum()), 'tie')} without a weight above 0: taken as 1.")
    return np.where(wrong, 1.0, values)


def _probabilities(table: pd.DataFrame, usable: pd.Series, notes: list[str]) -> np.ndarray:
    if "probability" not in table:
        return np.ones(int(usable.sum()))
    text = _clean(table["probability"][usable]).str.replace(",", ".")
    percent = text.str.endswith("%")
    values = pd.to_numeric(text.str.rstrip("%"), errors="coerce").to_numpy(float)
    values = np.where(percent, values / 100, values)
    wrong = ~((values >= 0) & (values <= 1))
    if wrong.any():
        notes.append(f"{counted(int(wrong.sum()), 'tie')} without a probability from 0 to 1: taken as 1.")
    return np.where(wrong, 1.0, values)


def _dates(table: pd.DataFrame, role: str, usable: pd.Series, notes: list[str]) -> np.ndarray:
    if role not in table:
        return np.full(int(usable.sum()), np.datetime64("NaT", "s"))
    text = _clean(table[role])[usable]
    found = pd.to_datetime(text.replace("", None), format="ISO8601", errors="coerce", utc=True)
    found = found.dt.tz_localize(None)
    others = set(text[found.isna()]) - {""}
    if others:
        read = pd.Series(_read_others(others, notes), dtype="datetime64[us]")
        found = found.fillna(text.map(read))
    unread = int((found.isna() & (text != "")).sum())
    if unread:
        notes.append(f"{counted(unread, 'date')} not read: write them as 2026-10-31.")
    return np.asarray(found, dtype="datetime64[s]")


def _read_others(texts: set[str], notes: list[str]) -> dict[str, datetime | None]:
    """Dates in other forms than 2026-10-31: day first, unless more of them are dates month first."""
    by_day, by_month = (_read_each(texts, day_first) for day_first in (True, False))
    days, months = (sum(date is not None for date in read.values()) for read in (by_day, by_month))
    if days == months and any(by_day[text] != by_month[text] for text in texts):
        notes.append("The dates do not show whether the day or the month comes first: read as day first.")
    read = by_month if months > days else by_day
    return read


def _read_each(texts: set[str], day_first: bool) -> dict[str, datetime | None]:
    """Each text as `read_written_date` reads it. Of a day with a clock behind it the day is read once: a list
    of calls has few days and many seconds."""
    days: dict[str, WrittenDate | None] = {}
    found: dict[str, datetime | None] = {}
    for text in texts:
        parts = _DAY_AND_CLOCK.fullmatch(text)
        day = parts[1] if parts else text
        if day not in days:
            days[day] = read_written_date(day, day_first=day_first)
        date = days[day]
        if parts and date and date.precision == "day":
            clock = timedelta(hours=int(parts[2]), minutes=int(parts[3]), seconds=int(parts[4] or 0))
            found[text] = date.at + clock
        else:
            whole = read_written_date(text, day_first=day_first) if parts else date
            found[text] = whole.at if whole else None
    return found


def _note_counts(notes: list[str], blank: int, loops: int, events: pd.DataFrame) -> None:
    if blank:
        notes.append(f"{counted(blank, 'row')} left out: an end of the tie is blank.")
    if loops:
        notes.append(f"{counted(loops, 'tie')} of a node with itself left out.")
    repeated = int(events.duplicated(["left", "right"]).sum())
    if repeated:
        notes.append(f"{counted(repeated, 'repeated row')} added to the tie of the same two nodes.")


def _merge(events: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """One row a pair. A list that has every tie in both directions with one weight is one list, not two."""
    grouped = events.assign(missing=1 - events.probability).groupby(["left", "right"], sort=True)
    ties = grouped.agg(
        weight=("weight", "sum"),
        rows=("weight", "size"),
        both=("forward", "nunique"),
        missing=("missing", "prod"),
    )
    ties["probability"] = 1 - ties.missing
    if len(ties) and (ties.both == 2).all() and (ties.rows == 2).all():
        one, other = events[events.forward], events[~events.forward]
        same = one.set_index(["left", "right"]).weight.sort_index() == (
            other.set_index(["left", "right"]).weight.sort_index()
        )
        if same.all():
            notes.append("Every tie is listed in both directions with one weight: counted once.")
            ties["weight"] /= 2
    return ties.reset_index()[["left", "right", "weight", "probability"]]


def _second_side(ends: pd.DataFrame) -> bool:
    first, second = set(ends["from"]), set(ends["to"])
    if first & second or min(len(first), len(second)) < _MINIMUM_SIDE:
        return False
    # A list from one side of a split could be a tree: in one of persons and meetings both sides repeat.
    repeats = min(ends["from"].duplicated().mean(), ends["to"].duplicated().mean())
    return bool(repeats >= 0.25)


def _node_details(names: np.ndarray, nodes: pd.DataFrame | None) -> dict[str, Sequence[object]]:
    if nodes is None:
        return {"role": [""] * len(names), "protected": [False] * len(names)}
    listed = _clean(nodes.node)
    role = dict(zip(listed, _clean(nodes.role), strict=True)) if "role" in nodes else {}
    status = dict(zip(listed, _clean(nodes.status), strict=True)) if "status" in nodes else {}
    return {
        "role": [role.get(name, "") for name in names],
        "protected": [bool(_PROTECTED.search(status.get(name, ""))) for name in names],
    }
