"""What leaves as CSV: no cell runs as a formula, and nothing else of it changes."""

import codecs
import csv
import io
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from analytics.shared.safe_csv import defuse_table, safe_csv, write_csv


def cells(frame: pd.DataFrame) -> list[list[str]]:
    """The header and the cells as a reader of CSV has them; line breaks stay as written."""
    return list(csv.reader(io.StringIO(safe_csv(frame).decode("utf-8-sig"), newline="")))


def test_exported_text_cannot_run_as_a_formula():
    frame = pd.DataFrame({"a": ["=1+1", "+x", "-x", "@x", "\tx", "plain"], "n": [-1, 2, 3, 4, 5, 6]})
    lines = safe_csv(frame).decode("utf-8-sig").splitlines()
    assert [line[0] for line in lines[1:6]] == ["'"] * 5 and "-1" in lines[1] and lines[6] == "plain,6"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
@pytest.mark.parametrize("rest", ["", "1+1", "=cmd|'/c calc'!A0"])
@pytest.mark.parametrize("dtype", [object, "string", "category"])
def test_a_cell_that_begins_as_a_formula_gets_an_apostrophe_and_nothing_else(first, rest, dtype):
    text = first + rest
    assert cells(pd.DataFrame({"a": pd.Series([text], dtype=dtype)})) == [["a"], [f"'{text}"]]


@pytest.mark.parametrize(
    "text",
    ["plain", "a=1", " =1", "1-2", "a\tb", "a\rb", "a\r=1", "a\n=1", "a\r\n=1", "'=1", "é", "x,y", 'say "x"'],
)
def test_any_other_text_stays_as_it_is(text):
    assert cells(pd.DataFrame({"a": [text, "z"]}))[1:] == [[text], ["z"]]


def test_numbers_dates_and_gaps_stay_as_they_are():
    frame = pd.DataFrame(
        {
            "n": [-1, 2],
            "x": [-0.5, None],
            "mixed": pd.Series([-3, "-3"], dtype=object),
            "gap": pd.Series([None, "y"], dtype=object),
            "day": pd.to_datetime(["2026-05-01", "2026-05-02"]),
        }
    )
    assert cells(frame)[1:] == [
        ["-1", "-0.5", "-3", "", "2026-05-01"],
        ["2", "", "'-3", "y", "2026-05-02"],
    ]
    assert frame.mixed[1] == "-3"  # the table given is not changed


def test_bytes_begin_with_the_mark_and_a_file_for_programs_does_not(tmp_path):
    frame = pd.DataFrame({"a": ["=é"]})
    assert safe_csv(frame) == codecs.BOM_UTF8 + "a\r\n'=é\r\n".encode()
    write_csv(frame, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == "a\r\n'=é\r\n".encode()


def test_the_name_of_a_column_is_made_harmless_too():
    assert cells(pd.DataFrame({"=1+1": ["x"], "plain": [1]}))[0] == ["'=1+1", "plain"]


def test_an_arrow_table_is_defused_but_for_telephone_numbers():
    written = ["=1+1", "+447700900123", "+1+cmd|' /C calc'!A0", "-2", "@a", "\r=1", "\uff1d1", "plain", None]
    table = defuse_table(pa.table({"a": pa.array(written), "n": range(len(written))}))
    expected = [f"'{text}" if text not in (written[1], "plain", None) else text for text in written]
    assert table.column("a").to_pylist() == expected
    assert table.column("n").to_pylist() == list(range(len(written)))


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_the_names_and_categories_of_an_arrow_table_are_defused_too(kind):
    table = defuse_table(pa.table({"=1+1": pa.array(["@a", "b"], pa.string()).cast(kind)}))
    assert table.column_names == ["'=1+1"] and table.column(0).to_pylist() == ["'@a", "b"]


def test_no_other_module_writes_tables_for_spreadsheets():
    """What leaves as CSV or as a workbook goes through this one place."""
    writers = re.compile(
        r"\.to_csv\(|\.to_excel\(|ExcelWriter|csv\.(?:Dict)?[wW]riter\(|pacsv\.write_csv\((?!defuse_)"
    )
    known = {
        "analytics/shared/safe_csv.py",
        "analytics/oversight/inspection_export.py",  # digests and hashes, which a script reads to the byte
        "analytics/training/reports.py",  # the invented city's own file, read by the import alone
    }
    root = Path(__file__).parents[2]
    found = {
        str(path.relative_to(root))
        for folder in ("analytics", "ui", "pages")
        for path in (root / folder).rglob("*.py")
        if writers.search(path.read_text(encoding="utf-8"))
    }
    assert found <= known
