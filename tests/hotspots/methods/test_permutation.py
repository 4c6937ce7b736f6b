"""p of sums over neighbours: its floor, its ties and its tails, at exact values."""

import itertools

import numpy as np
import pytest

from analytics.hotspots.methods.permutation import permutation_p

SKEWED = np.array([1.0] * 40 + [100.0] * 4)


def measure(values, sums, sizes, *, hold_own=False, permutations=199, seed=3):
    return permutation_p(
        np.asarray(values, float),
        np.asarray(sums, float),
        np.asarray(sizes),
        hold_own=hold_own,
        permutations=permutations,
        seed=seed,
    )


@pytest.mark.parametrize("permutations", [19, 199, 999])
def test_p_is_two_over_permutations_plus_one_where_no_draw_is_as_extreme(permutations):
    sums = np.where(np.arange(44) % 2 == 0, 1e6, -1e6)
    p = measure(SKEWED, sums, np.full(44, 3), permutations=permutations)
    assert (p == 2 / (permutations + 1)).all()


def test_with_its_own_value_in_place_the_floor_counts_the_draws_that_are_left():
    """One neighbour, as many draws as there are: a cell loses those in which it was drawn itself."""
    values, permutations = np.arange(10.0), 99
    p = measure(values, np.full(10, 1e6), np.full(10, 1), hold_own=True, permutations=permutations)
    rng = np.random.default_rng(3)
    drawn = np.array([int(rng.random() * 10) for _ in range(permutations)])
    used = np.array([(drawn != cell).sum() for cell in range(10)])
    assert (p == 2 / (used + 1)).all() and (used < permutations).all()


def test_p_of_one_neighbour_counts_each_tail_with_its_ties():
    values, permutations = np.array([1.0, 2.0, 2.0, 3.0, 9.0, 4.0]), 99
    rng = np.random.default_rng(3)
    drawn = values[[int(rng.random() * 6) for _ in range(permutations)]]
    sums = np.array([1.0, 2.0, 2.5, 3.0, 9.0, 4.0])
    tails = np.array([min((drawn >= s).sum(), (drawn <= s).sum()) for s in sums])
    assert (
        measure(values, sums, np.ones(6, int), permutations=99) == np.minimum(1, 2 * (tails + 1) / 100)
    ).all()
    own = np.array(
        [
            min((drawn[drawn != v] >= s).sum(), (drawn[drawn != v] <= s).sum())
            for v, s in zip(values[[0, 3, 4, 5]], sums[[0, 3, 4, 5]], strict=True)
        ]
    )
    used = np.array([(drawn != v).sum() for v in values[[0, 3, 4, 5]]])
    held = measure(values, sums, np.ones(6, int), hold_own=True, permutations=permutations)[[0, 3, 4, 5]]
    assert (held == np.minimum(1, 2 * (own + 1) / (used + 1))).all()


@pytest.mark.parametrize("hold_own", [False, True])
def test_where_every_sum_is_the_same_p_is_one(hold_own):
    p = measure(np.full(30, 0.1), np.full(30, 0.1 + 0.1 + 0.1), np.full(30, 3), hold_own=hold_own)
    assert (p == 1).all()


def test_sums_within_a_billionth_of_the_largest_value_are_ties_and_no_others_are():
    values = np.full(30, 1000.0)
    for off, p in ((5e-7, 1.0), (-5e-7, 1.0), (2e-6, 0.01), (-2e-6, 0.01)):
        assert measure(values, np.full(30, 3000 + off), np.full(30, 3))[0] == p
        assert measure(-values, np.full(30, -3000 + off), np.full(30, 3))[0] == p
        held = measure(values, np.full(30, 3000 + off), np.full(30, 3), hold_own=True)[0]
        assert (held == 1) == (p == 1)


