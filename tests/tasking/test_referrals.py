"""Referrals are kept in versions, with every step of how they stand."""

import pytest

from analytics.adverts.operation_finding import REFERRAL_SECTIONS
from analytics.oversight import Actor
from analytics.oversight.heads import read_latest_head
from analytics.tasking.paper import print_pdf
from analytics.tasking.products import SavedMeanwhile, load_product
from analytics.tasking.referrals import (
    build_referral_paper,
    list_referral_steps,
    list_referrals,
    record_step,
    save_referral,
)
from tests.adverts.factories import fill

ANN, BEN = Actor("ann"), Actor("ben")


def test_a_referral_from_draft_to_answer(store):
    number, version = save_referral(store, ANN, 7, " Northgate support ", {"concern": "a"})
    assert version == 1
    record_step(store, BEN, number, "sent", "by the secure portal")
    assert save_referral(
        store, ANN, 7, "Northgate support", {"concern": "b"}, product_id=number, latest_seen=1
    ) == (number, 2)
    (listed,) = list_referrals(store, 7).to_dict("records")
    assert (
        listed["partner"],
        listed["standing"],
        listed["standing_name"],
        listed["recorded_by"],
        listed["version"],
    ) == (
        "Northgate support",
        "sent",
        "Sent",
        "ben",
        2,
    )
    assert load_product(store, number)["content"] == {"concern": "b"}
    assert list_referral_steps(store, number).standing_name.tolist() == ["Sent", "Drafted, not sent"]
    assert list_referrals(store, 8).empty and len(list_referrals(store)) == 1
    acts = [row["act"] for row in store.rows("SELECT act FROM audit ORDER BY sequence")]
    assert acts == [
        "save safeguarding referral",
        "refer adverts",
        "refer adverts",
        "save safeguarding referral",
    ]


def test_another_partner_is_a_step_too(store):
    number, _ = save_referral(store, ANN, 7, "Northgate support", {})
    record_step(store, ANN, number, "declined", "outside its area")
    save_referral(store, ANN, 7, "The council's team", {}, product_id=number)
    assert list_referral_steps(store, number).partner.tolist() == [
        "The council's team",
        "Northgate support",
        "Northgate support",
    ]


def test_what_cannot_be_recorded_says_why(store):
    with pytest.raises(ValueError, match="partner"):
        save_referral(store, ANN, 7, " ", {})
    number, _ = save_referral(store, ANN, 7, "Northgate support", {})
    with pytest.raises(ValueError, match="stands as"):
        record_step(store, ANN, number, "", "x")
    with pytest.raises(ValueError, match="Say what"):
        record_step(store, ANN, number, "sent", " ")
    with pytest.raises(KeyError):
        record_step(store, ANN, 99, "sent", "x")
    save_referral(store, ANN, 7, "Northgate support", {}, product_id=number)
    with pytest.raises(SavedMeanwhile):
        save_referral(store, BEN, 7, "Northgate support", {}, product_id=number, latest_seen=1)
    assert len(list_referrals(store)) == 1


def test_a_referral_prints_under_the_handling_of_its_adverts(store):
    fill(store)
    number, _ = save_referral(
        store, ANN, 1, "Northgate support", {"concern": "24 adverts", "asked": "A visit"}
    )
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO source BY NAME SELECT * REPLACE (source_id + 1 AS source_id, 'Other' AS handling)"
            " FROM source"
        ).fetchall()
    paper = build_referral_paper(store, number)
    assert paper.seal == read_latest_head(store).code
    assert (paper.title, paper.handling, paper.reference) == (
        "Referral to Northgate support",
        "P: lawful sharing permitted",
        f"Referral {number}, version 1",
    )
    assert paper.sections["What was seen"] == "24 adverts" and list(paper.sections) == list(
        REFERRAL_SECTIONS.values()
    )
    assert print_pdf(paper).startswith(b"%PDF")
    elsewhere, _ = save_referral(store, ANN, 99, "Northgate support", {})
    assert build_referral_paper(store, elsewhere).handling == "Other; P: lawful sharing permitted"
    with pytest.raises(KeyError):
        build_referral_paper(store, 12345)
