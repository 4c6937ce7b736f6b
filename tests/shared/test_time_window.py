"""The narrowest window of a cycle, against every window there is."""

import numpy as np
import pytest

from analytics.shared.time_window import CycleWindow, find_narrowest_window, write_hours


def every_window(counts: list[int], share: float) -> CycleWindow:
    """The best of all windows, by the definition."""
    parts, total = len(counts), sum(counts)
    found = []
    for length in range(1, parts + 1):
        for start in range(parts if length < parts else 1):
            inside = sum(counts[(start + k) % parts] for k in range(length))
            if inside >= share * total - 1e-9:
                found.append((length, -inside, start))
    length, inside, start = min(found)
    return CycleWindow(start, length, -inside, total, parts)


@pytest.mark.parametrize("seed", range(60))
def test_it_is_the_best_of_all_windows(seed):
    rng = np.random.default_rng(seed)
    parts = int(rng.choice([1, 2, 7, 24]))
    counts = rng.poisson(rng.uniform(0, 4, parts) * (rng.random(parts) < 0.6)).tolist()
    share = float(rng.choice([0.1, 0.5, 0.8, 0.95, 1.0]))
    if not sum(counts):
        counts[0] = 1
    assert find_narrowest_window(counts, share) == every_window(counts, share)


def test_it_runs_over_midnight_and_ends_with_a_minute():
    counts = [3, 2] + [0] * 20 + [4, 6]
    window = find_narrowest_window(counts)
    assert (window.start, window.last, window.length, window.inside) == (22, 0, 3, 13)
    assert write_hours(window) == "22:00 to 00:59"
    evening = find_narrowest_window([0] * 17 + [1] * 5 + [0, 0])
    assert write_hours(find_narrowest_window([0] * 17 + [2] * 5 + [0, 0], 1.0)) == "17:00 to 21:59"
    assert evening.length == 4 and not evening.contains(21) and evening.contains(17)


def test_nothing_counted_has_no_window_and_a_tie_goes_to_the_first():
    assert find_narrowest_window([0.0] * 24) is None
    assert find_narrowest_window([1] * 24).start == 0 and find_narrowest_window([1] * 24).length == 20
    assert write_hours(find_narrowest_window([1] * 24, 1.0)) == "the whole day"
    assert find_narrowest_window([0.1] * 10, 0.3).length == 3  # fractions do not add up to the digit
    for wrong in (0, 1.2):
        with pytest.raises(ValueError, match="share"):
            find_narrowest_window([1], wrong)
    with pytest.raises(ValueError, match="negative"):
        find_narrowest_window([1, -1])
