"""The whole picture of a working area, as an assessment is drafted from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.store import Store
from analytics.store.areas import name_area
from analytics.store.engine import open_engine
from analytics.strategic.changes import Comparison, compare_with_last
from analytics.strategic.drivers import SavedDriver, list_drivers
from analytics.strategic.forecast import ForecastScore, MonthlyForecasts, forecast_months
from analytics.strategic.legs import LINE
from analytics.strategic.months import MonthlyCounts, read_months
from analytics.strategic.past_forecasts import ScoredForecasts, score_last_forecasts
from analytics.strategic.problems import COMMERCE_TABLES, TRADE, Problem, list_problems
from analytics.strategic.routes import Routes, tabulate_routes
from analytics.warnings.alarms import choose_limit
from analytics.warnings.farrington import TooShortHistory
from analytics.warnings.history import read_history
from analytics.warnings.series import judge_sums_of_series


@dataclass(frozen=True)
class StrategicPicture:
    """`warned`: by category, what early warning says of its last weeks where it warns. `comparison`: with the
    last assessment; `scored`: how its forecasts did."""

    area_id: int
    area: str
    history: MonthlyCounts | None
    routes: Routes
    problems: tuple[Problem, ...]
    warned: dict[str, str]
    drivers: tuple[SavedDriver, ...]
    forecasts: MonthlyForecasts
    scored: ScoredForecasts
    comparison: Comparison

    @property
    def first_month(self) -> date | None:
        return self.history.months[0] if self.history else None

    @property
    def last_day(self) -> date | None:
        return self.history.last_day if self.history else None

    @property
    def score(self) -> ForecastScore:
        return self.scored.score


def draw_picture(
    store: Store,
    area_id: int,
    priorities: Sequence[str] = (),
    *,
    progress: Callable[[str, float], None] = lambda step, share: None,
) -> StrategicPicture:
    """The picture of a working area; `priorities` are titles of the control strategy in force. `progress` is
    given each step and the share done, and may raise."""
    progress("Reading routes", 0.0)
    routes = tabulate_routes(store)
    progress("Counting months", 0.4)
    history = read_months(store, area_id)
    problems = tuple(list_problems(store, area_id, history, priorities))
    progress("Asking early warning", 0.5)
    warned = _find_warned(store, area_id)
    progress("Forecasting", 0.7)
    picture = StrategicPicture(
        area_id,
        name_area(store, area_id) or f"area {area_id}",
        history,
        routes,
        problems,
        warned,
        tuple(list_drivers(store)),
        forecast_months(history),
        score_last_forecasts(store, area_id, history),
        Comparison(),
    )
    progress("Comparing with the last assessment", 0.9)
    compared = compare_with_last(store, picture.problems, picture.routes, picture.drivers, area_id)
    return replace(picture, comparison=compared)


def count_written(store: Store) -> tuple[int, ...]:
    """What changes whenever a driver, an assessment, a score or a release is saved: versions are only
    added."""
    (row,) = store.rows(
        "SELECT (SELECT count(*) FROM driver) AS drivers, (SELECT count(*) FROM product) AS products,"
        " (SELECT count(*) FROM release) AS releases, (SELECT count(*) FROM assessment) AS scored"
    )
    return tuple(row.values())


def _find_warned(store: Store, area_id: int) -> dict[str, str]:
    """Categories whose last weeks or months early warning calls more than chance gives, at one false alarm a
    month over all of them."""
    history = read_history(open_engine(store), area_id)
    if history is None:
        return {}
    try:
        judged = judge_sums_of_series(history.counts, history.starts, monthly=history.monthly)
    except TooShortHistory:
        return {}
    limit = choose_limit(1.0, len(history.categories), history.monthly)
    return {
        history.categories[row]: (
            f"{history.counts[row, -judged.periods[row] :].sum():,.0f} in the last "
            f"{judged.periods[row]} {history.unit}s, {judged.expected[row]:,.1f} expected"
        )
        for row in np.flatnonzero(judged.p <= limit)
    }


def find_sources(store: Store, picture: StrategicPicture) -> frozenset[int]:
    """The sources that a picture rests on: of its incidents, of the records of its routes and of the trade,
    and of graded reports; none whose rows say nothing in it."""
    legs = picture.routes.legs
    found = {int(source) for source in legs.source_id[legs.domain != LINE]}
    parts = ["SELECT source_id FROM incident WHERE area_id = $area", "SELECT source_id FROM report"]
    if any(problem.kind == TRADE for problem in picture.problems):
        parts += [f'SELECT source_id FROM "{table}"' for table in sorted(COMMERCE_TABLES)]
    rows = store.rows(" UNION ".join(parts), {"area": picture.area_id})
    return frozenset(found | {row["source_id"] for row in rows if row["source_id"]})
