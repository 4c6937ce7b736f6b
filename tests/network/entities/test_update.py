"""From imported rows to entities and links, and back when a source goes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from analytics.cli import cli
from analytics.finance.holder_decisions import latest_decisions, record_decision
from analytics.network.entities.judgement import (
    count_judged,
    judge_pair,
    list_review_queue,
    read_all_judgements,
    read_judgements,
)
from analytics.network.entities.update import update_network
from analytics.network.links.entity_page import NoEntity, find_node, read_entity
from analytics.network.state import read_network_state
from analytics.oversight import Actor
from analytics.store import close_store, open_store
from analytics.store.removal import delete_source_rows
from tests.network.entities.rows import fill_rows
from tests.sources import insert_source_row

ACTOR = Actor("analyst 1")
ADA, ADA_AGAIN = "person:account/1/2/holder", "person:account/1/5/holder"
FLAT = "person:premises/2/2/holder"


@pytest.fixture
def filled(store):
    fill_rows(store)
    update_network(store, ACTOR)
    return store


def test_one_person_by_telephone_and_e_mail_but_not_by_name_or_house(filled):
    entity = {
        row["mention"]: row["entity"] for row in filled.rows("SELECT mention, entity FROM network_mention")
    }
    assert entity[ADA] == entity[ADA_AGAIN] == ADA
    assert len({entity[ADA], entity[FLAT], entity["person:account/1/3/holder"]}) == 3
    household = filled.rows("SELECT node, other FROM network_link WHERE kind = 'same household'")
    assert len(household) == 1 and "person:account/1/3/holder" in household[0].values()


def test_what_touches_a_telephone_and_a_person(filled):
    phone = read_entity(filled, find_node(filled, "07700 900123"))
    kinds = phone.links.set_index("kind").other.to_dict()
    assert kinds == {"call": "phone:+447700900555", "uses": ADA}
    assert phone.links.set_index("kind").events["call"] == 2
    person = read_entity(filled, find_node(filled, ADA_AGAIN))
    assert person.node == ADA and len(person.mentions) == 2
    weakest = person.weakest
    assert weakest.bits > 0 and {weakest.mention, weakest.other} == {ADA, ADA_AGAIN}
    assert weakest.parts == (1, 1)
    assert set(person.links.kind) == {"uses", "holds", "let", "same household"}
    account = read_entity(filled, find_node(filled, "A1"))
    assert set(account.links.kind) == {"holds", "payment", "journey paid for"}
    together = filled.rows("SELECT node, other FROM network_link WHERE kind = 'journey together'")
    assert len(together) == 1


def test_a_judgement_joins_and_another_undoes_it(filled):
    assert {ADA, FLAT} in [
        {row.mention, row.other} for row in list_review_queue(filled).itertuples()
    ]  # a rare name is put to somebody
    judge_pair(filled, ACTOR, FLAT, ADA, "same", "the landlord named her bank")
    update_network(filled, ACTOR)
    view = read_entity(filled, find_node(filled, FLAT))
    assert view.node == ADA and len(view.mentions) == 3
    assert {ADA, FLAT} not in [{row.mention, row.other} for row in list_review_queue(filled).itertuples()]
    judge_pair(filled, ACTOR, ADA, FLAT, "open", "the landlord was wrong")
    update_network(filled, ACTOR)
    assert find_node(filled, FLAT) == FLAT and len(read_judgements(filled)) == 2


def test_what_money_says_of_two_holders_counts_here_and_the_other_way_round(filled):
    state = read_network_state(filled)
    record_decision(filled, ACTOR, "A4", "A1", "different", "two signatures")
    assert read_network_state(filled).judged == state.judged + 1
    update_network(filled, ACTOR)
    assert find_node(filled, ADA_AGAIN) == ADA_AGAIN and find_node(filled, ADA) == ADA
    judge_pair(
        filled, ACTOR, ADA, ADA_AGAIN, "same", "one passport"
    )  # the latest counts, wherever it was said
    (decided,) = latest_decisions(filled).to_dict("records")
    assert (decided["left"], decided["right"], decided["decision"]) == ("A1", "A4", "same")
    update_network(filled, ACTOR)
    assert find_node(filled, ADA_AGAIN) == ADA
    judge_pair(filled, ACTOR, ADA, ADA_AGAIN, "unsure", "the passport was copied")
    assert latest_decisions(filled).empty and len(read_all_judgements(filled)) == 3
    assert len(read_judgements(filled)) == 2 and count_judged(filled)[0] == 1


def test_one_decision_on_accounts_of_several_sources_is_one(filled):
    with filled.write() as cursor:
        insert_source_row(cursor, 7, "account")
        cursor.execute(
            "INSERT INTO account (source_id, row_number, reference, holder) VALUES"
            " (7, 2, 'A1', 'Ada Quist'), (7, 3, 'A4', 'Ada Quist')"
        ).fetchall()
    update_network(filled, ACTOR)
    record_decision(filled, ACTOR, "A4", "A1", "different", "two signatures")
    assert len(read_all_judgements(filled)) == 4 and count_judged(filled)[0] == 1
    record_decision(filled, ACTOR, "A1", "A4", "open", "they were one hand")
    assert count_judged(filled)[0] == 0


def test_another_passport_keeps_two_journeys_of_one_name_and_telephone_apart(store):
    with store.write() as cursor:
        insert_source_row(cursor, 1, "journey")
        for row, document in enumerate(("P7712345", "P7712345", "Q1199887"), 2):
            cursor.execute(
                "INSERT INTO journey (source_id, row_number, traveller, contact, document, departed_at)"
                " VALUES (1, ?, 'Ada Quist', '07700 900123', ?, TIMESTAMP '2026-03-01 08:00')",
                [row, document],
            ).fetchall()
    update_network(store, ACTOR)
    view = read_entity(store, find_node(store, "person:journey/1/2/traveller"))
    assert len(view.mentions) == 1 and view.mentions.rows[0] == 2  # one passport, twice
    assert view.unsure.probability.tolist() == pytest.approx([0.02])
    judge_pair(
        store, ACTOR, "person:journey/1/2/traveller", "person:journey/1/4/traveller", "same", "renewed"
    )
    update_network(store, ACTOR)
    assert len(read_entity(store, "person:journey/1/2/traveller").mentions) == 2


def test_a_source_that_goes_takes_what_it_alone_said(filled):
    with filled.write() as cursor:
        delete_source_rows(cursor, 3)
    assert not filled.rows("SELECT 1 FROM network_link WHERE kind = 'call'")
    with filled.write() as cursor:
        delete_source_rows(cursor, 1)
    assert {row["table_name"] for row in filled.rows("SELECT table_name FROM network_mention")} == {
        "premises",
        "journey",
    }
    done = update_network(filled, ACTOR)
    assert done.mentions == 3


def test_wrong_judgements_and_unknown_names_are_refused_in_words(filled):
    with pytest.raises(ValueError, match="has a reason"):
        judge_pair(filled, ACTOR, ADA, FLAT, "same", " ")
    with pytest.raises(ValueError, match="not in the store"):
        judge_pair(filled, ACTOR, ADA, "person:nobody", "same", "x")
    with pytest.raises(NoEntity, match="2 entities have that name"):
        find_node(filled, "Ada Quist")
    with pytest.raises(NoEntity, match="Nothing of that name"):
        find_node(filled, "Zoe")


def test_an_empty_store_has_no_network(store):
    assert update_network(store, ACTOR).mentions == 0


def test_the_commands(tmp_path):
    path, out = tmp_path / "x.duckdb", tmp_path / "entity.json"
    fill_rows(open_store(path))
    close_store()
    done = CliRunner().invoke(cli, ["network", "update", "--store", str(path)])
    assert done.exit_code == 0 and "7 mentions" in done.output, done.output
    shown = CliRunner().invoke(
        cli, ["network", "entity", "07700900123", "--out", str(out), "--store", str(path)]
    )
    assert shown.exit_code == 0, shown.output
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["entity"] == "phone:+447700900123" and len(content["links"]) == 2
    missing = CliRunner().invoke(cli, ["network", "entity", "Zoe", "--out", str(out), "--store", str(path)])
    assert missing.exit_code == 1 and "Nothing of that name" in missing.output
    close_store()


def test_two_of_one_booking_travelled_together_and_a_coach_did_not(store):
    rows = [(n, "B1", who, None, 1) for n, who in enumerate(("Ana Petrov", "Mila Ivan"), 2)]
    rows += [(n, "B1", who, None, 2) for n, who in enumerate(("Ana Petrov", "Mila Ivan"), 4)]
    rows += [(6, "B2", "Ada Quist", "A1", 1), (7, "B3", "Bea Quist", "A1", 1)]  # paid by one account
    rows += [(8, "B2", "Ada Quist", "A1", 3), (9, "B2", "Bea Quist", "A1", 3)]  # both ways of telling at once
    rows += [(n, "B9", f"Guest {n}", None, 4) for n in range(20, 30)]
    with store.write() as cursor:
        insert_source_row(cursor, 1, "journey")
        cursor.executemany(
            "INSERT INTO journey (source_id, row_number, reference, traveller, paid_by, from_place, to_place,"
            " departed_at) VALUES (1, $1, $2, $3, $4, 'Leeds', 'Dover', TIMESTAMP '2026-03-01'"
            " + to_days($5::INTEGER))",
            rows,
        ).fetchall()
    update_network(store, ACTOR)
    found = store.rows(
        "SELECT a.name AS one, b.name AS two, events FROM network_link l JOIN network_mention a"
        " ON a.mention = l.node JOIN network_mention b ON b.mention = l.other"
        " WHERE kind = 'journey together' ORDER BY ALL"
    )
    assert [tuple(row.values()) for row in found] == [
        ("Ada Quist", "Bea Quist", 2),
        ("Ana Petrov", "Mila Ivan", 2),
    ]
