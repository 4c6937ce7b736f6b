"""What a class reads at the end: every line beside each other, the time line, briefs, progress, the paper."""

from dataclasses import replace

import pytest

from analytics.training.advance import PlantedEffect
from analytics.training.scoring import (
    Debrief,
    compare_briefs,
    print_after_action,
    score_answers,
    score_as_json,
)
from analytics.training.scoring.answers import Answers
from analytics.training.scoring.debrief import (
    draw_time_line,
    list_action_outcomes,
    read_score,
    tabulate_class,
    tabulate_progress,
)
from tests.tasking.printed_text import pdf_pages
from tests.training.scoring.conftest import LAST


@pytest.fixture
def scores(true_answers, recorded, truth, plan):
    def score(answers, team):
        return score_answers(answers, recorded, truth, plan, team, lambda _: LAST)

    return score(true_answers, "North"), score(Answers(), "South")


def test_the_class_stands_side_by_side_without_a_total(scores, plan):
    table = tabulate_class(scores[:1], scores[1:])
    assert list(table.columns) == ["code", "line", "North", "South"] and len(table) == 16
    assert table.North.tolist() == pytest.approx([1] * 16) and not table.South.any()


def test_the_time_line_says_who_never_knew(scores):
    assert (draw_time_line(scores[0]).days == 0).all()
    assert draw_time_line(scores[1]).knew.isna().all()


def test_a_brief_stands_beside_a_model_one_on_the_same_structure(scores, true_answers, truth):
    table = compare_briefs(true_answers, truth, scores[0]).set_index("part")
    assert table.model["What"].startswith("terminus") and table.own["What"] == "Not written."
    nothing = compare_briefs(Answers(), truth, scores[1])
    assert nothing.own.eq("Not written.").all() and len(nothing) == 9


def test_what_was_planted_stands_beside_the_result_of_the_team(true_answers, recorded, truth, plan):
    periods = (
        PlantedEffect(1, "Terminus", 0.5, 0.3, 4, 1),
        PlantedEffect(1, "Terminus", 0.5, 0.3, 2, 0),
        PlantedEffect(2, "Quay", 1.0, 0.3, 0, 0),
    )
    (first,) = true_answers.actions
    actions = (
        replace(first, verdict="fewer than expected"),
        replace(first, number=2, text="Patrol the quay"),
        replace(first, number=3, text="Visit the bank"),
    )
    answers = replace(true_answers, actions=actions)
    score = score_answers(answers, recorded, replace(truth, effects=periods), plan, "North", lambda _: LAST)
    assert [tuple(row)[1:] for row in list_action_outcomes(score).itertuples()] == [
        (
            "Patrol the terminus",
            "50% fewer incidents there, 6 rows so far. 1 row of these moved next door.",
            "fewer than expected",
        ),
        ("Patrol the quay", "No effect: as many incidents as without it.", "not measured"),
        (
            "Visit the bank",
            "None yet: no day has passed since, or its brief names no place.",
            "not measured",
        ),
    ]
    assert "What became of its actions" in " ".join(
        pdf_pages(print_after_action(Debrief("Ten rows", "aim", "doctrine", (score,))))
    )


def test_progress_is_read_from_saved_scores(scores):
    before = replace(scores[0], exercise="first", lines=scores[1].lines)
    saved = read_score(score_as_json(before))
    table = tabulate_progress([saved], scores[0])
    assert list(table.columns) == ["line", "1. first", "2. ten-rows"]
    assert not table["1. first"].any() and table["2. ten-rows"].eq(1).all()
    with pytest.raises(ValueError, match="no score"):
        read_score("[]")


def test_the_paper_is_marked_and_the_same_twice(scores, true_answers, truth):
    hostile = replace(scores[0], team="#panic()")
    briefs = {"#panic()": compare_briefs(true_answers, truth, scores[0])}
    teams = (hostile, scores[1])
    debrief = Debrief("Ten rows", "aim", "doctrine", teams, briefs=briefs, earlier=(hostile,))
    paper = print_after_action(debrief)
    assert paper == print_after_action(debrief)
    pages = pdf_pages(paper)
    assert all("EXERCISE: invented data" in page for page in pages)
    whole = " ".join(pages)
    for expected in ("Team #panic()", "Could have known", "A model brief", "Progress", "Innocents spared"):
        assert expected in whole
