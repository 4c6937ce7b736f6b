"""What happened around a tasked place: spillover rings, displacement, harm, near repeats.

Published measures, each with its interval, for comparison with the literature. None decides the verdict
alone, but an effect that the displacement difference does not confirm is not reported. The weighted
displacement difference comes from analytics.hotspots.methods.displacement. The quotient, for which its
authors give no interval, gets one by parametric bootstrap: counts drawn as Poisson, percentiles of the draws
in which the place fell relative to its control. Near-repeat risk is the share of a place's incidents that
another followed within `near_m` metres and fewer than `near_days` days, with Wilson's interval. It falls by
itself where there are fewer incidents, so compare it with similar places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.methods.displacement import (
    AREAS,
    AreaCounts,
    BeforeAfter,
    BeforeAfterParameters,
    before_after,
    measure_dispersion,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from analytics.hotspots.methods.near_repeats import NearRepeatParameters, near_repeats
from analytics.hotspots.refusal import TooFewData
from analytics.tasking.effect.parameters import EffectParameters, Period

_DRAWS, _MINIMUM_DEFINED = 2000, 0.5


@dataclass(frozen=True)
class PlaceSurroundings:
    """See `Effect` for each field."""

    rings: pd.DataFrame
    displacement: BeforeAfter | None
    quotient: tuple[float, float] | None
    harm: pd.DataFrame
    near_repeats: pd.DataFrame
    near_refused: str


def measure_surroundings(
    points: pd.DataFrame,
    day: np.ndarray,
    treated: shapely.Geometry,
    controls: Sequence[shapely.Geometry],
    before: Period,
    after: Period,
    parameters: EffectParameters,
) -> PlaceSurroundings:
    """Everything about the place: `points` and `day` as `measure_effect` has them, `controls` the control
    places, `before` and `after` the first and last days compared."""
    spans = [_within(day, *before), _within(day, *after)]
    then = spans[0] | spans[1]
    near, spans = points[then], [span[then] for span in spans]
    at, width = shapely.points(near[["x", "y"]].to_numpy()), parameters.ring
    places = [_rows_in(at, shapes) for shapes in ([treated], controls)]
    beside = [
        [_rows_in(at, [_ring(place, inner, width) for place in shapes]) for shapes in ([treated], controls)]
        for inner in (0, 1)
    ]
    ones = np.ones(len(near))
    rings = pd.DataFrame(
        [
            _ring_row(inner * width, _sums(own, spans, ones), _sums(control, spans, ones), width)
            for inner, (own, control) in enumerate(beside)
        ]
    )
    k = ((after[1] - after[0]).days + 1) / ((before[1] - before[0]).days + 1)
    weights = {"control": float(len(controls)), "displacement_control": float(len(controls))}
    areas = dict(zip(AREAS, [*places, *beside[0]], strict=True))
    dispersion = {name: measure_dispersion(day[then][rows], before) for name, rows in areas.items()}
    weighing = BeforeAfterParameters((1.0, k), weights, parameters.interval, dispersion)
    counts = {name: _sums(rows, spans, ones) for name, rows in areas.items()}
    try:
        published = before_after(counts, weighing)
    except TooFewData:
        published = None
    followed, refused = _near_repeats(near, day[then], places, before, after, parameters)
    return PlaceSurroundings(
        rings,
        published,
        _quotient_interval(counts, weighing, parameters.seed) if published else None,
        _harm(near, areas, spans, weighing),
        followed,
        refused,
    )


def _within(day: np.ndarray, first: date, last: date) -> np.ndarray:
    return (day >= np.datetime64(first)) & (day <= np.datetime64(last))


def _ring(place: shapely.Geometry, inner: int, width: float) -> shapely.Geometry:
    return place.buffer((inner + 1) * width).difference(place.buffer(inner * width) if inner else place)


def _rows_in(at: np.ndarray, shapes: Sequence[shapely.Geometry]) -> np.ndarray:
    """Positions of the points `at` in any of `shapes`, once for each shape."""
    rows: np.ndarray = shapely.STRtree(shapes).query(at, predicate="intersects")[0]
    return rows


def _sums(rows: np.ndarray, spans: Sequence[np.ndarray], weight: np.ndarray) -> AreaCounts:
    """Sum of weights before and after, with the sums of squares that are a compound Poisson's variances."""
    parts = [weight[rows[span[rows]]] for span in spans]
    return AreaCounts(*(float(part.sum()) for part in parts), *(float((part**2).sum()) for part in parts))