@pytest.mark.parametrize("hold_own", [False, True])
def test_a_sum_exactly_a_billionth_of_the_largest_value_away_is_still_a_tie(hold_own):
    """The largest value is a thousand million: sums one apart are ties, and 1.5 apart are not."""
    values = np.array([1e9, *[0.0] * 9, 4.0])
    for sum_, ties in ((1.0, True), (-1.0, True), (1.5, False), (-1.5, False)):
        sums = np.where(np.arange(11) == 10, sum_, 0.0)
        p = measure(values, sums, np.ones(11, int), hold_own=hold_own)[10]
        # Nine of the ten other values are nought: far the larger part of each tail where they are ties.
        assert (p == 1) if ties else (p < 0.4), sum_


@pytest.mark.parametrize("off", [-1.0, 1.0])
def test_a_draw_of_the_cell_itself_that_ties_exactly_is_left_out_of_both_tails(off):
    values, permutations = np.array([1e9, -1e9, *[0.0] * 8, 4.0]), 199
    sums = np.where(np.arange(11) == 10, 4.0 + off, 0.0)
    rng = np.random.default_rng(3)
    drawn = np.array([int(rng.random() * 11) for _ in range(permutations)])
    others = values[drawn[drawn != 10]]
    tail = min((others >= 3.0 + off).sum(), (others <= 5.0 + off).sum())
    p = measure(values, sums, np.ones(11, int), hold_own=True, permutations=permutations)[10]
    assert p == 2 * (tail + 1) / (len(others) + 1)


def test_only_draws_in_which_the_cell_is_among_its_own_neighbours_are_left_out():
    """Of two drawn cells the first alone is the neighbour of a cell that has one."""
    values, permutations = np.arange(6.0), 99
    p = measure(values, np.full(6, 1e6), np.array([1, 1, 1, 2, 2, 2]), hold_own=True, permutations=99)
    rng, first = np.random.default_rng(3), []
    for _ in range(permutations):
        first.append(int(rng.random() * 6))
        while int(rng.random() * 6) == first[-1]:
            pass
    used = np.array([(np.array(first) != cell).sum() for cell in range(3)])
    assert (p[:3] == 2 / (used + 1)).all()


@pytest.mark.parametrize("hold_own", [False, True])
def test_a_cell_with_nothing_to_sum_has_p_one_and_the_others_their_own(hold_own):
    sizes = np.array([0, 3, 0, 2, 1] * 8)
    p = measure(np.arange(40.0), np.full(40, 1e6), sizes, hold_own=hold_own)
    assert (p[sizes == 0] == 1).all() and (p[sizes > 0] < 0.02).all()


def test_the_first_of_a_draw_are_every_subset_equally_often():
    """Of five values, the sum of the first two of a draw: each of the ten pairs, within chance."""
    values = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    sums = sorted(a + b for a, b in itertools.combinations(values, 2))
    for at, total in enumerate(sums):
        p = measure(values, np.full(5, total), np.array([2, 2, 2, 2, 3]), permutations=19_999)[0]
        tail = min(at + 1, 10 - at) / 10
        assert p == pytest.approx(min(1, 2 * tail), abs=0.03)


def test_with_its_own_value_in_place_a_cell_is_compared_with_the_others_alone():
    """The exact share: of the six pairs among the other four."""
    values = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    for cell in range(5):
        others = np.delete(values, cell)
        sums = sorted(a + b for a, b in itertools.combinations(others, 2))
        for at, total in enumerate(sums):
            given = np.full(5, 1e6)
            given[cell] = total
            p = measure(values, given, np.full(5, 2), hold_own=True, permutations=19_999)[cell]
            assert p == pytest.approx(min(1, 2 * min(at + 1, 6 - at) / 6), abs=0.04)


def test_a_seed_gives_the_same_and_another_seed_another():
    values = np.random.default_rng(1).lognormal(0, 1, 50)
    sums = np.linspace(values.min(), 3 * values.max(), 50)
    first = measure(values, sums, np.full(50, 4))
    assert (first == measure(values, sums, np.full(50, 4))).all()
    assert (first != measure(values, sums, np.full(50, 4), seed=4)).any()
