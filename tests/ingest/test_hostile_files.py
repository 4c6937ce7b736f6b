"""Hostile files as every kind of import: rows, rows refused with a reason, or a refusal in words."""

import io
import json
import platform
import subprocess
import sys
import zipfile
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.formats import apart
from analytics.formats.apart import Parser, parse_apart
from analytics.ingest import UnreadableFile, import_file, propose_mapping, quarantine_rows, read_file
from analytics.ingest.job import ROWS
from analytics.ingest.preview import preview
from analytics.intelligence.report_import import import_reports
from tests.conftest import SHARED_DATA
from tests.ingest.helpers import ACTOR, DETAILS, GOOD, HEADER, as_format, written

HOSTILE = sorted((SHARED_DATA / "cases/hostile").glob("*"))
KINDS = (*ROWS, "report")
FEATURE = {"type": "Feature", "properties": {"name": "A", "date": "2024-07-01", "type": "Theft"}}


def shapes(*geometries: object, properties: dict[str, object] | None = None) -> str:
    features = [
        FEATURE | {"geometry": geometry, "properties": FEATURE["properties"] | (properties or {})}
        for geometry in geometries
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def polygon(*ring: tuple[float, float]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [list(ring)]}


def parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def zip_without_a_name() -> bytes:
    """A zip file whose index names its one file with no letter, though its own header does."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", HEADER + GOOD)
    data = buffer.getvalue()
    index = data.index(b"PK\x01\x02")
    return data[: index + 28] + b"\0\0\1\0" + data[index + 32 :]  # its letter is then an extra field


NOT_UTF8 = pa.Array.from_buffers(
    pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0\4\0\0\0"), pa.py_buffer(b"a\xe3ok")]
)
SQUARE = polygon((0, 0), (0, 1), (1, 1), (1, 0), (0, 0))
HUGE = "9" * 5000
MADE = {
    "empty key.json": '[{"": 1, "text": "a", "date": "2024-01-01"}]',
    "quotation mark as key.jsonl": '{"\\"": 1, "te\'xt": "a"}\n{"a~b/c": 2}\n{"a\\\\": 3}',
    "zero in a key.json": '[{"text\\u0000": "a", "date": "2024-01-01"}]',
    "zero in a name.csv": "da\0te,type,lon,lat\n" + GOOD,
    "zero in a value.csv": HEADER + GOOD + GOOD.replace("Theft", "The\0ft"),
    "names that differ in case.csv": "Date,date,type,TYPE,lon,lat\n2024-07-01,x,Theft,y,-0.1,51.5\n",
    "name of our own.csv": HEADER.replace("lon", "geometry (WKB)") + GOOD,
    "half a character.json": '[{"text": "a \\ud83d", "date": "2024-01-01"}, {"text": "b"}]',
    "half a character.geojson": shapes(SQUARE, properties={"note": "\ud83d"}),
    "long number.json": f'[{{"amount": {HUGE}, "account": {HUGE}, "date": {HUGE}, "text": 1}}]',
    "long number.csv": HEADER + f"2024-07-01,Theft,{HUGE},{HUGE}\n{HUGE},Theft,1,1\n" + GOOD,
    "no numbers.csv": HEADER + "2024-07-01,Theft,nan,inf\n2024-07-01,Theft,-inf,1e999\n" + GOOD,
    "no numbers.geojson": shapes(SQUARE).replace("[1, 1]", "[NaN, 1]"),
    "infinite.geojson": shapes(SQUARE, polygon((0, 0), (1e308, 1e308), (-1e308, 1), (0, 0))),
    "open ring.geojson": shapes(polygon((0, 0), (0, 1), (1, 1), (1, 0)), SQUARE),
    "short ring.geojson": shapes(polygon((0, 0), (0, 1)), polygon((0, 0)), SQUARE),
    "empty shapes.geojson": shapes({"type": "Polygon", "coordinates": []}, None, SQUARE),
    "far away.geojson": shapes(SQUARE, polygon((433_022, 1), (433_023, 1), (433_023, 2), (433_022, 1))),
    "no layers.kml": '<kml xmlns="http://www.opengis.net/kml/2.2"></kml>',
    "not UTF-8.parquet": parquet(pa.table({"text": NOT_UTF8, "date": ["2024-01-01"] * 2})),
    "odd types.parquet": parquet(
        pa.table({"text": ["a"], "gone": pa.nulls(1), "span": pa.array([1], pa.duration("s")), "list": [[1]]})
    ),
    "long field.csv": HEADER + GOOD + '2024-07-01,"' + "x" * 3_000_000 + '",1,1\n',
    "deep.json": '[{"text": ' + "[" * 100_000 + "]" * 100_000 + "}]",
    "deep.geojson": '{"type": "Feature", "properties": {"a": ' + "[" * 100_000,
    "markup.csv": "text,date\n" + "<b>" * 20_000 + ",2024-01-01\n",
    "member without a name.zip": zip_without_a_name(),
    "page.xls": "<html><table><tr><td>1</td></tr></table></html>",
}


def kinds_of(name: str, turn: int) -> list[str]:
    """The kind that a file's name speaks of, and every third of the others by turns: over the files each kind
    meets each sort of content. `bench.import_fuzz` imports every file as every kind."""
    own = [kind for kind in KINDS if kind[:4] in name.lower()]
    own += ["boundary"] if name.lower().endswith(("json", "kml", "kmz", "gpkg", "zip")) and not own else []
    return list(dict.fromkeys([*own, *KINDS[turn % 3 :: 3]]))


def import_as(kinds, store, path, monkeypatch) -> dict[str, object]:
    """What becomes of a file as each kind: the report, or the words of the refusal. It is read but once."""
    try:
        raw = read_file(path)
    except UnreadableFile as error:
        raw = error

    def read_once(*_, **__):
        if isinstance(raw, UnreadableFile):
            raise UnreadableFile(str(raw))
        return raw

    monkeypatch.setattr("analytics.ingest.job.read_file", read_once)
    outcomes = {}
    for kind in kinds:
        try:
            mapping = propose_mapping(read_once(), kind, path.name)
            if kind in ROWS:
                preview(store, read_once(), mapping)
            work = import_file if kind in ROWS else import_reports
            outcomes[kind] = work(store, ACTOR, path, mapping, DETAILS)
        except UnreadableFile as error:
            outcomes[kind] = str(error)
    return outcomes


def assert_in_words(store, outcomes) -> None:
    for kind, outcome in outcomes.items():
        if isinstance(outcome, str):
            assert outcome.strip() and "Traceback" not in outcome and "INTERNAL" not in outcome, kind
            assert "Binder Error" not in outcome and "Parser Error" not in outcome, (kind, outcome)
        else:
            refused = quarantine_rows(store, outcome.source_id)
            assert outcome.accepted + len(refused) == outcome.rows_in, kind
            assert refused.reason.str.len().gt(0).all(), kind


@pytest.mark.parametrize(
    ("turn", "path"), list(enumerate(HOSTILE)), ids=lambda value: getattr(value, "name", "")
)
def test_a_collected_hostile_file_ends_in_rows_or_words(store, turn, path, monkeypatch):
    assert_in_words(store, import_as(kinds_of(path.name, turn), store, path, monkeypatch))


@pytest.mark.parametrize(
    ("turn", "name"), list(enumerate(MADE)), ids=lambda value: value if value in MADE else ""
)
def test_a_made_hostile_file_ends_in_rows_or_words(store, tmp_path, turn, name, monkeypatch):
    content = MADE[name]
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    path = written(tmp_path, data, name)
    assert_in_words(store, import_as(kinds_of(name, turn), store, path, monkeypatch))


@pytest.mark.parametrize(
    ("name", "accepted", "refused"),
    [
        ("open ring.geojson", 2, 0),
        ("short ring.geojson", 1, 2),
        ("far away.geojson", 1, 1),
        ("infinite.geojson", 1, 1),
    ],
)
def test_one_bad_outline_never_costs_the_others(store, tmp_path, name, accepted, refused, monkeypatch):
    outcome = import_as(["boundary"], store, written(tmp_path, MADE[name], name), monkeypatch)["boundary"]
    assert (outcome.accepted, outcome.quarantined) == (accepted, refused)


def test_what_macos_adds_to_a_zip_and_a_long_comment_do_not_matter(tmp_path):
    reported = SHARED_DATA / "reported"
    if not reported.is_dir():
        pytest.skip("the reported cases are not here")
    assert read_file(reported / "bnd_macosx.zip").table.num_rows == 2
    assert read_file(reported / "bnd_kml_long_comment.kml").table.num_rows == 1


LIMITED = Parser("jsonlines:parse_records", "JSON file", "Split it.")


def test_a_parser_that_takes_too_much_memory_or_time_is_ended_in_words(monkeypatch):
    data = b'[{"a": 1}]'
    small = replace(LIMITED, maximum_memory=400 << 20)
    with pytest.raises(UnreadableFile, match="JSON file is too large: it needs more .* Split it"):
        parse_apart(small, data + b" " * (400 << 20))
    monkeypatch.setattr(apart, "_WAITED", 0)
    with pytest.raises(UnreadableFile, match="needs more time"):
        parse_apart(LIMITED, data)


CONFINED = """
import sys
from pathlib import Path
from analytics.formats.confinement import confine_to_folder, forbid_network_and_programs
own, other = map(Path, sys.argv[1:])
print(confine_to_folder(own))
forbid_network_and_programs()
own.joinpath("mine").write_text("x")
import socket, subprocess
for attempt in (other.read_text, socket.socket, lambda: subprocess.run(["true"])):
    try:
        attempt()
        print("allowed")
    except PermissionError:
        print("forbidden")
"""


def test_a_confined_process_opens_nothing_but_its_folder(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    secret = written(tmp_path, "secret", "secret.txt")
    done = subprocess.run(
        [sys.executable, "-c", CONFINED, str(own), str(secret)], capture_output=True, text=True, check=True
    )
    confined, *attempts = done.stdout.split()
    assert attempts == ["forbidden" if confined == "True" else "allowed", "forbidden", "forbidden"]


NO_SOCKETS = """
import ctypes, struct, sys
from pathlib import Path
from analytics.ingest import UnreadableFile, read_file
number = int(sys.argv[1])
load, equal, give = 0x20, 0x15, 0x06
program = b"".join(struct.pack("HBBI", *step) for step in [
    (load, 0, 0, 0), (equal, 0, 3, number), (load, 0, 0, 16), (equal, 1, 0, 1),
    (give, 0, 0, 0x80000000), (give, 0, 0, 0x7FFF0000)])
steps = ctypes.create_string_buffer(program)
filter = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(steps))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, filter, 0, 0) == 0
if sys.argv[2] == "probe":
    import socket
    socket.socket()
for path in sys.argv[2:]:
    print(read_file(path).table.num_rows)
"""


def test_no_socket_opens_in_an_import(tmp_path):
    """A filter of the kernel kills the process, or one that it starts, at a socket that is not local."""
    number = {"x86_64": 41, "aarch64": 198}.get(platform.machine())
    if sys.platform != "linux" or number is None:
        pytest.skip("needs a filter of system calls")
    files = []
    for suffix in ("xlsx", "parquet", "gpkg", "geojson", "kml", "zip"):
        folder = tmp_path / suffix
        folder.mkdir()
        files.append(as_format(folder, suffix))
    files += [written(tmp_path, HEADER + GOOD * 2), written(tmp_path, '{"a": 1}\n{"a": 2}', "a.jsonl")]

    def run(*arguments):
        command = [sys.executable, "-c", NO_SOCKETS, str(number), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run("probe").returncode == -31  # SIGSYS: the filter works
    done = run(*files)
    assert done.stdout.split() == ["2"] * len(files), done.stderr[-2000:]
