"""The plan of an operation: victims first, tied to a decision that stands, versions, print."""

from dataclasses import asdict, replace
from datetime import date

import duckdb
import pytest

from analytics.intelligence.findings import load_finding
from analytics.oversight import Actor, verify
from analytics.shared.unwritten import ask
from analytics.tasking.brief import draft_brief
from analytics.tasking.drafts import draft_profile
from analytics.tasking.operation import (
    VictimsFirst,
    build_plan_paper,
    draft_plan,
    list_adopted_proposals,
    load_plan,
    save_plan,
)
from analytics.tasking.paper import print_docx, print_pdf
from analytics.tasking.products import SavedMeanwhile, list_products, record_decision, save_product
from analytics.tasking.sections import read_asked_sections
from tests.tasking.factories import finding
from tests.tasking.printed_text import docx_all, pdf_pages

ANN = Actor("ann")


@pytest.fixture
def decided(store):
    number = finding(store, "Harbour flats")
    findings = [load_finding(store, number)]
    brief = draft_brief(findings, [number], draft_profile(findings, [number]), date(2026, 12, 31))
    brief = replace(
        brief, enforcement="Search the flats.", handling="C (A3): sharing permitted with conditions"
    )
    product, _ = save_product(store, ANN, "brief", brief.title, asdict(brief), [number])
    return record_decision(store, ANN, product, 1, "adopted", "harm", "Supt. Lee")


def written(store, decision: int):
    plan = draft_plan(store, decision)
    texts = dict(plan.texts) | {
        "victims_protection": "Outreach first: two rooms held, an interpreter called."
    }
    return replace(
        plan, option="proactive", option_reason="Nobody has complained; the adverts show where.", texts=texts
    )


def test_a_plan_begins_with_what_the_brief_says_and_asks_for_the_rest(store, decided):
    plan = draft_plan(store, decided)
    assert (
        plan.texts["tactics"] == "Search the flats."
        and "[finding 1: low confidence]" in plan.texts["subject"]
    )
    assert (
        plan.texts["victims_protection"].startswith("Not yet written (safeguarding lead): ")
        and "Objective" in plan.open_items()
    )
    codes = list(read_asked_sections("operation plan"))
    assert codes.index("victims_protection") < codes.index("tactics") and codes.index(
        "victims_risk"
    ) < codes.index("tactics")


@pytest.mark.parametrize(
    "nothing", ["", "  \n", ask("safeguarding lead", "who may be harmed"), "To be written: who may be harmed"]
)
def test_no_plan_is_saved_without_victims_protection(store, decided, nothing):
    plan = written(store, decided)
    with pytest.raises(VictimsFirst, match="victims are protected"):
        save_plan(store, ANN, replace(plan, texts=dict(plan.texts) | {"victims_protection": nothing}))
    assert list_products(store, "operation plan").empty


def test_the_store_refuses_it_too(store):
    with pytest.raises(duckdb.ConstraintException), store.write() as cursor:
        cursor.execute("INSERT INTO operation_plan VALUES (1, 1, 1, '  ', 'proactive', 'why')").fetchall()


def test_a_plan_needs_its_option_and_a_decision_that_stands(store, decided):
    plan = written(store, decided)
    for wrong in (replace(plan, option=None), replace(plan, option_reason=" ")):
        with pytest.raises(ValueError, match="investigative option"):
            save_plan(store, ANN, wrong)
    number, version = save_plan(store, ANN, plan)
    assert "Decision 1: Harbour flats" in "".join(build_plan_paper(store, number, version).sections.values())
    record_decision(store, ANN, 1, 1, "declined", "no power", "Supt. Lee", supersedes=decided)
    assert list_adopted_proposals(store) == {}
    with pytest.raises(ValueError, match="superseded"):
        save_plan(store, ANN, plan, product_id=number, latest_seen=version)
    assert "Do not act on this plan" in "".join(build_plan_paper(store, number, version).sections.values())


def test_versions_are_added_and_print_marked_with_victims_before_enforcement(store, decided):
    number, _ = save_plan(store, ANN, written(store, decided))
    changed = replace(written(store, decided), option="disruptive")
    assert save_plan(store, ANN, changed, product_id=number, latest_seen=1) == (number, 2)
    with pytest.raises(SavedMeanwhile):
        save_plan(store, ANN, changed, product_id=number, latest_seen=1)
    assert (
        load_plan(store, number, 1).option == "proactive" and load_plan(store, number).option == "disruptive"
    )
    paper = build_plan_paper(store, number, 2)
    pages = pdf_pages(print_pdf(paper))
    assert all(page.count("C (A3): sharing permitted with conditions") == 2 for page in pages)
    text = " ".join(pages)
    assert (
        text.index("Outreach first")
        < text.index("Disruptive: where the others")
        < text.index("Search the flats")
    )
    assert "C (A3): sharing permitted" in docx_all(print_docx(paper)) and verify(store)[2] is None
