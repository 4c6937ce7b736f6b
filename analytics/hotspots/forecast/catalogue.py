"""Every forecast method by name, fitted on windows whose outcome is known, and its level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np

from analytics.hotspots.forecast import learned_model, methods, repeat_victims
from analytics.hotspots.forecast.calibrate import poisson_mixture
from analytics.hotspots.forecast.history import Horizon, Past
from analytics.hotspots.forecast.risk_terrain import RiskLayer, fit_past_terrain, score_ground
from analytics.hotspots.grid.cells import Grid

MIXTURE, REPEATS, TERRAIN = "mixture", "repeat victimisation", "risk terrain"
LAST_PERIOD, SAME_SEASON, LONG_RUN = "last period", "same season last year", "long-run count"
NAIVE = (LONG_RUN, LAST_PERIOD, SAME_SEASON)
DEFAULT_SHARES = (0.01, 0.05, 0.10)
MAXIMUM_FITTED = 52  # windows that a fit looks back on
CALIBRATED_ON = 13  # windows that set the level
Forecast = Callable[[Past], np.ndarray]


@dataclass(frozen=True)
class BacktestParameters:
    """`test_from`: the first day that is forecast. `test_to`: the last day that may be (default: of the
    data's last incident). `horizon`: days. With `months` the windows are calendar months, so many each, from
    the first of a month, and `horizon` is about their days; `test_from` is then such a first.

    `shares` of the cells that had an incident before the origin are chosen, and `areas_km2` in square
    kilometres; `study_km2` is the A of PAI (default: all those cells). `half_life` (days) is of the decayed
    count, `bandwidths` (metres) of the densities (default: one and two cells), `half_distance` (metres;
    default 200, or half a cell if that is more) and `near_half_life` (days) of the near repeats. `trees`:
    fit the learned method too. `layers`: the features of the map that a risk terrain is fitted on."""

    grid: Grid
    test_from: date
    test_to: date | None = None
    horizon: int = 7
    shares: tuple[float, ...] = DEFAULT_SHARES
    areas_km2: tuple[float, ...] = ()
    study_km2: float | None = None
    half_life: float = 730.0
    bandwidths: tuple[float, ...] = ()
    half_distance: float | None = None
    near_half_life: float = 14.0
    trees: bool = True
    seed: int = 0
    months: int = 0
    layers: Mapping[str, RiskLayer] | None = None

    def __post_init__(self) -> None:
        if self.horizon < 1 or min(self.half_life, self.near_half_life) <= 0:
            raise ValueError("The horizon is at least a day, and half-lives are positive.")
        if not self.shares and not self.areas_km2:
            raise ValueError("Give a share of the area or an area to choose.")
        if not all(0 < share <= 1 for share in self.shares) or not all(a > 0 for a in self.areas_km2):
            raise ValueError("Shares lie between 0 and 1, areas are positive.")
        if min(*self.kernel_widths(), self.near_width()) < self.grid.size / 2:
            raise ValueError("Bandwidths and the half-distance must be at least half a cell.")

    @property
    def ahead(self) -> Horizon:
        return Horizon(self.horizon, self.months)

    def kernel_widths(self) -> tuple[float, ...]:
        return self.bandwidths or (float(self.grid.size), 2.0 * self.grid.size)

    def near_width(self) -> float:
        return max(200.0, self.grid.size / 2) if self.half_distance is None else self.half_distance


class Catalogue:
    """The methods: `names`, in the order they are shown; the last ones are fitted."""

    def __init__(self, parameters: BacktestParameters, *, seasonal: bool):
        self.parameters = p = parameters
        self.plain: dict[str, Forecast] = {LONG_RUN: methods.long_run_count, LAST_PERIOD: methods.last_period}
        if seasonal:
            self.plain[SAME_SEASON] = methods.same_season
        self.plain["decayed count"] = partial(methods.decayed_count, half_life=p.half_life)
        for width in p.kernel_widths():
            self.plain[f"kernel density {width:g} m"] = partial(methods.kernel_density, bandwidth=width)
        self.plain["near repeat"] = partial(
            methods.near_repeat, half_distance=p.near_width(), half_life=p.near_half_life
        )
        self.names = [
            *self.plain,
            REPEATS,
            *([TERRAIN] if p.layers else []),
            "smoothed count",
            MIXTURE,
            *(["learned trees"] if p.trees else []),
        ]
        self._trees: learned_model.Learned | None = None
        self._risk: np.ndarray | None = None

    def fit(self, windows: list[learned_model.Window], *, learn: bool = True) -> dict[str, Forecast]:
        """Every method ready to forecast, fitted on `windows`; without `learn`, trees and terrain are
        kept."""
        p = self.parameters
        smoothing = learned_model.fit_smoothing(windows)
        mixed = learned_model.fit_mixture(windows, smoothing, p.near_width())
        forecasts: dict[str, Forecast] = {
            **self.plain,
            REPEATS: partial(
                repeat_victims.repeat_victims,
                fitted=repeat_victims.fit_repeats([window.past for window in windows]),
            ),
            "smoothed count": partial(learned_model.smoothed_count, smoothing=smoothing),
            MIXTURE: partial(learned_model.mixture, fitted=mixed),
        }
        if p.layers:
            if learn or self._risk is None:  # the same at every origin: the ground does not move
                past = windows[-1].past
                self._risk = score_ground(past.ground, fit_past_terrain(past, p.layers, p.seed), p.layers)
            forecasts[TERRAIN] = partial(_give, self._risk)
        if p.trees:
            if learn or self._trees is None:
                self._trees = learned_model.fit_learned(windows, smoothing, p.near_width(), p.seed)
            forecasts["learned trees"] = partial(learned_model.learned, fitted=self._trees)
        return {name: forecasts[name] for name in self.names}

    def levels(self, forecasts: dict[str, Forecast], windows: list[learned_model.Window]) -> np.ndarray:
        """(forecasts, 2): expected = a * forecast + b, the same correction for every method, by Poisson
        likelihood on the last windows; b keeps a cell without a count from being impossible."""
        levels = []
        for name in forecasts:
            rows, outcomes, totals = [], [], np.zeros(2)
            for window in windows[-CALIBRATED_ON:]:
                known, outcome = window.past.known, window.observed
                columns = np.stack([forecasts[name](window.past), np.ones(len(outcome))], axis=1)
                totals += columns[known].sum(axis=0)
                some = known & (outcome > 0)
                rows.append(columns[some])
                outcomes.append(outcome[some])
            levels.append(poisson_mixture(np.concatenate(rows), totals, np.concatenate(outcomes)))
        return np.array(levels)


def _give(score: np.ndarray, past: Past) -> np.ndarray:
    """A score that does not depend on what was known at an origin."""
    return score
