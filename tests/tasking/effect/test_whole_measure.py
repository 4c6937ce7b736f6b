"""What `measure_effect` passes on: the days compared, the history, the similar places, the days found; and
the checks as they are worded."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import shapely

from analytics.hotspots.refusal import TooFewData
from analytics.tasking.effect import EffectParameters, measure_effect
from analytics.tasking.effect.baselines import measure_baselines
from analytics.tasking.effect.comparability import check_controls

FIRST, START = date(2026, 1, 1), date(2026, 4, 26)  # 115 days
BOX = shapely.box(-50, -50, 50, 50)
SMALL = EffectParameters(ring=100.0, controls=3, placebos=22)


def city(days: int = 145) -> pd.DataFrame:
    """One incident a day at the place and at thirty others: every other cell of a row from 500 m on."""
    at = np.r_[0.0, 500 + 200.0 * np.arange(30)]
    when = pd.to_datetime(np.datetime64(FIRST) + np.arange(days))
    return pd.DataFrame({"x": np.repeat(at, days), "y": 0.0, "local_date": np.tile(when, len(at))})


def measure(points=None, last=None, parameters=SMALL, **others):
    last = last or START + timedelta(days=27)
    return measure_effect(
        city() if points is None else points, BOX, START, last, parameters=parameters, **others
    )


def test_the_effect_states_its_days_places_and_parameters():
    effect = measure()
    assert effect.after == (START, START + timedelta(days=27))
    assert effect.before == (START - timedelta(days=84), START - timedelta(days=1))
    assert effect.parameters is SMALL and effect.places == 22 and " at 22 similar places." in effect.why
    # 22 similar places on the day of the action; no other day of 115 leaves room before and after.
    assert effect.placebos == 22
    table = effect.baselines.set_index("baseline")
    assert table.before.tolist() == [28, 84, 115] and table.after.tolist() == [28] * 3
    assert table.control_before.tolist() == [84, 252, 345]
    local = effect.displacement.areas.set_index("area")
    assert local.before.tolist()[:2] == [84, 252] and local.after.tolist()[:2] == [28, 84]
    assert effect.weekly.control.tolist() == effect.weekly["count"].tolist() == [7] * 20
    assert effect.weekly.week[16] == START


def test_twenty_one_days_are_judged_and_twenty_are_too_early():
    assert measure(last=START + timedelta(days=20)).verdict != "too early"
    early = measure(last=START + timedelta(days=19))
    assert early.verdict == "too early" and early.after == (START, START + timedelta(days=19))
    assert "Only 20 days" in early.why
    assert "Only 0 days" in measure(last=START - timedelta(days=5)).why


def test_no_more_than_the_most_days_are_looked_at():
    short = EffectParameters(ring=100.0, controls=3, placebos=22, maximum_days=25)
    effect = measure(parameters=short)
    assert effect.after == (START, START + timedelta(days=24)) and effect.baselines.after[0] == 25
    assert effect.before == (START - timedelta(days=75), START - timedelta(days=1))


def test_the_history_begins_with_the_data_or_as_far_back_as_asked():
    asked = EffectParameters(ring=100.0, controls=3, placebos=22, history_days=100)
    table = measure(parameters=asked).baselines.set_index("baseline")
    assert table.before["long-run"] == 100
    later = city()
    later = later[later.local_date >= pd.Timestamp(START) - pd.Timedelta(days=84)]
    assert measure(later).baselines.before.tolist() == [28, 84, 84]
    with pytest.raises(
        TooFewData,
        match=r"^The data reach back to 2 Feb 2026: the 84 days before the action are needed\.$",
    ):
        measure(later[later.local_date > later.local_date.min()])
    with pytest.raises(TooFewData, match=r"reach back to 26 Apr 2026"):
        measure(city().iloc[:0])


def test_like_places_are_those_with_incidents_in_the_history_alone():
    """Five more places had theirs from the day of the action on, or before the history asked for."""
    every = EffectParameters(ring=100.0, controls=3, placebos=300, history_days=100)
    assert measure(parameters=every).places == 30
    for when in (START, START - timedelta(days=101), START + timedelta(days=3)):
        x = 20_000 + 300.0 * np.arange(5)
        more = pd.DataFrame({"x": x, "y": 0.0, "local_date": pd.Timestamp(when)})
        assert measure(pd.concat([city(), more]), parameters=every).places == 30
    for when in (START - timedelta(days=1), START - timedelta(days=100)):
        more = pd.DataFrame({"x": x, "y": 0.0, "local_date": pd.Timestamp(when)})
        assert measure(pd.concat([city(), more]), parameters=every).places == 35


def test_like_places_lie_two_rings_and_a_place_away():
    """Two rings of 150 m, the place's width of 100 m and its half: beyond 450 m."""
    for ring, places in ((150.0, 30), (200.0, 29), (300.0, 28)):
        every = EffectParameters(ring=ring, controls=3, placebos=300)
        assert measure(parameters=every).places == places


