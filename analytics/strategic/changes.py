"""What changed since the last strategic assessment: its figures against those of today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import duckdb
import pandas as pd

from analytics.shared.wording import write_day
from analytics.store import Store
from analytics.strategic.drivers import SavedDriver
from analytics.strategic.legs import NO_TRANSIT, THROUGH
from analytics.strategic.problems import Problem
from analytics.strategic.routes import Routes

ASSESSMENT = "strategic assessment"
PROBLEM, ROUTE, DRIVER = "problem", "route", "driver"
ROUTES_STORED = 30  # the cells that most domains speak of
_BETWEEN = " > "
_POINTS = 0.02  # of a share of harm: less is no news
COLUMNS = ("kind", "name", "measure", "before", "now", "change")


@dataclass(frozen=True)
class Figure:
    """One figure of a picture: its number where it has one, and what it says in words."""

    kind: str
    name: str
    measure: str
    value: float | None
    says: str


@dataclass(frozen=True)
class Comparison:
    """`product_id` of the assessment compared with, None where there is none; `released`: whether it was
    released, else it is the last one saved. `table`: a row for each change (see `COLUMNS`); `alike`: how many
    figures are as they were."""

    product_id: int | None = None
    title: str = ""
    saved_on: date | None = None
    released: bool = False
    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    alike: int = 0

    def describe(self) -> str:
        """What was compared with what, in a sentence."""
        if self.product_id is None or self.saved_on is None:
            return "There is no earlier strategic assessment with figures to compare with."
        standing = "released" if self.released else "saved but not released"
        return (
            f"Compared with assessment {self.product_id}, drafted {write_day(self.saved_on)} and {standing}: "
            f"{len(self.table):,} of {len(self.table) + self.alike:,} figures changed."
        )


def list_figures(
    problems: Sequence[Problem], routes: Routes, drivers: Sequence[SavedDriver]
) -> Iterator[Figure]:
    """The figures of a picture that the next assessment is compared with."""
    for problem in problems:
        trend = problem.trend.ratio if problem.trend else None
        yield Figure(PROBLEM, problem.name, "trend", trend, problem.trend_word)
        if problem.trend and problem.trend.low is not None:  # for the chart in print
            yield Figure(PROBLEM, problem.name, "trend low", problem.trend.low, "")
            yield Figure(PROBLEM, problem.name, "trend high", problem.trend.high, "")
        yield Figure(PROBLEM, problem.name, "recorded", float(problem.recent), f"{problem.recent:,}")
        share = "not known" if problem.harm_share is None else f"{problem.harm_share:.0%}"
        yield Figure(PROBLEM, problem.name, "share of harm", problem.harm_share, share)
        yield Figure(PROBLEM, problem.name, "confidence", None, problem.confidence)
    for row in routes.known.head(ROUTES_STORED).itertuples():
        name = _BETWEEN.join((row.origin, row.transit, row.destination))
        yield Figure(ROUTE, name, "rows", float(row.rows), f"{row.rows:,}")
        yield Figure(ROUTE, name, "domains", float(row.domains), str(row.domains))
    for item in drivers:
        says = f"{item.driver.statement} {item.mark}"
        yield Figure(DRIVER, f"driver {item.driver_id}", "version", float(item.version), says)


def store_figures(cursor: duckdb.DuckDBPyConnection, product_id: int, figures: Iterator[Figure]) -> None:
    """Write the figures of an assessment, in the caller's transaction."""
    rows = {(f.kind, f.name, f.measure): f for f in figures}
    for figure in rows.values():
        cursor.execute(
            "INSERT INTO assessment_figure VALUES (?, ?, ?, ?, ?, ?)",
            [product_id, figure.kind, figure.name, figure.measure, figure.value, figure.says],
        ).fetchall()


def read_trend_and_harm(store: Store, product_id: int) -> pd.DataFrame:
    """Of the problems that an assessment has both of: name, change, low, high (per cent, a spell against the
    one before) and harm (per cent of all), the most harm first. Empty where it has no figures."""
    rows = store.query(
        "PIVOT (SELECT name, measure, value FROM assessment_figure WHERE product_id = "
        f"{int(product_id)} AND kind = '{PROBLEM}') ON measure IN ('trend', 'trend low', 'trend high',"
        " 'share of harm') USING any_value(value) GROUP BY name"
    ).to_pandas()
    rows = rows.rename(columns={"trend": "change", "trend low": "low", "trend high": "high"})
    for column in ("change", "low", "high"):
        rows[column] = 100 * (rows[column].astype(float) - 1)
    rows["harm"] = 100 * rows["share of harm"].astype(float)
    known = rows.dropna(subset=["change", "low", "high", "harm"])
    return known.sort_values(["harm", "name"], ascending=[False, True], ignore_index=True)


