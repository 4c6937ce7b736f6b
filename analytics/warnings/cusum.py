"""Slow drifts: the sum of what each week exceeds its expectation by.

Rossi, Lampugnani & Marchi (1999), Statistics in Medicine 18: 2111-2122: a transformation that makes a Poisson
count nearly normal. A week alone need not stand out for the sum to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

REFERENCE, DECISION = 1.04, 2.26  # of Rossi and others: a mean that doubles, one false alarm in 500 weeks


def accumulate_excess(counts: npt.ArrayLike, expected: npt.ArrayLike, reference: float = REFERENCE) -> Floats:
    """The upper cusum of each week, 0 before the first, in standard deviations; an alarm is one above
    `DECISION`. `counts` and `expected` (> 0): shape (weeks,) or (series, weeks). It does not restart after an
    alarm, so it stays high for a while after a rise has ended."""
    y, mean = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    score = (y - 3 * mean + 2 * np.sqrt(mean * y)) / (2 * np.sqrt(mean)) - reference
    total = np.zeros(score.shape)
    running = np.zeros(score.shape[:-1])
    for week in range(score.shape[-1]):
        running = np.maximum(0.0, running + score[..., week])
        total[..., week] = running
    return total