def test_the_days_found_are_left_out_from_the_first_to_the_last():
    found = (START - timedelta(days=10), START - timedelta(days=4))
    table = measure(found_in=found).baselines.set_index("baseline")
    assert table.before.tolist() == [28, 84, 108]
    assert measure(found_in=None).baselines.before.tolist() == [28, 84, 115]


def test_the_synthetic_control_stands_beside_the_weeks():
    first = pd.to_datetime(np.datetime64(START) - 7 * 27 + np.arange(7 * 31))
    at = np.r_[0.0, 500 + 200.0 * np.arange(30)]
    points = pd.DataFrame({"x": np.repeat(at, len(first)), "y": 0.0, "local_date": np.tile(first, len(at))})
    effect = measure(points)
    assert np.allclose(effect.weekly.synthetic, 7) and effect.synthetic_p == 1


def checked(own: int, like: int, *, start: int = 140, before: int = 1, **others):
    """A place and three like ones: `before` on the first day, so many on the last before the action and, all
    of them `like`, on its first."""
    counts = np.zeros((4, start + 28))
    counts[0, start - 1], counts[1:, start - 1] = own, like
    counts[:, 0], counts[:, start] = before, like
    table = measure_baselines(counts, start, 28, 3, 3, None).table
    return check_controls(counts, start, 28, table, EffectParameters(controls=3), **others)


def test_the_checks_say_in_words_what_was_found_and_what_is_needed():
    checks = checked(40, 30).checks
    assert checks.columns.tolist() == ["check", "found", "needed", "met"]
    assert checks.to_numpy().tolist() == [
        ["Enough incidents at the place", "40 in 84 days before", "10 or more", True],
        [
            "Enough incidents at the similar places together",
            "18.6 before, 90 after, in 28 days each",
            "10 or more, both times",
            True,
        ],
        [
            "Similar places at a similar level before",
            "30.0 on average, against 40",
            "1/5 to 5 times as many",
            True,
        ],
        [
            "Similar places followed before the action",
            "40 in 84 days, 27.2 predicted",
            "1/2 to 2 times as many, or within chance",
            True,
        ],
    ]


def test_the_reasons_name_the_subject_and_the_unit():
    few = checked(9, 1, subject="network", unit="payments")
    assert few.in_words() == (
        "There is no fair comparison. The network had only 9 payments in the 84 days before; 10 are needed. "
        "All similar networks together had 1.0 payments in 28 days before and 3 after; 10 are needed both "
        "times. A similar network had 1.0 payments on average before, against 9 here. Between 1/5 and 5 "
        "times as many are needed. The network did not follow the similar networks before the action. It had "
        "9 payments in 84 days, where they predicted 1.0."
    )
    assert few.checks.check.tolist() == [
        "Enough payments at the network",
        "Enough payments at the similar networks together",
        "Similar networks at a similar level before",
        "Similar networks followed before the action",
    ]


@pytest.mark.parametrize(("start", "cut"), [(112, 28), (111, 55), (140, 56), (100, 50)])
def test_where_fewer_days_than_follow_the_action_come_before_the_recent_the_history_is_halved(start, cut):
    counts = np.ones((4, start + 28))
    table = measure_baselines(counts, start, 28, 3, 3, None).table
    found = check_controls(counts, start, 28, table, EffectParameters(controls=3)).checks.found[3]
    assert found == f"{start - cut} in {start - cut} days, {start - cut:.1f} predicted"
