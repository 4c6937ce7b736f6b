"""From bits to a probability that comes true as often as it says.

Fields are not independent, so that bits say too much. The groups, which rest on all pairs between their
mentions, know better than one pair: a line from bits to log-odds is fitted to whether pairs ended in one
group (Platt 1999), drawn towards what the bits themselves say where there are few pairs. No truth is used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

_FROM_BITS = float(np.log(2))
_TRUST = 200.0  # how strongly the bits' own scale counts against the pairs
_WIDEST = 60.0  # bits


@dataclass(frozen=True)
class Calibration:
    """Log-odds are `intercept` + `slope` * bits."""

    slope: float = _FROM_BITS
    intercept: float = 0.0

    def probability(self, bits: np.ndarray) -> np.ndarray:
        odds = self.intercept + self.slope * np.clip(bits, -500, 500)
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -700, 700))))


def fit_calibration(bits: np.ndarray, together: np.ndarray) -> Calibration:
    """`together`: whether a pair ended in one group. Pairs beyond doubt say nothing of the line."""
    x = np.clip(bits, -_WIDEST, _WIDEST)
    sign = np.where(together, 1.0, -1.0)
    start = np.array([0.0, _FROM_BITS])
    pull = np.array([_TRUST / 100, _TRUST])

    def loss(line: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (line[0] + line[1] * x)
        wrong = -sign / (1 + np.exp(np.clip(margin, -500, 500)))
        away = line - start
        value = np.logaddexp(0.0, -margin).sum() + (pull * away * away).sum() / 2
        return float(value), np.array([wrong.sum(), (wrong * x).sum()]) + pull * away

    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return Calibration(float(max(found[1], 0.05)), float(found[0]))
