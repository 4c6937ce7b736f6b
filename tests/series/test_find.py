"""Series found in invented worlds and in the published crimes."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from analytics.series import SeriesParameters, TooFewIncidents, find_series
from analytics.series.evidence import LinkLimits, draw_pairs
from analytics.series.incidents import make_series_incidents
from analytics.series.learn import SolvedSeries
from tests.series.worlds import choose, make_world, read_published


def _score(found, count, pairs):
    table = found.pairs
    score = np.full((count, count), -99.0)
    score[table["first"], table["second"]] = score[table["second"], table["first"]] = table.bits_with_chain
    return score[pairs]


@pytest.mark.parametrize("seed", [11, 12])
def test_planted_series_are_found_and_little_else(seed):
    incidents, truth = make_world(seed)
    found = find_series(incidents)
    of = np.full(len(incidents), -1)
    of[truth.incident] = truth.series
    members = found.members.assign(truth=of[found.members.position])
    assert (members.truth >= 0).mean() > 0.9
    for _, own in members.groupby("series"):
        assert own.truth.value_counts(normalize=True).iloc[0] >= 0.8
    assert (members.truth >= 0).sum() >= 0.4 * len(truth.incident)


def test_incidents_without_any_series_give_none():
    incidents, _ = make_world(13, singles=600, series=0)
    found = find_series(incidents)
    assert len(found.series) == 0 and found.base_rate < 0.002


def test_solved_series_teach_the_weights_and_calibrate_the_probability():
    incidents, truth = make_world(14, singles=600, series=30)
    taught = truth.series < 15
    found = find_series(incidents, solved=SolvedSeries(truth.incident[taught], truth.series[taught]))
    assert found.learned
    pairs = found.pairs
    linked = truth.find_linked(len(incidents), pairs["first"].to_numpy(), pairs["second"].to_numpy())
    sure = pairs.probability > 0.9
    assert sure.sum() > 50 and linked[sure].mean() > 0.85


def test_too_few_solved_pairs_leave_the_table_as_it_is():
    incidents, truth = make_world(15)
    few = truth.series == 0
    found = find_series(incidents, solved=SolvedSeries(truth.incident[few], truth.series[few]))
    assert not found.learned and "No solved series" in found.says[1]


def test_published_crimes_are_ranked_better_than_by_distance_or_by_logistic_regression(shared_data):
    """Halves with no series on both sides: Porter and Reich's crimes."""
    incidents, truth = read_published(shared_data)
    ends = coo_array((np.ones(len(truth.incident)), (truth.incident, truth.series)))
    together = connected_components((ends @ ends.T).tocsr())[1]
    solved = np.zeros(len(incidents), bool)
    solved[np.unique(truth.incident)] = True
    together = np.r_[together, np.arange(len(incidents) - len(together)) + together.max() + 1]
    scores = []
    for seed in range(6):
        groups = np.unique(together[solved])
        np.random.default_rng(seed).shuffle(groups)
        half = np.isin(together, groups[: len(groups) // 2])
        tested, taught = choose(incidents, solved & half), choose(incidents, solved & ~half)
        rows = [
            np.column_stack(
                [
                    np.log1p(np.hypot(part.x[a] - part.x[b], part.y[a] - part.y[b]) / 100),
                    np.log1p(np.abs(part.middle[a] - part.middle[b])),
                    *(values[a] == values[b] for values in part.values.values()),
                ]
            )
            for part in (tested, taught)
            for a, b in [draw_pairs(part, LinkLimits(), 0)]
        ]
        linked = []
        for part, mask in ((tested, solved & half), (taught, solved & ~half)):
            a, b = (np.flatnonzero(mask)[end] for end in draw_pairs(part, LinkLimits(), 0))
            linked.append(truth.find_linked(len(incidents), a, b))
        peer = LogisticRegression(max_iter=1000).fit(rows[1], linked[1]).decision_function(rows[0])
        ours = _score(find_series(tested), len(tested), draw_pairs(tested, LinkLimits(), 0))
        scores.append([average_precision_score(linked[0], s) for s in (ours, peer, -rows[0][:, 0])])
    ours, peer, distance = np.mean(scores, axis=0)
    assert ours > peer > distance and ours > 1.5 * distance and ours > 0.45


def test_members_and_pairs_say_how_sure_and_why():
    found = find_series(make_world(11)[0])
    member = found.members.iloc[0]
    assert member.bayes_factor == pytest.approx(2**member.bits) and 0 < member.probability < 1
    pairs = found.pairs
    assert (pairs.probability > pairs.probability_by_distance)[0]
    parts = pairs.filter(like="bits: ").sum(axis=1) + pairs.bits_place + pairs.bits_time + pairs.bits_hour
    assert (pairs.bits - parts).std() < 1e-9  # one constant: attributes that depend on one another
    assert found.series.members.min() >= 3
    assert find_series(make_world(11)[0]).members.equals(found.members)


def _frame(**changes):
    frame = pd.DataFrame(
        {
            "source_id": 1,
            "row_number": range(2, 32),
            "reference": None,
            "category": ["THEFT", "ROBBERY"] * 15,
            "place": None,
            "x": np.arange(30) * 100.0,
            "y": 0.0,
            "occurred_from": pd.date_range("2024-03-30 22:00", periods=30, freq="D"),
            "occurred_to": pd.date_range("2024-03-30 23:00", periods=30, freq="D"),
            "time_precision": "hour",
            "attributes": [
                '{"entry": "Rear  door", "suspect ethnicity": "x"}',
                '{"entry": "rear door"}',
                "{}",
            ]
            * 10,
        }
    )
    return frame.assign(**changes)


def test_who_somebody_is_is_never_evidence():
    incidents = make_series_incidents(
        _frame(attributes='{"race": "a", "SuspectAge": "30", "vic sex": "f"}'), "UTC"
    )
    assert list(incidents.values) == ["category"]
    assert "never evidence" in incidents.left_out[0]
    with pytest.raises(KeyError, match="no column"):
        make_series_incidents(_frame(), "UTC", ["suspect ethnicity"])


def test_values_are_compared_in_one_spelling_and_times_in_the_areas_zone():
    incidents = make_series_incidents(_frame(), "Europe/Paris", ["entry"])
    assert set(incidents.values) == {"category"}  # both spellings are one value
    # 30 Mar 22:00 UTC is 23:00 in Paris, and from the 31st on midnight: summer time began.
    assert incidents.start[0] % 1 == pytest.approx(23 / 24)
    assert incidents.start[1] % 1 == pytest.approx(0)


def test_incidents_without_a_place_or_by_month_are_left_out_aloud():
    frame = _frame()
    frame.loc[:4, "x"] = np.nan
    frame.loc[5:9, "time_precision"] = "month"
    incidents = make_series_incidents(frame, "UTC")
    assert len(incidents) == 20 and incidents.left_out[0].startswith("10 incidents")
    with pytest.raises(TooFewIncidents, match="0 of these 30"):
        make_series_incidents(frame.assign(time_precision="month"), "UTC")


@pytest.mark.parametrize("wrong", [{"probability": 0.0}, {"probability": 1.0}, {"minimum_members": 1}])
def test_parameters_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError):
        SeriesParameters(**wrong)
    with pytest.raises(ValueError):
        LinkLimits(km=0)
