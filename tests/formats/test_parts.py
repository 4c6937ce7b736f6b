"""Files of several tables: listed, chosen from, joined; and what a file is, by its content."""

import io
import json
import zipfile

import geopandas as gpd
import openpyxl
import pytest
from shapely import Point, box

from analytics.formats.content import find_kind
from analytics.formats.foot import count_foot
from analytics.formats.parts import PART_COLUMN, FileReading, Part, choose_parts
from analytics.formats.shapes import is_utf8_dbase
from analytics.ingest import UnreadableFile, read_file
from tests.ingest.helpers import GOOD, HEADER, written


def zipped(**files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def workbook(sheets: dict[str, list]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


TABLE = [["date", "type"], ["2024-07-01", "Theft"], ["2024-07-02", "Arson"]]
BOOK = {
    "About": [["Made by"], ["records"]],
    "Jan": TABLE,
    "Feb": [*TABLE, ["Total", 2]],
    "Codes": [["a", "b", "c"]],
}


def test_sheets_are_listed_and_those_of_one_table_read_together(tmp_path):
    raw = read_file(written(tmp_path, workbook(BOOK), "book.xlsx"), kind="incident")
    assert [(part.name, part.is_read) for part in raw.layout.parts] == [
        ("About", False),
        ("Jan", True),
        ("Feb", True),
        ("Codes", False),
    ]
    assert raw.table.column(PART_COLUMN).to_pylist() == ["Jan", "Jan", "Feb", "Feb"]
    assert raw.table.column("row_number").to_pylist() == [2, 3, 5, 6]
    assert any("Total 2" in note for note in raw.notes) and any("not read" in note for note in raw.notes)


def test_one_sheet_is_chosen_and_a_wrong_name_is_answered_with_those_there_are(tmp_path):
    path = written(tmp_path, workbook(BOOK), "book.xlsx")
    raw = read_file(path, kind="incident", reading=FileReading(("Feb",)))
    assert raw.table.num_rows == 2 and PART_COLUMN not in raw.columns
    with pytest.raises(UnreadableFile, match="no sheet 'March'. It has: 'About'"):
        read_file(path, kind="incident", reading=FileReading(("March",)))


@pytest.mark.parametrize("row, columns", [(1, ["date", "type", "lon", "lat"]), (0, ["column 1", "column 2"])])
def test_the_user_says_which_row_names_the_columns(tmp_path, row, columns):
    path = written(tmp_path, HEADER + GOOD * 2 + "too,short\n")
    raw = read_file(path, kind="incident", reading=FileReading((), row))
    assert raw.columns[: len(columns)] == columns and raw.layout.header_row == row
    assert raw.table.column("row_number")[0].as_py() == row + 1
    assert [number for number, _, _ in raw.refused] == [4]


def test_a_zip_of_months_is_one_table_and_what_lies_beside_is_left(tmp_path):
    data = zipped(
        m__jan_dot_csv=HEADER + GOOD,
        m__feb_dot_csv=HEADER + GOOD * 2,
        readme_dot_pdf="x",
        outcomes_dot_csv="id,outcome\n1,none\n" * 3,
    )
    raw = read_file(written(tmp_path, data, "months.zip"), kind="incident")
    assert raw.table.num_rows == 3 and raw.format == "CSV"
    assert [part.name for part in raw.layout.parts if not part.is_read] == ["outcomes.csv"]


def test_layers_of_points_are_incidents_and_those_of_areas_are_boundaries(tmp_path):
    path = tmp_path / "both.gpkg"
    for layer, shape in (
        ("crimes", Point(0, 51)),
        ("beats", box(0, 51, 1, 52)),
        ("wards", box(0, 51, 1, 52)),
    ):
        gpd.GeoDataFrame({layer: ["a"]}, geometry=[shape], crs=4326).to_file(path, layer=layer)
    for kind, read in (("incident", ["crimes"]), ("boundary", ["beats", "wards"])):
        raw = read_file(path, kind=kind)
        assert [part.name for part in raw.layout.parts if part.is_read] == read


JSON = {
    "a list within": ({"data": {"items": [{"a": 1}, {"a": 2}]}}, 2, ["a"]),
    "a portal's columns beside its rows": (
        {"meta": {"view": {"columns": [{"name": "a"}, {"name": "b"}]}}, "data": [[1, None], [2, "x"]]},
        2,
        ["a", "b"],
    ),
    "a list of rows": ([["a", "b"], [1, 2.50]], 1, ["a", "b"]),
}


@pytest.mark.parametrize("case", JSON)
def test_json_is_read_wherever_its_rows_lie_and_whatever_the_file_is_called(tmp_path, case):
    content, rows, columns = JSON[case]
    raw = read_file(written(tmp_path, json.dumps(content), "export.txt"))
    assert (raw.table.num_rows, raw.columns, raw.format) == (rows, columns, "JSON")


PAGE = "<html><body><h1>Report</h1><table><tr><td>Run</td></tr></table><table>{}</table></body></html>"
XML_2003 = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Crimes"><Table>'
    "<Row><Cell><Data>date</Data></Cell><Cell><Data>type</Data></Cell><Cell><Data>lon</Data></Cell></Row>"
    '<Row ss:Index="3"><Cell><Data>2024-07-01</Data></Cell><Cell ss:Index="3"><Data>-0.1</Data></Cell></Row>'
    "</Table></Worksheet></Workbook>"
)


def test_a_page_saved_as_a_workbook_is_read(tmp_path):
    rows = "".join(
        f"<tr><td>{a}<td>{b}&amp;c<br>d</tr>" for a, b in (("date", "type"), ("2024-07-01", "Theft"))
    )
    raw = read_file(written(tmp_path, PAGE.format(rows), "report.xls"))
    assert raw.table.to_pylist() == [{"date": "2024-07-01", "type&c d": "Theft&c\nd", "row_number": 2}] or (
        raw.table.num_rows == 1 and raw.table.column(0)[0].as_py() == "2024-07-01"
    )


def test_a_workbook_in_xml_is_read_with_the_cells_where_they_stand(tmp_path):
    raw = read_file(written(tmp_path, XML_2003, "report.xls"))
    assert raw.table.to_pylist() == [{"date": "2024-07-01", "type": None, "lon": "-0.1", "row_number": 3}]


NOT_READ = {
    "a PDF": b"%PDF-1.7\n",
    "RAR": b"Rar!\x1a\x07\x00",
    "Word": zipped(word__document_dot_xml="x"),
    "Access": b"\x00\x01\x00\x00Standard Jet DB\x00",
    "GML": b'<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="x"></wfs:FeatureCollection>',
    "sign-in": b"<!DOCTYPE html><html><body>Please sign in</body></html>",
    "QIF": b"!Type:Bank\nD01/02/2024\n",
    "tar": bytes(257) + b"ustar" + bytes(300),
    "password": b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
    "another zip": zipped(inner_dot_zip=zipped(a_dot_csv=HEADER + GOOD)),
    "no table and no map": zipped(a_dot_pdf="x"),
}


@pytest.mark.parametrize("what", NOT_READ)
def test_what_is_not_read_is_named_with_the_way_out(tmp_path, what):
    with pytest.raises(UnreadableFile, match=what) as refusal:
        read_file(written(tmp_path, NOT_READ[what], "table.csv"))
    assert len(str(refusal.value)) > 40


def test_names_that_other_formats_begin_with_are_names(tmp_path):
    for start in ("ORCID", "MZone", "BZhou", "RDX", "<Date>"):
        assert find_kind(f"{start},type\n1,2\n".encode(), "csv") == "text"


def test_totals_and_remarks_at_the_foot_are_told_from_rows():
    rows = [["1", "Total Fitness", "12.50", "x"], ["Grand total", "", "12.50", None], [None], ["Page 1 of 1"]]
    assert count_foot(rows, 4) == 3
    assert count_foot([["Total Fitness", "gym", "12.50", "x"]], 4) == 0


def test_the_texts_of_a_dbase_table_say_whether_they_are_utf8():
    start = bytes(8) + (32).to_bytes(2, "little") + bytes(22)
    assert is_utf8_dbase(start + "Señal Müller".encode())
    assert not is_utf8_dbase(start + "Señal Müller".encode("cp1252"))
    assert not is_utf8_dbase(start + b"plain")


def test_a_part_that_stands_beside_gives_way_to_the_table():
    parts = [Part("outcomes.csv", "file", 900, ("a", "b")), Part("street.csv", "file", 10, ("c", "d"))]
    assert [part.is_read for part in choose_parts(parts, (), "incident")] == [False, True]
