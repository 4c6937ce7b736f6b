"""What a method of the catalogue is: a question, options, and a function from a request to a result.

The Hotspots page makes its controls and the command line its options from the same declaration, and both
draw or write the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.counts import count_by_cell, find_study_cells, join_study_area
from analytics.hotspots.grid.cells import Grid, name_cells
from analytics.hotspots.selection import Selection
from analytics.shared.progress import Progress, ignore_progress

GROUPS = ("Where", "When", "Where and when", "What next")


@dataclass(frozen=True)
class Option:
    """One parameter of a method: its default, the choices or bounds, the unit and what it means.

    `choices_of` gives choices that depend on what the working area holds: the first of them stands for the
    default '', or where there is a `placeholder`, what that says."""

    name: str
    label: str
    default: str | int | float
    help: str
    choices: tuple[str, ...] = ()
    choices_of: Callable[[Workspace], tuple[str, ...]] | None = None
    least: float | None = None
    most: float | None = None
    unit: str = ""
    placeholder: str = ""

    def read(self, given: object) -> str | int | float:
        """A value from a link, a widget or the command line; raises ValueError in the user's words."""
        if self.choices:
            if given not in self.choices:
                raise ValueError(f"{self.label}: {given!r} is none of {', '.join(self.choices)}.")
            return str(given)
        if isinstance(self.default, str):
            return str(given)
        try:
            value = type(self.default)(str(given))
        except ValueError as error:
            raise ValueError(f"{self.label}: {given!r} is not a number.") from error
        if not (self.least is None or value >= self.least) or not (self.most is None or value <= self.most):
            raise ValueError(f"{self.label}: {value} is not between {self.least} and {self.most}.")
        return value


@dataclass(frozen=True)
class Request:
    """What is asked: which incidents, on which grid, counted or weighed (harm by category), and the
    options."""

    selection: Selection
    grid: Grid
    weights: tuple[tuple[str, float], ...] | None = None
    options: tuple[tuple[str, str | int | float], ...] = ()

    @cached_property
    def option(self) -> dict[str, str | int | float]:
        return dict(self.options)

    @property
    def harm(self) -> dict[str, float] | None:
        return None if self.weights is None else dict(self.weights)

    @property
    def unit(self) -> str:
        """What is summed: 'incidents' or 'harm'."""
        return "incidents" if self.weights is None else "harm"

    def words(self) -> dict[str, object]:
        """The request as the parameters every output carries."""
        selection = self.selection
        return {
            "period": f"{selection.first} to {selection.last}",
            "categories": list(selection.categories) or "all",
            "hours": list(selection.hours) or "all",
            "weekdays": list(selection.weekdays) or "all",
            "custom_area": bool(selection.within),
            "measure": self.unit,
            **({"harm_weights": dict(self.weights)} if self.weights is not None else {}),
            "cells": f"{self.grid.kind}s of {self.grid.size} m",
            **self.option,
        }


@dataclass(frozen=True)
class Measure:
    """What a colour says: the column, the legend with its unit, whether it runs both ways from 0 and the size
    from which on it deepens no more (where not given, the 99th percentile), or, for a column of names, the
    `kinds` in their order."""

    column: str
    legend: str
    diverging: bool = False
    most: float | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Curve:
    """A line on its band: `table` has x, value, low and high (missing where there is no band), and where they
    are known expected and marked (an exception).

    The rest is in words, with units: the axes, the line, its band, what was expected; `since` is the x at
    which something began."""

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
    'list'; these two are drawn by their curves. `says` are its sentences: what was found, how sure. `members`
    names the rows behind each id (id, source_id, row_number) where a cell or outline does not. `layer` is the
    role ('area', 'street') whose held outlines bear the table's ids. `titles` names columns whose own name
    does not say what they hold. `more` holds further tables, and `curves` what is drawn of it beside a map or
    as the chart, by title."""

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


@dataclass(frozen=True)
class Method:
    """One entry of the catalogue: its question, its options, and the function that answers a request.

    `answer` raises TooFewData where the data cannot carry the method. A `long` method may take many seconds:
    it reports its progress and can be stopped."""

    name: str
    title: str
    group: str
    question: str
    not_when: str
    answer: Callable[[Workspace, Request, Progress], Result]
    options: tuple[Option, ...] = ()
    long: bool = False

    def defaults(self) -> tuple[tuple[str, str | int | float], ...]:
        return tuple((option.name, option.default) for option in self.options)

    def run(self, workspace: Workspace, request: Request, progress: Progress = ignore_progress) -> Result:
        """The answer; on a map, without comparison columns when the earlier period is not fully covered: a 0
        there would be read as none. Raises TooFewData."""
        result = self.answer(workspace, request, progress)
        covered = request.selection.earlier().first >= workspace.extent.first
        if covered or result.shape not in ("cells", "outlines"):
            return result
        return replace(result, table=result.table.drop(columns=_COMPARISON_COLUMNS, errors="ignore"))


_COMPARISON_COLUMNS = ["before", "value_before", "harm_before", "change"]


def within_step(progress: Progress, step: str, start: float, end: float) -> Callable[[float], None]:
    """The progress of one step, whose 0 to 1 are `start` to `end` of all of the work."""
    return lambda share: progress(step, start + (end - start) * share)


def refuse_to_run(workspace: Workspace, request: Request, progress: Progress) -> Result:
    """The `answer` of what the page shows like a method, but no request alone can ask for."""
    raise NotImplementedError("A function of its own computes this.")


def count_study_area(workspace: Workspace, request: Request) -> pd.DataFrame:
    """The study area's cells: i, j, id, ever, count, before, and what is asked to be summed: value,
    value_before and change, their difference."""
    engine, selection, grid = workspace.engine, request.selection, request.grid
    study = find_study_cells(engine, selection.area_id, grid, selection.within)
    cells = join_study_area(study, count_by_cell(engine, selection, grid, request.harm))
    cells["id"] = name_cells(cells.i, cells.j)
    return add_value(cells, request)


def add_value(table: pd.DataFrame, request: Request) -> pd.DataFrame:
    """A table with count and before (and harm, harm_before) gets value, value_before and change."""
    harmed = request.weights is not None
    value = table.harm if harmed else table["count"].astype(float)
    before = table.harm_before if harmed else table.before.astype(float)
    return table.assign(value=value, value_before=before, change=value - before)
