"""What changed in the latest period against what was expected from the periods before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
from scipy import stats

from analytics.overview.morning import LatestChange
from analytics.shared.predictive import predictive, two_sided
from analytics.store.engine import Engine, incidents


@dataclass(frozen=True)
class ChangeParameters:
    """`baseline` periods before the latest one say what was expected; `level` is the false-discovery rate."""

    baseline: int = 12
    level: float = 0.05
    interval: float = 0.95


def compare_latest(
    engine: Engine, area_id: int, parameters: ChangeParameters | None = None
) -> LatestChange | None:
    """Compare the latest 7 days (the latest month, where the data are monthly) with the periods before.

    Null hypothesis, per category: the latest count comes from the same process as the `baseline` counts
    before it. The prediction is negative binomial with the baseline's mean m and variance
    m * max(1, variance / mean) * (1 + 1 / baseline): over-dispersion by moments, plus the uncertainty of the
    mean itself. p is two-sided (twice the smaller tail, at most 1); categories are corrected together by
    Benjamini & Hochberg (1995). Season is not modelled beyond the baseline periods.

    Returns a table of category, count, expected, low, high, line (the counts of all periods, oldest first),
    p_adjusted, unusual ('more', 'fewer' or ''), sorted by p; None where the area has fewer than four periods.
    """
    parameters = parameters or ChangeParameters()
    rows = incidents().filter(incidents().area_id == area_id)
    extent = engine.run(
        rows.aggregate(
            first=rows.local_date.min(),
            last=rows.local_date.max(),
            monthly=(rows.time_precision == "month").any(),
        )
    ).to_pylist()[0]
    if extent["last"] is None:
        return None
    edges = _edges(extent["last"], parameters.baseline + 1, monthly=extent["monthly"])
    edges = [edge for edge in edges if edge >= extent["first"]]
    if len(edges) < 5:
        return None
    counts = _counts(engine, rows, edges)
    table = pd.DataFrame([_compare(category, values, parameters) for category, values in counts.items()])
    table["p_adjusted"] = stats.false_discovery_control(table.pop("p"), method="bh")
    table["unusual"] = np.where(
        table.p_adjusted > parameters.level, "", np.where(table["count"] > table.expected, "more", "fewer")
    )
    table = table.sort_values(["p_adjusted", "count"], ascending=[True, False], ignore_index=True)
    period = "month" if extent["monthly"] else "7 days"
    return LatestChange(table, edges[-2], edges[-1] - timedelta(days=1), period)


def _edges(last: date, periods: int, *, monthly: bool) -> list[date]:
    """`periods` + 1 ascending starts of periods; the last is the day after the latest period."""
    if not monthly:
        end = last + timedelta(days=1)
        return [end - timedelta(days=7 * k) for k in range(periods, -1, -1)]
    month = last.year * 12 + last.month  # zero-based index of the month after `last`
    return [date(m // 12, m % 12 + 1, 1) for m in range(month - periods, month + 1)]


def _counts(engine: Engine, rows: ibis.Table, edges: list[date]) -> dict[str, np.ndarray]:
    daily = rows.filter(rows.local_date >= edges[0], rows.local_date < edges[-1])
    daily = daily.group_by("category", "local_date").aggregate(n=daily.count())
    frame = engine.run(daily).to_pandas()
    bins = np.searchsorted(pd.DatetimeIndex(edges), pd.to_datetime(frame.local_date), side="right") - 1
    return {
        category: np.bincount(bins[group.index], weights=group.n, minlength=len(edges) - 1)
        for category, group in frame.groupby("category")
    }


def _compare(
    category: str, counts: np.ndarray, parameters: ChangeParameters
) -> dict[str, str | float | tuple[int, ...]]:
    """One category's latest count against the negative binomial prediction from the others."""
    baseline, latest = counts[:-1], counts[-1]
    mean = max(baseline.mean(), 0.5 / len(baseline))  # an event never seen is rare, not impossible
    dispersion = max(1.0, baseline.var(ddof=1) / mean)
    prediction = predictive(mean, mean * dispersion * (1 + 1 / len(baseline)))
    low, high = prediction.interval(parameters.interval)
    return {
        "category": category,
        "count": int(latest),
        "expected": mean,
        "low": int(low),
        "high": int(high),
        "line": tuple(int(count) for count in counts),
        "p": float(two_sided(prediction, latest)),
    }
