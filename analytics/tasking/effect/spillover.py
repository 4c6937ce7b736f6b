"""What happened around a tasked place: spillover rings, displacement, harm, near repeats.

Published measures, each with its interval, for comparison with the literature. None decides the verdict
alone, but an effect that the displacement difference does not confirm is not reported. The weighted
displacement difference comes from analytics.hotspots.methods.displacement. The quotient, for which its
authors give no interval, gets one by parametric bootstrap: counts drawn as Poisson, percentiles of the draws
in which the place fell relative to its control. Near-repeat risk is the share of a place's incidents that
another followed within `near_m` metres and fewer than `near_days` days, with Wilson's interval. It falls by
itself where there are fewer incidents, so compare it with like places."""

from __future__ import annotations

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
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from analytics.hotspots.methods.near_repeats import NearRepeatParameters, near_repeats
from analytics.hotspots.refusal import TooFewData

_DRAWS, _LEAST_DEFINED = 2000, 0.5


@dataclass(frozen=True)
class Around:
    """See `Effect` for each field."""

    rings: pd.DataFrame
    displacement: BeforeAfter | None
    quotient: tuple[float, float] | None
    harm: pd.DataFrame
    near_repeats: pd.DataFrame
    near_refused: str


def around(points: pd.DataFrame, day, treated, controls, before, after, parameters) -> Around:
    """Everything about the place: `points` and `day` as `measure_effect` has them, `controls` the control
    places, `before` and `after` the first and last days compared."""
    spans = [_within(day, *before), _within(day, *after)]
    then = spans[0] | spans[1]
    near = points[then]
    at, spans = shapely.points(near[["x", "y"]].to_numpy()), [span[then] for span in spans]
    shapes = {"treated": ([treated], controls)}
    for inner in (0, 1):
        shapes[inner * parameters.ring] = (
            [_ring(treated, inner, parameters.ring)],
            [_ring(place, inner, parameters.ring) for place in controls],
        )
    inside = {name: [_rows_in(at, shape) for shape in pair] for name, pair in shapes.items()}
    ones = np.ones(len(near))
    totals = {name: [_sums(rows, spans, ones) for rows in pair] for name, pair in inside.items()}
    rings = pd.DataFrame(
        [_ring_row(name, *totals[name], parameters.ring) for name in totals if name != "treated"]
    )
    k = ((after[1] - after[0]).days + 1) / ((before[1] - before[0]).days + 1)
    weights = {"control": float(len(controls)), "displacement_control": float(len(controls))}
    weighing = BeforeAfterParameters((1.0, k), weights)
    counts = dict(zip(AREAS, (*totals["treated"], *totals[0.0]), strict=True))
    try:
        published = before_after(counts, weighing)
    except TooFewData:
        published = None
    followed, refused = _near_repeats(near, day[then], inside["treated"], before, after, parameters)
    return Around(
        rings,
        published,
        _quotient_interval(counts, weighing, parameters.seed) if published else None,
        _harm(near, inside, spans, weighing),
        followed,
        refused,
    )


def _within(day: np.ndarray, first: date, last: date) -> np.ndarray:
    return (day >= np.datetime64(first)) & (day <= np.datetime64(last))


def _ring(place: shapely.Geometry, inner: int, width: float) -> shapely.Geometry:
    return place.buffer((inner + 1) * width).difference(place.buffer(inner * width) if inner else place)


def _rows_in(at: np.ndarray, shapes) -> np.ndarray:
    """Positions of the points `at` in any of `shapes`, once for each shape."""
    return shapely.STRtree(shapes).query(at, predicate="intersects")[0]


def _sums(rows: np.ndarray, spans, weight: np.ndarray) -> AreaCounts:
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


def _quotient_interval(counts, weighing: BeforeAfterParameters, seed: int) -> tuple[float, float] | None:
    """Percentiles of the quotient with every count drawn anew; None where it is not defined, or in most
    draws."""
    if weighted_displacement_quotient(counts, weighing) is None:
        return None
    rng, drawn = np.random.default_rng(seed), []
    for _ in range(_DRAWS):
        again = {
            name: AreaCounts(*rng.poisson((area.before, area.after)).astype(float))
            for name, area in counts.items()
        }
        value = weighted_displacement_quotient(again, weighing)
        if value is not None:
            drawn.append(value)
    if len(drawn) < _LEAST_DEFINED * _DRAWS:
        return None
    tails = (1 - weighing.level) / 2, (1 + weighing.level) / 2
    return tuple(float(q) for q in np.quantile(drawn, tails))


def _harm(near: pd.DataFrame, inside, spans, weighing: BeforeAfterParameters) -> pd.DataFrame:
    """The weighted displacement difference of harm; an incident without a weight counts for nothing and is
    left to the page to name."""
    if "harm" not in near or not near.harm.notna().any():
        return pd.DataFrame()
    weight = near.harm.fillna(0).to_numpy(dtype=float)
    pairs = [_sums(rows, spans, weight) for name in ("treated", 0.0) for rows in inside[name]]
    counts = dict(zip(AREAS, pairs, strict=True))
    table = weighted_displacement_difference(counts, weighing)
    own, beside = counts["treated"], counts["displacement"]
    return table.assign(
        before=[own.before, beside.before, own.before + beside.before],
        after=[own.after, beside.after, own.after + beside.after],
    )[["part", "before", "after", "estimate", "low", "high", "p"]]


def _near_repeats(
    near: pd.DataFrame, day, treated_and_control, before, after, parameters
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
    for area, inside in zip(("the place", "like places"), treated_and_control, strict=True):
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
