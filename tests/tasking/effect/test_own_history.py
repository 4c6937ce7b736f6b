"""The verdict from a place's own history, where no place is like it."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.tasking.effect.own_history import UnsteadyHistory, judge_by_history, shrink_to_mean

START, LENGTH, RECENT = 336, 28, 3


def _judge(own, town, found=None, everywhere=(), **changes):
    settings = {"recent": RECENT, "found": found, "own_minimum": 10, "fit_factor": 2.0, "level": 0.05}
    return judge_by_history(
        np.asarray(own, float),
        np.asarray(town, float),
        np.asarray(everywhere, float),
        START,
        LENGTH,
        **settings | changes,
    )


def _days(generator, rate, effect=1.0, town=20.0, season=None):
    season = np.ones(START + LENGTH) if season is None else season
    rates = rate * season
    rates[START:] *= effect
    return generator.poisson(rates), generator.poisson(town * season)


def test_a_fall_to_a_quarter_is_found_and_a_doubling():
    generator = np.random.default_rng(1)
    assert _judge(*_days(generator, 0.8, 0.25)).verdict == "fewer than expected"
    assert _judge(*_days(generator, 0.8, 2.5)).verdict == "more than expected"


@pytest.mark.parametrize("season", [None, 1 + 0.5 * np.sin(2 * np.pi * np.arange(START + LENGTH) / 364)])
def test_nothing_is_called_where_nothing_was_done(season):
    generator = np.random.default_rng(2)
    called = [_judge(*_days(generator, 0.8, season=season)).verdict for _ in range(200)]
    assert np.mean([verdict != "no detectable effect" for verdict in called]) <= 0.06


def test_a_season_of_the_town_is_not_an_effect():
    """The place falls to a third because the whole town does."""
    season = np.where(np.arange(START + LENGTH) < START, 1.0, 1 / 3)
    own = np.random.default_rng(3).poisson(1.2 * season)
    assert _judge(own, np.round(60 * season)).verdict == "no detectable effect"
    assert _judge(own, np.full(START + LENGTH, 60)).verdict == "fewer than expected"


def test_expected_and_p_written_out():
    own, town = np.zeros(START + LENGTH), np.full(START + LENGTH, 1e6)
    own[::2] = 1
    found = _judge(own, town)
    row = found.table.set_index("baseline").loc["recent"]
    assert found.dispersion == 1 and row.before == 42 and row.after == 14
    assert row.expected == pytest.approx(14, rel=1e-4)
    variance = 14 + 14**2 / 42
    z = row.z * np.sqrt(variance)
    assert z == pytest.approx(0, abs=1e-2)
    success = 14 / variance
    nb = stats.nbinom(14 * success / (1 - success), success)
    assert row.p == pytest.approx(min(1, 2 * min(nb.cdf(14), nb.sf(13))), rel=1e-3)


def test_more_must_show_against_the_days_just_before_too():
    own, town = np.zeros(START + LENGTH), np.full(START + LENGTH, 50)
    own[:START:3] = 1
    own[START - 40 :] = 1  # the rise was there before the action
    found = _judge(own, town, fit_factor=10)
    p = found.table.set_index("baseline").p
    assert p["long-run"] < 0.05 < p["just before"]
    assert found.verdict == "no detectable effect"


def test_what_cannot_stand_in_is_refused_in_words():
    generator = np.random.default_rng(4)
    own, town = _days(generator, 0.8)
    with pytest.raises(UnsteadyHistory, match=r"182 days before .* There are 100 days"):
        _judge(own, town, found=(236, 1))
    with pytest.raises(UnsteadyHistory, match="20 incidents"):
        _judge(np.where(np.arange(START + LENGTH) % 20, 0, 1), town)
    rise = np.zeros(START + LENGTH)
    rise[: START - 84 : 4] = 1
    rise[START - 84 :] = 1
    with pytest.raises(UnsteadyHistory, match="level changed shortly before"):
        _judge(rise, town, found=(84, 1))
    bursts = np.zeros(START + LENGTH)
    bursts[::56] = 30
    bursts[START - 60] = 30
    with pytest.raises(UnsteadyHistory, match="come in bursts"):
        _judge(bursts, town)


def test_a_place_chosen_on_its_long_run_is_shrunk_to_the_mean():
    own, town = np.zeros(START + LENGTH), np.full(START + LENGTH, 50)
    own[::3] = 1
    others = np.random.default_rng(5).poisson(40, 500)
    plain = _judge(own, town, everywhere=others)
    chosen = _judge(own, town, found=(START, 1), everywhere=others)
    assert plain.shrunk == 0 < chosen.shrunk < 0.7
    expected = chosen.table.set_index("baseline").expected
    assert expected["long-run"] < plain.table.set_index("baseline").expected["long-run"]


def test_shrinking_is_right_about_four_thousand_places_without_effect(shared_data):
    places = pd.read_csv(shared_data / "oracles/effect/regression_to_mean_no_effect.csv")
    before, after = places.iloc[:, 1].to_numpy(float), places.iloc[:, 2].to_numpy(float)
    top = np.argsort(-before, kind="stable")[:200]
    assert before[top].mean() == pytest.approx(31.64, abs=5e-3)
    assert after[top].mean() / before[top].mean() - 1 == pytest.approx(-0.110, abs=5e-4)  # the naive answer
    expected = shrink_to_mean(before)[top].mean()
    assert expected == pytest.approx(28.04, abs=5e-3)
    assert abs(after[top].mean() / expected - 1) < 0.006


def test_every_figure_written_out():
    """Of a fall beside a town that falls less, whose counts are too few to be taken as they are."""
    own, town = np.zeros(START + LENGTH), np.full(START + LENGTH, 3)
    own[:START:2] = own[START::4] = 1
    town[START:] = 2
    found = _judge(own, town)
    table = found.table.set_index("baseline")
    row = table.loc["recent"]
    assert (row.before, row.after, row.control_before, row.control_after) == (42, 7, 252, 56)
    noise = 1 / 252.5 + 1 / 56.5
    weight = 0.04 / (0.04 + noise)
    expected = 14 * np.exp(weight * np.log(56.5 / 84.5))
    variance = expected + expected**2 / 42 + expected**2 * weight * noise
    assert found.dispersion == 1 and row.expected == pytest.approx(expected)
    assert row.change == pytest.approx(7 / expected - 1)
    assert row.z == pytest.approx((7 - expected) / np.sqrt(variance))
    assert found.p == table.p[["recent", "long-run"]].max() < 1


def test_p_is_never_above_one():
    own = np.tile([1.0, 0.0], (START + LENGTH) // 2)
    assert _judge(own, np.full(START + LENGTH, 1e6)).p == 1


def test_dispersion_by_weeks_written_out():
    """A week of seven, a week of none: by stretches of four weeks they are alike."""
    own = np.tile(np.repeat([1.0, 0.0], 7), (START + LENGTH) // 14)
    found = _judge(own, np.full(START + LENGTH, 1e6))
    assert found.dispersion == pytest.approx(48 * 3.5 / 47, rel=1e-3)


@pytest.mark.parametrize(
    ("recent", "earlier", "is_steady"),
    [(10, 80, False), (3, 23, True), (3, 37, False)],
)
def test_a_level_that_changed_counts_where_it_is_beyond_chance(recent, earlier, is_steady):
    own = np.zeros(START + LENGTH)
    own[np.linspace(0, START - 85, earlier).astype(int)] = 1
    own[np.linspace(START - 84, START - 1, recent).astype(int)] = 1
    try:
        _judge(own, np.full(START + LENGTH, 1e6), own_minimum=1)
    except UnsteadyHistory as refused:
        assert not is_steady and "level changed" in str(refused)
    else:
        assert is_steady


def test_only_the_long_run_is_shrunk():
    own, town = np.zeros(START + LENGTH), np.full(START + LENGTH, 50)
    own[::3] = 1
    others = np.random.default_rng(5).poisson(40, 500)
    plain, chosen = (
        _judge(own, town, found=found, everywhere=others).table.set_index("baseline")
        for found in (None, (START, 1))
    )
    assert chosen.expected["recent"] == plain.expected["recent"]
    assert chosen.expected["just before"] == plain.expected["just before"]
