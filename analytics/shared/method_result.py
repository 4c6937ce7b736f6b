"""What a method answers: a table, how it is drawn, and what it says in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Measure:
    """What a colour says: the column, the legend with its unit, whether it runs both ways from 0 and the size
    from which on it deepens no more (where not given, the 99th percentile), or, for a column of names, the
    `kinds` in their order and the column of numbers `behind` them, where there is one."""

    column: str
    legend: str
    diverging: bool = False
    maximum: float | None = None
    kinds: tuple[str, ...] = ()
    behind: str = ""


@dataclass(frozen=True)
class Curve:
    """A line on its band: `table` has x, value, low and high (missing where there is no band), and where they
    are known expected and marked (an exception).

    The other fields are labels, with units: the axes, the line, its band, what was expected; `since` is the
    x at which something began."""

    table: pd.DataFrame
    x_title: str
    y_title: str
    line: str
    band: str
    expected: str = "expected"
    since: str = ""


@dataclass(frozen=True)
class Result:
    """A method's answer.

    `shape` says how `table` is drawn: 'cells' (columns id, i, j), 'outlines' (id, name, geometry in WGS 84),
    'matrix', 'intervals' (method, measure, share, value, lower, upper), 'clock', 'series' (over time) or
    'list'; these two are drawn by their curves. `says` are its sentences: what was found, how sure.
    `members` names the rows behind each id (id, source_id, row_number) where a cell or outline does not.
    `layer` is the role ('area', 'street') whose outlines have the table's ids. `titles` names columns whose
    own name does not say what they contain. `more` are further tables, and `curves` what is drawn of it
    beside a map or as the chart, by title."""

    shape: str
    table: pd.DataFrame
    says: tuple[str, ...]
    parameters: Mapping[str, object]
    measure: Measure | None = None
    members: pd.DataFrame | None = None
    layer: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)
