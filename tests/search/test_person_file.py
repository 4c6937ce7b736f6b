"""A person's file: what is stored in any spelling, who saw it, and both on paper."""

from __future__ import annotations

from datetime import datetime

import pytest

from analytics.oversight import Actor, Refused, record
from analytics.oversight.roles import find_tier
from analytics.search.person_file import gather_person_file
from analytics.search.person_paper import build_person_paper
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
    paper = build_person_paper(found, datetime(2026, 5, 1))
    assert "Zdeňka Nováková" in " ".join(paper.sections.values()) and print_pdf(paper).startswith(b"%PDF")
    assert gather_person_file(store, Actor("D"), "nobody of this name", tier).things.empty
    with pytest.raises(Refused):
        gather_person_file(store, Actor("O", "officer"), "zdenka", tier)
