"""Before and after: did a treated area change more than its control, and did crime move next door?

Null hypothesis of every test here: the treated area's count changed as its control's did (weighted
displacement difference, relative rate) or not at all (rate ratio, e-test); counts are Poisson. Recorded crime
often varies more than that, so the weighted displacement difference takes each area's `Dispersion`, measured
on the weeks before; the ratios do not, and their intervals are then too narrow. No correction for several
tests.
Sources: Wheeler & Ratcliffe (2018), Crime Science 7:11; Bowers & Johnson (2003), J. Quantitative Criminology
19(3); Krishnamoorthy & Thomson (2004), J. Statistical Planning and Inference 119(1); ptools (Wheeler).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
import shapely
from scipy import stats

from analytics.hotspots.refusal import TooFewData

AREAS = ("treated", "control", "displacement", "displacement_control")
MINIMUM_TOTAL = 10
WEEK, MINIMUM_WEEKS = 7, 4  # days; weeks before that a dispersion is measured on
MINIMUM_DISPERSION = 0.3  # weeks that happen to be alike do not make a count certain
_TAIL = 1e-15


@dataclass(frozen=True)
class AreaCounts:
    """Crime in an area before and after. `variance_before` and `variance_after` are the counts themselves
    unless they are harm: then the sums of squared weights (a compound Poisson's variance)."""

    before: float
    after: float
    variance_before: float | None = None
    variance_after: float | None = None

    def __post_init__(self) -> None:
        if min(self.before, self.after, *self.variances) < 0:
            raise ValueError("Counts and variances cannot be negative.")

    @property
    def variances(self) -> tuple[float, float]:
        return (
            self.before if self.variance_before is None else self.variance_before,
            self.after if self.variance_after is None else self.variance_after,
        )

    @property
    def weighted(self) -> bool:
        return self.variances != (self.before, self.after)


@dataclass(frozen=True)
class Dispersion:
    """How many times as much as Poisson an area's counts vary, and from how many degrees of
    freedom that was measured."""

    factor: float = 1.0
    freedom: float = np.inf


@dataclass(frozen=True)
class BeforeAfterParameters:
    """`time_weights`: lengths of the periods before and after, in one unit; `area_weights`: sizes of the
    areas, by name in AREAS, 1 where missing. Counts are divided by both. `level` of the intervals.
    `dispersion` by area: Poisson where missing; the difference's interval alone uses it."""

    time_weights: tuple[float, float] = (1.0, 1.0)
    area_weights: Mapping[str, float] = field(default_factory=dict)
    level: float = 0.95
    dispersion: Mapping[str, Dispersion] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if set(self.area_weights) - set(AREAS):
            raise ValueError(f"Areas are {AREAS}.")
        if min(*self.time_weights, *self.area_weights.values(), 1) <= 0 or not 0 < self.level < 1:
            raise ValueError("Weights must be above 0, and the level between 0 and 1.")


@dataclass(frozen=True)
class BeforeAfter:
    """`areas`: area, before, after, rate_ratio, low, high, p (exact; NaN for harm) and p_etest.
    `difference`: part ('local', 'displacement', 'total'), estimate, se, z, p (two-sided), low, high.
    `relative`: treated against control: ratio, low, high, p; NaN for harm or where a count is 0.
    `quotient`: the weighted displacement quotient, None without a displacement area or a relative fall.
    """

    areas: pd.DataFrame
    difference: pd.DataFrame
    relative: dict[str, float]
    quotient: float | None
    parameters: BeforeAfterParameters


def before_after(
    counts: Mapping[str, AreaCounts], parameters: BeforeAfterParameters = BeforeAfterParameters()
) -> BeforeAfter:
    """Everything on one change: counts by area (AREAS; the two displacement areas may be left out).

    Raises KeyError without a treated area or a control, TooFewData under 10 incidents in the two together.
    """
    pair = [counts[name] for name in ("treated", "control")]
    harm = any(area.weighted for area in pair)
    if not harm and sum(area.before + area.after for area in pair) < MINIMUM_TOTAL:
        raise TooFewData(
            f"Fewer than {MINIMUM_TOTAL} incidents in the treated area and its control: any change would be "
            "within chance. Use longer periods or larger areas."
        )
    rows = []
    for name in (area for area in AREAS if area in counts):
        area = counts[name]
        row = {"area": name, "before": area.before, "after": area.after}
        if area.weighted:
            blank = dict.fromkeys(("rate_ratio", "low", "high", "p", "p_etest"), np.nan)
            rows.append(row | blank)
            continue
        before, after = parameters.time_weights
        ratio = rate_ratio(area.after, area.before, after, before, level=parameters.level)
        rows.append(row | ratio | {"p_etest": e_test(area.after, area.before, after, before)})
    return BeforeAfter(
        pd.DataFrame(rows),
        weighted_displacement_difference(counts, parameters),
        relative_rate(counts["treated"], counts["control"], level=parameters.level),
        weighted_displacement_quotient(counts, parameters),
        parameters,
    )


def weighted_displacement_difference(
    counts: Mapping[str, AreaCounts], parameters: BeforeAfterParameters = BeforeAfterParameters()
) -> pd.DataFrame:
    """Change in the treated area less change in its control, plus the same for the displacement areas.

    In crimes per unit of time and area weight; below 0 is fewer than the control would lead one to expect.
    Normal approximation to the Poisson. Wheeler & Ratcliffe (2018), eq. 1-4; weights as in ptools. Where
    counts vary more (`Dispersion`), the variance is multiplied and the normal becomes Student's t with
    Satterthwaite's (1946) degrees of freedom, as in a quasi-Poisson regression.
    """
    local = _difference(counts, "treated", "control", parameters)
    displacement = _difference(counts, "displacement", "displacement_control", parameters)
    parts = np.array([local, displacement, local + displacement])
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = np.where(parts[:, 2] > 0, parts[:, 1] ** 2 / parts[:, 2], np.inf)
    return _with_interval(
        ["local", "displacement", "total"], parts[:, 0], parts[:, 1], parameters.level, freedom
    )


def measure_dispersion(day: np.ndarray, before: tuple[date, date]) -> Dispersion:
    """How an area's counts vary between the whole weeks of the period before, counted from its end: Pearson's
    chi-square over its degrees of freedom (McCullagh & Nelder 1989), at least MINIMUM_DISPERSION.

    `day`: datetime64[D], one an incident. Poisson where there are fewer than four weeks or no incident. A
    trend within the period counts as variation, so the interval errs on the wide side."""
    first, last = (np.datetime64(end, "D") for end in before)
    weeks = int((last - first).astype(int) + 1) // WEEK
    ago = (last - np.asarray(day, dtype="datetime64[D]")).astype(np.int64)
    count = np.bincount(ago[(ago >= 0) & (ago < weeks * WEEK)] // WEEK, minlength=weeks).astype(float)
    if weeks < MINIMUM_WEEKS or count.sum() == 0:
        return Dispersion()
    mean = count.mean()
    return Dispersion(
        max(MINIMUM_DISPERSION, float(((count - mean) ** 2).sum() / mean / (weeks - 1))), weeks - 1
    )


def combine_by_harm(
    estimate: np.ndarray, se: np.ndarray, harm: np.ndarray, *, level: float = 0.95
) -> pd.DataFrame:
    """Differences of several categories (estimate, se) added up by harm weight, as ptools' wdd_harm does."""
    estimate, se, harm = (np.asarray(values, dtype=float) for values in (estimate, se, harm))
    return _with_interval(
        ["harm"], np.array([(estimate * harm).sum()]), np.array([((se * harm) ** 2).sum()]), level
    )


def weighted_displacement_quotient(
    counts: Mapping[str, AreaCounts], parameters: BeforeAfterParameters = BeforeAfterParameters()
) -> float | None:
    """Bowers & Johnson's quotient: the displacement area's change relative to the control, by the treated's.

    Above 0: the benefit spread (above 1: by more than the direct effect); below 0: displacement (below -1: by
    more than was gained). None without a displacement area, or where the treated area did not fall relative
    to its control, for nothing was gained that could move. No interval: the source gives none.
    """
    if "displacement" not in counts:
        return None
    before, after = (
        {name: value / weight for name, (value, weight) in _weighted(counts, parameters, period).items()}
        for period in (0, 1)
    )
    if before["control"] == 0 or after["control"] == 0:
        return None
    treated, displaced = (
        after[name] / after["control"] - before[name] / before["control"]
        for name in ("treated", "displacement")
    )
    return displaced / treated if treated < 0 else None


def rate_ratio(
    count: float, reference: float, exposure: float = 1, reference_exposure: float = 1, *, level: float = 0.95
) -> dict[str, float]:
    """Ratio of two Poisson rates with its exact interval and two-sided p: rate_ratio, low, high, p.

    Given their sum, the first count is binomial (Clopper & Pearson 1934; Przyborowski & Wilenski 1940). The
    ratio is infinite with a reference of 0; all are NaN where both counts are.
    """
    total, odds = count + reference, reference_exposure / exposure
    if total == 0:
        return dict.fromkeys(("rate_ratio", "low", "high", "p"), np.nan)
    test = stats.binomtest(int(count), int(total), 1 / (1 + odds))
    low, high = (
        np.inf if share == 1 else share / (1 - share) * odds
        for share in test.proportion_ci(level, method="exact")
    )
    ratio = np.inf if reference == 0 else count / reference * odds
    return {"rate_ratio": ratio, "low": low, "high": high, "p": test.pvalue}


def e_test(count: float, reference: float, exposure: float = 1, reference_exposure: float = 1) -> float:
    """Two-sided p of Krishnamoorthy & Thomson's E-test that two Poisson rates are equal; NaN where both
    counts are 0. Less conservative than the exact conditional test. Pivot: the score statistic."""
    total = count + reference
    if total == 0:
        return np.nan
    exposures = np.array([exposure, reference_exposure], dtype=float)
    rate = total / exposures.sum()
    observed = (count / exposure - reference / reference_exposure) ** 2 / rate
    (first, p_first), (second, p_second) = (_likely(rate * size) for size in exposures)
    p = 0.0
    for k, likely in zip(first, p_first, strict=True):
        pooled = (k + second) / exposures.sum()
        away = (k / exposure - second / reference_exposure) ** 2
        # A pivot equal but for rounding is as extreme as the observed; two zeros have none.
        extreme = (away >= observed * pooled * (1 - 1e-9)) & (pooled > 0)
        p += likely * p_second[extreme].sum()
    return min(p, 1.0)


def relative_rate(treated: AreaCounts, control: AreaCounts, *, level: float = 0.95) -> dict[str, float]:
    """The treated area's after/before ratio by its control's (below 1: a relative fall): ratio, low, high, p.

    Areas and lengths of periods cancel out. Interval and two-sided p on the log scale, variance the sum of
    the reciprocal counts (Wald; Poisson). NaN with a count of 0 or harm instead of counts.
    """
    cells = np.array([treated.after, treated.before, control.after, control.before], dtype=float)
    if (cells == 0).any() or treated.weighted or control.weighted:
        return dict.fromkeys(("ratio", "low", "high", "p"), np.nan)
    log = np.log(cells) @ [1, -1, -1, 1]
    se = np.sqrt((1 / cells).sum())
    reach = stats.norm.ppf((1 + level) / 2) * se
    return {
        "ratio": float(np.exp(log)),
        "low": float(np.exp(log - reach)),
        "high": float(np.exp(log + reach)),
        "p": float(2 * stats.norm.sf(abs(log) / se)),
    }


def count_areas(
    points: pd.DataFrame,
    areas: Mapping[str, shapely.Geometry],
    before: tuple[date, date],
    after: tuple[date, date],
    *,
    weight: np.ndarray | None = None,
) -> tuple[dict[str, AreaCounts], BeforeAfterParameters]:
    """Counts by area (AREAS) from a frame with x, y and local_date; polygons in the same CRS, metres.

    Periods are first and last day, both included, and must not overlap. A point within several areas counts
    in the first named in AREAS, so a buffer may be drawn over what it surrounds; one on a border is inside.
    The parameters returned carry the periods' lengths, that before being 1, and, where incidents are counted,
    each area's dispersion; areas keep the weight 1.
    """
    if before[1] < before[0] or after[1] < after[0] or after[0] <= before[1]:
        raise ValueError("Give the period before, then the one after, without an overlap.")
    weighted = weight is not None
    weight = np.asarray(weight, dtype=float) if weight is not None else np.ones(len(points))
    x, y = points.x.to_numpy(), points.y.to_numpy()
    day = points.local_date.to_numpy().astype("datetime64[D]")
    period = [(day >= np.datetime64(first)) & (day <= np.datetime64(last)) for first, last in (before, after)]
    free = np.isfinite(x) & np.isfinite(y)
    counts, dispersion = {}, {}
    for name in (area for area in AREAS if area in areas):
        shapely.prepare(areas[name])
        inside = free & shapely.intersects_xy(areas[name], x, y)
        free &= ~inside
        sums = [weight[inside & when].sum() for when in period]
        squares = [(weight[inside & when] ** 2).sum() for when in period]
        counts[name] = AreaCounts(*map(float, sums), *map(float, squares))
        if not weighted:
            dispersion[name] = measure_dispersion(day[inside], before)
    lengths = [(last - first).days + 1 for first, last in (before, after)]
    return counts, BeforeAfterParameters((1.0, lengths[1] / lengths[0]), dispersion=dispersion)


def _weighted(
    counts: Mapping[str, AreaCounts], parameters: BeforeAfterParameters, period: int
) -> dict[str, tuple[float, float]]:
    """Each area's count in a period (0 before, 1 after) and what it is divided by."""
    return {
        name: (
            (area.before, area.after)[period],
            parameters.time_weights[period] * parameters.area_weights.get(name, 1.0),
        )
        for name, area in counts.items()
    }


def _difference(
    counts: Mapping[str, AreaCounts], treated: str, control: str, parameters: BeforeAfterParameters
) -> np.ndarray:
    """Estimate, variance, and the sum of squares of the areas' variances by their degrees of freedom; an area
    that is not there has no change."""
    estimate = variance = uncertain = 0.0
    for name, sign in ((treated, 1), (control, -1)):
        if name in counts:
            dispersion, own = parameters.dispersion.get(name, Dispersion()), 0.0
            for period, direction in ((0, -1), (1, 1)):
                value, weight = _weighted(counts, parameters, period)[name]
                estimate += sign * direction * value / weight
                own += dispersion.factor * counts[name].variances[period] / weight**2
            variance += own
            uncertain += own**2 / dispersion.freedom
    return np.array([estimate, variance, uncertain])


def _with_interval(
    parts: list[str],
    estimate: np.ndarray,
    variance: np.ndarray,
    level: float,
    freedom: np.ndarray | float = np.inf,
) -> pd.DataFrame:
    se = np.sqrt(variance)
    z = np.divide(estimate, se, out=np.full(len(se), np.nan), where=se > 0)
    reach = stats.t.ppf((1 + level) / 2, freedom) * se
    return pd.DataFrame(
        {
            "part": parts,
            "estimate": estimate,
            "se": se,
            "z": z,
            "p": 2 * stats.t.sf(np.abs(z), freedom),
            "low": estimate - reach,
            "high": estimate + reach,
        }
    )


def _likely(mean: float) -> tuple[np.ndarray, np.ndarray]:
    """The values of a Poisson variable but for tails of _TAIL, and their probabilities."""
    values = np.arange(stats.poisson.ppf(_TAIL, mean), stats.poisson.isf(_TAIL, mean) + 1)
    return values, stats.poisson.pmf(values, mean)
