"""Small files that claim to be huge are refused in words, in a process whose memory is limited."""

import gzip
import io
import json
import struct
import subprocess
import sys
import zipfile
from functools import cache

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.ingest import UnreadableFile, read_file
from tests.ingest.helpers import GOOD, HEADER, as_format, written

pytest.importorskip("resource")

READ = """
import json, resource, sys
from analytics.ingest import UnreadableFile, read_file
resource.setrlimit(resource.RLIMIT_AS, (10 << 30, 10 << 30))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
for path in sys.stdin:
    try:
        said = read_file(json.loads(path)).table.num_rows
    except UnreadableFile as error:
        said = str(error)
    print(json.dumps(str(said)), flush=True)
"""


@cache
def _reader() -> subprocess.Popen[str]:
    """A process of 10 GB of address space that reads the files it is given, one after the other."""
    command = [sys.executable, "-c", READ]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture(scope="module", autouse=True)
def _reader_that_lasts():
    """One reader lasts for all files: none of them ends it."""
    yield
    assert _reader().poll() is None
    _reader().communicate()


def read_in_limits(path) -> str:
    """What reading the file comes to in limited memory: its rows, or why it is refused."""
    reader = _reader()
    assert reader.stdin is not None and reader.stdout is not None
    print(json.dumps(str(path)), file=reader.stdin, flush=True)
    answer = reader.stdout.readline()
    if not answer:
        _reader.cache_clear()
        raise AssertionError(f"the reader ended with {reader.wait()}")
    return json.loads(answer)


