"""The baselines' days, counts and p at exact values."""

import numpy as np
import pytest

from analytics.tasking.effect.baselines import _one_sided, measure_baselines, standard


def days(spans: list[tuple[int, int, float]], length: int = 200) -> np.ndarray:
    """Counts a day: of each span of days, first to before last, how many."""
    counts = np.zeros(length)
    for first, last, each in spans:
        counts[first:last] = each
    return counts


def measure(own, *, start=170, length=30, found=None, places=30, controls=10, like=None):
    like = np.ones((places, len(own))) if like is None else like
    return measure_baselines(np.vstack([own, like]), start, length, 3, controls, found)


def test_each_baseline_has_its_own_days_counts_and_change():
    own = days([(0, 80, 1), (80, 140, 2), (140, 170, 3), (170, 200, 4)])
    table = measure(own).table.set_index("baseline")
    assert table.index.tolist() == ["just before", "recent", "long-run"]
    assert table.before.tolist() == [90, 210, 290] and table.after.tolist() == [120] * 3
    assert table.scale.tolist() == pytest.approx([1, 1 / 3, 30 / 170])
    assert table.control_before.tolist() == [300, 900, 1700] and table.control_after.tolist() == [300] * 3
    assert table.expected.tolist() == pytest.approx([90, 70, 290 * 30 / 170])  # its control did not change
    assert table.change.tolist() == pytest.approx([120 / 90 - 1, 120 / 70 - 1, 120 / 290 * 170 / 30 - 1])
    z = [
        (120 - 90) / np.sqrt(90 * 2),
        (120 - 70) / np.sqrt(70 * 4 / 3),
        (120 - 290 * 3 / 17) / np.sqrt(290 * 3 / 17 * 20 / 17),
    ]
    assert table.z.tolist() == pytest.approx(z, rel=1e-3)


def test_only_the_control_rows_are_the_control():
    like = np.ones((30, 200))
    like[10:] = 50
    table = measure(np.ones(200), like=like).table
    assert table.control_before.tolist() == [300, 900, 1700] and table.control_after.tolist() == [300] * 3


def test_a_place_without_incidents_before_has_no_change_and_a_finite_z():
    own = days([(170, 200, 0.2)])
    table = measure(own).table.set_index("baseline")
    assert table.expected.eq(0).all() and table.change.isna().all()
    # Half an incident in the days before is the least that its variance is reckoned from.
    k = np.array([1, 1 / 3, 30 / 170])
    assert table.z.tolist() == pytest.approx(6 / np.sqrt(0.5 * k * (1 + k)), rel=1e-3)


@pytest.mark.parametrize(
    ("expected_before", "least"), [(0.0, 0.5), (0.4, 0.5), (0.6, 0.6), (1.2, 1.2), (3.0, 3.0)]
)
def test_half_an_incident_before_is_the_least_variance(expected_before, least):
    before, after = np.array([expected_before, 9.5, 1.0]), np.array([2.0, 9.5, 1.0])
    for k in (0.25, 1.0, 2.0):
        expected, z = standard(before, after * k, k, controls=1)
        change = (9.5 * k + 0.5) / (9.5 * k + 0.5)
        assert expected[0] == pytest.approx(expected_before * k)
        variance = max(expected[0], 0.5 * k) * (1 + k * change)
        assert z[0] == pytest.approx((2 * k - expected[0]) / np.sqrt(variance))
        assert variance == pytest.approx(least * k * (1 + k))


