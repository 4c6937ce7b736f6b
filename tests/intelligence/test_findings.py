"""Findings: versions that lose nothing, evidence that says what became of it, products that cite what they
were written from."""

import threading
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from analytics.ingest.sources import remove_source
from analytics.intelligence.cited_versions import list_cited_versions
from analytics.intelligence.evidence import count_evidence, list_evidence_sources, read_evidence_lines
from analytics.intelligence.evidence_state import list_removals, read_evidence_states, read_stated_rows
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import (
    Finding,
    RevisedMeanwhile,
    list_finding_versions,
    list_findings,
    load_finding,
    revise_finding,
    save_finding,
)
from analytics.intelligence.report_finding import build_report_finding, suggest_basis
from analytics.intelligence.reports import save_report
from analytics.oversight import Actor, verify
from analytics.oversight.roles import find_tier
from analytics.tasking.products import save_product
from tests.intelligence.test_reports import report

ANN, BOB = Actor("ann"), Actor("bob")
FINDING = Finding(
    "Burglary in Kiln Row",
    "Burglary gathers in Kiln Row.",
    "Getis-Ord Gi*",
    {"cells": "squares of 250 m"},
    1,
    None,
    date(2026, 3, 1),
    date(2026, 4, 30),
    read_result({"focus": {"label": "Kiln Row", "count": 3, "previous_count": 1}}),
    "moderate",
    "It passes a corrected test.",
    "Places are right.",
    [{"explanation": "More is recorded there.", "how to tell": "Ask."}],
)


def add_incidents(store, source_id: int, numbers, category: str = "Burglary") -> None:
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO source (source_id, kind, name, file_name, sha256, importer, imported_at,"
            " imported_by, legal_basis,"
            " purpose, handling, review_date, rows_in, rows_accepted, rows_quarantined) VALUES (?, "
            "'incident', ?, 'a.csv', 'x',"
            " 'x', now(), 'a', 'Policing purpose', 'p', 'P', '2030-01-01', 1, 1, 0)",
            [source_id, f"Crimes {source_id}"],
        ).fetchall()
        for number in numbers:
            cursor.execute(
                "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
                " time_precision,"
                " local_date, place) SELECT ?, ?, 1, ?, t, t, 'minute', t::DATE, 'Kiln Row' FROM"
                " (SELECT TIMESTAMP '2026-03-01 20:00' + INTERVAL 1 DAY * ?) v(t)",
                [source_id, number, category, number],
            ).fetchall()


def rows(source_id: int, numbers, table: str = "incident") -> pa.Table:
    numbers = list(numbers)
    return pa.table(
        {
            "table_name": [table] * len(numbers),
            "source_id": pa.array([source_id] * len(numbers), pa.int32()),
            "row_number": pa.array(numbers, pa.int64()),
        }
    )


NONE = rows(1, [])


@pytest.fixture
def number(store):
    add_incidents(store, 1, range(2, 5))
    return save_finding(store, ANN, FINDING, rows(1, range(2, 5)))


def test_an_edit_is_another_version_and_the_first_stays(store, number):
    likely = replace(FINDING, statement="It gathers there at night.", likelihood="likely")
    assert revise_finding(store, ANN, number, likely, latest_seen=1, change_reason="the hours were read") == 2
    assert load_finding(store, number) == likely and load_finding(store, number, 1) == FINDING
    assert list_finding_versions(store, number).change_reason.tolist() == [
        "the hours were read",
        "first saved",
    ]
    assert read_evidence_states(store)[number].intact and list_findings(store).version.tolist() == [2]
    assert verify(store)[2] is None


@pytest.mark.parametrize(
    ("change", "reason", "says"),
    [
        ({"confidence": "sure"}, "r", "Confidence"),
        ({"likelihood": "70 %"}, "r", "Likelihood"),
        ({"title": " "}, "r", "title"),
        ({}, "  ", "why"),
    ],
)
def test_a_version_that_says_too_little_is_refused(store, number, change, reason, says):
    with pytest.raises(ValueError, match=says):
        revise_finding(store, ANN, number, replace(FINDING, **change), latest_seen=1, change_reason=reason)
    assert len(list_finding_versions(store, number)) == 1


def test_rows_that_can_be_no_evidence_are_refused(store, number):
    with pytest.raises(ValueError, match="rows it rests on"):
        save_finding(store, ANN, FINDING, NONE)
    with pytest.raises(ValueError, match="No evidence stands in audit"):
        save_finding(store, ANN, FINDING, rows(1, [1], "audit"))
    with pytest.raises(KeyError, match="no line 9"):
        save_finding(store, ANN, FINDING, NONE, lines=[(1, 9)])
    assert len(list_findings(store)) == 1


