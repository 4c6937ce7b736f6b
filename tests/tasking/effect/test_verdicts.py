"""How a verdict is written, what a disagreement is called, and what is blank without a comparison."""

from dataclasses import fields
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.hotspots.methods.displacement import AREAS, AreaCounts, before_after
from analytics.shared.action_windows import find_windows
from analytics.tasking.effect import FEWER, MORE, NO_EFFECT, UNJUDGED, EffectParameters, verdict_in_words
from analytics.tasking.effect.baselines import Baselines
from analytics.tasking.effect.comparability import Comparability
from analytics.tasking.effect.measure import (
    Effect,
    _at_odds,
    _sign,
    _too_early,
    _verdict,
    _weekly,
    _without_comparison,
)

ROSE = (
    " It fell from the days just before, but those were high for this place. What rises suddenly may "
    "fall by itself, and the counts cannot tell that from an effect."
)
ALREADY = " It is above its long-run level, but already was before the action."
FAIR = Comparability(pd.DataFrame(), ())


@pytest.mark.parametrize(
    ("just_before", "long_run", "words"),
    [
        (-2.1, -1.9, ROSE),
        (-2.1, 0.0, ROSE),
        (-2.0, -1.9, ""),
        (-2.1, -2.0, ""),
        (-2.1, -2.1, ""),
        (-1.9, 0.0, ""),
        (1.9, 2.1, ALREADY),
        (0.0, 2.1, ALREADY),
        (2.0, 2.1, ""),
        (1.9, 2.0, ""),
        (3.0, 3.0, ""),
        (-3.0, 2.1, ROSE),
        (0.0, 0.0, ""),
    ],
)
def test_baselines_two_deviations_apart_are_put_into_words(just_before, long_run, words):
    table = pd.DataFrame(
        {"baseline": ["just before", "recent", "long-run"], "z": [just_before, 0.0, long_run]}
    )
    assert _at_odds(table) == words


def published(low: float, high: float):
    class Published:
        difference = pd.DataFrame({"part": ["local", "total"], "low": [low, -9.0], "high": [high, 9.0]})

    return Published()


@pytest.mark.parametrize(
    ("low", "high", "sign"),
    [(-2.0, -0.5, -1), (0.5, 2.0, 1), (0.0, 2.0, 0), (-2.0, 0.0, 0), (-1.0, 1.0, 0)],
)
def test_an_interval_has_a_sign_where_it_lies_wholly_on_one_side_of_nought(low, high, sign):
    assert _sign(published(low, high)) == sign
    assert _sign(None) == 0


def baselines(before, after, *, p, direction, z=(0.0, 0.0, 0.0)) -> Baselines:
    table = pd.DataFrame(
        {
            "baseline": ["just before", "recent", "long-run"],
            "before": before,
            "after": after,
            "expected": [7.25, 30.04, 29.96],
            "z": z,
            "control_before": 90.0,
            "control_after": 30.0,
        }
    )
    return Baselines(table, p, direction, 1234)


EXPECTED = (
    "10 incidents in the 28 days after the action. Expected: 7.2 from the days just before, 30.0 from the "
    "recent days, 30.0 from the long run. Joint p = 0.013, from the same measure taken 1,234 times at 61 "
    "similar places."
)
UNCONFIRMED = " The interval of the displacement difference does not confirm an effect, so none is reported."
ALONE = (
    " The displacement difference alone lies beyond chance. It compares with the recent days only, so no "
    "effect is reported on it alone."
)


def judge(measured, displacement, comparability=FAIR):
    return _verdict(measured, comparability, displacement, 61, 28, EffectParameters())


def test_a_verdict_states_what_was_counted_expected_and_how_often_it_was_tried():
    fell = baselines(60, 10, p=0.0127, direction="fewer")
    assert judge(fell, published(-2, -1)) == (FEWER, EXPECTED)
    rose = baselines(60, 40, p=0.0127, direction="more")
    assert judge(rose, published(1, 2)) == (MORE, EXPECTED.replace("10 incidents", "40 incidents"))


def test_a_verdict_that_the_displacement_difference_does_not_share_is_not_called():
    fell = baselines(60, 10, p=0.0127, direction="fewer")
    for other in (None, published(-1, 1), published(1, 2)):
        assert judge(fell, other) == (NO_EFFECT, EXPECTED + UNCONFIRMED)


def test_no_effect_says_what_an_analyst_would_object():
    level = baselines(60, 10, p=0.6, direction="fewer")
    why = EXPECTED.replace("0.013", "0.600")
    assert judge(level, None) == (NO_EFFECT, why)
    assert judge(level, published(-2, -1)) == (NO_EFFECT, why + ALONE)
    high = baselines(60, 10, p=0.6, direction="fewer", z=(-3.0, 0.0, 0.0))
    assert judge(high, None) == (NO_EFFECT, why + ROSE)
    assert judge(high, published(1, 2)) == (NO_EFFECT, why + ROSE + ALONE)