@pytest.mark.parametrize(
    ("found", "left_out"),
    [
        (None, None),
        ((30, 1), (140, 170)),  # both days included
        ((30, 11), (140, 160)),
        ((1, 1), (169, 170)),
        ((300, 150), (0, 21)),  # found before the history begins
        ((30, -5), (140, 170)),  # and beyond the action
        ((140, 1), (30, 170)),  # thirty days are left, as many as after
        ((141, 1), None),  # fewer: the whole history stands
        ((200, 1), None),
        ((-3, -9), None),  # found only after the action
    ],
)
def test_the_days_in_which_the_place_was_found_are_left_out_of_the_long_run(found, left_out):
    own = np.arange(1.0, 201.0)
    kept = np.ones(170, dtype=bool)
    if left_out:
        kept[slice(*left_out)] = False
    row = measure(own, found=found).table.set_index("baseline").loc["long-run"]
    assert row.before == own[:170][kept].sum() and row.scale == pytest.approx(30 / kept.sum())
    others = measure(own, found=found).table.set_index("baseline")
    assert others.before["recent"] == own[80:170].sum()


def test_the_days_found_are_left_out_at_every_placebo_too():
    rng = np.random.default_rng(1)
    like = rng.poisson(0.5, (60, 200)).astype(float)
    own = rng.poisson(0.5, 200).astype(float)
    own[170:] = rng.poisson(0.4, 30)
    with_, without = measure(own, like=like, found=(30, 1)), measure(own, like=like)
    assert with_.placebos == without.placebos == 60 * 4
    counts = np.vstack([own, like])
    z = list(measures_on(counts, {day: np.r_[0 : day - 30] for day in (170, 120, 127, 134)}))
    placebos = np.concatenate([each[1:] for each in z])
    fewer = (1 + (placebos <= z[0][0] + 1e-12).sum()) / (1 + len(placebos))
    more = (1 + (placebos >= z[0][0] - 1e-12).sum()) / (1 + len(placebos))
    row = with_.table.set_index("baseline").loc["long-run"]
    assert 0.1 < 2 * min(fewer, more) < 0.9
    assert row.p == pytest.approx(2 * min(fewer, more)) and row.z == pytest.approx(z[0][0])


def measures_on(counts: np.ndarray, history: dict[int, np.ndarray]) -> np.ndarray:
    """z of every place for an action on each day against its days of history, shape (days, places). The first
    day is the action's: the others say how much more months vary than chance."""
    residual, chance, months, level = [], [], [], []
    for day, before in history.items():
        then, after = counts[:, before].sum(axis=1), counts[:, day : day + 30].sum(axis=1)
        k = 30 / len(before)
        expected, z = standard(then, after, k, 10)
        residual.append(after - expected)
        chance.append(np.where(z == 0, np.nan, (after - expected) / np.where(z == 0, 1, z)) ** 2)
        months.append(np.maximum(expected, 0.5 * k) ** 2 * (1 + k))
        level.append((expected, 1 + k))
    residual, chance, months = np.array(residual), np.array(chance), np.array(months)
    assert not np.isnan(chance).any()
    theirs = slice(1, None)
    square = np.mean(residual[1:, theirs] ** 2, axis=0) / chance[1:, theirs].mean(axis=0)
    usual = np.mean([expected[theirs] for expected, _ in level[1:]], axis=0)
    x = usual**2 * np.mean([more for _, more in level[1:]]) / chance[1:, theirs].mean(axis=0)
    slope, level_ = 0.0, square.mean()
    for _ in range(4):
        slope, level_ = np.polyfit(x, square, 1, w=1 / (level_ + slope * x))
        if slope <= 0:
            slope, level_ = 0.0, 1.0
            break
        level_ = max(level_, 0.3)
    return residual / np.sqrt(chance + slope / level_ * months)


def test_months_that_vary_by_themselves_count_as_more_variance_the_busier_the_place():
    """Places of many levels whose months vary by a third: the variance found in their history makes the z of
    the busy ones as spread as that of the quiet ones. Without it theirs is twice as spread."""
    rng = np.random.default_rng(3)
    level = np.geomspace(0.1, 6, 400)
    months = np.repeat(rng.gamma(9, 1 / 9, (400, 26)), 15, axis=1)
    counts = rng.poisson(level[:, None] * months).astype(float)
    days = {day: np.arange(day) for day in (360, *range(120, 331, 7))}
    z = measures_on(counts, days)
    plain = standard(counts[:, :360].sum(axis=1), counts[:, 360:].sum(axis=1), 30 / 360, 10)[1]
    assert plain[300:].std() > 2 * plain[:100].std()
    assert z[0][300:].std() < 1.4 * z[0][:100].std()
    table = measure_baselines(counts, 360, 30, 3, 10, None).table.set_index("baseline")
    assert table.z["long-run"] == pytest.approx(z[0][0])


