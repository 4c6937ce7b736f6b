"""Files that cannot be read: each says why in the user's words and leaves nothing behind."""

import gzip
import io
import zipfile

import pytest

from analytics.ingest import Mapping, UnreadableFile, import_file, read_file
from tests.ingest.helpers import ACTOR, DETAILS, GOOD, HEADER, as_format, reasons, run, written

UNREADABLE = {
    "empty": (b"", "empty"),
    "blank": (b"\n\n", "empty"),
    "header only": (HEADER.encode(), "no rows"),
    "binary": (bytes(range(256)) * 40, "binary"),
    "wide": (",".join(f"c{k}" for k in range(300)).encode() + b"\n" + b"1," * 299 + b"1\n", "300 columns"),
    "one column": (b"abc\ndef\n", "separator"),
    "text": (b"no table here", "separator"),
    "picture": (b"\xff\xd8\xff\xe0" + bytes(range(1, 256)) * 40, "picture"),
    "quotation mark never closed": (
        (HEADER + GOOD * 3 + '2024-07-01 22:15,"Theft,-0.1,51.5\n' + GOOD * 300).encode(),
        "opened in row 5 and never closed, so the 300 lines after it",
    ),
    "quotation mark never closed in the last column": (
        (HEADER + GOOD * 3 + '2024-07-01 22:15,Theft,-0.1,"51.5\n' + GOOD * 300).encode(),
        "never closed: one text runs over 30",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_bad_file_says_why_and_leaves_nothing(store, tmp_path, case):
    content, message = UNREADABLE[case]
    path = written(tmp_path, content)
    with pytest.raises(UnreadableFile, match=message):
        import_file(store, ACTOR, path, Mapping("incident", (("time", ("date",)),)), DETAILS)
    assert store.rows("SELECT count(*) AS n FROM source")[0]["n"] == 0
    assert message in store.rows("SELECT message FROM import_failure")[0]["message"]


def test_a_truncated_gzip_and_a_bomb_are_refused(tmp_path):
    whole = gzip.compress((HEADER + GOOD * 5000).encode())
    with pytest.raises(UnreadableFile, match="cut short"):
        read_file(written(tmp_path, whole[: len(whole) // 2], "cut.csv.gz"))
    with pytest.raises(UnreadableFile, match="far more"):
        read_file(written(tmp_path, gzip.compress(b"a,b\n" + b"1,1\n" * 5_000_000), "bomb.csv.gz"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", b"0" * 50_000_000)
    with pytest.raises(UnreadableFile, match="far more"):
        read_file(written(tmp_path, buffer.getvalue(), "bomb.zip"))


@pytest.mark.parametrize("suffix", ["xlsx", "parquet", "gpkg", "geojson", "kml", "zip"])
def test_a_file_cut_short_says_so_whatever_its_format(store, tmp_path, suffix):
    path = as_format(tmp_path, suffix)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with pytest.raises(UnreadableFile, match="damaged, cut short"):
        import_file(store, ACTOR, path, Mapping("incident", (("time", ("date",)),)), DETAILS)
    assert store.rows("SELECT count(*) AS n FROM source")[0]["n"] == 0


def test_a_text_cut_short_loses_only_its_last_row(store, tmp_path):
    report = run(store, written(tmp_path, HEADER + GOOD * 30 + GOOD[:20]))
    assert (report.accepted, list(reasons(store))) == (30, [32])


def test_the_kind_of_a_file_is_told_by_its_content_not_by_its_name(store, tmp_path):
    text = (HEADER + GOOD * 3).encode()
    excel = as_format(tmp_path, "xlsx").read_bytes()
    for content, name in ((text, "text.xlsx"), (gzip.compress(text), "zipped.csv"), (excel, "excel.csv")):
        assert read_file(written(tmp_path, content, name)).columns[:2] == ["date", "type"]


def test_a_remark_of_several_lines_is_one_text(store, tmp_path):
    text = HEADER + GOOD + '2024-07-01 22:15,"Theft, 5"" blade\nseen\nby two",-0.1,51.5\n' + GOOD
    assert run(store, written(tmp_path, text)).accepted == 3


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_recognised(store, tmp_path, encoding):
    run(store, written(tmp_path, (HEADER + GOOD.replace("Theft", "Vol à l’étalage") * 3).encode(encoding)))
    assert store.rows("SELECT DISTINCT category FROM incident") == [{"category": "Vol à l’étalage"}]
