"""Concentration: the smallest set of places that holds a share of crime or harm, and how unequal the places
are.

Places are cells, street segments or beats: one number each, zeros included (they are what makes the share of
places mean something). The curve runs from the fullest place down; Lorenz's curve is the same one mirrored.
Source: Weisburd (2015), Criminology 53(2) (law of crime concentration); Bernasco & Steenbeek (2017), Journal
of Quantitative Criminology 33(3) (the generalised Gini); Efron (1979) (the bootstrap, here over places)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.hotspots.refusal import TooFewData

MINIMUM_PLACES, MINIMUM_TOTAL = 20, 20


@dataclass(frozen=True)
class ConcentrationParameters:
    """`share` of crime or harm asked for; bootstrap `replicates`, width of the `interval`, `seed`; `points`
    along the curve."""

    share: float = 0.5
    replicates: int = 499
    interval: float = 0.95
    seed: int = 0
    points: int = 101


@dataclass(frozen=True)
class Concentration:
    """`curve`: places, share, low, high (shares of 0 to 1), held by the fullest places.

    `smallest`: rows of the smallest set of places with `share`, fullest first; `places`: its share of all
    places, with `places_low` and `places_high`. `gini`; `generalised_gini` (None for harm), each with its
    interval."""

    curve: pd.DataFrame
    smallest: np.ndarray
    places: float
    places_low: float
    places_high: float
    gini: float
    gini_low: float
    gini_high: float
    generalised_gini: float | None
    generalised_low: float | None
    generalised_high: float | None

    @property
    def lorenz(self) -> pd.DataFrame:
        """Lorenz's curve: places, share, low, high, from the emptiest place up."""
        mirrored = 1 - self.curve.iloc[::-1].reset_index(drop=True)
        return mirrored.rename(columns={"low": "high", "high": "low"})[["places", "share", "low", "high"]]


def concentration(
    values: np.ndarray, parameters: ConcentrationParameters | None = None, *, harm: bool = False
) -> Concentration:
    """How few places hold how much. `values`: one count (or, with `harm`, one sum of weights) a place, >= 0.

    The band and the intervals are percentiles of a bootstrap that draws places with replacement, seeded: how
    far the answer would move had other places of the kind been looked at; not a test against chance. With
    fewer incidents than places some inequality is arithmetic: the generalised Gini takes as equality the most
    even spread those incidents allow. It counts incidents and has no meaning for harm. Places that tie are
    taken in the order given. Raises TooFewData under 20 places or 20 incidents (for harm: where there is
    none), ValueError on a negative value."""
    parameters = parameters or ConcentrationParameters()
    values = np.asarray(values, dtype=float)
    if values.size and not (values >= 0).all():
        raise ValueError("A place cannot hold less than nothing.")
    total, n = values.sum(), len(values)
    if n < MINIMUM_PLACES or total == 0 or (total < MINIMUM_TOTAL and not harm):
        raise TooFewData(
            f"Concentration needs at least {MINIMUM_PLACES} places and {MINIMUM_TOTAL} incidents; here are "
            f"{n} and {total:.0f}. Widen the period or take smaller places."
        )
    order = np.argsort(-values, kind="stable")
    taken = _places_for(values[order], np.ones(n), parameters.share)
    # Equal places are one group drawn at once: as many groups as different counts, not as places.
    group, size = np.unique(values, return_counts=True)
    group, size = group[::-1], size[::-1]
    at = np.linspace(0, 1, parameters.points)
    rng = np.random.default_rng(parameters.seed)
    curves, sets, ginis, totals = [], [], [], []
    for _ in range(parameters.replicates):
        drawn = rng.multinomial(n, size / n)
        if drawn @ group == 0:  # nothing happened in any place drawn: no curve
            continue
        curves.append(_accumulate_shares(group, drawn, at))
        sets.append(_places_for(group, drawn, parameters.share) / n)
        ginis.append(_gini(group, drawn))
        totals.append(drawn @ group)
    tails = [(1 - parameters.interval) / 2, (1 + parameters.interval) / 2]
    low, high = np.quantile(curves, tails, axis=0)
    shares = _accumulate_shares(group, size, at)
    curve = pd.DataFrame({"places": at, "share": shares, "low": low, "high": high})
    gini = _gini(group, size)
    generalised = generalised_low = generalised_high = None
    if not harm:
        all_ginis = np.asarray(_generalised(np.array(ginis), n, np.array(totals)))
        generalised = float(_generalised(gini, n, total))
        generalised_low, generalised_high = _limits(all_ginis, tails)
    places_low, places_high = _limits(sets, tails)
    gini_low, gini_high = _limits(ginis, tails)
    return Concentration(
        curve,
        order[: int(np.ceil(taken))],
        float(np.ceil(taken)) / n,
        places_low,
        places_high,
        gini,
        gini_low,
        gini_high,
        generalised,
        generalised_low,
        generalised_high,
    )


def _limits(values: Sequence[float] | np.ndarray, tails: list[float]) -> tuple[float, float]:
    low, high = np.quantile(values, tails)
    return float(low), float(high)


def _accumulate_shares(value: np.ndarray, places: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Share of the total held by the fullest share `at` of places; `value` descends, `places` counts them."""
    x = np.append(0, np.cumsum(places)) / places.sum()
    y = np.append(0, np.cumsum(value * places)) / (value @ places)
    shares: np.ndarray = np.interp(at, x, y)
    return shares


def _places_for(value: np.ndarray, places: np.ndarray, share: float) -> float:
    """The least number of places, fullest first, that hold `share` of the total."""
    total = np.cumsum(value * places)
    wanted = share * total[-1] * (1 - 1e-12)
    k = np.searchsorted(total, wanted)
    before = total[k - 1] if k else 0.0
    return float(places[:k].sum() + np.ceil((wanted - before) / value[k] * (1 - 1e-12)))


def _gini(value: np.ndarray, places: np.ndarray) -> float:
    """Gini's coefficient: 1 less twice the area under Lorenz's curve."""
    n = places.sum()
    held = np.append(0, np.cumsum(value * places)) / (value @ places)
    return float(((held[1:] + held[:-1]) * places).sum() / n - 1)


def _generalised(gini: np.ndarray | float, n: int, incidents: np.ndarray | float) -> np.ndarray | float:
    """Bernasco & Steenbeek's (2017) eq. 5: Gini's distance from the most even spread that is possible."""
    generalised: np.ndarray | float = np.maximum(n / incidents, 1) * (gini - 1) + 1
    return generalised
