"""What the measure of an effect can be set to do differently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Period = tuple[date, date]  # first and last day


@dataclass(frozen=True)
class EffectParameters:
    """Days and metres. `minimum_days`: before which nothing is judged; `recent`: how many times the days
    after the recent baseline holds; `maximum_days`: how far after the action is looked; `history_days`: the
    long-run baseline; `ring`: the width of a spillover ring; `placebos`: how many similar places; `controls`:
    how many of them make the control area; `level`: below which p is called; `interval`: the level of the
    displacement difference's interval, which confirms one direction alone, so that twice `level` lies outside
    it; `near_m`, `near_days`: what a near repeat is; `seed` of the quotient's interval. `own_minimum`,
    `control_minimum`, `level_factor` and `fit_factor` are the limits of `comparability`."""

    minimum_days: int = 21
    maximum_days: int = 84
    recent: int = 3
    history_days: int = 364
    ring: float = 250.0
    placebos: int = 100
    controls: int = 30
    level: float = 0.05
    interval: float = 0.90
    near_m: float = 200.0
    near_days: int = 14
    seed: int = 0
    own_minimum: int = 10
    control_minimum: int = 10
    level_factor: float = 5.0
    fit_factor: float = 2.0
