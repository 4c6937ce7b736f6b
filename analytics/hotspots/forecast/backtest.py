"""Forecast methods on the user's own past: forecast, look at what happened, move on, and count.

A window is the `horizon` days from an origin. At each origin a method knows only incidents of earlier days.
The test windows follow `test_from` without overlap; as many windows before it as the history allows (at
most 156, in the last 60 % of it) serve first to fit what is fitted and then to choose what to recommend.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.hotspots.forecast import learned_model, methods, scores
from analytics.hotspots.forecast.catalogue import (
    MAXIMUM_FITTED,
    MIXTURE,
    NAIVE,
    BacktestParameters,
    Catalogue,
)
from analytics.hotspots.forecast.history import Ground, Incidents, Past
from analytics.hotspots.forecast.recommend import RECOMMENDED, Catch, choose, recommendation
from analytics.hotspots.forecast.windows import (
    follow_calendar,
    schedule,
)
from analytics.hotspots.refusal import TooFewData
from analytics.shared.wording import counted

REFIT, RELEARN = 13, 26  # windows between fits of the mixture and of the trees
FEWEST_CELLS = 30
BINS = 10


@dataclass(frozen=True)
class Backtest:
    """`scores`: a row for every method, origin (the first day forecast), measure and share. `summary`: the
    same over all test windows. Both: value, lower, upper (95 %), interval (how it was made), chosen_km2 and
    incidents (weight, where weighted). `calibration`: per method and tenth of the expected (10 the
    riskiest), expected and observed with a Poisson interval; empty where weighted. `recommendation`: a row
    for every share (`recommend.recommendation`). `cells`: those known at the last origin. `catch`: what
    every method caught at every scored origin, those before the test first, of which there are
    `earlier`."""

    scores: pd.DataFrame
    summary: pd.DataFrame
    calibration: pd.DataFrame
    recommendation: pd.DataFrame
    cells: int
    parameters: BacktestParameters
    catch: Catch
    earlier: int


def backtest(
    points: pd.DataFrame,
    parameters: BacktestParameters,
    *,
    progress: Callable[[float], None] = lambda share: None,
) -> Backtest:
    """Backtest every method on `points`: x, y (metres on a projected CRS), local_date, and if there weight
    (harm) and time_precision.

    The study area is the cells with an incident before the origin; what then happened in other cells counts
    among N and is caught by none. Hit rate, PAI, PEI and RRI are of weight; Brier, log score and
    calibration, of whether a cell had any incident, are left out for weighted points. Intervals of a single
    window: Clopper-Pearson on its incidents (an effective number where weighted; A, the best possible and
    the history held fixed), for the means over cells a normal one, for calibration Poisson. Over windows: the
    wider of a bootstrap of whole windows and of Clopper-Pearson, or under ten of them the same as for one.
    Same seed, same answer, in whatever order the rows come. `progress` is told the share of the windows done,
    and may raise.

    Raises TooFewData where the data cannot carry it: under 30 incidents or cells before the test, no whole
    test window, fewer than three earlier windows, months only with a horizon under 28 days.
    """
    parameters = follow_calendar(points, parameters)
    incidents = Incidents.from_frame(points)
    origins, first_scored, first_test = schedule(points, incidents, parameters)
    ground = Ground(incidents, parameters.grid)
    first = Past(ground, origins[first_scored], parameters.ahead)
    if first.known.sum() < FEWEST_CELLS:
        raise TooFewData(
            f"Only {counted(first.known.sum(), 'cell')} had an incident before the first forecast; "
            f"{FEWEST_CELLS} are needed. Take smaller cells."
        )
    most = parameters.grid.cell_km2 * first.known.sum()
    if any(area > most for area in parameters.areas_km2):
        raise ValueError(
            f"The cells that had incidents before the first forecast make up {most:.2f} km² only."
        )
    seasonal = methods.season_is_known(first)
    return _Run(ground, parameters, seasonal).over(origins, first_scored, first_test, progress)


class _Run:
    """One walk through the origins: fits when due, forecasts, and keeps what each method caught."""

    def __init__(self, ground: Ground, parameters: BacktestParameters, seasonal: bool):
        self.ground, self.parameters = ground, parameters
        self.catalogue = Catalogue(parameters, seasonal=seasonal)
        self.names = self.catalogue.names
        self.recent: deque[learned_model.Window] = deque(maxlen=MAXIMUM_FITTED)

    def over(
        self, origins: list[int], first_scored: int, first_test: int, progress: Callable[[float], None]
    ) -> Backtest:
        p = self.parameters
        catches: list[Catch] = []
        probable: list[np.ndarray] = []
        picks: list[list[int]] = []
        bins = np.zeros((2, len(self.names), BINS))
        for rank, origin in enumerate(origins):
            progress(rank / len(origins))
            past = Past(self.ground, origin, p.ahead)
            days = self.ground.incidents.day
            ahead = slice(np.searchsorted(days, origin), np.searchsorted(days, past.end))
            weight = self.ground.incidents.weight[ahead]
            observed = np.bincount(self.ground.cell[ahead], weight, minlength=len(self.ground))
            if rank >= first_scored:
                due = (rank - first_test) % REFIT == 0
                if due or rank == first_scored:
                    windows = list(self.recent)
                    forecasts = self.catalogue.fit(windows, learn=(rank - first_test) % RELEARN == 0)
                    levels = self.catalogue.levels(forecasts, windows)
                if rank >= first_test:
                    known = Catch.stack(catches)
                    picks.append([choose(known, x, self.names, MIXTURE) for x in range(self._extents)])
                given = np.stack([forecasts[name](past) for name in self.names])
                catches.append(self._catch(past, given, observed, float((weight**2).sum())))
                if rank >= first_test and not self.ground.incidents.weighted:
                    probable.append(self._probable(past, given, levels, observed, bins))
            self.recent.append(learned_model.Window(past, observed))
        return self._report(
            np.array(origins[first_test:]),
            Catch.stack(catches),
            first_test - first_scored,
            np.array(picks),
            probable,
            bins,
            int(past.known.sum()),
        )

    @property
    def _extents(self) -> int:
        return len(self.parameters.shares) + len(self.parameters.areas_km2)

    def _catch(self, past: Past, given: np.ndarray, observed: np.ndarray, squared: float) -> Catch:
        p, known = self.parameters, np.flatnonzero(past.known)
        count = past.rate()
        order = scores.neutral_order(count[known], self.ground.i[known], self.ground.j[known], p.seed)
        ranked = np.stack([known[scores.ranking(row[known], order)] for row in given])
        cells = len(known) if p.study_km2 is None else p.study_km2 / p.grid.cell_km2
        chosen = [max(1, round(share * len(known))) for share in p.shares]
        chosen += [max(1, int(area / p.grid.cell_km2 + 1e-9)) for area in p.areas_km2]
        joint, before = [], []
        for k in chosen:
            taken = np.zeros((len(given), len(observed)), dtype=bool)
            np.put_along_axis(taken, ranked[:, :k], True, axis=1)
            some = taken[:, observed > 0].astype(float)
            joint.append((some * observed[observed > 0]) @ some.T)
            before.append(count[ranked[:, :k]].sum(axis=1) / count.sum())
        return Catch(
            joint=np.array(joint),
            before=np.array(before),
            chosen=np.array(chosen),
            share=np.array(chosen) / cells,
            total=np.asarray(observed.sum()),
            squared=np.asarray(squared),
            best=np.array([scores.best_possible(observed, k) for k in chosen]),
        )

    def _probable(
        self, past: Past, given: np.ndarray, levels: np.ndarray, observed: np.ndarray, bins: np.ndarray
    ) -> np.ndarray:
        """(methods, 7): mean and standard error of Brier and log score over cells; expected and observed
        totals. Adds to `bins` (2, methods, BINS) the expected and the observed by tenth of the expected."""
        outcome, rows = observed[past.known], []
        for m, row in enumerate(given):
            expected = levels[m, 0] * row[past.known] + levels[m, 1]
            measures = [scores.brier(expected, outcome), scores.log_score(expected, outcome)]
            rows.append(
                [x for s in measures for x in (s.mean(), s.std(ddof=1) / np.sqrt(len(s)))]
                + [expected.sum(), outcome.sum()]
            )
            order = np.argsort(expected, kind="stable")
            running = np.cumsum(expected[order])
            tenth = np.minimum(
                (running - expected[order] / 2) / max(running[-1], 1e-300) * BINS, BINS - 1
            ).astype(int)
            bins[0, m] += np.bincount(tenth, expected[order], minlength=BINS)
            bins[1, m] += np.bincount(tenth, outcome[order], minlength=BINS)
        return np.array(rows)

    def _report(
        self,
        origins: np.ndarray,
        catch: Catch,
        first_test: int,
        picks: np.ndarray,
        probable: list[np.ndarray],
        bins: np.ndarray,
        cells: int,
    ) -> Backtest:
        p = self.parameters
        tested = catch.after(first_test).with_picks(picks)
        names = [*self.names, RECOMMENDED]
        single, pooled = tested.measures(), tested.pooled(p.seed)
        km2 = tested.chosen * p.grid.cell_km2
        asked = np.broadcast_to(
            np.r_[np.array(p.shares), tested.share[0, len(p.shares) :]], tested.share.shape
        )
        when = pd.to_datetime(origins.astype("datetime64[D]"))
        frames = [_frame(single, names, when, asked, km2, tested.total)]
        summary = [
            _frame(
                {name: tuple(x[None] for x in values) for name, values in pooled.items()},
                names,
                when[:1],
                asked[:1],
                km2.mean(axis=0)[None],
                tested.total.sum(keepdims=True),
            )
        ]
        how = "windows" if tested.bootstrapped else "incidents"
        frames[0]["interval"], summary[0]["interval"] = "incidents", how
        if probable:
            each, overall = _probability_frames(np.array(probable), self.names, when, tested.total, p.seed)
            frames.append(each)
            summary.append(overall)
        summary_frame = pd.concat(summary, ignore_index=True).drop(columns="origin")
        return Backtest(
            pd.concat(frames, ignore_index=True),
            summary_frame,
            self._calibration(bins),
            recommendation(catch, first_test, picks, self.names, NAIVE, MIXTURE, asked[0]),
            cells,
            p,
            catch,
            first_test,
        )

    def _calibration(self, bins: np.ndarray) -> pd.DataFrame:
        if self.ground.incidents.weighted:
            return pd.DataFrame(columns=["method", "tenth", "expected", "observed", "lower", "upper"])
        lower, upper = scores.poisson_interval(bins[1])
        return pd.DataFrame(
            {
                "method": np.repeat(self.names, BINS),
                "tenth": np.tile(np.arange(1, BINS + 1), len(self.names)),
                "expected": bins[0].ravel(),
                "observed": bins[1].ravel(),
                "lower": lower.ravel(),
                "upper": upper.ravel(),
            }
        )


def _frame(
    measures: Mapping[str, tuple[np.ndarray, ...]],
    names: list[str],
    when: pd.DatetimeIndex,
    asked: np.ndarray,
    km2: np.ndarray,
    total: np.ndarray,
) -> pd.DataFrame:
    """Long form of arrays of shape (origins, extents, methods)."""
    frames = []
    for measure, (value, lower, upper) in measures.items():
        o, x, m = (axis.ravel() for axis in np.indices(value.shape))
        frames.append(
            pd.DataFrame(
                {
                    "method": np.array(names)[m],
                    "origin": when[o],
                    "measure": measure,
                    "share": asked[o, x],
                    "value": value.ravel(),
                    "lower": lower.ravel(),
                    "upper": upper.ravel(),
                    "chosen_km2": km2[o, x],
                    "incidents": total[o],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _probability_frames(
    probable: np.ndarray, names: list[str], when: pd.DatetimeIndex, total: np.ndarray, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Brier, log score and calibration (observed / expected), by origin and over all of them."""
    expected, observed = probable[..., 4], probable[..., 5]
    low, high = scores.poisson_interval(observed)
    single = {
        "Brier": _normal(probable[..., 0], probable[..., 1]),
        "log score": _normal(probable[..., 2], probable[..., 3]),
        "calibration": (observed / expected, low / expected, high / expected),
    }
    over = {
        "Brier": (probable[..., 0], np.ones_like(expected)),
        "log score": (probable[..., 2], np.ones_like(expected)),
        "calibration": (observed, expected),
    }
    nowhere = np.full((len(when), 1), np.nan)
    each = _frame(
        {k: tuple(x[:, None] for x in v) for k, v in single.items()}, names, when, nowhere, nowhere, total
    )
    each["interval"] = np.where(each.measure == "calibration", "incidents", "cells")
    pooled = {
        measure: (above.sum(axis=0) / below.sum(axis=0), *scores.ratio_bootstrap(above, below, seed))
        for measure, (above, below) in over.items()
    }
    overall = _frame(
        {k: tuple(x[None, None] for x in v) for k, v in pooled.items()},
        names,
        when[:1],
        nowhere,
        nowhere,
        total.sum(keepdims=True),
    )
    overall["interval"] = "windows"
    return each, overall


def _normal(mean: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return mean, mean - 1.96 * error, mean + 1.96 * error