def _ring_row(inner: float, own: AreaCounts, control: AreaCounts, width: float) -> dict[str, Any]:
    change = control.after / control.before if control.before else np.nan
    return {
        "ring": f"{inner:.0f} to {inner + width:.0f} m",
        "before": own.before,
        "after": own.after,
        "expected": own.before * change,
    }


def _quotient_interval(
    counts: Mapping[str, AreaCounts], weighing: BeforeAfterParameters, seed: int
) -> tuple[float, float] | None:
    """Percentiles of the quotient over counts drawn at random; None where it is not defined, or in most
    draws."""
    if weighted_displacement_quotient(counts, weighing) is None:
        return None
    rates = np.array([(area.before, area.after) for area in counts.values()])
    again = np.random.default_rng(seed).poisson(rates, (_DRAWS, *rates.shape))
    treated, displaced = (weighing.area_weights.get(name, 1.0) for name in ("treated", "displacement"))
    drawn = treated / displaced * _divide_changes(again, list(counts))
    if len(drawn) < _MINIMUM_DEFINED * _DRAWS:
        return None
    low, high = np.quantile(drawn, ((1 - weighing.level) / 2, (1 + weighing.level) / 2))
    return float(low), float(high)


def _divide_changes(drawn: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The quotient of each draw of counts (draws, areas, before and after), where it is defined, of areas of
    one weight. What a period or the control is divided by cancels out of it."""
    control = drawn[:, names.index("control")]
    drawn, control = drawn[(control > 0).all(axis=1)], control[(control > 0).all(axis=1)]
    shares = drawn / control[:, None, :]
    treated, displaced = (
        (shares[:, names.index(name), 1] - shares[:, names.index(name), 0])
        for name in ("treated", "displacement")
    )
    gained = treated < 0
    return np.asarray(displaced[gained] / treated[gained])


def _harm(
    near: pd.DataFrame,
    areas: Mapping[str, np.ndarray],
    spans: Sequence[np.ndarray],
    weighing: BeforeAfterParameters,
) -> pd.DataFrame:
    """The weighted displacement difference of harm; an incident without a weight counts for nothing and is
    left to the page to name. The compound Poisson's variance is multiplied as that of the counts is, which
    for unequal weights errs on the wide side."""
    if "harm" not in near or not near.harm.notna().any():
        return pd.DataFrame()
    weight = near.harm.fillna(0).to_numpy(dtype=float)
    counts = {name: _sums(rows, spans, weight) for name, rows in areas.items()}
    table = weighted_displacement_difference(counts, weighing)
    own, beside = counts["treated"], counts["displacement"]
    return table.assign(
        before=[own.before, beside.before, own.before + beside.before],
        after=[own.after, beside.after, own.after + beside.after],
    )[["part", "before", "after", "estimate", "low", "high", "p"]]


def _near_repeats(
    near: pd.DataFrame,
    day: np.ndarray,
    treated_and_control: Sequence[np.ndarray],
    before: Period,
    after: Period,
    parameters: EffectParameters,
) -> tuple[pd.DataFrame, str]:
    """How many of the incidents were followed, at the place and at its control; only those whose following
    days are all in the same period count."""
    precision = near.time_precision.to_numpy() if "time_precision" in near else None
    what = NearRepeatParameters(parameters.near_m, parameters.near_days)
    try:
        events = near_repeats(
            near.x.to_numpy(), near.y.to_numpy(), day, what, time_precision=precision
        ).events
    except TooFewData as refusal:
        return pd.DataFrame(), str(refusal)
    followed = np.zeros(len(near), dtype=bool)
    followed[events.row[events.later > 0]] = True
    rows = []
    for area, inside in zip(("the place", "similar places"), treated_and_control, strict=True):
        for period, (first, last) in (("before", before), ("after", after)):
            whole = inside[_within(day[inside], first, last - timedelta(days=parameters.near_days - 1))]
            n, k = len(whole), int(followed[whole].sum())
            low, high = _wilson(k, n)
            rows.append(
                {
                    "area": area,
                    "period": period,
                    "incidents": n,
                    "followed": k,
                    "share": k / n if n else np.nan,
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows), ""


def _wilson(k: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's (1927) score interval of a share; NaN of nothing."""
    if n == 0:
        return np.nan, np.nan
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle, reach = (k + z * z / 2) / (n + z * z), z * np.sqrt(k * (n - k) / n + z * z / 4) / (n + z * z)
    return max(0.0, middle - reach), min(1.0, middle + reach)
