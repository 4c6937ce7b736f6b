"""Marks of source and grading, and the handling that binds a whole product."""

from dataclasses import replace

import pytest

from analytics.intelligence.grading import Grade
from analytics.tasking.citations import (
    SourceMark,
    combine_handling,
    describe_grading,
    join_handling,
    mark_handling,
    mark_line,
    read_handling,
    split_statements,
)
from tests.intelligence.test_reports import report
from tests.tasking.test_drafts import MATERIAL


def test_a_statement_ends_with_its_marks_and_the_rest_of_its_line_has_none():
    text = (
        "Vans come at night. [report 5, line 1: 2CP (A1)] [finding 1: low confidence].\n\nTwo exits. "
        "[finding 2] Nobody knows why."
    )
    found = split_statements(text)
    assert [s.marks for s in found] == [
        (SourceMark("report", 5, 1), SourceMark("finding", 1)),
        (SourceMark("finding", 2),),
        (),
    ]
    assert [s.words for s in found] == ["Vans come at night.", "Two exits.", "Nobody knows why."]


def test_the_grading_is_told_in_words_and_a_lost_source_says_so():
    findings = [(number, finding) for number, finding, _ in MATERIAL.findings]
    described = [
        describe_grading(s, findings, [(5, report())])
        for s in split_statements("a [finding 1]\nb [report 5, line 1]\nc [finding 99]\nd")
    ]
    assert described[0] == "finding 1: low confidence"
    assert described[1].startswith("report 5, line 1: 2CP (Untested; ")
    assert described[2] == "finding 99: not among the sources of this product"
    assert described[3] == "the author's own words, no source given"


@pytest.mark.parametrize(
    ("mark", "code", "conditions"),
    [
        ("P: lawful sharing permitted", "P", set()),
        ("C (A1, S2): sharing permitted with conditions", "C", {"A1", "S2"}),
        ("C: consult the originator (S2)", "C", {"S2"}),
        ("Training only", None, set()),
        ("Personal", None, set()),
        ("", None, set()),
    ],
)
def test_a_handling_mark_is_read_and_words_that_are_none_stay_unknown(mark, code, conditions):
    assert read_handling(mark) == (code, conditions)


def test_every_mark_binds_the_whole_and_the_strictest_stands_in_front():
    assert (
        join_handling(["P: free", "C (S2): bound; P: free", "Police only"])
        == "Police only; C (S2): bound; P: free"
    )
    line = replace(report().lines[0], grade=Grade("2", "C", "C", ("A1",)))
    assert combine_handling([MATERIAL.findings[0][1]], [replace(report(), lines=(line,))]).startswith(
        "C (A1): "
    )
    assert mark_handling(line.grade) == "C (A1): sharing permitted with conditions"
    assert mark_line(5, 1, line.grade) == "[report 5, line 1: 2CC (A1)]"
    assert combine_handling([], []) == "P: lawful sharing permitted"
