"""The rate of false alarms that is chosen on Today is the one that decides which places rise."""

import numpy as np
import pytest

from analytics.overview.rising_places import RiseParameters, choose_place_limit, draw_by_chance, judge_latest
from analytics.warnings.alarms import choose_limit


def history(seed: int, cells: int = 200, periods: int = 15) -> np.ndarray:
    """Counts without a change that vary more than chance."""
    generator = np.random.default_rng(seed)
    return generator.poisson(
        generator.gamma(2.0, 3.0, (cells, 1)) * generator.gamma(4, 0.25, (cells, periods))
    )


def limit_of(counts: np.ndarray, parameters: RiseParameters, monthly: bool = False) -> float:
    return choose_place_limit(draw_by_chance(counts, parameters), monthly, parameters)


def test_p_of_the_latest_period_written_out():
    """A cell of exactly five each period beside others that never change: its variance is that of chance."""
    from scipy import stats

    counts = np.full((40, 15), 5)
    counts[0, -1] = 12
    expected, p = judge_latest(counts, RiseParameters(gap=2))
    now = 39 * 5 + 12
    likely = 5 * now / 200
    variance = likely + likely**2 / (12 * 5)
    success = likely / variance
    negative_binomial = stats.nbinom(likely * success / (1 - success), success)
    assert expected[0] == pytest.approx(likely)
    assert p[0] == pytest.approx(negative_binomial.sf(11))


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.2])
def test_permuted_histories_raise_as_many_as_asked_for(rate):
    """The limit by one seed, how many are called by another."""
    counts, parameters = history(1), RiseParameters(false_alarms=rate, seed=1)
    limit = limit_of(counts, parameters)
    generator = np.random.default_rng(99)
    called = [
        int((judge_latest(generator.permuted(counts[:, :-1], axis=1), parameters)[1] <= limit).sum())
        for _ in range(300)
    ]
    asked = choose_limit(rate, 1, False)
    assert np.mean(called) == pytest.approx(asked, abs=4 * np.sqrt(asked * (1 / 300 + 1 / 99)))


def test_a_higher_rate_is_a_wider_limit_and_never_above_five_in_a_hundred():
    limits = [limit_of(history(2), RiseParameters(false_alarms=rate)) for rate in (0.5, 2, 30)]
    assert limits == sorted(limits) and limits[0] < limits[1] and limits[2] <= 0.05
    few = history(3, cells=5)
    assert limit_of(few, RiseParameters(false_alarms=10_000.0), monthly=True) == 0.05


def test_what_is_new_now_is_no_part_of_what_chance_gives():
    counts = history(4)
    limit = limit_of(counts, RiseParameters())
    counts[:50, -1] += 200
    assert limit_of(counts, RiseParameters()) == limit