def test_a_refusal_states_the_counts_and_every_reason_and_no_expectation():
    refused = Comparability(pd.DataFrame(), ("The first.", "The second."))
    fell = baselines(60, 10, p=0.0127, direction="fewer")
    assert judge(fell, published(-2, -1), refused) == (
        UNJUDGED,
        "10 incidents in the 28 days after the action, 60 in the 84 days before. There is no fair "
        "comparison. The first. The second.",
    )
    assert FAIR.in_words() == ""


@pytest.mark.parametrize(("days", "words"), [(0, "0 days"), (1, "1 day"), (20, "20 days")])
def test_too_early_says_from_when_and_measures_nothing(days, words):
    start = date(2026, 3, 1)
    last = start + timedelta(days=days - 1)
    parameters = EffectParameters()
    windows = find_windows(start, last, parameters.minimum_days, parameters.maximum_days)
    effect = _too_early(windows, start, last, parameters)
    assert effect.verdict == "too early"
    assert effect.why == f"Only {words} since the action; judge from 21 Mar 2026."
    for table in ("baselines", "rings", "weekly", "harm", "near_repeats", "checks"):
        assert getattr(effect, table).equals(pd.DataFrame())
    assert np.isnan(effect.p) and effect.near_refused == ""
    assert (effect.displacement, effect.quotient, effect.synthetic_p) == (None, None, None)
    assert (effect.places, effect.placebos) == (0, 0)
    assert (effect.before, effect.after) == ((start, start), (start, last))
    assert effect.parameters is parameters


def test_without_a_comparison_every_figure_that_rests_on_it_is_blank_and_the_counts_stay():
    areas = {name: AreaCounts(20.0, 12.0) for name in AREAS}
    tables = {
        "baselines": pd.DataFrame({"before": [60.0], "expected": 1.0, "change": 1.0, "z": 1.0, "p": 0.5}),
        "rings": pd.DataFrame({"ring": ["0 to 250 m"], "before": [4.0], "expected": [3.0]}),
        "weekly": pd.DataFrame({"count": [1.0], "control": [2.0], "synthetic": [3.0]}),
        "harm": pd.DataFrame({"part": ["local"]}),
        "near_repeats": pd.DataFrame({"area": ["the place", "similar places"], "share": [0.5, 0.4]}),
        "checks": pd.DataFrame({"met": [False]}),
    }
    given = dict.fromkeys((field.name for field in fields(Effect)), None) | tables
    given |= {"verdict": UNJUDGED, "p": 0.01, "displacement": before_after(areas), "quotient": (0.1, 0.9)}
    given |= {"synthetic_p": 0.02, "placebos": 99, "places": 61}
    blank = _without_comparison(Effect(**given))
    assert blank.baselines.before.tolist() == [60.0] and blank.rings.before.tolist() == [4.0]
    for column in ("expected", "change", "z", "p"):
        assert blank.baselines[column].dtype == float and blank.baselines[column].isna().all()
    assert blank.rings.expected.dtype == float and blank.rings.expected.isna().all()
    assert blank.weekly.synthetic.dtype == float and blank.weekly.synthetic.isna().all()
    assert blank.weekly.control.tolist() == [2.0]
    assert np.isnan(blank.p) and blank.harm.equals(pd.DataFrame())
    assert (blank.displacement, blank.quotient, blank.synthetic_p, blank.placebos) == (None, None, None, 0)
    assert blank.near_repeats.to_dict("list") == {"area": ["the place"], "share": [0.5]}
    assert (blank.places, blank.verdict) == (61, UNJUDGED)
    none = Effect(**(given | {"near_repeats": pd.DataFrame()}))
    assert _without_comparison(none).near_repeats.equals(pd.DataFrame())


def test_weeks_are_dated_from_the_action_both_ways_and_the_control_is_the_mean_of_its_places():
    counts = np.zeros((5, 3 + 14 + 21 + 6))  # three days too many at the start, six at the end
    counts[0, 3:10], counts[0, 17] = 1, 4
    counts[1, 24:31], counts[2, 24], counts[3:, :] = 2, 1, 100  # the last two are no control
    start = date(2026, 3, 4)
    weekly = _weekly(counts, start, 17, None, controls=2)
    assert weekly.week.tolist() == [start + timedelta(days=7 * week) for week in (-2, -1, 0, 1, 2)]
    assert weekly["count"].tolist() == [7, 0, 4, 0, 0]
    assert weekly.control.tolist() == [0, 0, 0, 7.5, 0]
    assert weekly.synthetic.dtype == float and weekly.synthetic.isna().all()
    made = _weekly(counts, start, 17, np.arange(5.0), controls=2)
    assert made.synthetic.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("verdict", "reason", "words"),
    [
        (None, None, "not measured"),
        (np.nan, "x", "not measured"),
        (FEWER, None, "fewer than expected"),
        (FEWER, "A reason.", "fewer than expected"),
        (UNJUDGED, "No fair comparison. None.", "cannot be judged: No fair comparison. None"),
        (UNJUDGED, "", "cannot be judged"),
        (UNJUDGED, None, "cannot be judged"),
        (UNJUDGED, np.nan, "cannot be judged"),
    ],
)
def test_a_saved_verdict_in_words(verdict, reason, words):
    assert verdict_in_words(verdict, reason) == words
