"""Two counts over times of the same length: whether they differ by more than chance gives."""

from __future__ import annotations

import numpy as np
from scipy.stats import binomtest

from analytics.shared.predictive import predictive, two_sided

LEVEL = 0.05


def compare_counts(now: int, before: int) -> float:
    """Two-sided p of two counts over equal times under one rate (the conditional binomial test). Incidents
    that come in bursts differ more often than this allows for."""
    return float(binomtest(now, now + before).pvalue) if now + before else 1.0


def judge_counts(now: int, before: int) -> str:
    """'within chance' or 'beyond chance'."""
    return "within chance" if compare_counts(now, before) >= LEVEL else "beyond chance"


def judge_expected(now: int, expected: float) -> str:
    """The same of a count and what was expected of it; the expectation is taken to be as uncertain as a count
    of its size."""
    p = float(two_sided(predictive(expected, 2 * expected), np.array(now)))
    return "within chance" if p >= LEVEL else "beyond chance"
