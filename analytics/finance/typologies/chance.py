"""How many results at least as surprising chance alone would give."""

from __future__ import annotations

import numpy as np

_TAIL = 50  # the most surprising chance results that the tail is drawn from
_LEAST_SCALE = 1 / np.log(10)  # a tail that falls tenfold a digit, as a well-judged surprise must


def share_by_chance(surprise: np.ndarray, by_chance: np.ndarray | None, judged: int) -> np.ndarray:
    """For each result the share, at most 1, that chance has in the results at least as surprising (a tail false
    discovery rate). It never falls as surprise falls.

    `by_chance`: the surprises of the shuffled ledger's results; beyond the largest of them their tail is continued as
    an exponential one. None: chance gives `judged` x 10^-surprise.
    """
    order = np.argsort(-surprise, kind="stable")
    expected = judged * 10.0**-surprise if by_chance is None else _expected(surprise, by_chance)
    rank = np.searchsorted(-surprise[order], -surprise, side="right")
    share = np.minimum(expected / np.maximum(rank, 1), 1.0)
    share[order] = np.maximum.accumulate(share[order])
    return share


def _expected(surprise: np.ndarray, by_chance: np.ndarray) -> np.ndarray:
    falling = np.sort(by_chance)[::-1]
    counted = np.searchsorted(-falling, -surprise, side="right").astype(float)
    tail = min(_TAIL, max(len(falling) // 10, 5))
    if len(falling) < tail:  # too few to draw a tail from: one more than there were, falling tenfold a digit
        start = falling[0] if len(falling) else surprise.min(initial=0.0)
        return np.maximum(counted, (len(falling) + 1) * 10.0 ** -np.maximum(surprise - start, 0))
    start = falling[tail - 1]
    scale = max(float((falling[:tail] - start).mean()), _LEAST_SCALE)
    return np.where(surprise > start, tail * np.exp(-(surprise - start) / scale), counted)
