"""Windows of different things against plain sets: the same windows, the same surprise."""

from types import SimpleNamespace

import numpy as np
import pytest

from analytics.finance.typologies.engine.blocks import Blocks
from analytics.finance.typologies.engine.distinct_windows import find_surprising_windows
from analytics.finance.typologies.engine.surprise import burst_surprise

WINDOW, HISTORY, END = 20, 90, 400


def count_by_sets(time, group, thing, begin_of_group, low_different, rate):
    """(group, begun) -> rows and surprise of every window with enough different things."""
    windows = {}
    for k, begun in enumerate(time):
        own = [row for row in begin_of_group[group[k]] if row >= k and time[row] <= begun + WINDOW]
        different = {thing[row] for row in own}
        if len(different) < low_different:
            continue
        since, until = max(begun - HISTORY, 0), min(begun + WINDOW + HISTORY, END)
        around = [
            row
            for row in begin_of_group[group[k]]
            if since <= time[row] < begun or begun + WINDOW < time[row] <= until
        ]
        others, exposure = len({thing[row] for row in around}), max(until - since - WINDOW, WINDOW)
        score = burst_surprise(len(different), float(WINDOW), others, float(exposure), rate)
        windows[int(group[k]), k] = own, score
    return windows


@pytest.mark.parametrize("seed", range(6))
def test_the_windows_and_their_surprise_are_those_that_sets_give(seed):
    rng = np.random.default_rng(seed)
    n = 300
    time = np.sort(rng.integers(0, END, n))  # many at the same moment
    group, thing = rng.integers(0, 12, n), rng.integers(0, 9, n)
    surroundings = SimpleNamespace(history=HISTORY, min_surprise=0.2)
    ledger = SimpleNamespace(
        time=time, begin=0, end=END, blocks=Blocks(0, END, HISTORY), surroundings=surroundings
    )
    found = find_surprising_windows(ledger, np.arange(n), group, thing, 3, WINDOW)
    own = {one: np.flatnonzero(group == one).tolist() for one in range(12)}
    met = len(set(zip(group.tolist(), thing.tolist(), strict=True)))
    plain = count_by_sets(time, group, thing, own, 3, met / len(set(group.tolist())) / END)
    best: dict[tuple[int, int], float] = {}
    for (one, k), (_, score) in plain.items():
        block = int(time[k]) // HISTORY
        if score >= 0.2:
            best[one, block] = max(best.get((one, block), 0.0), score)
    got = {
        (int(one), int(begun) // HISTORY): score
        for one, begun, score in zip(found.group, found.begun, found.surprise, strict=True)
    }
    assert got == pytest.approx(best) and len(best) > 20
    for one, rows, score in zip(found.group, found.rows, found.surprise, strict=True):
        assert plain[int(one), int(rows[0])] == (rows.tolist(), pytest.approx(score))


def test_no_rows_give_no_windows():
    ledger = SimpleNamespace(time=np.empty(0, np.int64), begin=0, end=1)
    none = np.empty(0, np.int64)
    assert find_surprising_windows(ledger, none, none, none, 3, WINDOW).rows == []
