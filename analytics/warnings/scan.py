"""Where and when more happened than chance gives: scan statistics over circles and recent days.

Kulldorff (1997), Communications in Statistics 26: 1481-1496 (Poisson and Bernoulli); Kulldorff, Heffernan,
Hartman, Assunção & Mostashari (2005), PLoS Medicine 2: e59 (space-time permutation); Neill (2009), Int. J.
Forecasting 25: 498-517 (expectation-based Poisson). The largest of all circles and windows is compared with
the largest of each simulated world, so one p answers for the whole search. The four log likelihood ratios
differ: each cluster is named with its model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from analytics.shared.threads import in_threads

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

POISSON, BERNOULLI, EXPECTATION_BASED = 0, 1, 2  # the permutation form has the Poisson form's ratio
_WORLDS_AT_ONCE = 64
_TIE = 1e-9  # ratios closer than this are equal: sums in another order differ in the last bits


@dataclass(frozen=True)
class Zones:
    """Circles around each place: `place` lists the neighbours of every centre from near to far, those of
    centre i at `start[i]` to `start[i + 1]`; `ends` marks where a circle may end (places equally far from the
    centre enter it together); `radius`: metres, or the unit of the coordinates, up to each."""

    start: Integers
    place: Integers
    ends: npt.NDArray[np.bool_]
    radius: Floats


@dataclass(frozen=True)
class Cluster:
    """A circle and window with more than expected. `places`: row numbers, the centre first; `window`: the
    column of counts; `p`: of the largest ratio anywhere, one for the whole search."""

    places: tuple[int, ...]
    window: int
    observed: float
    expected: float
    ratio: float
    radius: float
    p: float


def find_zones(
    xy: npt.ArrayLike,
    *,
    maximum_radius: float | None = None,
    population: npt.ArrayLike | None = None,
    maximum_share: float = 0.5,
    distances: Floats | None = None,
) -> Zones:
    """Every circle around a place up to `maximum_radius`, or up to `maximum_share` of the `population`.

    `xy`: shape (n, 2), metres on a projected CRS; `distances`: (n, n), instead of those of `xy`."""
    points = np.asarray(xy, dtype=float)
    share = None if population is None else np.asarray(population, dtype=float)
    limit = np.inf if share is None else maximum_share * share.sum() * (1 + 1e-12)
    tree = None if distances is not None or maximum_radius is None else cKDTree(points)
    starts, places, ends, radii = [0], [], [], []
    for centre in range(len(points)):
        if tree is not None and maximum_radius is not None:
            near = np.asarray(tree.query_ball_point(points[centre], maximum_radius * (1 + 1e-12)))
            away = np.hypot(*(points[near] - points[centre]).T)
        else:
            away = distances[centre] if distances is not None else cdist(points[[centre]], points)[0]
            near = np.arange(len(points))
        if maximum_radius is not None:
            inside = away <= maximum_radius * (1 + 1e-12)
            near, away = near[inside], away[inside]
        order = np.lexsort((near, away))
        near, away = near[order], away[order]
        end = np.append(np.diff(away) > _TIE * max(1.0, away[-1]), True)
        if share is not None:
            fits = np.cumsum(share[near]) <= limit
            allowed = np.flatnonzero(end & fits)
            if not len(allowed):
                starts.append(starts[-1])
                continue
            keep = allowed[-1] + 1
            near, away, end = near[:keep], away[:keep], end[:keep]
        places.append(near)
        ends.append(end)
        radii.append(away)
        starts.append(starts[-1] + len(near))
    return Zones(
        np.asarray(starts, dtype=np.int64),
        np.concatenate(places).astype(np.int64),
        np.concatenate(ends),
        np.concatenate(radii),
    )


def scan(
    zones: Zones,
    counts: npt.ArrayLike,
    expected: npt.ArrayLike,
    simulate: Callable[[np.random.Generator], Floats],
    *,
    totals: tuple[float, float],
    model: int = POISSON,
    simulations: int = 999,
    seed: int = 1,
    minimum_cases: float = 2,
    maximum_clusters: int = 10,
    enough: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> list[Cluster]:
    """The clusters that do not overlap, the strongest first.

    `counts` and `expected`: shape (places, windows), of each place within each window of time; under
    BERNOULLI `expected` is the number of events of either kind. `totals`: all cases, and all that `expected`
    divides (as many again, or the events of either kind), over all places and times. `simulate` draws counts
    of the same shape under the null hypothesis: cases fall by `expected` everywhere. p = (1 + simulated
    worlds whose largest ratio is at least as large) / (simulations + 1), so never below 1 / (simulations +
    1). Of equal ratios the smallest circle is named. `progress` is told the share done, and may raise."""
    baseline = np.ascontiguousarray(expected, dtype=float)
    ratios = np.zeros((len(zones.place), baseline.shape[1]))
    observed = np.ascontiguousarray(counts, dtype=float)
    setting = (*_arrays_of(zones), baseline, *totals, model, float(minimum_cases))
    in_threads(_measure, len(zones.start) - 1, observed, *setting, ratios)
    chosen = _choose_apart(zones, ratios, maximum_clusters)
    if not chosen:
        return []
    stop = (float(ratios[chosen[0]]) - _TIE, enough) if enough else None
    largest = _largest_by_chance(setting, simulate, simulations, seed, stop, progress)
    clusters = []
    for row, window in chosen:
        places = zones.place[zones.start[_centre_of(zones, row)] : row + 1]
        ratio = float(ratios[row, window])
        clusters.append(
            Cluster(
                tuple(int(place) for place in places),
                window,
                float(observed[places, window].sum()),
                _expect(baseline[places, window].sum(), totals, model),
                ratio,
                float(zones.radius[row]),
                _share_as_large(largest, ratio - _TIE, stopped=len(largest) < simulations),
            )
        )
    return clusters


def _arrays_of(zones: Zones) -> tuple[Integers, Integers, npt.NDArray[np.bool_]]:
    """The arrays of the circles as the kernels take them."""
    return zones.start, zones.place, zones.ends


def _expect(baseline: float, totals: tuple[float, float], model: int) -> float:
    return float(baseline * totals[0] / totals[1]) if model == BERNOULLI else float(baseline)


def _centre_of(zones: Zones, row: int) -> int:
    return int(np.searchsorted(zones.start, row, side="right")) - 1


def _choose_apart(zones: Zones, ratios: Floats, maximum: int) -> list[tuple[int, int]]:
    """Rows and windows of the largest ratios whose places do not overlap; of equal ones the circle of fewest
    places, then of fewest periods."""
    rows, windows = np.nonzero(ratios > 0)
    if not len(rows):
        return []
    centres = np.searchsorted(zones.start, rows, side="right") - 1
    sizes = rows - zones.start[centres] + 1
    # Ratios are compared to nine figures, so that the last bits do not choose between equal ones.
    order = np.lexsort((rows, windows, sizes, -np.round(ratios[rows, windows], 9)))
    taken = np.zeros(len(zones.start) - 1, dtype=bool)
    chosen: list[tuple[int, int]] = []
    for k in order:
        places = zones.place[zones.start[centres[k]] : rows[k] + 1]
        if not taken[places].any():
            taken[places] = True
            chosen.append((int(rows[k]), int(windows[k])))
            if len(chosen) == maximum:
                break
    return chosen


def _largest_by_chance(
    setting: tuple[object, ...],
    simulate: Callable[[np.random.Generator], Floats],
    simulations: int,
    seed: int,
    stop: tuple[float, int] | None,
    progress: Callable[[float], None],
) -> Floats:
    """The largest ratio of each simulated world, up to the world in which `stop` (a ratio, and how many
    worlds as large are enough) is reached."""
    generator = np.random.default_rng(seed)
    largest = np.zeros(simulations)
    for first in range(0, simulations, _WORLDS_AT_ONCE):
        progress(first / simulations)
        batch = min(_WORLDS_AT_ONCE, simulations - first)
        worlds = np.stack([simulate(generator) for _ in range(batch)]).astype(float)
        in_threads(_find_largest, batch, worlds, *setting, largest[first : first + batch])
        if stop is not None:
            as_large = np.flatnonzero(largest[: first + batch] >= stop[0])
            if len(as_large) >= stop[1]:
                return largest[: as_large[stop[1] - 1] + 1]
    return largest


def _share_as_large(largest: Floats, ratio: float, *, stopped: bool) -> float:
    as_large = int((largest >= ratio).sum())
    return as_large / len(largest) if stopped else (as_large + 1) / (len(largest) + 1)


@numba.njit(cache=True, nogil=True)
def _ratio(cases: float, baseline: float, all_cases: float, all_baseline: float, model: int) -> float:
    """The log likelihood ratio of more cases inside than outside; 0 where there are not."""
    if model == EXPECTATION_BASED:
        if cases <= baseline or baseline <= 0:
            return 0.0
        return float(cases * np.log(cases / baseline) + baseline - cases)
    if model == POISSON:
        if cases <= baseline or baseline <= 0:
            return 0.0
        rest = all_cases - cases
        outside = rest * np.log(rest / (all_cases - baseline)) if rest > 0 else 0.0
        return float(cases * np.log(cases / baseline) + outside)
    rest, others = all_cases - cases, all_baseline - baseline
    if baseline <= 0 or others <= 0 or cases * others <= rest * baseline:
        return 0.0
    inside = _entropy(cases, baseline) + _entropy(rest, others)
    return inside - _entropy(all_cases, all_baseline)


@numba.njit(cache=True, nogil=True)
def _entropy(cases: float, events: float) -> float:
    """The log likelihood of `cases` among `events` at their own share."""
    result = 0.0
    if cases > 0:
        result += cases * np.log(cases / events)
    if events > cases:
        result += (events - cases) * np.log((events - cases) / events)
    return result


@numba.njit(cache=True, nogil=True)
def _measure(
    first: int,
    last: int,
    counts: np.ndarray,
    start: np.ndarray,
    place: np.ndarray,
    ends: np.ndarray,
    baseline: np.ndarray,
    all_cases: float,
    all_baseline: float,
    model: int,
    minimum_cases: float,
    ratios: np.ndarray,
) -> None:
    """The ratio of every circle (rows of `ratios`) and window around the centres `first` to `last`."""
    for centre in range(first, last):
        for window in range(counts.shape[1]):
            cases, expected = 0.0, 0.0
            for row in range(start[centre], start[centre + 1]):
                cases += counts[place[row], window]
                expected += baseline[place[row], window]
                if ends[row] and cases >= minimum_cases:
                    ratios[row, window] = _ratio(cases, expected, all_cases, all_baseline, model)


@numba.njit(cache=True, nogil=True)
def _find_largest(
    first: int,
    last: int,
    worlds: np.ndarray,
    start: np.ndarray,
    place: np.ndarray,
    ends: np.ndarray,
    baseline: np.ndarray,
    all_cases: float,
    all_baseline: float,
    model: int,
    minimum_cases: float,
    largest: np.ndarray,
) -> None:
    """The largest ratio of each of the worlds `first` to `last`."""
    for world in range(first, last):
        for centre in range(len(start) - 1):
            for window in range(worlds.shape[2]):
                cases, expected = 0.0, 0.0
                for row in range(start[centre], start[centre + 1]):
                    cases += worlds[world, place[row], window]
                    expected += baseline[place[row], window]
                    if ends[row] and cases >= minimum_cases:
                        ratio = _ratio(cases, expected, all_cases, all_baseline, model)
                        largest[world] = max(largest[world], ratio)


def scan_recent(
    zones: Zones,
    place: npt.ArrayLike,
    period: npt.ArrayLike,
    *,
    maximum_periods: int,
    simulations: int = 999,
    seed: int = 1,
    minimum_cases: float = 2,
    maximum_clusters: int = 10,
    enough: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> list[Cluster]:
    """The prospective space-time permutation scan: circles in which the last periods hold more of the cases
    than elsewhere. It needs no population, and a rise of the whole town is invisible to it.

    `place`: row numbers of the zones; `period`: days or weeks as whole numbers from 0, the last one now; both
    shape (cases,). Window k of a Cluster is the last k + 1 periods. Null hypothesis: when a case happened has
    nothing to do with where; dates are permuted over places. Repeat it daily and p below .05 comes by itself:
    read 1 / p as the days between false alarms."""
    where, when = np.asarray(place, dtype=np.int64), np.asarray(period, dtype=np.int64)
    age = when.max(initial=0) - when
    places = int(len(zones.start) - 1)
    here = np.bincount(where, minlength=places).astype(float)
    recent = np.array([(age <= window).sum() for window in range(maximum_periods)], dtype=float)
    total = float(max(len(where), 1))

    def count(cell: Integers) -> Floats:
        counts = np.bincount(cell, minlength=places * maximum_periods).reshape(places, maximum_periods)
        return np.cumsum(counts, axis=1).astype(float)

    recent_ages = age[age < maximum_periods]

    def simulate(generator: np.random.Generator) -> Floats:
        """Dates permuted over places: which cases are the recent ones is drawn, the rest need no date."""
        drawn = generator.choice(where, len(recent_ages), replace=False)
        return count(drawn * maximum_periods + recent_ages)

    return scan(
        zones,
        count(where[age < maximum_periods] * maximum_periods + recent_ages),
        np.outer(here, recent) / total,
        simulate,
        totals=(total, total),
        simulations=simulations,
        seed=seed,
        minimum_cases=minimum_cases,
        maximum_clusters=maximum_clusters,
        enough=enough,
        progress=progress,
    )
