"""From a sentence of a brief to its rows: every mark followed, every lost row named, nothing silently
changed."""

import io
from dataclasses import asdict, replace

import pandas as pd
import pytest
from click.testing import CliRunner

from analytics.ingest.sources import remove_source
from analytics.intelligence.findings import load_finding, revise_finding, save_finding
from analytics.intelligence.reports import save_report
from analytics.tasking.brief import draft_brief
from analytics.tasking.docx import render_docx
from analytics.tasking.dossier import gather_dossier
from analytics.tasking.drafts import draft_profile
from analytics.tasking.evidence_cli import evidence, format_ranges, list_evidence
from analytics.tasking.products import load_product, save_product
from analytics.tasking.sentence_sources import list_traced_rows, trace_product
from tests.intelligence.test_findings import ANN, BOB, FINDING, add_incidents, rows
from tests.intelligence.test_reports import report


@pytest.fixture
def product(store):
    """A brief on one finding (three incidents) and a report's line."""
    add_incidents(store, 1, [2, 3, 5])
    report_id, _ = save_report(store, ANN, report())
    number = save_finding(store, ANN, FINDING, rows(1, [2, 3, 5]), lines=[(report_id, 1)])
    finding = load_finding(store, number)
    brief = draft_brief([finding], [number], draft_profile([finding], [number]), FINDING.period_to)
    brief = replace(brief, who_is_responsible="Nobody knows. Vans come at night. [report 1, line 1: 2CP]")
    return save_product(store, ANN, "brief", brief.title, asdict(brief), [number])[0]


def test_every_sentence_leads_to_its_marks_and_rows(store, product):
    traced = trace_product(store, product)
    what = next(sentence for sentence in traced.sentences if sentence.part == "What")
    assert what.statement.words == FINDING.statement
    assert traced.about(what.statement.marks[0]) == "4 rows, all unchanged"
    table = list_traced_rows(store, traced)
    own = table[table.part == "What"]
    assert own.row_number.tolist() == [2, 3, 5, 1] and set(own.state) == {"unchanged"}
    assert own.method.unique().tolist() == ["Getis-Ord Gi*"] and "squares of 250 m" in own.parameters.iloc[0]
    assert table[table.mark == "report 1, line 1"].state.tolist() == ["unchanged"]
    assert "no mark: the author's own words" in set(table.state)


def test_a_brief_whose_source_was_removed_says_which_rows_and_stays_as_it_was(store, product):
    before = load_product(store, product)
    paper = render_docx(gather_dossier(store, trace_brief(before), product, 1))
    remove_source(store, BOB, 1, "imported twice")
    with store.write() as cursor:
        cursor.execute("DELETE FROM report_line").fetchall()
    text = "\n".join(list_evidence(store, trace_product(store, product)))
    assert "[finding 1] 4 removed of 4 rows" in text and "removed: rows 2-3, 5" in text
    assert "[report 1, line 1] removed" in text
    assert "source 1 was removed by bob" in text and "imported twice" in text
    assert load_product(store, product) == before
    assert (
        render_docx(gather_dossier(store, trace_brief(before), product, 1)) != paper
    )  # the annex says 'source since removed'


def trace_brief(row):
    from analytics.tasking.brief import Brief

    return Brief(**row["content"])


def test_a_later_version_of_the_finding_is_told_and_not_cited(store, product):
    revise_finding(store, BOB, 1, replace(FINDING, statement="Not so."), latest_seen=1, change_reason="doubt")
    traced = trace_product(store, product)
    assert traced.findings[1].finding.statement == FINDING.statement
    assert "version 2 has been saved since" in "\n".join(list_evidence(store, traced))


def test_a_mark_of_nothing_and_a_line_graded_again_are_reported(store, product):
    content = load_product(store, product)["content"]
    content["why_now"] = "It grows. [finding 77: low confidence]"
    save_product(store, ANN, "brief", "B", content, [1], product_id=product)
    lines = report().lines
    worse = replace(lines[0], grade=replace(lines[0].grade, information="E"))
    save_report(store, ANN, replace(report(), lines=(worse, *lines[1:])), report_id=1, change_reason="denied")
    text = "\n".join(list_evidence(store, trace_product(store, product)))
    assert "[finding 77] there is no such finding" in text and "[report 1, line 1] changed" in text


def test_the_command_lists_and_writes_the_rows(store, product, tmp_path):
    store.close()
    out = tmp_path / "evidence.csv"
    ran = CliRunner().invoke(evidence, [str(product), "--store", store.path, "--out", str(out)])
    assert ran.exit_code == 0 and "Finding 1, version 1: Burglary in Kiln Row" in ran.output, ran.output
    table = pd.read_csv(io.BytesIO(out.read_bytes()))
    assert {"part", "mark", "method", "data_version", "row_number", "state"} <= set(table.columns)
    assert CliRunner().invoke(evidence, ["99", "--store", store.path]).exit_code == 1


def test_row_numbers_in_short():
    assert format_ranges([9, 2, 3, 4]) == "2-4, 9" and format_ranges([]) == ""
