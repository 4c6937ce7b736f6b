"""The page's warnings: categories, slow drifts and places that rise, under one rate of false alarms.

A category is judged by the sums of its last 1, 2 or 4 weeks against seasons before; a drift by the sum of
what its weeks exceed their expectation by; a place by a space-time scan. What chance gives for the first two
is measured on permuted history, for the third by permuting dates over places. All share one limit for p, so
that together they raise as many false alarms as asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.shared.month_dates import say_left_out
from analytics.store.engine import Engine
from analytics.warnings.expectation import choose_model
from analytics.warnings.farrington import TooShortHistory
from analytics.warnings.history import CountHistory, read_history, read_recent_points
from analytics.warnings.recording import describe_one_day
from analytics.warnings.scan import find_zones, scan_recent
from analytics.warnings.series import (
    SeriesJudgement,
    judge_drift_of_series,
    judge_sums_of_series,
)

Floats = npt.NDArray[np.float64]

_SCANNED = {False: 8, True: 3}  # the longest window of the scan, in periods
_WEEKS_A_MONTH = 365.25 / 12 / 7
COLUMNS = (
    "kind",
    "category",
    "since",
    "until",
    "observed",
    "expected",
    "p",
    "alarm",
    "x",
    "y",
    "radius_m",
    "place",
    "note",
    "rank",
)


@dataclass(frozen=True)
class WarningParameters:
    """`false_alarms`: how many a month the page may raise when nothing is new. `minimum_cases` in a window.
    Places: squares of `cell_m` metres in circles up to `radius_m`, against `scanned` days before."""

    false_alarms: float = 1.0
    minimum_cases: int = 3
    permutations: int = 99
    simulations: int = 999
    cell_m: float = 250.0
    radius_m: float = 750.0
    scanned: int = 364
    minimum_located: int = 30
    seed: int = 1


@dataclass(frozen=True)
class EarlyWarning:
    """`table`: a row for every category, drift and place tested, the most surprising first (see `COLUMNS`):
    kind ('category', 'drift' or 'place'), since and until (days, inclusive), observed, expected, p
    (one-sided; against permuted history), alarm (p at most `limit`, and not of one day alone), and for
    places x, y (metres on the area's CRS, the circle's centre), radius_m and the name most often recorded
    there; note: what a change of recording did to it (`recording`). `limit`: the p that
    raises as many false alarms as asked for; `measured`: how many a month the categories and drifts of
    permuted history raised at it. `refused`: why there is no table."""

    table: pd.DataFrame
    first_day: date | None
    last_day: date | None
    unit: str
    limit: float
    measured: float
    basis: str
    refused: str = ""


def find_warnings(
    engine: Engine,
    area_id: int,
    as_of: date | None = None,
    parameters: WarningParameters | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> EarlyWarning:
    """What is new in a working area on `as_of` (the last day of the data where not given).

    Null hypotheses: a category's recent counts come from the process that gave the same season before; when
    an incident happened has nothing to do with where. `progress` is told the share done, and may raise."""
    parameters = parameters or WarningParameters()
    history = read_history(engine, area_id, as_of)
    if history is None:
        return _refuse("There are no incidents before that day.")
    try:
        by_category, chance = _judge_categories(history, parameters)
    except TooShortHistory as error:
        return _refuse(str(error), history)
    places = _scan_places(engine, area_id, history, parameters, progress)
    tests = len(by_category) + places.category.nunique()
    limit = choose_limit(parameters.false_alarms, tests, history.monthly)
    table = pd.concat([by_category, places], ignore_index=True) if len(places) else by_category
    called, one_day = table.p <= limit, table.one_day != ""
    table["alarm"] = called & ~one_day
    table["note"] = (table.note + " " + table.one_day.where(called, "")).str.strip()
    table = _rank(table)
    periods_a_month = 1.0 if history.monthly else _WEEKS_A_MONTH
    return EarlyWarning(
        table,
        history.starts[-1].astype(date),
        history.last_day,
        history.unit,
        limit,
        float((chance <= limit).sum(axis=0).mean() * periods_a_month),
        " ".join((choose_model(history.starts, history.monthly).describe(), *say_left_out(history.left_out))),
    )


def _refuse(why: str, history: CountHistory | None = None) -> EarlyWarning:
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    unit = history.unit if history else "week"
    last = history.last_day if history else None
    return EarlyWarning(empty, None, last, unit, 0.0, 0.0, "", why)


def choose_limit(false_alarms: float, tests: int, monthly: bool) -> float:
    """The p at which `tests` independent tests a period raise `false_alarms` a month."""
    return min(0.5, false_alarms / (1.0 if monthly else _WEEKS_A_MONTH) / max(tests, 1))


def _rank(table: pd.DataFrame) -> pd.DataFrame:
    """The most surprising first; of equal p the one that exceeds its expectation by more."""
    observed, expected = table.observed.to_numpy(float), table.expected.to_numpy(float)
    excess = (observed - expected) / np.sqrt(np.maximum(expected, 1e-9))
    order = np.lexsort((-excess, table.p.to_numpy(float)))
    ranked = table.iloc[order].reset_index(drop=True)
    ranked["rank"] = np.arange(1, len(ranked) + 1)
    return ranked[list(COLUMNS)]


def _judge_categories(history: CountHistory, parameters: WarningParameters) -> tuple[pd.DataFrame, Floats]:
    """A row a category and one a drift; and p of each (rows) in each permuted history (columns). Raises
    TooShortHistory."""
    settings = {"permutations": parameters.permutations, "seed": parameters.seed}
    sums = judge_sums_of_series(
        history.counts,
        history.starts,
        monthly=history.monthly,
        minimum_cases=parameters.minimum_cases,
        **settings,
    )
    rows, chance = _describe_series(history, "category", sums), [sums.chance]
    if not history.monthly:
        try:
            drift = judge_drift_of_series(
                history.counts, history.starts, minimum_cases=parameters.minimum_cases, **settings
            )
        except TooShortHistory:
            pass  # the basis says that a drift cannot be told from a season
        else:
            described = _describe_series(history, "drift", drift)
            rows += [row for row, filled in zip(described, history.filled, strict=True) if not filled]
            chance.append(drift.chance)
    return pd.DataFrame(rows), np.concatenate(chance)


def _describe_series(history: CountHistory, kind: str, judged: SeriesJudgement) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for row, category in enumerate(history.categories):
        periods, expected = int(judged.periods[row]), float(judged.expected[row])
        one_day = history.describe_one_day(row, periods, expected)
        rows.append(
            {
                "kind": kind,
                "category": category,
                "since": history.starts[-periods].astype(date),
                "until": history.last_day,
                "observed": float(history.counts[row, -periods:].sum()),
                "expected": expected,
                "p": float(judged.p[row]),
                "x": np.nan,
                "y": np.nan,
                "radius_m": np.nan,
                "place": None,
                "note": history.notes[row],
                "one_day": one_day,
            }
        )
    return rows


def _scan_places(
    engine: Engine,
    area_id: int,
    history: CountHistory,
    parameters: WarningParameters,
    progress: Callable[[float], None],
) -> pd.DataFrame:
    """A row for the strongest circles of each category with enough incidents that have a place."""
    first = max(history.starts[0].astype(date), history.last_day - timedelta(days=parameters.scanned - 1))
    points = read_recent_points(engine, area_id, first, history.last_day, history.monthly)
    first_period = int(np.searchsorted(history.starts, np.datetime64(first)))
    starts = history.starts[first_period:]
    day = pd.to_datetime(points.local_date).to_numpy().astype("datetime64[D]")
    points = points.assign(period=np.searchsorted(starts, day, side="right") - 1)
    points = points[points.period >= 0]
    sizes = points.category.value_counts()
    categories = sorted(sizes.index[sizes >= parameters.minimum_located])
    rows: list[dict[str, object]] = []
    for number, category in enumerate(categories):
        progress(number / len(categories))
        rows += _scan_category(points[points.category == category], starts, history, parameters)
    named = [name for name in COLUMNS if name not in ("alarm", "rank")]
    return pd.DataFrame(rows, columns=[*named, "one_day"])


def _scan_category(
    points: pd.DataFrame,
    starts: npt.NDArray[np.datetime64],
    history: CountHistory,
    parameters: WarningParameters,
) -> list[dict[str, object]]:
    windows = _SCANNED[history.monthly]
    if len(starts) < 2 * windows:
        return []
    corner = np.floor(points[["x", "y"]].to_numpy() / parameters.cell_m)
    cells, at = np.unique(corner, axis=0, return_inverse=True)
    at = at.reshape(-1)
    centres = (cells + 0.5) * parameters.cell_m
    period = points.period.to_numpy()
    now = period == len(starts) - 1
    if not now.any():  # the scan's windows end now; with nothing now there is nothing new
        return []
    clusters = scan_recent(
        find_zones(centres, maximum_radius=parameters.radius_m),
        at,
        period,
        maximum_periods=windows,
        simulations=parameters.simulations,
        seed=parameters.seed,
        minimum_cases=parameters.minimum_cases,
        maximum_clusters=3,
        enough=20,
    )
    rows: list[dict[str, object]] = []
    for cluster in clusters:
        since = starts[-1 - cluster.window]
        inside = np.isin(at, cluster.places) & (period >= len(starts) - 1 - cluster.window)
        named = points.place[inside].dropna()
        centre = centres[cluster.places[0]]
        by_day = points.local_date[inside].value_counts()
        one_day = "" if history.monthly else describe_one_day(by_day, cluster.observed, cluster.expected)
        rows.append(
            {
                "kind": "place",
                "category": str(points.category.iloc[0]),
                "since": since.astype(date),
                "until": history.last_day,
                "observed": cluster.observed,
                "expected": cluster.expected,
                "p": cluster.p,
                "x": float(centre[0]),
                "y": float(centre[1]),
                "radius_m": cluster.radius + parameters.cell_m / 2,
                "place": named.mode().iloc[0] if len(named) else None,
                "note": "",
                "one_day": one_day,
            }
        )
    return rows
