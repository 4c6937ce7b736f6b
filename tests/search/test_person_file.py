"""A person's file: what is stored in any spelling, who saw it, and both on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pandas as pd
import pytest

from analytics.oversight import Actor, Refused, record
from analytics.oversight.roles import find_tier
from analytics.search.person_file import PersonFile, gather_person_file
from analytics.search.person_paper import build_person_paper
from analytics.tasking.certificate import HANDLING
from analytics.tasking.paper import print_pdf


def test_it_finds_every_spelling_and_everybody_who_saw_it(store):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO journey (source_id, row_number, reference, traveller, contact) VALUES"
            " (4, 2, 'J-1', 'Zdeňka Nováková', '+44 7700 900417'), (4, 3, 'J-2', 'Other', '07700 900999')"
        ).fetchall()
        record(cursor, Actor("A"), "view rows", "journey-4-2")
    tier = find_tier("inspector")
    for typed in ("zdenka novakova", "07700-900417"):
        found = gather_person_file(store, Actor("D"), typed, tier)
        assert found.things.reference.tolist() == ["journey-4-2"] and "view rows" in set(found.seen.act)
    assert "Zdeňka" not in found.things.masked_title[0] + found.things.masked_text[0]
    assert gather_person_file(store, Actor("D"), "nobody of this name", tier).things.empty
    with pytest.raises(Refused):
        gather_person_file(store, Actor("O", "officer"), "zdenka", tier)


THINGS = pd.DataFrame(
    {
        "kind": ["Journeys", "Journeys", "Reports"],
        "title": ["Mia Kern", "Kern, M.", "Night visits"],
        "text": ["Pellgate", "", "Vans come."],
        "when": [datetime(2026, 4, 5, 6, 7), pd.NaT, pd.NaT],
    }
)
SEEN = pd.DataFrame(
    {
        "recorded_at": [datetime(2026, 5, 1, 8, 9), datetime(2026, 5, 2)],
        "actor": ["ann", "bob"],
        "role": ["analyst", "officer"],
        "act": ["view rows", "read report"],
        "object": ["journey-4-2", "report 3"],
        "purpose": ["case 12", ""],
    }
)
FILE = PersonFile("kern", THINGS, SEEN, {"Journeys": 2, "Reports": 1})


def test_the_paper_lists_what_is_stored_by_kind_and_who_saw_it():
    paper = build_person_paper(FILE, datetime(2026, 5, 3))
    assert (paper.title, paper.reference) == ("Everything stored on a person", "Person's file, 3 May 2026")
    assert list(paper.sections.items()) == [
        ("Asked for", "kern\n3 things stored."),
        ("Journeys", "Mia Kern · Pellgate · 5 Apr 2026 06:07\nKern, M."),
        ("Reports", "Night visits · Vans come."),
        (
            "Who saw it",
            "1 May 2026 08:09 UTC: ann (analyst), view rows, journey-4-2, for case 12\n"
            "2 May 2026 00:00 UTC: bob (officer), read report, report 3",
        ),
    ]
    assert paper.handling == HANDLING
    assert build_person_paper(FILE, datetime(2026, 5, 3), "EXERCISE").handling.startswith("EXERCISE")
    unseen = build_person_paper(replace(FILE, seen=SEEN[:0]), datetime(2026, 5, 3))
    assert unseen.sections["Who saw it"] == "Nobody, by the audit trail."


def test_the_paper_is_printed():
    assert print_pdf(build_person_paper(FILE, datetime(2026, 5, 3))).startswith(b"%PDF")
