"""Emerging hotspots: Gi* over a space-time cube, its trend in each cell, and what kind of hotspot that makes.

Gi* form: binary weights; a bin's neighbourhood is its cell and the cells that touch it, in its own step and
in `steps_back` steps before; mean, variance and skewness from the baseline. z is Ord & Getis' (1995, eq. 14).
p is two-sided, from a Pearson type III distribution with the statistic's exact permutation mean, variance and
skewness (Mielke & Berry 2007, Permutation Methods, ch. 2): bins of few incidents are skewed, and the normal
tail would call too many hot. Benjamini-Hochberg over all bins of the cube. Null hypothesis: the baseline's
counts are placed at random among its bins. Baseline 'cube': all bins, so a general rise makes the last steps
hot everywhere. Baseline 'slice': the bins of the steps the neighbourhood reaches, so only the pattern in
space counts. Source of the classes: Esri, "How Emerging Hot Spot Analysis works"; Ashby, sfhotspot (see
`recurrence_classes`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import ibis
import numpy as np
import pandas as pd
from scipy import special, stats

from analytics.hotspots.grid.cells import CellLookup, Grid
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.selection import Selection, select_incidents
from analytics.store.engine import Engine

MINIMUM_STEPS, MINIMUM_CELLS, MINIMUM_INCIDENTS = 10, 30, 60


@dataclass(frozen=True)
class CubeParameters:
    """`steps_back`: earlier steps in a bin's neighbourhood (Esri: 1). `level`: the false-discovery rate of
    the bins, and of the trends. `share`: of the steps that must be hot for a lasting hotspot (Esri: 0.9)."""

    baseline: Literal["cube", "slice"] = "cube"
    steps_back: int = 1
    level: float = 0.05
    share: float = 0.9


@dataclass(frozen=True)
class RecurrenceParameters:
    """sfhotspot's shares: of periods hot to be a hotspot at all, to be persistent; and how much is recent.
    `level`: the false-discovery rate of the bins; `change_level`: of the test of a change (sfhotspot: 1)."""

    hotspot_share: float = 0.1
    persistent_share: float = 0.8
    recent_share: float = 0.2
    level: float = 0.05
    change_level: float = 0.05


@dataclass(frozen=True)
class SpaceTimeCube:
    """`cells`: i, j; `edges`: first day of each step and the day after the last, T + 1; `values`: (cells, T),
    incidents or their harm; `incidents`: how many there are."""

    cells: pd.DataFrame
    edges: pd.DatetimeIndex
    values: np.ndarray
    incidents: int


@dataclass(frozen=True)
class BinStatistics:
    """Gi* by bin, each (cells, T): z, two-sided p, p_adjusted, and verdict 1 (hot), -1 (cold) or 0."""

    z: np.ndarray
    p: np.ndarray
    p_adjusted: np.ndarray
    verdict: np.ndarray


def split_steps(first: date, last: date, days: int | None) -> pd.DatetimeIndex:
    """Edges of whole steps within [first, last]: steps of `days` counted back from the last day, or calendar
    months (None). What does not fill a step is left out. Raises TooFewData where no step fits."""
    end = pd.Timestamp(last) + pd.Timedelta(days=1)
    if days is None:
        edges = pd.date_range(first, end, freq="MS")
    else:
        edges = pd.date_range(end=end, periods=(end - pd.Timestamp(first)).days // days + 1, freq=f"{days}D")
    if len(edges) < 2:
        raise TooFewData(
            f"No whole step of time lies from {first} to {last}. Take a longer period or shorter steps."
        )
    return edges


def build_cube(
    engine: Engine,
    selection: Selection,
    grid: Grid,
    study: pd.DataFrame,
    edges: pd.DatetimeIndex,
    weights: Mapping[str, float] | None = None,
    *,
    dated: bool = False,
) -> SpaceTimeCube:
    """Incidents of a selection (its dates ignored) by study cell (i, j) and step; with `weights` (by
    category) their harm, where a category without a weight adds none. `edges` as `split_steps` gives them.
    With `dated`, for steps shorter than a month, incidents known to the month only are left out."""
    rows = select_incidents(selection, any_period=True, dated=dated)
    rows = rows.filter(
        rows.x.notnull(), rows.local_date >= edges[0].date(), rows.local_date < edges[-1].date()
    )
    i, j = grid.index(rows.x, rows.y)
    keys = {"i": i, "j": j, "step": _step(rows.local_date, edges)}
    if weights is not None:
        keys["category"] = rows.category
    frame = engine.run(rows.group_by(**keys).aggregate(n=rows.count())).to_pandas()
    value = frame.n.astype(float)
    if weights is not None:
        value = value * frame.category.map(dict(weights)).astype(float).fillna(0.0)
    cell = pd.MultiIndex.from_frame(study[["i", "j"]]).get_indexer(
        pd.MultiIndex.from_frame(frame[["i", "j"]])
    )
    studied = cell >= 0
    values = np.zeros((len(study), len(edges) - 1))
    np.add.at(values, (cell[studied], frame.step[studied]), value[studied])
    return SpaceTimeCube(study[["i", "j"]].reset_index(drop=True), edges, values, int(frame.n[studied].sum()))


def _step(day: ibis.Value, edges: pd.DatetimeIndex) -> ibis.Value:
    """The step a date falls in: days of equal steps, else calendar months."""
    lengths = np.unique((edges[1:] - edges[:-1]).days)
    if len(lengths) == 1:
        return day.delta(edges[0].date(), unit="day") // int(lengths[0])
    return day.year() * 12 + day.month() - (edges[0].year * 12 + edges[0].month)


def measure_bins(cube: SpaceTimeCube, grid: Grid, parameters: CubeParameters) -> BinStatistics:
    """Gi* of every bin. A neighbourhood that is all of its baseline, or whose baseline's bins are all alike,
    has z 0 and p 1. Raises TooFewData under 10 steps, 30 cells or 60 incidents, or where all bins are
    alike."""
    values = cube.values
    cells, steps = values.shape
    if steps < MINIMUM_STEPS or cells < MINIMUM_CELLS or cube.incidents < MINIMUM_INCIDENTS:
        raise TooFewData(
            f"Emerging hotspots need at least {MINIMUM_STEPS} steps of time, {MINIMUM_CELLS} cells and "
            f"{MINIMUM_INCIDENTS} incidents; here are {steps}, {cells} and {cube.incidents}. Take a longer "
            "period, shorter steps, or compare two periods instead."
        )
    lookup = CellLookup(cube.cells.i.to_numpy(), cube.cells.j.to_numpy())
    rows = [lookup.shifted(di, dj) for di, dj in ((0, 0), *grid.neighbours())]
    padded = np.vstack([values, np.zeros(steps)])
    in_step = sum(padded[row] for row in rows)
    touching = np.sum([row >= 0 for row in rows], axis=0)
    reach = np.minimum(np.arange(steps), parameters.steps_back) + 1
    local = _moving_sum(in_step, reach)
    bins = touching[:, None] * reach[None, :]
    if parameters.baseline == "cube":
        size = np.full(steps, values.size)
        powers = [np.full(steps, (values**k).sum()) for k in (1, 2, 3)]
    else:
        size = cells * reach
        powers = [_moving_sum((values**k).sum(axis=0)[None, :], reach)[0] for k in (1, 2, 3)]
    first, second, third = (power / size for power in powers)
    variance = second - first**2
    alike = variance <= 1e-12 * second
    if alike.all():
        raise TooFewData("Every cell holds the same count: there is nothing to tell apart.")
    third = third - 3 * first * second + 2 * first**3
    left = np.where(alike, 0, size - bins)
    scale = np.sqrt(variance * bins * left / (size - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(left > 0, (local - first * bins) / scale, 0.0)
        skew = third * bins * left * (left - bins) / ((size - 1) * (size - 2)) / scale**3
    p = np.where(left > 0, _pearson_two_sided(z, skew), 1.0)
    adjusted = stats.false_discovery_control(p.ravel(), method="bh").reshape(p.shape)
    verdict = np.where(adjusted <= parameters.level, np.sign(z), 0).astype(int)
    return BinStatistics(z, p, adjusted, verdict)


def mann_kendall(series: np.ndarray, *, overlap: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Mann-Kendall's z (ties and continuity corrected) and two-sided p for each row of (rows, T).

    `overlap`: how many earlier steps each value shares with its own, so that neighbours in time agree without
    any trend; the variance is corrected for just that autocorrelation (Hamed & Rao 1998, J. Hydrology 204).
    Null hypothesis: no monotonic trend. Source: Mann (1945); Kendall (1975).
    """
    rows, steps = series.shape
    s = np.zeros(rows)
    for lag in range(1, steps):
        s += np.sign(series[:, lag:] - series[:, :-lag]).sum(axis=1)
    variance = steps * (steps - 1) * (2 * steps + 5) - _tie_terms(series)
    lags = np.arange(1, min(overlap, steps - 1) + 1)
    rank = 6 / np.pi * np.arcsin((1 - lags / (overlap + 1)) / 2)
    left = steps - lags
    factor = 1 + 2 * (left * (left - 1) * (left - 2) * rank).sum() / (steps * (steps - 1) * (steps - 2))
    deviation = np.sqrt(variance / 18 * factor)
    z = np.divide(s - np.sign(s), deviation, out=np.zeros(rows), where=deviation > 0)
    return z, 2 * stats.norm.sf(np.abs(z))


