"""What a pair is weighed by, against the published distances and against the definition written out."""

import numpy as np
import pytest

from analytics.series.evidence import (
    EvidenceWeights,
    LinkLimits,
    days_between,
    draw_pairs,
    hours_between,
    weigh_evidence,
    weigh_fields,
    weigh_parts,
)
from analytics.series.pairs import list_candidate_pairs
from tests.series.worlds import choose, make_world, read_published


def test_expected_days_between_intervals_are_those_published(shared_data):
    incidents, _ = read_published(shared_data)
    at = {name: k for k, name in enumerate(incidents.rows.reference)}
    a, b = at["C:103"], at["C:97"]
    days = days_between(incidents.start[a], incidents.end[a], incidents.start[b], incidents.end[b])
    assert days == pytest.approx(5.684315, abs=1e-6)
    distance = np.hypot(incidents.x[a] - incidents.x[b], incidents.y[a] - incidents.y[b])
    assert distance / 1000 == pytest.approx(0.09031733, abs=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_expected_days_agree_with_draws_from_both_intervals(seed):
    draw = np.random.default_rng(seed)
    a, c = draw.uniform(0, 10, 2)
    b, d = a + draw.uniform(0.5, 8), c + draw.uniform(0.5, 8)
    drawn = np.abs(draw.uniform(a, b, 400_000) - draw.uniform(c, d, 400_000)).mean()
    assert days_between(a, b, c, d) == pytest.approx(drawn, rel=0.01)
    assert days_between(a, b, c, d) == pytest.approx(days_between(c, d, a, b))


def test_hours_go_the_shorter_way_round_midnight_and_are_not_guessed_from_a_day():
    assert hours_between(0.0, 0.0, 5 + 23 / 24, 5 + 23 / 24) == pytest.approx(1)
    assert np.isnan(hours_between(0.0, 1.0, 3.0, 3.0))


def test_each_part_is_a_likelihood_ratio_whose_mean_over_random_pairs_is_one():
    incidents, _ = make_world(3)
    evidence = weigh_evidence(incidents, EvidenceWeights(), LinkLimits())
    pairs = draw_pairs(incidents, LinkLimits(), 0)
    for part in weigh_parts(incidents, evidence, *pairs):
        assert np.exp(part).mean() == pytest.approx(1)


def test_a_value_that_everybody_nearby_has_says_nothing_and_a_rare_one_says_much():
    incidents, _ = make_world(4, singles=600, series=0)
    quarter = (incidents.x > 7000).astype(np.int32)  # a column that only repeats the place
    rare = np.zeros(len(incidents), np.int32)
    rare[[10, 400]] = 1
    incidents.values.update({"quarter": quarter, "rare": rare})
    evidence = weigh_evidence(incidents, EvidenceWeights(), LinkLimits())
    bits = weigh_fields(evidence, np.array([10]), np.array([400]))
    assert bits["rare"][0] > 2
    inside = np.flatnonzero(quarter == 1)
    deep = inside[np.abs(incidents.x[inside] - 15_000) < 1500]
    assert abs(weigh_fields(evidence, deep[:1], deep[-1:])["quarter"][0]) < 0.05


def test_an_empty_value_is_no_evidence_either_way():
    incidents, _ = make_world(5)
    incidents.values["mo 0"][:] = np.where(np.arange(len(incidents)) < 20, -1, incidents.values["mo 0"])
    evidence = weigh_evidence(incidents, EvidenceWeights(), LinkLimits())
    assert weigh_fields(evidence, np.array([0, 3]), np.array([200, 5]))["mo 0"].tolist() == [0, 0]


@pytest.mark.parametrize("threshold", [0.0, 2.0, 5.0])
@pytest.mark.parametrize("limits", [LinkLimits(), LinkLimits(2, 30)])
def test_the_candidates_are_all_pairs_that_reach_the_threshold(threshold, limits):
    incidents, _ = make_world(6)
    incidents.end[::3] += 2.5
    incidents = choose(incidents, np.argsort(incidents.middle))
    evidence = weigh_evidence(incidents, EvidenceWeights(), limits)
    first, second, weight, used = list_candidate_pairs(incidents, evidence, limits, threshold)
    every = draw_pairs(incidents, limits, 0)
    total = sum(weigh_parts(incidents, evidence, *every))
    expected = {tuple(pair): value for *pair, value in zip(*every, total, strict=True) if value >= threshold}
    found = {tuple(pair): value for *pair, value in zip(first, second, weight, strict=True)}
    assert used == threshold and found.keys() == expected.keys()
    assert all(found[pair] == pytest.approx(expected[pair]) for pair in found)
