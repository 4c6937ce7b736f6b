"""Ranking: the formula by hand, doubt shown, weights movable, every score with its author."""

from itertools import product as every
from pathlib import Path

import numpy as np
import pytest

from analytics.oversight import Actor
from analytics.tasking.priorities import (
    AssessedMeanwhile,
    Score,
    compute_priority,
    list_assessments,
    rank_proposals,
    read_scheme,
    save_assessment,
)
from analytics.tasking.products import save_product

PLAN = read_scheme()
ANN, BEN = Actor("ann"), Actor("ben")


def scored(value: int, confidence: str = "high", **changes) -> dict[str, Score]:
    scores = {criterion.code: Score(value, confidence, "because") for criterion in PLAN.criteria}
    return scores | {code: Score(other, confidence, "because") for code, other in changes.items()}


def by_hand(scores: dict[str, Score]) -> float:
    """The formula of data/priorities.toml, written out."""
    factor = {}
    for name in ("impact", "likelihood", "position"):
        of = [criterion for criterion in PLAN.criteria if criterion.factor == name]
        factor[name] = sum(c.weight * scores[c.code].score for c in of) / sum(c.weight for c in of) / 4
    share = PLAN.position_share
    return 100 * factor["impact"] * factor["likelihood"] * (1 + share * factor["position"]) / (1 + share)


def test_the_formula_is_the_one_that_is_written_down():
    assert compute_priority(PLAN, np.full(len(PLAN.criteria), 4.0)) == pytest.approx(100)
    assert compute_priority(PLAN, np.zeros(len(PLAN.criteria))) == 0
    rng = np.random.default_rng(3)
    for _ in range(20):
        scores = {c.code: Score(int(rng.integers(0, 5)), "high", "r") for c in PLAN.criteria}
        values = np.array([scores[c.code].score for c in PLAN.criteria])
        assert compute_priority(PLAN, values) == pytest.approx(by_hand(scores))


def test_no_priority_lies_outside_its_own_interval():
    ends = rank_proposals(PLAN, {1: scored(4, "low"), 2: scored(0, "low"), 3: scored(4, "moderate")})
    assert ends.priority.max() == pytest.approx(100) and ends.priority.min() == 0
    assert ((ends.low <= ends.priority) & (ends.priority <= ends.high)).all()
    assert ((ends.rank_low <= ends["rank"]) & (ends["rank"] <= ends.rank_high)).all()


def test_certain_scores_rank_without_doubt_and_doubt_widens_both_intervals():
    sure = rank_proposals(PLAN, {1: scored(2), 2: scored(3), 3: scored(1)})
    assert sure.product_id.tolist() == [2, 1, 3] and sure["rank"].tolist() == [1, 2, 3]
    assert (sure.low == sure.high).all() and (sure.rank_low == sure.rank_high).all()
    doubtful = rank_proposals(PLAN, {1: scored(2, "low"), 2: scored(2, "low", physical=3), 3: scored(4)})
    assert (doubtful.low[1:] < doubtful.priority[1:]).all() and (
        doubtful.priority[1:] < doubtful.high[1:]
    ).all()
    assert doubtful.rank_low.tolist() == [1, 2, 2] and doubtful.rank_high.tolist() == [1, 3, 3]


def test_the_interval_holds_what_every_combination_of_extremes_allows():
    scores = scored(2, "moderate")
    row = rank_proposals(PLAN, {1: scores}).iloc[0]
    corners = [compute_priority(PLAN, np.array(c)) for c in every((1.5, 2.5), repeat=len(PLAN.criteria))]
    assert min(corners) < row.low < row.priority < row.high < max(corners)


def test_a_missing_score_is_doubt_over_the_whole_scale():
    partial = {code: score for code, score in scored(2).items() if code != "volume"}
    row = rank_proposals(PLAN, {1: partial}).iloc[0]
    assert row.unscored == ["Volume"] and row.low < row.priority < row.high


def test_what_if_moves_the_ranking_and_refuses_a_factor_without_weight():
    proposals = {1: scored(2, physical=4, financial=0), 2: scored(2, physical=0, financial=4)}
    assert rank_proposals(PLAN, proposals).product_id.tolist() == [1, 2]
    assert rank_proposals(PLAN, proposals, {"physical": 0, "financial": 5}).product_id.tolist() == [2, 1]
    with pytest.raises(ValueError, match="likelihood"):
        rank_proposals(PLAN, proposals, {"confidence": 0, "volume": 0, "trend": 0})


def test_scores_are_versions_and_each_keeps_its_author(store):
    number, _ = save_product(store, ANN, "brief", "Kiln Row", {}, [1])
    assert save_assessment(store, ANN, number, scored(2), "Burglary") == 1
    assert save_assessment(store, BEN, number, scored(2, volume=4), "Burglary", latest_seen=1) == 2
    version, serves, scores = list_assessments(store)[number]
    assert (version, serves) == (2, "Burglary")
    assert scores["volume"].author == "ben" and scores["trend"].author == "ann"
    with pytest.raises(AssessedMeanwhile):
        save_assessment(store, ANN, number, scored(3), None, latest_seen=1)
    with pytest.raises(KeyError):
        save_assessment(store, ANN, 99, scored(3), None)
    for bad in (
        {"volume": Score(5, "high", "x")},
        {"volume": Score(2, "high", " ")},
        {"magic": Score(2, "high", "x")},
    ):
        with pytest.raises(ValueError, match=next(iter(bad))):
            save_assessment(store, ANN, number, bad, None, latest_seen=2)


def test_a_scheme_that_does_not_fit_is_refused_in_words(tmp_path: Path):
    from analytics.tasking.priorities import SCHEME

    good = SCHEME.read_text(encoding="utf-8")
    for old, new, says in (
        ("[criteria.trend]", "[criteria.luck]", "luck is no criterion"),
        ('"falling fast", ', "", "criteria, trend, scale must be a list of 5 or more entries"),
        ("moderate = 0.5", "", "spread needs"),
    ):
        path = tmp_path / f"{len(says)}.toml"
        path.write_text(good.replace(old, new), encoding="utf-8")
        with pytest.raises(ValueError, match=says):
            read_scheme(path)


def test_proposals_of_one_priority_have_one_rank_and_the_next_is_counted_from_all():
    ranked = rank_proposals(PLAN, {1: scored(1), 2: scored(2), 3: scored(2), 4: scored(3)})
    assert ranked.product_id.tolist() == [4, 2, 3, 1] and ranked["rank"].tolist() == [1, 2, 2, 4]
    # Of three, the mean rank is not the lowest.
    ranked = rank_proposals(PLAN, {1: scored(1), 2: scored(2), 3: scored(2), 4: scored(2)})
    assert ranked["rank"].tolist() == [1, 1, 1, 4]
