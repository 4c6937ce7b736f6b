"""How many results at least as surprising chance alone would give."""

from __future__ import annotations

import numpy as np
from scipy.optimize import isotonic_regression

_TAIL = 50  # the most surprising chance results that the tail is drawn from
_MIN_SCALE = 1 / np.log(10)  # a tail that falls tenfold a digit, as a well-judged surprise must


def chance_of_nothing(
    surprise: np.ndarray, by_chance: np.ndarray | None, judged: int
) -> tuple[np.ndarray, np.ndarray]:
    """For each result the chance, at most 1, that it is one of those that chance gives (the local false
    discovery rate), and how many at least as surprising chance alone would give.

    Down the list of results, how many more are expected by chance with each further one, made to rise
    steadily (isotonic; Strimmer 2008, BMC Bioinformatics 9:303). `by_chance`: the surprises of the shuffled
    ledger's results; beyond the largest of them their tail is continued as an exponential one. None: `judged`
    x 10^-surprise."""
    if not len(surprise):
        return np.empty(0), np.empty(0)
    values, rank, counts = np.unique(-surprise, return_inverse=True, return_counts=True)  # strongest first
    expected = judged * 10.0**values if by_chance is None else _expected(-values, by_chance)
    expected = np.maximum.accumulate(expected)
    more = np.diff(expected, prepend=0.0) / counts
    return np.minimum(isotonic_regression(more, weights=counts).x, 1.0)[rank], expected[rank]


def _expected(surprise: np.ndarray, by_chance: np.ndarray) -> np.ndarray:
    falling = np.sort(by_chance)[::-1]
    counted = np.searchsorted(-falling, -surprise, side="right").astype(float)
    tail = min(_TAIL, max(len(falling) // 10, 5))
    if len(falling) < tail:  # too few to draw a tail from: one more than there were, falling tenfold a digit
        start = falling[0] if len(falling) else surprise.min(initial=0.0)
        return np.asarray(np.maximum(counted, (len(falling) + 1) * 10.0 ** -np.maximum(surprise - start, 0)))
    start = falling[tail - 1]
    scale = max(float((falling[:tail] - start).mean()), _MIN_SCALE)
    return np.where(surprise > start, tail * np.exp(-(surprise - start) / scale), counted)
