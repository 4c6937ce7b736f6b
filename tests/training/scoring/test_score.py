"""The truth scores 1 on every line, nothing 0, and a guess gains nothing."""

from dataclasses import replace

import numpy as np
import pytest
from shapely.affinity import translate

from analytics.training.scoring import LINES, score_answers, score_as_json
from analytics.training.scoring.answers import ActionAnswer, Answers, FindingAnswer, ProductAnswer
from analytics.training.scoring.calibration import measure_calibration
from tests.training.scoring.conftest import LAST, MORNING, rows_of


def _score(answers, recorded, truth, plan):
    return score_answers(answers, recorded, truth, plan, "North", lambda _: LAST)


def _values(score) -> dict[str, float]:
    return {line.code: line.value for line in score.lines}


def test_the_truth_scores_one_on_every_line(true_answers, recorded, truth, plan):
    score = _score(true_answers, recorded, truth, plan)
    assert _values(score) == pytest.approx(dict.fromkeys(LINES, 1.0))
    assert not score.false_alarms and all(each.days == 0 for each in score.sightings)


def test_nothing_scores_zero_on_every_line(recorded, truth, plan):
    score = _score(Answers(), recorded, truth, plan)
    assert _values(score) == dict.fromkeys(LINES, 0.0)
    assert score.line("calibration").figures["enough"] == "no"


def test_the_same_answers_give_the_same_bytes(true_answers, recorded, truth, plan):
    turned = replace(true_answers, findings=tuple(reversed(true_answers.findings)))
    first = score_as_json(_score(true_answers, recorded, truth, plan))
    assert first == score_as_json(_score(true_answers, recorded, truth, plan))
    assert first == score_as_json(_score(turned, recorded, truth, plan))


def test_random_findings_gain_nothing(recorded, truth, plan):
    """Each names ten of a hundred payments, of which ten are planted, at any probability."""
    pool = list(rows_of("transaction", 0, 100))
    found, skill = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        findings = tuple(
            FindingAnswer(
                number,
                "guess",
                "money",
                frozenset(pool[at] for at in rng.choice(100, 10, replace=False)),
                MORNING,
                probability=float(rng.random()),
            )
            for number in range(30)
        )
        score = _score(Answers(findings), recorded, truth, plan)
        found.append(score.line("money").value)
        skill.append(score.line("calibration").value)
    assert max(found) == 0 and np.mean(skill) < 0


def test_whoever_says_what_they_believe_expects_most():
    """Simulated at each of five chances: no probability but the true one does better on average."""
    rng = np.random.default_rng(7)
    for chance in (0.1, 0.3, 0.5, 0.7, 0.9):
        outcomes = rng.random(4_000) < chance
        skill = {
            said: measure_calibration([(said, bool(was)) for was in outcomes[:1_000]]).skill
            for said in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
        }
        assert max(skill, key=skill.get) == chance and skill[chance] >= -0.01


def test_the_parts_of_the_brier_score_add_up():
    rng = np.random.default_rng(1)
    said = rng.choice([0.1, 0.5, 0.9], 200)
    result = measure_calibration(
        [(p, bool(was)) for p, was in zip(said, rng.random(200) < said, strict=True)]
    )
    assert result.brier == pytest.approx(result.reliability - result.resolution + result.uncertainty)
    assert result.low < result.skill < result.high and not result.too_few
    assert measure_calibration([(0.5, True)] * 19).too_few


def test_half_credit_from_half_of_the_rows_and_once_for_each_structure(recorded, truth, plan):
    half = frozenset(list(rows_of("transaction", 0))[:6])
    findings = tuple(FindingAnswer(number, "part", "money", half, MORNING) for number in (1, 2))
    line = _score(Answers(findings), recorded, truth, plan).line("money")
    assert (line.figures["in part"], line.figures["recall"]) == (1, 0.5)
    less = replace(findings[0], rows=frozenset(list(half)[:4]))
    assert _score(Answers((less,)), recorded, truth, plan).line("money").value == 0