def test_two_people_edit_one_finding_and_nothing_is_lost(store, number):
    """Both read version 1 and save at once: one is version 2, the other is refused and saves on top of it."""
    start, refused, saved = threading.Barrier(2), [], []

    def edit(actor: Actor) -> None:
        mine = replace(FINDING, assumptions=f"as {actor.name} sees it")
        start.wait()
        try:
            saved.append(
                revise_finding(store, actor, number, mine, latest_seen=1, change_reason="seen again")
            )
        except RevisedMeanwhile as error:
            refused.append(str(error))
            saved.append(
                revise_finding(store, actor, number, mine, latest_seen=2, change_reason="read, then saved")
            )

    threads = [threading.Thread(target=edit, args=(actor,)) for actor in (ANN, BOB)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(saved) == [2, 3] and len(refused) == 1 and "Version 2" in refused[0]
    said = {load_finding(store, number, version).assumptions for version in (2, 3)}
    assert said == {"as ann sees it", "as bob sees it"}
    assert [read_evidence_states(store, {number: version})[number].rows for version in (1, 2, 3)] == [3, 3, 3]


def test_a_changed_and_a_removed_row_say_so_and_which(store, number):
    assert str(read_evidence_states(store)[number]) == "3 rows, all unchanged"
    with store.write() as cursor:
        cursor.execute("UPDATE incident SET category = 'Theft' WHERE row_number = 3").fetchall()
        cursor.execute("DELETE FROM incident WHERE row_number = 4").fetchall()
    assert str(read_evidence_states(store)[number]) == "1 removed and 1 changed of 3 rows"
    stated = read_stated_rows(store, number, 1)
    assert dict(zip(stated.row_number, stated.state, strict=True)) == {
        2: "unchanged",
        3: "changed",
        4: "removed",
    }
    listed = list_findings(store).iloc[0]
    assert (listed.evidence_rows, listed.still_stored, listed.changed) == (3, 2, 1)
    assert count_evidence(store, number) == {"incident": 2}


def test_a_removed_source_is_told_with_who_removed_it_and_why(store, number):
    before = load_finding(store, number)
    remove_source(store, BOB, 1, "imported twice")
    assert read_evidence_states(store)[number].removed == 3 and load_finding(store, number) == before
    removed = list_removals(store, [1, 7])
    assert removed[["source_id", "actor", "why"]].values.tolist() == [[1, "bob", "imported twice"]]


def test_a_finding_from_reports_says_when_a_line_was_graded_again(store):
    report_id, _ = save_report(store, ANN, report())
    number = save_finding(store, ANN, FINDING, NONE, lines=[(report_id, 1), (report_id, 2)])
    assert read_evidence_states(store)[number].rows == 2
    source = list_evidence_sources(store, [number]).iloc[0]
    assert source["rows"] == 2 and source["name"].startswith(f"Report {report_id}, version 1")
    lines = report().lines
    worse = replace(lines[0], grade=replace(lines[0].grade, information="E"))
    save_report(
        store,
        ANN,
        replace(report(), lines=(worse, *lines[1:])),
        report_id=report_id,
        change_reason="denied since",
    )
    stated = read_stated_rows(store, number, 1)
    assert stated.state.tolist() == ["changed", "unchanged"] and stated.table_name.unique().tolist() == [
        "report"
    ]
    assert revise_finding(store, ANN, number, FINDING, latest_seen=1, change_reason="read again") == 2
    assert read_evidence_states(store, {number: 2})[number].rows == 2


def test_what_is_read_in_reports_is_a_finding_with_their_handling_and_period(store):
    first, _ = save_report(store, ANN, report())
    second, _ = save_report(store, ANN, replace(report(), observed_on=date(2026, 5, 1)))
    words = {
        "title": "Vans",
        "statement": "Vans come.",
        "confidence": "low",
        "basis": "two lines",
        "assumptions": "",
    }
    found = build_report_finding(store, [(first, 1), (second, 2)], **words)
    assert (found.period_from, found.period_to) == (date(2026, 3, 1), date(2026, 5, 1))
    assert found.handling == "C (A1, S2): sharing permitted with conditions"
    assert found.parameters["lines"][0] == f"report {first}, line 1: 2CP"
    number = save_finding(store, ANN, found, NONE, lines=[(first, 1), (second, 2)])
    assert read_evidence_lines(store, number, 1).grade.tolist() == ["2CP", "1AC"]
    assert "2 lines graded 2C, 1A; 1 known" in suggest_basis(report().lines)
    with pytest.raises(ValueError, match="Choose the lines"):
        build_report_finding(store, [], **words)
    with pytest.raises(KeyError, match="no line 9"):
        build_report_finding(store, [(first, 9)], **words)


def test_a_product_cites_the_version_it_was_written_from(store, number):
    product, _ = save_product(store, ANN, "brief", "B", {}, [number])
    revise_finding(
        store, ANN, number, replace(FINDING, confidence="low"), latest_seen=1, change_reason="doubt"
    )
    assert list_cited_versions(store, product, 1) == {number: 1}
    save_product(store, ANN, "brief", "B", {"a": 1}, [number], product_id=product)
    assert list_cited_versions(store, product, 2) == {number: 1}  # its text was written from that
    other, _ = save_product(store, ANN, "brief", "C", {}, [number])
    assert list_cited_versions(store, other, 1) == {number: 2}
    with store.write() as cursor:  # saved before citations were kept
        cursor.execute("DELETE FROM product_finding").fetchall()
    assert list_cited_versions(store, product, 1) == {number: 1}


def test_a_role_sees_the_findings_whose_handling_it_reads(store, number):
    marked = replace(
        FINDING, handling="P: lawful sharing permitted; C (A1): sharing permitted with conditions"
    )
    save_finding(store, ANN, marked, rows(1, [2]))
    save_finding(store, ANN, replace(FINDING, handling="Private: for the chief alone"), rows(1, [2]))
    seen = {
        role: len(list_findings(store, find_tier(role)))
        for role in ("analyst", "officer", "partner", "inspector")
    }
    assert seen == {"analyst": 3, "officer": 1, "partner": 1, "inspector": 3}