def classify_emerging(
    cube: SpaceTimeCube, grid: Grid, parameters: CubeParameters | None = None
) -> pd.DataFrame:
    """One row a cell: i, j, total, hot_steps, cold_steps, last_z, trend_z, trend_p, trend_p_adjusted, class.

    The first that fits, told here for 'hot' and the same for 'cold' with the signs changed: new: hot in the
    last step, never before. consecutive: hot in the last two steps or more without a break, never before
    that, and in under `share` of the steps. In at least `share` of the steps and in the last: intensifying or
    diminishing where Mann-Kendall's trend of z is up or down, else persistent. historical: in at least
    `share`, but not in the last. Otherwise hot in the last step: oscillating where it was once cold, else
    sporadic. Everything else is 'no pattern'. Bins and trends each under the false-discovery rate `level`.
    Esri's trend test has no correction; and its order of 'new' and 'oscillating' is not published: here a
    cell that was cold and is hot for the first time is new."""
    parameters = parameters or CubeParameters()
    bins = measure_bins(cube, grid, parameters)
    trend_z, trend_p = mann_kendall(bins.z, overlap=parameters.steps_back)
    trend_adjusted = stats.false_discovery_control(trend_p, method="bh")
    trend = np.where(trend_adjusted <= parameters.level, np.sign(trend_z), 0)
    hot = _classes(bins.verdict == 1, bins.verdict == -1, trend, parameters.share)
    cold = _classes(bins.verdict == -1, bins.verdict == 1, -trend, parameters.share)
    kinds = np.full(len(hot), "no pattern", dtype=object)
    last = bins.verdict[:, -1]
    for side, found, hides in (("cold", cold, last == 1), ("hot", hot, last == -1)):
        chosen = (found != "") & ~hides
        kinds[chosen] = [f"{kind} {side}" for kind in found[chosen]]
    return cube.cells.assign(
        total=cube.values.sum(axis=1),
        hot_steps=(bins.verdict == 1).sum(axis=1),
        cold_steps=(bins.verdict == -1).sum(axis=1),
        last_z=bins.z[:, -1],
        trend_z=trend_z,
        trend_p=trend_p,
        trend_p_adjusted=trend_adjusted,
        **{"class": kinds},
    )


