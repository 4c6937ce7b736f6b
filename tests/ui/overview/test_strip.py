"""The notes below the bands of Today: what a change of recording did, short and masked."""

from datetime import date

import pandas as pd

from analytics.overview.morning import LatestChange
from ui.overview.strip import _rows, list_notes

GAP = "No record from 9 Jul 2024 to 25 Nov 2024: taken as not delivered."


def change(notes: dict[str, str], **outside: int) -> LatestChange:
    table = pd.DataFrame({"category": list(notes), "note": list(notes.values())})
    table = table.assign(count=[outside.get(name, 5) for name in notes], low=2, high=9, unusual="")
    return LatestChange(table, date(2024, 12, 1), date(2024, 12, 7), "7 days", "")


def test_a_note_that_many_categories_share_is_one_line_and_comes_first():
    lines = list_notes(change({"A": "45 of 55 fell on 14 Jul 2025.", "B": GAP, "C": GAP, "D": GAP, "E": ""}))
    assert lines == [
        "3 categories: no record from 9 Jul 2024 to 25 Nov 2024: taken as not delivered.",
        "A: 45 of 55 fell on 14 Jul 2025.",
    ]
    assert list_notes(change({"A": "", "B": ""})) == []


def test_what_set_a_warning_aside_comes_first_and_its_row_says_so():
    found = change({"B": GAP, "C": GAP, "A": "45 of 55 fell on 14 Jul 2025.", "D": ""}, A=55, D=12)
    assert list_notes(found)[0].startswith("A: ")
    assert [band.words for band in _rows(found)] == ["as usual", "as usual", "see note", "as usual"]


def test_a_number_in_the_name_of_a_category_is_masked():
    lines = list_notes(change({"Call 07700 900123": GAP, "Theft": GAP}))
    assert "900123" not in lines[0] and lines[0].startswith("Call ") and " and Theft: no record" in lines[0]