def test_each_baselines_own_p_is_two_sided_and_at_most_one():
    rng = np.random.default_rng(4)
    like = rng.poisson(1, (40, 200)).astype(float)
    high = measure(np.r_[np.ones(170), np.full(30, 9.0)], like=like)
    assert high.direction == "more" and high.table.p.tolist() == pytest.approx([2 / 161] * 3)
    assert high.p == pytest.approx(2 / 161)
    low = measure(np.r_[np.full(170, 9.0), np.zeros(30)], like=like)
    assert low.direction == "fewer" and low.table.p.tolist() == pytest.approx([2 / 161] * 3)
    same = np.ones((40, 200))
    level = measure(np.ones(200), like=same)
    assert level.table.p.tolist() == [1, 1, 1] and level.p == 1


@pytest.mark.parametrize(
    ("measure_", "p"),
    [(3.0, 2 / 5), (3.0 + 5e-13, 2 / 5), (2.5, 2 / 5), (3.5, 1 / 5), (1.0, 5 / 5), (2.0, 3 / 5)],
)
def test_p_counts_the_placebos_at_least_as_large(measure_, p):
    assert _one_sided(np.array([1.0, 1.5, 2.0, 3.0]), measure_) == pytest.approx(p)


def measures_by_day(counts: np.ndarray, days: tuple[int, ...]) -> dict[str, np.ndarray]:
    """z of every place but the first for an action on each of `days`, and of the first on the first day at
    the head."""
    found = {}
    for name, first in (("just before", -30), ("recent", -90), ("long-run", None)):
        z = measures_on(counts, {day: np.arange(0 if first is None else day + first, day) for day in days})
        found[name] = np.concatenate([z[0][:1], *(each[1:] for each in z)])
    return found


def test_the_joint_p_of_a_fall_counts_placebos_whose_two_baselines_are_both_as_low_or_called_a_rise():
    """Ranks counted one by one. Of a rise the larger p stands as it is, twice, over three baselines."""
    rng = np.random.default_rng(7)
    like = rng.poisson(0.5, (60, 200)).astype(float)
    risen = 0
    for after in (0.2, 0.3, 0.9):
        own = rng.poisson(0.5, 200).astype(float)
        own[170:] = rng.poisson(after, 30)
        counts = np.vstack([own, like])
        z = measures_by_day(counts, (170, 120, 127, 134))
        as_low = {name: [(values[1:] <= each + 1e-12).sum() for each in values] for name, values in z.items()}
        as_high = {
            name: [(values[1:] >= each - 1e-12).sum() for each in values] for name, values in z.items()
        }
        both = np.maximum(as_low["recent"], as_low["long-run"])
        highest = np.max(list(as_high.values()), axis=0)
        level = (1 + (both[1:] <= both[0]).sum()) / (1 + 60 * 4)
        rises = 2 * highest[1:] / (60 * 4) < level
        fewer = (1 + ((both[1:] <= both[0]) | rises).sum()) / (1 + 60 * 4)
        risen += int(rises.sum())
        more = 2 * (1 + highest[0]) / (1 + 60 * 4)
        measured = measure(own, like=like)
        assert measured.p == pytest.approx(min(1, fewer, more))
        assert measured.direction == ("fewer" if fewer < more else "more")
        plain = max((1 + as_low[name][0]) / (1 + 60 * 4) for name in ("recent", "long-run"))
        assert level <= plain + 1e-12
    assert risen > 0