def classify_recurrence(
    cube: SpaceTimeCube, grid: Grid, parameters: RecurrenceParameters | None = None
) -> pd.DataFrame:
    """sfhotspot's classes: i, j, hot_share, cold_share, recent_hot_share, recent_cold_share, class.

    Gi* in each step alone. persistent: hot in at least `persistent_share` of all steps. emerging: in at least
    `hotspot_share` of the recent steps and in less of the older. former: the reverse. Both need that chance
    gives such a difference between the recent and the older steps in at most `change_level` (Fisher's exact
    test, one-sided; null hypothesis: which steps are hot has nothing to do with their order). intermittent:
    otherwise in at least `hotspot_share` of all. 'mixed' where a cell is one of these both hot and cold.
    Corrected against sfhotspot 1.0.0: recent and older steps do not overlap and a share cannot exceed 1;
    emerging compares with `hotspot_share`, as its manual says, and not with the share of periods that is
    recent; a change needs its test; one false-discovery control over all bins, in place of none within and
    Holm's across the periods."""
    parameters = parameters or RecurrenceParameters()
    bins = measure_bins(cube, grid, CubeParameters("slice", steps_back=0, level=parameters.level))
    steps = cube.values.shape[1]
    recent = max(1, int(parameters.recent_share * steps))
    columns: dict[str, np.ndarray] = {}
    kinds: dict[str, np.ndarray] = {}
    for side, sign in (("hot", 1), ("cold", -1)):
        is_so = bins.verdict == sign
        whole, late = is_so.mean(axis=1), is_so[:, steps - recent :].mean(axis=1)
        older = is_so[:, : steps - recent].mean(axis=1)
        enough = parameters.hotspot_share
        times, late_times = is_so.sum(axis=1), is_so[:, steps - recent :].sum(axis=1)
        chance = stats.hypergeom(steps, times, recent)  # of the recent steps that are so, in any order
        kinds[side] = np.select(
            [
                whole >= parameters.persistent_share,
                (older < enough) & (late >= enough) & (chance.sf(late_times - 1) <= parameters.change_level),
                (older >= enough) & (late < enough) & (chance.cdf(late_times) <= parameters.change_level),
                whole >= enough,
            ],
            [f"{kind} {side}" for kind in ("persistent", "emerging", "former", "intermittent")],
            "",
        )
        columns |= {f"{side}_share": whole, f"recent_{side}_share": late}
    both = (kinds["hot"] != "") & (kinds["cold"] != "")
    kind = np.where(both, "mixed", np.char.add(kinds["hot"], kinds["cold"]))
    return cube.cells.assign(**columns, **{"class": np.where(kind == "", "no pattern", kind)})


