"""Did it work? What happened at a tasked place against what would have happened anyway.

Two baselines, because each alone is fooled. *Recent*: the days just before the action, three times as many as after it; a
place chosen for a bad month falls back by itself (regression to the mean). *Long-run*: the year before, without the days
in which the place was found; a place on the rise goes on rising. An effect is called only where both show it: the joint
measure is the smaller |z| of the two, 0 where their signs differ. Places are tasked while they rise more often than while
they fall, so that "more than expected" must show against a third baseline too: as many days just before as there are after.

Each baseline's expected count is the place's own before, times the change of its control: the places most like it in their
long-run count where nothing was tasked. The measure is z = (after - expected) / sqrt(expected (1 + k r)), r the control's
change and k the ratio of the periods' lengths, so that E k r is what chance in the count before adds (Poisson). Recorded
crime varies more than Poisson, so p comes from placebos: the same measure at every such place (two-sided, the place itself
counted, (1 + n at least as extreme) / (1 + n)). Null hypothesis: the place changed as they did. No correction for several
actions is made here; the page states how many were measured.

Beside it, for comparison with the literature: weighted displacement difference with its interval and quotient
(analytics.hotspots.displacement), rings of spillover, and where data allow a synthetic control (Abadie, Diamond &
Hainmueller 2010, J. American Statistical Association 105: non-negative weights that sum to one on weekly counts before,
placebo p of the ratio of mean squared errors).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import shapely
from scipy.optimize import nnls

from analytics.hotspots.displacement import AREAS, BeforeAfter, BeforeAfterParameters, Counts, before_after
from analytics.hotspots.refusal import TooFewData

VERDICTS = ("too early", "no detectable effect", "fewer than expected", "more than expected")


@dataclass(frozen=True)
class EffectParameters:
    """Days and metres. `least_days`: before which nothing is judged; `recent`: how many times the
    days after the recent baseline holds; `most_days`: how far after the action is looked;
    `history_days`: the long-run baseline; `ring`: the width of a spillover ring; `placebos`: how many like places;
    `controls`: how many of them make the control area; `level`: below which p is called."""

    least_days: int = 21
    most_days: int = 84
    recent: int = 3
    history_days: int = 364
    ring: float = 250.0
    placebos: int = 200
    controls: int = 30
    level: float = 0.05


@dataclass(frozen=True)
class Effect:
    """`baselines`: baseline, before, after, expected, change (after / expected - 1), z, p. `rings`: ring (metres),
    before, after, expected. `weekly`: week (first day), count, control (per place), synthetic (NaN without one).
    `displacement`: the published measures, None where counts are too few. `synthetic_p`: None where data do not allow."""

    verdict: str
    why: str
    baselines: pd.DataFrame
    rings: pd.DataFrame
    weekly: pd.DataFrame
    displacement: BeforeAfter | None
    synthetic_p: float | None
    places: int
    before: tuple[date, date]
    after: tuple[date, date]
    parameters: EffectParameters


def measure_effect(
    points: pd.DataFrame, treated: shapely.Geometry, start: date, last: date, *,
    found_in: tuple[date, date] | None = None, elsewhere: Sequence[shapely.Geometry] = (),
    parameters: EffectParameters = EffectParameters(),
) -> Effect:  # fmt: skip
    """The effect of an action from `start` at `treated` (a polygon in metres on the CRS of `points`' x and y).

    `points`: x, y, local_date (datetime64), located incidents; `last`: the last day the data reach; `found_in`: the days
    in which the place was found, left out of the long-run baseline; `elsewhere`: other tasked places, never a control.
    Raises TooFewData where there are fewer than 20 like places or no history.
    """
    days = (last - start).days + 1
    if days < parameters.least_days:
        ready = start + timedelta(days=parameters.least_days - 1)
        return _too_early(
            f"Only {max(days, 0)} days after the action are held; judge from {ready:%d %b %Y}.",
            start,
            last,
            parameters,
        )
    after = (start, start + timedelta(days=min(days, parameters.most_days) - 1))
    length = (after[1] - after[0]).days + 1
    recent = (start - timedelta(days=parameters.recent * length), start - timedelta(days=1))
    day = points.local_date.to_numpy().astype("datetime64[D]")
    history = (max(start - timedelta(days=parameters.history_days), _first(day, start)), recent[1])
    if history[0] > recent[0]:
        raise TooFewData(
            f"The data reach back to {history[0]:%d %b %Y}: the {parameters.recent * length} days before the action are needed."
        )
    centres = _like_places(points, day, treated, history, elsewhere, parameters)
    places = [treated, *(shapely.transform(treated, lambda xy, at=at: xy + at) for at in centres)]
    counts = _daily(points, day, places, history[0], after[1])
    spans = {
        "just before": _mask(counts, history[0], start - timedelta(days=length), recent[1]),
        "recent": _mask(counts, history[0], *recent),
        "long-run": _mask(counts, history[0], *history),
    }
    if found_in:
        without = spans["long-run"] & ~_mask(counts, history[0], *found_in)
        spans["long-run"] = without if without.sum() >= length else spans["long-run"]
    now = _mask(counts, history[0], *after)
    measured = {name: _baseline(counts, span, now, parameters.controls) for name, span in spans.items()}
    baselines = pd.DataFrame([{"baseline": name} | row for name, (row, _) in measured.items()])
    joint = _joint(*(z for _, z in measured.values()))
    rings, displacement = _around(
        points, day, treated, places[1 : parameters.controls + 1], recent, after, parameters
    )
    synthetic, synthetic_p = _synthetic(counts, history[0], start)
    verdict, why = _verdict(baselines, joint, parameters)
    return Effect(
        verdict, why, baselines, rings, _weekly(counts, history[0], start, synthetic, parameters.controls), displacement,
        synthetic_p, len(centres), recent, after, parameters,
    )  # fmt: skip


def _too_early(why: str, start: date, last: date, parameters: EffectParameters) -> Effect:
    empty = pd.DataFrame()
    return Effect(
        "too early", why, empty, empty, empty, None, None, 0, (start, start), (start, last), parameters
    )


def _first(day: np.ndarray, start: date) -> date:
    """The first day held; `start` itself where nothing is."""
    return day.min().astype(date) if len(day) else start


def _mask(counts: np.ndarray, origin: date, first: date, last: date) -> np.ndarray:
    at = np.arange(counts.shape[1])
    return (at >= (first - origin).days) & (at <= (last - origin).days)


def _like_places(points, day, treated, history, elsewhere, parameters: EffectParameters) -> np.ndarray:
    """Offsets (n, 2) that move `treated` onto the places most like it, nearest in the square root of their long-run
    count first. Places lie on a grid about as wide as the treated area and clear of every tasked place and its rings."""
    west, south, east, north = treated.bounds
    step = max(east - west, north - south)
    middle = np.array([(west + east) / 2, (south + north) / 2])
    within = (day >= np.datetime64(history[0])) & (day <= np.datetime64(history[1]))
    xy = points[["x", "y"]].to_numpy()[within]
    cell = np.round((xy - middle) / step).astype(np.int64)
    known, count = np.unique(cell, axis=0, return_counts=True)
    offset = known * step
    kept_clear = shapely.union_all([treated, *elsewhere]).buffer(2 * parameters.ring + step)
    free = ~shapely.contains_xy(kept_clear, *(middle + offset).T)
    own = count[(known == 0).all(axis=1)].sum()
    offset, count = offset[free], count[free]
    if len(offset) < 20:
        raise TooFewData(
            f"Only {len(offset)} other places ever had an incident: 20 are needed to compare with."
        )
    order = np.lexsort((offset[:, 1], offset[:, 0], np.abs(np.sqrt(count) - np.sqrt(own))))
    return offset[order[: parameters.placebos]]


def _daily(points, day, places, first: date, last: date) -> np.ndarray:
    """Counts by place and day, (places, days); a point on a border is inside."""
    days = (last - first).days + 1
    at = (day - np.datetime64(first)).astype(int)
    within = np.flatnonzero((at >= 0) & (at < days))
    tree = shapely.STRtree(places)
    found, place = tree.query(shapely.points(points[["x", "y"]].to_numpy()[within]), predicate="intersects")
    counts = np.zeros((len(places), days))
    np.add.at(counts, (place, at[within][found]), 1)
    return counts


def _baseline(
    counts: np.ndarray, span: np.ndarray, now: np.ndarray, controls: int
) -> tuple[dict[str, float], np.ndarray]:
    """One baseline's measure at the place (row 0), and z there and at every like place; none is its own control."""
    before, after = counts[:, span].sum(axis=1), counts[:, now].sum(axis=1)
    k = now.sum() / span.sum()
    control = np.zeros(len(counts))
    control[1 : controls + 1] = 1
    others_before = control @ before - control * before
    others_after = control @ after - control * after
    change = (others_after + 0.5) / (k * others_before + 0.5)
    expected = before * k * change
    z = (after - expected) / np.sqrt(np.maximum(expected, 0.5 * k) * (1 + k * change))
    row = {
        "before": before[0], "after": after[0], "expected": expected[0],
        "change": after[0] / expected[0] - 1 if expected[0] else np.nan, "z": z[0], "p": _placebo_p(np.abs(z)),
    }  # fmt: skip
    return row, z


def _joint(just_before: np.ndarray, recent: np.ndarray, long_run: np.ndarray) -> np.ndarray:
    """At each place the smallest |z| of the baselines that must agree, 0 where their signs do not."""
    fewer = np.where((recent < 0) & (long_run < 0), np.minimum(-recent, -long_run), 0.0)
    more = np.clip(np.minimum(np.minimum(just_before, recent), long_run), 0, None)
    return np.maximum(fewer, more)


def _placebo_p(measure: np.ndarray) -> float:
    """The share of places, the tasked one (the first) among them, whose measure is at least as large as its own."""
    return float((measure >= measure[0] - 1e-12).mean())


def _verdict(baselines: pd.DataFrame, joint: np.ndarray, parameters: EffectParameters) -> tuple[str, str]:
    p = _placebo_p(joint)
    words = "; ".join(
        f"{row.after:.0f} against {row.expected:.1f} expected from the {row.baseline} baseline"
        for row in baselines.itertuples()
    )
    told = f"{words}. Joint p = {p:.3f}, by the same measure at {len(joint) - 1} like places."
    if joint[0] == 0 or p >= parameters.level:
        return "no detectable effect", told
    return ("fewer than expected" if baselines.z.iloc[-1] < 0 else "more than expected"), told


def _around(points, day, treated, controls, before, after, parameters: EffectParameters):
    """Two rings about the place with what their control rings lead one to expect, and the published measures."""
    spans = [(day >= np.datetime64(first)) & (day <= np.datetime64(last)) for first, last in (before, after)]
    then = spans[0] | spans[1]
    at, spans = shapely.points(points[["x", "y"]].to_numpy()[then]), [span[then] for span in spans]
    k = ((after[1] - after[0]).days + 1) / ((before[1] - before[0]).days + 1)
    shapes = {
        "treated": ([treated], controls),
        **{
            (inner * parameters.ring): (
                [_ring(treated, inner, parameters.ring)], [_ring(place, inner, parameters.ring) for place in controls]
            )
            for inner in (0, 1)
        },
    }  # fmt: skip
    totals = {name: [_counted(at, shape, spans) for shape in pair] for name, pair in shapes.items()}
    rows = []
    for inner in (0, 1):
        (own_before, own_after), (control_before, control_after) = totals[inner * parameters.ring]
        change = control_after / control_before if control_before else np.nan
        rows.append(
            {"ring": f"{inner * parameters.ring:.0f} to {(inner + 1) * parameters.ring:.0f} m", "before": own_before, "after": own_after,
             "expected": own_before * change}
        )  # fmt: skip
    pairs = (*totals["treated"], *totals[0.0])
    counts = {name: Counts(float(b), float(a)) for name, (b, a) in zip(AREAS, pairs, strict=True)}
    weights = {"control": float(len(controls)), "displacement_control": float(len(controls))}
    try:
        published = before_after(counts, BeforeAfterParameters((1.0, k), weights))
    except TooFewData:
        published = None
    return pd.DataFrame(rows), published


def _ring(place: shapely.Geometry, inner: int, width: float) -> shapely.Geometry:
    return place.buffer((inner + 1) * width).difference(place.buffer(inner * width) if inner else place)


def _counted(at: np.ndarray, shapes, spans) -> tuple[int, int]:
    """Points `at` in any of `shapes`, once for each shape, before and after."""
    found, _ = shapely.STRtree(shapes).query(at, predicate="intersects")
    return tuple(int(span[found].sum()) for span in spans)


def _weeks(counts: np.ndarray, origin: date, start: date) -> tuple[np.ndarray, int]:
    """Counts by place and whole week counted from `start` both ways, and the index of its first week."""
    before = (start - origin).days // 7
    offset = (start - origin).days - 7 * before
    weeks = (counts.shape[1] - offset) // 7
    return counts[:, offset : offset + 7 * weeks].reshape(len(counts), weeks, 7).sum(axis=2), before


def _synthetic(counts, origin: date, start: date) -> tuple[np.ndarray | None, float | None]:
    """The synthetic control's weekly counts and its placebo p; None under 26 weeks before or one incident a week."""
    weekly, first = _weeks(counts, origin, start)
    if first < 26 or weekly.shape[1] - first < 3 or weekly[0, :first].mean() < 1:
        return None, None
    pool = weekly[: min(len(weekly), 60)]
    fits = [_fit(pool, row, first) for row in range(len(pool))]
    ratios = np.array([ratio for _, ratio in fits])
    return fits[0][0], float((ratios >= ratios[0]).mean())


def _fit(pool: np.ndarray, row: int, first: int) -> tuple[np.ndarray, float]:
    donors = np.delete(pool, row, axis=0)
    heavy = 1e3  # the row that makes the weights sum to one
    system = np.vstack([donors[:, :first].T, np.full(len(donors), heavy)])
    weights, _ = nnls(system, np.append(pool[row, :first], heavy))
    made = weights @ donors
    errors = (pool[row] - made) ** 2
    return made, float(errors[first:].mean() / max(errors[:first].mean(), 1e-9))


def _weekly(counts, origin: date, start: date, synthetic, controls: int) -> pd.DataFrame:
    weekly, first = _weeks(counts, origin, start)
    days = [start + timedelta(days=7 * (at - first)) for at in range(weekly.shape[1])]
    return pd.DataFrame(
        {
            "week": days, "count": weekly[0], "control": weekly[1 : controls + 1].mean(axis=0),
            "synthetic": synthetic if synthetic is not None else np.nan,
        }
    )  # fmt: skip
