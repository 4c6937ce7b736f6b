"""What lines of reports name, and as how sure."""

from __future__ import annotations

import pandas as pd

from analytics.network.links.copresence import find_copresence
from analytics.network.links.report_links import _find_named, _index_words, grade_probability

MENTIONS = pd.DataFrame(
    {
        "name": ["Ada Quist", "Ada Quist", "Bea Omund", "Carl"],
        "entity": ["person:1", "person:2", "person:3", "person:4"],
    }
)
NODES = ["premises:9 low road", "premises:19 low road", "account:ACC-0000012", "account:cash"]
WORDS = _index_words(NODES, MENTIONS)


def _named(text):
    return dict(_find_named(text, WORDS, "GB"))


def test_a_better_grade_is_surer_and_an_unknown_one_says_nothing():
    grades = [grade_probability(source, known) for source, known in ("1A", "2A", "1C", "3D", "3E")]
    assert grades == sorted(grades, reverse=True) and 0 < grades[-1] < 0.1 < 0.9 < grades[0] < 1
    assert grade_probability("?", "?") == 0.5


def test_a_line_names_identifiers_whole_and_persons_by_share():
    found = _named("The user of 07700 900123 at 19 Low Road pays acc-0000012 for cash, says a@b.example.")
    assert found == {
        "phone:+447700900123": 1.0,
        "premises:19 low road": 1.0,
        "account:ACC-0000012": 1.0,
        "email:a@b.example": 1.0,
    }
    assert _named("ada quist and Bea Omund, not Carl") == {
        "person:1": 0.25,
        "person:2": 0.25,
        "person:3": 0.5,
    }
    assert _named("Nothing of 2026-01-02 here") == {}


def _occasions(rows):
    frame = pd.DataFrame(rows, columns=["node", "route", "slot"])
    return frame.assign(moment=pd.Timestamp("2026-01-01"), key=range(len(frame)))


def test_two_who_meet_again_and_again_are_found_and_a_timetable_alone_ties_nobody():
    crowd = [(f"p{at}", "x/y", str(at % 40)) for at in range(200)]
    assert find_copresence(_occasions(crowd)).empty
    pair = [(who, "x/y", str(slot)) for who in ("a", "b") for slot in range(0, 32, 4)]
    found = find_copresence(_occasions(crowd + pair))
    assert found[["one", "two", "events"]].to_numpy().tolist() == [["a", "b", 8]]
    assert found.expected[0] < 3 and found.probability[0] > 0.5
    assert find_copresence(_occasions([])).empty