def test_a_place_that_nobody_asked_for_counts_neither_way(true_answers, recorded, truth, plan):
    steady = replace(
        truth.structures[0], name="quay", kind="static", rows=rows_of("incident", 50), circle=(900, 900, 100)
    )
    truth = replace(truth, structures=(*truth.structures, steady))
    circles = recorded.circles | {"quay": steady.rows}
    recorded = replace(recorded, structures=truth.structures, circles=circles)
    asked = plan.model_copy(update={"sought": ("rising",)})

    assert _score(true_answers, recorded, truth, plan).line("places").figures["recall"] == 0.5
    alone = _score(true_answers, recorded, truth, asked)
    also = FindingAnswer(9, "quay", "places", frozenset(steady.rows), MORNING, probability=1.0)
    both = replace(true_answers, findings=(*true_answers.findings, also))
    with_steady = _score(both, recorded, truth, asked)

    for score in (alone, with_steady):
        assert (score.line("places").value, score.line("timeliness").value) == (1.0, 1.0)
        assert score.line("calibration").value == 1.0 and not score.false_alarms
        assert score.line("places").says.startswith("Of 1 asked for")
    assert _score(Answers((also,)), recorded, truth, asked).line("places").value == 0.0


def test_an_accused_innocent_is_named_with_how_common_it_is(recorded, truth, plan):
    wrong = FindingAnswer(1, "A fan-in", "money", frozenset(rows_of("transaction", 100)), MORNING)
    score = _score(Answers((wrong,)), recorded, truth, plan)
    assert score.line("innocents").value == 0 and score.line("innocents").named == ("finding 1: wedding-1",)
    (alarm,) = score.false_alarms
    assert alarm.innocent == "wedding-1" and "1 of these (wedding)" in alarm.base_rate


def test_a_victim_tasked_as_an_offender_makes_the_line_zero(true_answers, recorded, truth, plan):
    arrest = ActionAnswer(2, 1, "Arrest Rami Tholle", MORNING)
    harmed = replace(
        true_answers, actions=(*true_answers.actions, arrest), products=true_answers.products[:1]
    )
    line = _score(harmed, recorded, truth, plan).line("victims")
    assert line.value == 0 and line.named == ("V1: action 2",)
    welfare = replace(
        true_answers, actions=(*true_answers.actions, replace(arrest, text="Visit Rami Tholle"))
    )
    assert _score(welfare, recorded, truth, plan).line("victims").value == 1


def test_a_referral_reaches_by_the_operation_of_the_network(true_answers, recorded, truth, plan):
    referral = ProductAnswer(2, "safeguarding referral", "Referral", "", (), MORNING, operation=5)
    answers = replace(true_answers, products=(referral,), operations={5: frozenset(rows_of("advert", 0))})
    assert _score(answers, recorded, truth, plan).line("victims").value == 1


def test_a_referral_reaches_by_the_node_it_is_about(true_answers, recorded, truth, plan):
    referral = ProductAnswer(2, "safeguarding referral", "Referral", "", (), MORNING, node="account-9")
    answers = replace(true_answers, products=(referral,), nodes={"V1": frozenset({"account-9"})})
    assert _score(answers, recorded, truth, plan).line("victims").value == 1
    other = replace(answers, nodes={"V1": frozenset({"account-8"})})
    assert _score(other, recorded, truth, plan).line("victims").value == 0


def test_a_random_place_is_worth_nothing_and_a_second_action_there_neither(
    true_answers, recorded, truth, plan
):
    place = true_answers.findings[0]
    away = replace(place, outline=translate(place.outline, 1_500, 1_500))
    moved = replace(true_answers, findings=(away, *true_answers.findings[1:]))
    assert abs(_score(moved, recorded, truth, plan).line("tasking").value) < 0.1
    twice = replace(true_answers, actions=true_answers.actions * 2)
    assert _score(twice, recorded, truth, plan).line("tasking").value < 1


def test_late_findings_lose_by_the_day(true_answers, recorded, truth, plan):
    late = score_answers(
        true_answers, recorded, truth, plan, "North", lambda _: LAST.replace(month=11, day=14)
    )
    assert late.line("timeliness").value == pytest.approx(0.5)
    assert late.line("timeliness").figures["median days"] == 14


def test_only_the_lines_of_the_plan_are_shown(true_answers, recorded, truth, plan):
    short = plan.model_copy(update={"scored": ("money", "victims")})
    score = _score(true_answers, recorded, truth, short)
    assert [line.code for line in score.lines] == ["money", "victims"]