def workbook(cells: dict[str, str]) -> bytes:
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.active[place] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def changed(data: bytes, member: str, change) -> bytes:
    """The zip file with one member changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == member else content)
    return buffer.getvalue()


MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"
TABLE = {"A1": "date", "B1": "type", "A2": "2024-01-01", "B2": "Theft"}


def far_cell() -> bytes:
    return workbook(TABLE | {"XFD1048576": "x"})


def far_cell_alone() -> bytes:
    return workbook({"XFD1048576": "x"})


def far_row() -> bytes:
    return workbook(TABLE | {"IP1048576": "x"})


def far_cell_of_a_lying_dimension() -> bytes:
    return changed(far_cell(), SHEET, lambda xml: xml.replace(b'"A1:XFD1048576"', b'"A1:B2"'))


def row_beyond_any_sheet() -> bytes:
    return changed(
        workbook(TABLE),
        SHEET,
        lambda xml: xml.replace(b'"2"', b'"4000000000"').replace(b'2"', b'4000000000"'),
    )


def one_long_text_in_every_cell() -> bytes:
    """A text of 400 kB that stands once in the file, in 50,000 cells."""
    cells = "".join(f'<row r="{k}"><c r="A{k}" t="s"><v>0</v></c></row>' for k in range(1, 50_001))
    related = b'<Relationship Id="texts" Target="sharedStrings.xml" Type="' + RELATED + b'/sharedStrings"/>'
    rows = f"<sheetData>{cells}</sheetData>".encode()
    data = changed(workbook({}), SHEET, lambda xml: xml.replace(b"<sheetData></sheetData>", rows))
    data = changed(
        data,
        "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace(b"</Relationships>", related + b"</Relationships>"),
    )
    text = bytes((k * 7919 >> 3) % 26 + 97 for k in range(400_000))
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/sharedStrings.xml", b'<sst xmlns="' + MAIN + b'"><si><t>' + text + b"</t></si></sst>"
        )
    return buffer.getvalue()


def far_cell_of_an_open_document() -> bytes:
    buffer = io.BytesIO()
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="S"><table:table-row>{cell}{cell}</table:table-row>'
            '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row>'
            '<table:table-row><table:table-cell table:number-columns-repeated="16383"/>'
            f"{cell}</table:table-row>"
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return buffer.getvalue()


def old_workbook(row: int, column: int, dimensions: tuple[int, int]) -> bytes:
    """A workbook of Excel 97 with a number in A1 and one in the given cell (both from 0)."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def number(at: int, beside: int) -> bytes:
        return record(0x203, struct.pack("<HHHd", at, beside, 0, 1.5))

    begin = struct.pack("<HHHHII", 0x600, 5, 0, 1996, 0, 6)
    head = record(0x809, begin)
    sheet = struct.pack("<IBBBB", len(head) + 4 + 9 + 4, 0, 0, 1, 0) + b"S"
    book = head + record(0x85, sheet) + record(0x0A, b"")
    extent = record(0x200, struct.pack("<IIHHH", 0, dimensions[0], 0, dimensions[1], 0))
    page = record(0x809, begin[:2] + b"\x10\x00" + begin[4:])
    stream = book + page + extent + number(0, 0) + number(row, column) + record(0x0A, b"")
    stream = stream.ljust(4096, b"\x00")
    sectors = len(stream) // 512
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    allocation = struct.pack("<128I", *fat, *[0xFFFFFFFF] * (128 - len(fat)))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le")
        return (
            text.ljust(64, b"\x00")
            + struct.pack("<HBBIII", len(text) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
        + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
        + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    )
    return header + allocation + directory.ljust(512, b"\x00") + stream


WORKBOOKS = {
    "far cell": (far_cell, "xlsx"),
    "far cell alone": (far_cell_alone, "xlsx"),
    "far row": (far_row, "xlsx"),
    "lying dimension": (far_cell_of_a_lying_dimension, "xlsx"),
    "row beyond any sheet": (row_beyond_any_sheet, "xlsx"),
    "long text": (one_long_text_in_every_cell, "xlsx"),
    "far cell of an open document": (far_cell_of_an_open_document, "ods"),
    "far cell of an old workbook": (lambda: old_workbook(65535, 65535, (2, 2)), "xls"),
}


@pytest.mark.parametrize("case", WORKBOOKS)
def test_a_workbook_that_claims_too_much_is_refused(tmp_path, case):
    make, suffix = WORKBOOKS[case]
    data = make()
    assert len(data) < 1 << 20
    assert "The workbook is too large" in read_in_limits(written(tmp_path, data, f"hostile.{suffix}"))


@pytest.mark.parametrize(
    "data", [old_workbook(3, 2, (4, 3)), old_workbook(3, 2, (0xFFFFFFFF, 0xFFFF))], ids=["true", "lying"]
)
def test_the_dimensions_of_an_old_workbook_are_not_relied_on(tmp_path, data):
    answer = read_in_limits(written(tmp_path, data, "old.xls"))
    assert answer == "1" or "too large" in answer or "damaged" in answer


def test_a_sheet_within_the_limits_is_read_with_its_empty_rows_left_out(tmp_path):
    cells = TABLE | {"A60000": "2024-01-02", "C3": "note", "C1": "remark"}
    raw = read_file(written(tmp_path, workbook(cells), "sparse.xlsx"))
    assert raw.table.column("row_number").to_pylist() == [2, 3, 60000]
    assert raw.table.column("remark").to_pylist() == [None, "note", None]


def test_a_sheet_names_the_cell_it_reaches_to(tmp_path):
    message = read_in_limits(written(tmp_path, workbook(TABLE | {"AN1048576": "x"}), "far.xlsx"))
    assert "reaches to cell AN1048576" in message and "33,554,432 cells" in message


def parquet(table: pa.Table, **options) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def repeated(value, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array([value]))


def test_parquet_of_a_long_text_in_every_row_is_refused(tmp_path):
    data = parquet(pa.table({"a": repeated("x" * 1_000_000, 200_000)}))
    assert len(data) < 1 << 20
    assert "far more than its size allows for" in read_in_limits(written(tmp_path, data, "hostile.parquet"))


@pytest.mark.parametrize("value", ["some text", 1.5])
def test_the_rows_of_parquet_are_counted_as_the_text_they_become(tmp_path, monkeypatch, value):
    data = parquet(pa.table({"a": repeated(value, 300_000)}))
    assert len(data) < 5000
    path = written(tmp_path, data, "hostile.parquet")
    assert read_file(path).table.num_rows == 300_000
    monkeypatch.setattr("analytics.formats.readers.MAXIMUM_BYTES", 1 << 20)
    with pytest.raises(UnreadableFile, match="far more than its size allows for"):
        read_file(path)


def test_parquet_is_read_as_before(tmp_path):
    frame = pd.DataFrame(
        {"a": ["x", None, "é"], "n": [1.5, 2.0, None], "d": pd.to_datetime(["2024-01-01"] * 3)}
    )
    frame["c"] = frame.a.astype("category")
    frame["list"], frame["bytes"] = [[1]] * 3, [b"\xff"] * 3
    table = read_file(written(tmp_path, parquet(pa.Table.from_pandas(frame)), "a.parquet")).table
    assert table.column_names == ["a", "n", "d", "c", "row_number"]
    assert table.column("a").to_pylist() == table.column("c").to_pylist() == ["x", None, "é"]
    assert table.column("n").to_pylist() == ["1.5", "2", None]


def objects(*lines: str) -> bytes:
    return "\n".join(lines).encode()


TEXTS = {
    "many keys": (
        objects('{"a": 1}', json.dumps({f"k{k}": 1 for k in range(100_000)})),
        "a.jsonl",
        "at most 250",
    ),
    "one long line": (objects('{"a": 1}', json.dumps({"a": "x" * 100_000_000})), "a.jsonl", "1"),
    "one deep line": (objects('{"a": 1}', '{"a": ' + "[" * 5_000_000), "a.jsonl", "1"),
    "one deep array": (("[" * 5_000_000).encode(), "a.json", "not well formed"),
    "many columns": (gzip.compress(b"a,b\n" + b"," * 200_000_000), "a.csv.gz", "far more"),
    "one long header": (b"," * 100_000_000 + b"\n1", "a.csv", "at most 250"),
    "one long row": ((HEADER + GOOD).encode() + b"," * 100_000_000, "a.csv", "damaged"),
    "one long text": ((HEADER + GOOD).encode() + b'2024-07-01 22:15,"' + b"x" * 100_000_000, "a.csv", ""),
    "deep XML": (b"<Document>" + b"<a>" * 5_000_000, "a.xml", "not well formed"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_of_one_huge_line_ends_in_words(tmp_path, case):
    data, name, answer = TEXTS[case]
    assert answer in read_in_limits(written(tmp_path, data, name))


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_a_real_file_is_read_in_these_limits(tmp_path, suffix):
    assert read_in_limits(as_format(tmp_path, suffix)) == "2"
