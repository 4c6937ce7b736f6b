"""The Achilles grid and the requirements: what is held and, above all, what is not."""

from datetime import date

import pytest

from analytics.intelligence.collection import (
    STAGES,
    draft_gap_question,
    tabulate_collection,
    tabulate_operational_collection,
    tabulate_strategic_collection,
)
from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, save_report
from analytics.intelligence.requirements import (
    Requirement,
    list_requirements,
    load_requirement,
    save_requirement,
)
from analytics.tasking.brief import Brief
from analytics.tasking.collection_proposal import propose_collection
from analytics.tasking.docx import render_docx
from analytics.tasking.dossier import gather_dossier
from analytics.tasking.meeting import list_agenda
from analytics.tasking.products import load_product, record_decision
from analytics.tasking.render import render_pdf
from tests.intelligence.test_reports import ACTOR, report
from tests.sources import insert_source_row
from tests.tasking.factories import tasked_action

DUE = date(2026, 12, 1)


def cell(grid, domain: str, stage: str):
    return grid.set_index(["domain_code", "stage"]).loc[(domain, stage)]


def test_an_empty_store_is_all_gaps(store):
    grid = tabulate_collection(store)
    assert len(grid) == 5 * 4 and not grid.records.any() and not grid.lines.any() and grid.latest.isna().all()
    assert grid.stage.unique().tolist() == list(STAGES)
    assert len(tabulate_operational_collection(store)) == 10


def test_lines_of_reports_fill_their_cell_with_their_grading(store):
    at = {"stage": "transit", "domain": "transportation", "operational_domain": "travel"}
    lines = [Line("a", "a", Grade(s, i), **at) for s, i in (("1", "B"), ("2", "D"), ("1", "B"))]
    number, _ = save_report(store, ACTOR, report(*lines))
    seen = cell(tabulate_collection(store), "transportation", "transit")
    assert (seen.lines, seen.graded, seen.latest_line.date()) == (3, "1B ×2, 2D", date(2026, 3, 1))
    save_report(store, ACTOR, report(*lines[:1]), report_id=number, change_reason="two lines were hearsay")
    assert (
        cell(tabulate_collection(store), "transportation", "transit").lines == 1
    )  # the latest version alone
    travel = tabulate_operational_collection(store).set_index("domain").loc["Travel routes and means"]
    assert (travel.lines, travel.graded) == (1, "1B")


def test_records_count_with_when_they_came_in(store):
    with store.write() as cursor:
        insert_source_row(cursor, 7, "journey")
        cursor.execute(
            "INSERT INTO journey (source_id, row_number, departed_at, stage) VALUES"
            " (7, 2, TIMESTAMP '2026-03-30 10:00', 'transit'), (7, 3, NULL, NULL)"
        ).fetchall()
    grid = tabulate_collection(store)
    known = cell(grid, "transportation", "transit")
    assert (known.records, known.latest.date(), known.updated.date()) == (
        1,
        date(2026, 3, 30),
        date(2026, 4, 2),
    )
    assert cell(grid, "transportation", "not known").records == 1


def test_requirements_are_versions_and_open_ones_stand_in_the_grid(store):
    asked = Requirement(
        "Who lets the flats in Kiln Row?", "Licensing", DUE, stage="destination", domain="premises"
    )
    number = save_requirement(store, ACTOR, asked)
    assert load_requirement(store, number) == asked
    assert cell(tabulate_collection(store), "premises", "destination").requirements == 1
    with pytest.raises(ValueError, match="what was found"):
        save_requirement(
            store, ACTOR, Requirement(asked.question, "x", DUE, status="answered"), requirement_id=number
        )
    answered = Requirement(asked.question, "x", DUE, status="answered", note="One agency; see report 4.")
    save_requirement(store, ACTOR, answered, requirement_id=number)
    assert list_requirements(store).version.tolist() == [2]
    assert not tabulate_collection(store).requirements.any()
    with pytest.raises(ValueError, match="no domain"):
        save_requirement(store, ACTOR, Requirement("?", "x", DUE, domain="magic"))
    with pytest.raises(KeyError):
        save_requirement(store, ACTOR, asked, requirement_id=99)


def test_the_strategic_themes_are_filled_by_lines_and_requirements(store):
    save_report(store, ACTOR, report(Line("a", "a", Grade("1", "B"), strategic_theme="cultural")))
    save_requirement(store, ACTOR, Requirement("Who buys?", "HQ", DUE, strategic_theme="socio-economic"))
    themes = tabulate_strategic_collection(store).set_index("code")
    assert list(themes.index) == ["socio-economic", "cultural", "international", "patterns"]
    assert (themes.lines["cultural"], themes.graded["cultural"]) == (1, "1B")
    assert themes.requirements["socio-economic"] == 1 and themes.lines["patterns"] == 0


def test_a_gap_becomes_a_requirement_and_a_proposal_that_the_meeting_can_decide(store):
    question = draft_gap_question("advertising", "origin")
    assert question.startswith("What is there on advertising at origin (recruitment and export)")
    asked = Requirement(question, "Sgt Field", DUE, "Exploitation", "origin", "advertising")
    number = save_requirement(store, ACTOR, asked)
    proposal = propose_collection(store, ACTOR, number)
    assert list_agenda(store).product_id.tolist() == [proposal]
    brief = Brief(**load_product(store, proposal)["content"])
    assert (
        brief.owner == "Sgt Field"
        and question in brief.what
        and f"Requirement {number}" in brief.intelligence
    )
    assert "legal basis" in brief.open_items() and "victims' safety" in brief.open_items()
    dossier = gather_dossier(store, brief, proposal, 1)
    assert render_pdf(dossier).startswith(b"%PDF") and render_docx(dossier)
    assert "asks for what is not known" in dossier.evidence_line
    action = tasked_action("Visit the agencies", "Sgt Field", DUE)
    record_decision(store, ACTOR, proposal, 1, "adopted", "a gap that matters", "Supt", action=action)
