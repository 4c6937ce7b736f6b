"""Forecasts stored with an assessment, and scored by what was recorded since."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import pandas as pd

from analytics.store import Store
from analytics.strategic.changes import find_last_assessment
from analytics.strategic.forecast import ForecastScore, MonthlyForecasts, score_forecasts
from analytics.strategic.months import MonthlyCounts

_NOTHING = ForecastScore(0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class ScoredForecasts:
    """`table`: category, month, expected, low, high, naive, naive_low, naive_high, observed, of the last
    assessment's months that are over. `waiting`: months still to come."""

    product_id: int | None = None
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    score: ForecastScore = _NOTHING
    waiting: int = 0

    def describe(self) -> str:
        """How the last assessment's forecasts did, in a sentence."""
        if self.product_id is None:
            return "There is no earlier forecast to score."
        if not self.score.months:
            return f"No month that assessment {self.product_id} forecast is over yet."
        return f"The forecasts of assessment {self.product_id}: {self.score.describe()}"


def store_forecasts(
    cursor: duckdb.DuckDBPyConnection, product_id: int, area_id: int, forecasts: MonthlyForecasts
) -> None:
    """Write the forecasts of an assessment, in the caller's transaction."""
    for row in forecasts.table.itertuples():
        cursor.execute(
            f"INSERT INTO forecast VALUES ({', '.join('?' * 11)})",
            [
                product_id,
                area_id,
                row.category,
                row.month,
                float(row.expected),
                float(row.low),
                float(row.high),
                float(row.naive),
                float(row.naive_low),
                float(row.naive_high),
                forecasts.basis,
            ],
        ).fetchall()


def store_scores(
    cursor: duckdb.DuckDBPyConnection, product_id: int, area_id: int, scored: ScoredForecasts
) -> None:
    """Write what was recorded of the last assessment's forecasts, in the caller's transaction."""
    for row in scored.table.itertuples():
        cursor.execute(
            "INSERT INTO forecast_score VALUES (?, ?, ?, ?, ?, ?)",
            [product_id, scored.product_id, area_id, row.category, row.month, float(row.observed)],
        ).fetchall()


def score_last_forecasts(store: Store, area_id: int, history: MonthlyCounts | None) -> ScoredForecasts:
    """The last assessment's forecasts beside what today's data say of those months."""
    last = find_last_assessment(store, area_id)
    if last is None:
        return ScoredForecasts()
    table = store.query(
        "SELECT category, month, expected, low, high, naive, naive_low, naive_high FROM forecast"
        " WHERE product_id = ? AND area_id = ? ORDER BY category, month",
        [last[0], area_id],
    ).to_pandas()
    months = [pd.Timestamp(month).date() for month in table.month]
    observed = [
        history.read(category, month) if history else None
        for category, month in zip(table.category, months, strict=True)
    ]
    table = table.assign(month=months, observed=pd.array(observed, dtype="Float64"))
    over = table[table.observed.notna()].reset_index(drop=True)
    return ScoredForecasts(last[0], over, score_forecasts(over), len(table) - len(over))