def _classes(on: np.ndarray, opposite: np.ndarray, trend: np.ndarray, share: float) -> np.ndarray:
    """The class of each cell on one side ('' for none), from its significant bins (cells, T)."""
    times, last = on.sum(axis=1), on[:, -1]
    run = np.cumprod(on[:, ::-1], axis=1).sum(axis=1)  # steps of the unbroken run that ends in the last
    lasting = times >= share * on.shape[1]
    return np.select(
        [
            last & (times == 1),
            last & (run >= 2) & (times == run) & ~lasting,
            last & lasting & (trend > 0),
            last & lasting & (trend < 0),
            last & lasting,
            ~last & lasting,
            last & opposite.any(axis=1),
            last,
        ],
        [
            "new",
            "consecutive",
            "intensifying",
            "diminishing",
            "persistent",
            "historical",
            "oscillating",
            "sporadic",
        ],
        "",
    )


def _moving_sum(values: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """For each step, the sum over it and the steps before it, `reach` in all."""
    total = np.hstack([np.zeros((len(values), 1)), np.cumsum(values, axis=1)])
    steps = np.arange(1, values.shape[1] + 1)
    sums: np.ndarray = total[:, steps] - total[:, steps - reach]
    return sums


def _pearson_two_sided(z: np.ndarray, skew: np.ndarray) -> np.ndarray:
    """Twice the smaller tail of the standardised Pearson type III distribution, at most 1."""
    mirrored = np.where(skew < 0, -z, z)
    shape = 4 / np.maximum(np.abs(skew), 1e-4) ** 2  # below, it is the normal distribution to 4 digits
    gamma = np.maximum(shape + mirrored * np.sqrt(shape), 0)
    tail = np.minimum(special.gammainc(shape, gamma), special.gammaincc(shape, gamma))
    p: np.ndarray = np.minimum(1.0, 2 * tail)
    return p


def _tie_terms(series: np.ndarray) -> np.ndarray:
    """Sum over groups of equal values, of t (t - 1) (2 t + 5), for each row."""
    ordered = np.sort(series, axis=1)
    terms, run = np.zeros(len(series)), np.ones(len(series))
    for k in range(1, series.shape[1]):
        tied = ordered[:, k] == ordered[:, k - 1]
        terms += np.where(tied, 0, run * (run - 1) * (2 * run + 5))
        run = np.where(tied, run + 1, 1)
    return terms + run * (run - 1) * (2 * run + 5)
