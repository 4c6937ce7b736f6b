"""The row that names the columns, under whatever stands above it."""

import pytest

from analytics.ingest import UnreadableFile, read_file
from tests.ingest.helpers import reasons, run, written

ROWS = "13/03/2024;Burglary;-1.51;53.81\n14/03/2024;Robbery;-1.52;53.82\n"
HEADER = "Date;Offence;Longitude;Latitude\n"
ABOVE = {
    "a title and a period": "Recorded crime, Northfield division\nPeriod: 01/03/2024 to 31/03/2024\n\n",
    "the separator": "sep=;\n",
    "a preamble of the same width": "Account:;DE00TEST1;;\nPeriod:;01.03.2024 - 31.03.2024;;\n;;;\n",
    "nothing": "",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("above", ABOVE)
def test_the_header_is_found_under_titles_and_rows_keep_their_numbers(store, tmp_path, above, encoding):
    text = ABOVE[above] + HEADER + ROWS + "bad;Robbery;-1.52;53.82\nTotal: 2\n"
    report = run(store, written(tmp_path, text.encode(encoding)))
    lines = ABOVE[above].count("\n")
    assert (report.accepted, report.quarantined) == (2, 1)
    assert list(reasons(store)) == [lines + 4]
    assert any("the row at the foot is left out: Total: 2" in note for note in report.notes)
    assert bool(lines) == any(f"names stand in row {lines + 1}" in note for note in report.notes)


def test_what_stands_above_the_header_is_there_to_be_looked_at(tmp_path):
    raw = read_file(written(tmp_path, "Account:;DE00TEST1;;\n;;;\n" + HEADER + ROWS))
    assert raw.preamble[0][:2] == ("Account:", "DE00TEST1")


def test_a_first_row_of_values_is_not_taken_for_names(tmp_path):
    with pytest.raises(UnreadableFile, match="no header. Add a first line"):
        read_file(written(tmp_path, ROWS * 5))


def test_years_may_be_names(tmp_path):
    text = "Station,Offence,2019,2020,2021\n" + "North,Theft,10,20,30\n" * 5
    assert read_file(written(tmp_path, text)).columns[2:] == ["2019", "2020", "2021"]


def test_a_mark_that_only_some_take_for_the_end_of_a_line_ends_none(store, tmp_path):
    report = run(store, written(tmp_path, "Crime\x0b\x85 of March;;;\n" + HEADER + ROWS))
    assert report.accepted == 2
