"""Intelligence reports: graded, versioned, linked, and read by each role as far as its tier goes."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.intelligence.corroboration import link_lines, list_line_links, withdraw_link
from analytics.intelligence.grading import Grade, check_grade, describe_grade, read_across
from analytics.intelligence.reports import (
    WITHHELD,
    Line,
    Report,
    ReportedMeanwhile,
    as_seen,
    find_review_date,
    list_report_versions,
    list_reports,
    load_report,
    save_report,
    split_sentences,
)
from analytics.oversight import Actor, verify
from analytics.oversight.roles import find_tier
from analytics.shared.codes import code_table

ACTOR = Actor("tester")
OPEN = Line(
    "Neighbour Novak says vans come at night.",
    "Vans come at night.",
    Grade("2", "C"),
    "destination",
    "premises",
)
CLOSED = Line("My contact saw the papers.", "Papers are held.", Grade("1", "A", "C", ("A1", "S2")), "transit")


def report(*lines: Line, **changes) -> Report:
    made = Report(
        "Night visits",
        "PC 12",
        date(2026, 3, 1),
        "a neighbour",
        "Police Act",
        "prevention of crime",
        "2",
        date(2036, 3, 1),
        lines or (OPEN, CLOSED),
        place="Kiln Row",
    )
    return replace(made, **changes)


def test_a_report_comes_back_as_saved_and_a_correction_is_another_version(store):
    number, version = save_report(store, ACTOR, report())
    assert load_report(store, number) == (report(), 1) and version == 1
    corrected = report(replace(OPEN, grade=Grade("2", "B")), CLOSED)
    with pytest.raises(ValueError, match="why"):
        save_report(store, ACTOR, corrected, report_id=number)
    save_report(
        store, ACTOR, corrected, report_id=number, latest_seen=1, change_reason="corroborated by report 2"
    )
    assert load_report(store, number) == (corrected, 2)
    assert load_report(store, number, 1) == (report(), 1)
    assert list_report_versions(store, number).change_reason.tolist() == [
        "corroborated by report 2",
        "first entry",
    ]
    with pytest.raises(ReportedMeanwhile):
        save_report(store, ACTOR, report(), report_id=number, latest_seen=1, change_reason="late")
    with pytest.raises(KeyError, match="no report 99"):
        save_report(store, ACTOR, report(), report_id=99, change_reason="x")
    assert verify(store)[2] is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": " "}, "a title"),
        ({"provenance": ""}, "where it comes from"),
        ({"retention_group": "9"}, "retention group"),
        ({"review_date": date(2026, 2, 1)}, "review date"),
        ({"lines": ()}, "at least one line"),
        ({"lines": (OPEN, replace(OPEN, sanitised=""))}, "Line 2"),
        ({"lines": (replace(OPEN, stage="arrival"),)}, "no stage"),
        ({"lines": (replace(OPEN, grade=Grade("4", "A")),)}, "no code '4'"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(store, changes, says):
    with pytest.raises(ValueError, match=says):
        save_report(store, ACTOR, report(**changes))
    assert list_reports(store).empty


def test_conditions_belong_to_handling_code_c_alone():
    check_grade(Grade("1", "A", "C", ("A3", "S1")))
    with pytest.raises(ValueError, match="say which"):
        check_grade(Grade("1", "A", "C"))
    with pytest.raises(ValueError, match="only"):
        check_grade(Grade("1", "A", "P", ("A3",)))
    with pytest.raises(ValueError, match="A9"):
        check_grade(Grade("1", "A", "C", ("A9",)))


def test_older_systems_stand_beside_every_grade_by_the_documented_mapping():
    assert str(Grade("1", "B", "C", ("A1",))) == "1BC (A1)"
    assert describe_grade(Grade("2", "E")) == "Untested; suspected to be false; lawful sharing permitted"
    assert read_across(Grade("1", "B")) == {"5x5x5": "A B / 3", "Admiralty 6x6": "A B / 1"}
    assert read_across(Grade("2", "C")) == {"5x5x5": "C E / -", "Admiralty 6x6": "C F / -"}
    for source in code_table("source_3x5x2").codes:  # every source code stands for something in both
        assert all("- /" not in text for text in read_across(Grade(source, "A")).values())


def test_a_role_reads_no_more_than_its_tier():
    whole = report()
    assert as_seen(whole, find_tier("analyst")) == whole
    commander = as_seen(whole, find_tier("commander"))
    assert commander.provenance == WITHHELD and {line.original for line in commander.lines} == {WITHHELD}
    assert [line.sanitised for line in commander.lines] == [OPEN.sanitised, CLOSED.sanitised]
    officer = as_seen(whole, find_tier("officer"))
    assert [line.sanitised for line in officer.lines] == [OPEN.sanitised]
    assert as_seen(whole, find_tier("officer"), is_author=True) == whole
    with pytest.raises(KeyError, match="no code 'chief'"):
        find_tier("chief")


def test_lines_are_linked_by_a_person_seen_from_both_sides_and_unlinked_on_record(store):
    first, _ = save_report(store, ACTOR, report())
    second, _ = save_report(store, ACTOR, report(title="The vans again"))
    link = link_lines(store, ACTOR, (second, 1), (first, 1), "corroborates", "two streets, two neighbours")
    assert list_line_links(store, first)[["line", "other_report_id", "other_title"]].values.tolist() == [
        [1, second, "The vans again"]
    ]
    assert list_line_links(store, second).other_report_id.tolist() == [first]
    assert list_reports(store).corroborated.tolist() == [1, 1]
    for line, other, relation, reason, says in (
        ((first, 1), (second, 1), "contradicts", "x", "linked already"),
        ((first, 1), (first, 2), "corroborates", "x", "itself"),
        ((first, 1), (second, 2), "corroborates", " ", "why"),
        ((first, 1), (second, 2), "proves", "x", "corroborates or contradicts"),
    ):
        with pytest.raises(ValueError, match=says):
            link_lines(store, ACTOR, line, other, relation, reason)
    with pytest.raises(KeyError, match="no line 7"):
        link_lines(store, ACTOR, (first, 7), (second, 1), "contradicts", "x")
    withdraw_link(store, ACTOR, link, "they are one household")
    assert list_line_links(store, first).empty
    with pytest.raises(ValueError, match="no standing link"):
        withdraw_link(store, ACTOR, link, "again")
    assert store.rows("SELECT count(*) AS n FROM report_link")[0]["n"] == 1


def test_text_is_split_into_sentences():
    assert split_sentences("Vans come. Who drives?\nNo. 7 is let!  ") == [
        "Vans come.",
        "Who drives?",
        "No.",
        "7 is let!",
    ]


def test_the_retention_group_sets_the_review_date():
    assert find_review_date("3", date(2026, 5, 1)) == date(2032, 5, 1)
    assert find_review_date("2", date(2024, 2, 29)) == date(2034, 2, 28)
    assert find_review_date("4", date(2026, 5, 1)) is None
