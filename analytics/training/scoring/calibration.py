"""Whether stated probabilities come true: the Brier score and its three parts.

Sources: Brier, G. W. (1950), Monthly Weather Review 78, 1-3; Murphy, A. H. (1973), Journal of Applied
Meteorology 12, 595-600, for the parts: Brier = reliability - resolution + uncertainty, exactly where
statements are grouped by equal probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ENOUGH = 20  # statements below which nobody can be called well or badly calibrated
_COIN = 0.25  # the Brier score of saying 50 % every time
_SAMPLES = 1_000
_SEED = 20  # of the resampling alone, so that the same statements give the same interval


@dataclass(frozen=True)
class CalibrationParts:
    """`skill`: 1 where every probability was 1 and came true, 0 as good as a coin, negative where worse;
    `low` and `high` hold it with 95 % (bootstrap over statements). The parts are None without a statement."""

    statements: int
    brier: float | None
    reliability: float | None
    resolution: float | None
    uncertainty: float | None
    skill: float
    low: float | None
    high: float | None

    @property
    def too_few(self) -> bool:
        return self.statements < ENOUGH


def measure_calibration(stated: Sequence[tuple[float, bool]]) -> CalibrationParts:
    """Of (probability, whether it was so). A proper score: whoever says what they believe expects most."""
    if not stated:
        return CalibrationParts(0, None, None, None, None, 0.0, None, None)
    probability = np.array([said for said, _ in stated], float)
    outcome = np.array([was for _, was in stated], float)
    loss = (probability - outcome) ** 2
    brier, base = float(loss.mean()), float(outcome.mean())
    levels, group = np.unique(probability, return_inverse=True)
    size = np.bincount(group)
    happened = np.bincount(group, outcome) / size
    draws = np.random.default_rng(_SEED).integers(0, len(loss), (_SAMPLES, len(loss)))
    low, high = np.quantile(1 - loss[draws].mean(axis=1) / _COIN, [0.025, 0.975])
    return CalibrationParts(
        len(stated),
        brier,
        float((size * (levels - happened) ** 2).sum() / len(stated)),
        float((size * (happened - base) ** 2).sum() / len(stated)),
        base * (1 - base),
        1 - brier / _COIN,
        float(low),
        float(high),
    )
