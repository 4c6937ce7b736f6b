"""Workbooks as people leave them: hidden sheets, times of day kept as parts of a day."""

import zipfile

import openpyxl
import pytest

from analytics.formats.merged_cells import merged_in_opendocument
from analytics.store import Store
from tests.ingest.helpers import run

HEADER = ["Date", "Time", "Offence", "Latitude", "Longitude"]


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "store.duckdb")
    yield made
    made.close()


def test_a_hidden_sheet_is_not_read_and_named(store, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(["13/03/2024", "21:15", "Theft", 51.5074, -0.1278])
    old = book.create_sheet("Old")
    old.append(HEADER)
    old.append(["13/03/2020", "21:15", "Fraud", 51.5074, -0.1278])
    old.sheet_state = "hidden"
    book.save(tmp_path / "book.xlsx")
    report = run(store, tmp_path / "book.xlsx")
    assert store.rows("SELECT category FROM incident") == [{"category": "Theft"}]
    assert any("not read" in note and "'Old' (1 row, hidden)" in note for note in report.notes)


def test_a_time_kept_as_a_part_of_a_day_gives_the_hour(store, tmp_path):
    book = openpyxl.Workbook()
    for row in (
        HEADER,
        [45364, 0.885416666666667, "Theft", 51.5074, -0.1278],
        [45365, 0.295138888888889, "Robbery", 51.508, -0.128],
    ):
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    run(store, tmp_path / "book.xlsx")
    rows = store.rows("SELECT CAST(local_date AS VARCHAR) AS day, local_hour FROM incident ORDER BY 1")
    assert [tuple(row.values()) for row in rows] == [("2024-03-13", 21), ("2024-03-14", 7)]


def test_cells_merged_downwards_are_read_in_each_of_their_rows(store, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Incidents of the week", None, None, None, None],
        HEADER,
        ["13/03/2024", "21:15", "Burglary", 51.5074, -0.1278],
        [None, "23:05", "Theft", 51.508, -0.128],
        ["14/03/2024", "07:05", "Robbery", 51.509, -0.129],
        [None, None, None, None, None],
        [None, "09:10", "Arson", 51.51, -0.13],
        [None, "10:10", "Fraud", 51.51, -0.13],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("A5:A7")
    book.save(tmp_path / "book.xlsx")
    report = run(store, tmp_path / "book.xlsx")
    found = store.rows("SELECT local_date AS day, local_hour AS hour FROM incident ORDER BY row_number")
    assert [(row["day"].day, row["hour"]) for row in found] == [(13, 21), (13, 23), (14, 7), (14, 9)]
    assert (report.accepted, report.quarantined) == (4, 1)  # the last row stands outside of the merged cells
    assert any("2 cells are merged over several rows" in note for note in report.notes)


def test_cells_merged_downwards_in_an_opendocument_are_read_in_each_of_their_rows(store, tmp_path):
    def cells(*texts, first=""):
        plain = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
            for text in texts
        )
        return f"<table:table-row>{first}{plain}</table:table-row>"

    day = (
        '<table:table-cell table:number-rows-spanned="2" table:number-columns-spanned="1"'
        ' office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    )
    covered = "<table:covered-table-cell/>"
    rows = [
        cells("Date", "Time", "Offence", "Lat", "Lon"),
        cells("21:15", "Burglary", "51.5074", "-0.1278", first=day.format("13/03/2024")),
        cells("23:05", "Theft", "51.508", "-0.128", first=covered),
        cells("07:05", "Robbery", "51.509", "-0.129", first=day.format("14/03/2024")),
        cells("09:10", "Arson", "51.51", "-0.13", first=covered),
    ]
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Week">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
        '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/"'
        f' manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(tmp_path / "week.ods", "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    report = run(store, tmp_path / "week.ods")
    found = store.rows("SELECT local_date AS day, local_hour AS hour FROM incident ORDER BY row_number")
    assert [(row["day"].day, row["hour"]) for row in found] == [(13, 21), (13, 23), (14, 7), (14, 9)]
    assert any("2 cells are merged over several rows" in note for note in report.notes)


def test_an_opendocument_that_is_no_well_formed_xml_tells_no_merged_cells(tmp_path):
    with zipfile.ZipFile(tmp_path / "week.ods", "w") as archive:
        archive.writestr("content.xml", '<a><b number-rows-spanned="2">\x01</b></a>')
    assert merged_in_opendocument((tmp_path / "week.ods").read_bytes()) == {}
