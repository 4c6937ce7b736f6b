"""The synthetic control's limits, and its p against the ratios written out."""

import numpy as np
import pytest
from scipy.optimize import minimize

from analytics.tasking.effect.synthetic import synthetic_control, weeks


def test_weeks_are_whole_and_counted_from_the_action_both_ways():
    counts = np.arange(2 * 24.0).reshape(2, 24)
    weekly, first = weeks(counts, 10)  # days 3 to 9 before, 10 to 16 and 17 to 23 after
    assert first == 1 and weekly.shape == (2, 3)
    assert weekly[0].tolist() == [counts[0, 3:10].sum(), counts[0, 10:17].sum(), counts[0, 17:24].sum()]
    assert weeks(counts[:, :23], 10)[0].shape == (2, 2)
    assert weeks(counts, 14)[1] == 2 and weeks(counts, 13)[1] == 1


def steady(before: int, after: int, a_week: int = 1, donors: int = 4) -> np.ndarray:
    """A place and its donors with `a_week` incidents on the first day of each week."""
    counts = np.zeros((1 + donors, 7 * (before + after)))
    counts[:, ::7] = a_week
    return counts


@pytest.mark.parametrize(
    ("before", "after", "made"), [(26, 3, True), (25, 3, False), (26, 2, False), (27, 4, True)]
)
def test_twenty_six_weeks_before_and_three_after_are_needed(before, after, made):
    weekly, p = synthetic_control(steady(before, after), 7 * before)
    assert (weekly is not None) is made and (p is not None) is made
    if made:
        assert np.allclose(weekly, 1) and p == 1  # no ratio is larger than the place's own, nought


def test_one_incident_a_week_at_the_place_itself_is_needed():
    counts = steady(26, 3, a_week=1)
    counts[1] *= 5  # the first donor is busy whatever the place is
    assert synthetic_control(counts, 182)[0] is not None
    counts[0, 0] = 0  # 25 in 26 weeks
    assert synthetic_control(counts, 182) == (None, None)
    quiet = steady(26, 3, a_week=2)
    quiet[1, 7:] = 0
    assert synthetic_control(quiet, 182)[0] is not None


def test_the_donors_must_reach_four_fifths_of_the_place():
    counts = steady(26, 3, a_week=4)
    counts[0] *= 1.25  # donors reach 4 of 5: exactly four fifths
    assert synthetic_control(np.round(counts), 182)[0] is not None
    counts[0, 0] += 1
    assert synthetic_control(np.round(counts), 182) == (None, None)


def test_p_is_the_share_of_ratios_of_errors_at_least_as_large_as_the_places():
    """Weights by a general minimiser instead of non-negative least squares."""
    rng = np.random.default_rng(2)
    counts = np.zeros((5, 7 * 32))
    counts[:, ::7] = rng.poisson(6, (5, 32))
    weekly, first = counts[:, ::7], 28
    ratios, made = [], []
    for row in range(5):
        donors, own = np.delete(weekly, row, axis=0), weekly[row]
        best = minimize(
            lambda w, own=own, donors=donors: ((own[:first] - w @ donors[:, :first]) ** 2).sum(),
            np.full(4, 0.25),
            bounds=[(0, 1)] * 4,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            method="SLSQP",
        )
        errors = (own - best.x @ donors) ** 2
        ratios.append(errors[first:].mean() / errors[:first].mean())
        made.append(best.x @ donors)
    control, p = synthetic_control(counts, 7 * first)
    assert np.allclose(control, made[0], atol=0.02)
    assert p == np.mean(np.array(ratios) >= ratios[0])


def test_a_place_that_its_donors_make_exactly_has_the_largest_ratio_once_it_departs_a_little():
    """Its error before is nearly nought: the ratio is of that error, not of one."""
    rng = np.random.default_rng(3)
    donors = np.zeros((5, 7 * 32))
    donors[:, ::7] = rng.poisson(6, (5, 32))
    place = donors[0] / 2 + donors[1] / 2
    place[7 * 28 :: 7] += 0.1
    assert synthetic_control(np.vstack([place, donors]), 7 * 28)[1] == pytest.approx(1 / 6)
