"""What a team judged of persons, links and adverts is read from the product's own tables, and scored so that
a coin gains nothing."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.adverts.judgement import judge
from analytics.adverts.link_decisions import decide
from analytics.finance.holder_decisions import record_decision
from analytics.network.entities.judgement import judge_pair
from analytics.oversight import Actor
from analytics.training.scoring import score_answers
from analytics.training.scoring.answers import Answers, read_answers
from analytics.training.scoring.judgements import (
    AdvertLabel,
    AdvertPair,
    Judgements,
    PersonPair,
    read_team_judgements,
    score_links,
    score_persons,
)
from tests.training.scoring.conftest import LAST, rows_of

_ACTOR = Actor("test")


@pytest.fixture
def judged(store):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO account (source_id, row_number, reference, holder) VALUES"
            " (1, 1, 'A1', 'Rami Tholle'), (1, 2, 'A2', 'Bali Kandor'), (1, 3, 'A3', 'Twin Name'),"
            " (1, 4, 'A4', 'Twin Name')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO advert (source_id, row_number, reference) SELECT 2, range, 'advert-' || range"
            " FROM range(20)"
        ).fetchall()
        for mention, name, table, row in (
            ("m1", "Rami Tholle", "account", 1),
            ("m2", "RAMI THOLLE", "premises", 7),
            ("m3", "Bali Kandor", "journey", 8),
            ("m4", "Twin Name", "premises", 9),
            ("m5", "Twin Name", "account", 4),
        ):
            cursor.execute(
                "INSERT INTO network_mention VALUES (?, ?, ?, '{}', ?, 1, ?, 'holder', 1, 1.0)",
                [mention, mention, name, table, row],
            ).fetchall()
        for one, other in (("m1", "m2"), ("m1", "m3"), ("m4", "m5")):
            cursor.execute(
                "INSERT INTO network_match VALUES (?, ?, 1, 1, 5, 0.6, '{}', 'm', now()::TIMESTAMP)",
                [one, other],
            ).fetchall()
        cursor.execute("INSERT INTO operation VALUES (5, 1.0, 10, 1)").fetchall()
        cursor.execute("INSERT INTO operation_advert SELECT 5, 2, range FROM range(10)").fetchall()
    return store


def test_judgements_are_read_from_the_store_and_the_latest_counts(judged, truth):
    judge_pair(judged, _ACTOR, "m1", "m2", "different", "no")
    judge_pair(judged, _ACTOR, "m2", "m1", "same", "one address")
    judge_pair(judged, _ACTOR, "m1", "m3", "same", "no")
    judge_pair(judged, _ACTOR, "m1", "m3", "open", "taken back")
    judge_pair(judged, _ACTOR, "m4", "m5", "same", "one name")
    record_decision(judged, _ACTOR, "A3", "A4", "different", "two births", 3.0)
    record_decision(judged, _ACTOR, "A1", "A2", "different", "nobody proposed it")
    decide(judged, _ACTOR, (2, 1), (2, 2), "confirm", "one number")
    decide(judged, _ACTOR, (2, 1), (2, 15), "cut", "a shop")
    judge(judged, _ACTOR, "operation", 5, "welfare", "afraid")

    found = read_team_judgements(judged)

    assert set(found.persons) == {
        PersonPair("A1", "A1", "same"),
        PersonPair("", "A4", "same"),  # of two holders of one name nobody knows which lets the house
        PersonPair("A3", "A4", "different"),
    }
    assert set(found.adverts) == {
        AdvertPair(("advert", "advert-1"), ("advert", "advert-2"), "same"),
        AdvertPair(("advert", "advert-1"), ("advert", "advert-15"), "different"),
    }
    assert [label.side for label in found.labels] == ["lead"] and len(found.labels[0].adverts) == 10
    assert read_answers(judged, truth).judgements == found
    assert score_persons(found).value == 1.0 and score_persons(found).figures["known"] == 2
    assert score_links(truth, found).value == 1.0 and score_links(truth, found).figures["judged"] == 3


def test_what_is_wrong_costs_as_much_as_what_is_right_gains(truth):
    wrong, right = PersonPair("A1", "A2", "same"), PersonPair("A1", "A1", "same")
    persons = (wrong, right, replace(wrong, judgement="unsure"))
    assert score_persons(Judgements(persons)).value == pytest.approx(0.25)  # of each kind: 1, and -0.5
    assert score_persons(Judgements(persons[:1])).named == ("A1 and A2: same",)
    shop = AdvertLabel(1, frozenset(rows_of("advert", 50)), "lead")
    assert score_links(truth, Judgements(labels=(shop,))).value == -1.0
    assert score_links(truth, Judgements(labels=(replace(shop, side="other"),))).value == 1.0
    assert score_links(truth, Judgements(labels=(replace(shop, side="none"),))).value == 0.0


def test_to_call_everything_different_gains_nothing():
    pairs = tuple(PersonPair("A1", other, "different") for other in ("A1", "A2", "A3", "A4"))
    assert score_persons(Judgements(pairs)).value == 0.0


def test_a_coin_gains_nothing():
    rng = np.random.default_rng(1)
    values = []
    for _ in range(200):
        others, said = rng.choice(["A1", "A2"], 20, p=[0.2, 0.8]), rng.choice(["same", "different"], 20)
        pairs = tuple(PersonPair("A1", *pair) for pair in zip(others, said, strict=True))
        values.append(score_persons(Judgements(pairs)).value)
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(len(values))


def test_nothing_judged_scores_zero(recorded, truth, plan):
    score = score_answers(Answers(), recorded, truth, plan, "North", lambda _: LAST)
    assert score.line("persons").value == 0.0 and score.line("links").value == 0.0