def read_stored_routes(store: Store, product_id: int) -> pd.DataFrame:
    """The routes that an assessment has: from, to (a row a leg between two stops) and rows, the most first.
    Empty where it has none."""
    found = store.rows(
        "SELECT name, value FROM assessment_figure WHERE product_id = ? AND kind = ? AND measure = 'rows'"
        " ORDER BY value DESC, name",
        [product_id, ROUTE],
    )
    legs = []
    for row in found:
        places = row["name"].split(_BETWEEN)
        if len(places) != 3:  # a place whose name has the sign between two places
            continue
        origin, transit, destination = places
        stops = [origin, *(transit.split(THROUGH) if transit != NO_TRANSIT else ()), destination]
        legs += [(one, other, int(row["value"])) for one, other in pairwise(stops)]
    return pd.DataFrame(legs, columns=["from", "to", "rows"])


def find_last_assessment(store: Store, area_id: int) -> tuple[int, str, date, bool] | None:
    """The last strategic assessment of this area with stored figures: number, title, day it was drafted, and
    whether it was released. The last one released counts before one that was only saved."""
    rows = store.rows(
        "SELECT p.product_id, p.title, CAST(p.created_at AS DATE) AS saved_on, r.released_at FROM product p"
        " LEFT JOIN (SELECT product_id, max(released_at) AS released_at FROM release GROUP BY product_id) r"
        " USING (product_id) WHERE kind = ? AND version = 1"
        " AND coalesce(TRY_CAST(content ->> '$.area_id' AS INTEGER), -1) = ?"
        " AND product_id IN (SELECT product_id FROM assessment_figure)"
        " ORDER BY r.released_at DESC NULLS LAST, p.product_id DESC LIMIT 1",
        [ASSESSMENT, area_id],
    )
    if not rows:
        return None
    row = rows[0]
    return row["product_id"], row["title"], row["saved_on"], row["released_at"] is not None


def compare_with_last(
    store: Store, problems: Sequence[Problem], routes: Routes, drivers: Sequence[SavedDriver], area_id: int
) -> Comparison:
    """What the figures of today differ in from those of the last assessment."""
    last = find_last_assessment(store, area_id)
    if last is None:
        return Comparison()
    product_id, title, saved_on, released = last
    rows = store.rows(
        "SELECT kind, name, measure, value, says FROM assessment_figure WHERE product_id = ?", [product_id]
    )
    before = {(r["kind"], r["name"], r["measure"]): Figure(**r) for r in rows if r["says"]}
    today = list_figures(problems, routes, drivers)
    now = {(f.kind, f.name, f.measure): f for f in today if f.says}
    changes, alike = compare_figures(before, now)
    return Comparison(product_id, title, saved_on, released, changes, alike)


def compare_figures(
    before: dict[tuple[str, str, str], Figure], now: dict[tuple[str, str, str], Figure]
) -> tuple[pd.DataFrame, int]:
    """A row for each figure that is new, gone or another than before; and how many are as they were. A change
    of a share of harm by less than two points is none; of counts it is none within chance (their own test is
    the trend), so that counts are not compared by themselves."""
    rows: list[tuple[str, str, str, str, str, str]] = []
    alike = 0
    for key in sorted(before.keys() | now.keys()):
        kind, name, measure = key
        old, new = before.get(key), now.get(key)
        first = measure in ("trend", "rows", "version")  # of a thing that is new or gone: said once
        if old is None or new is None:
            if first:
                change = "new" if old is None else "no longer there"
                rows.append((kind, name, measure, old.says if old else "", new.says if new else "", change))
            continue
        if change := _describe_change(old, new):
            rows.append((kind, name, measure, old.says, new.says, change))
        else:
            alike += 1
    return pd.DataFrame(rows, columns=list(COLUMNS)), alike


def _describe_change(old: Figure, new: Figure) -> str:
    if old.measure in ("recorded", "rows"):
        return ""
    if old.measure == "share of harm" and old.value is not None and new.value is not None:
        points = new.value - old.value
        return "" if abs(points) < _POINTS else f"{100 * points:+.0f} points"
    if old.says == new.says:
        return ""
    return "superseded" if old.kind == DRIVER else "changed"
