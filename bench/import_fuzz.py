"""Import of damaged files: tracebacks, the longest time and the peak memory.

    python -m bench.import_fuzz [--files 10000] [--seed 1] [--keep FOLDER] [--state FILE]

Small valid files of every format are damaged at random: bytes changed, cut out, repeated or put in, of a
zip file also within its members. Each is read once, then mapped as proposed, previewed and imported as the
kind it was made for and as one other; a STIX bundle is read and drafted as a report. Every outcome but rows
and a refusal in words is a traceback; the file that gave it goes to FOLDER. Ended early (Ctrl-C, SIGTERM) it
prints the figures so far; with a state it goes on from there when it is called again. Times are on the clock,
the application's processor time beside them: on a busy machine the clock counts the others too."""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import signal
import tempfile
import threading
import time
import traceback
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import pandas as pd

from analytics.exchange import NotStix, read_stix
from analytics.exchange.received import draft_report
from analytics.formats.parser_start import stop_server
from analytics.ingest import RawTable, UnreadableFile, import_file, job, propose_mapping, read_file
from analytics.ingest.job import ROWS
from analytics.ingest.preview import preview
from analytics.oversight import Actor
from analytics.store import Store
from bench.import_throughput import DETAILS

Outcome = TypeVar("Outcome")
STIX = "stix"
_TLP_RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
_ROWS = 30

_HANG = 30.0  # seconds
_SAVED_EVERY = 200  # files
_MAXIMUM_DAMAGES = 6
_SPECIAL = (
    b"\0",
    b'"',
    b"\xff",
    b"\xed\xa0\xbd",
    b"NaN",
    b"1e999",
    b"9" * 400,
    b"[" * 300,
    b"<",
    b"&#0;",
    b"\\u0000",
)


def build_files(folder: Path) -> list[tuple[str, str, bytes]]:
    """(kind, suffix, content) of one small valid file of every format."""
    days = [f"2024-0{1 + k % 9}-{1 + k % 28:02d} {k % 24:02d}:15" for k in range(_ROWS)]
    incidents = pd.DataFrame(
        {
            "date": days,
            "type": [("Theft", "Burglary", "Robbery")[k % 3] for k in range(_ROWS)],
            "lon": [-0.1 - k / 1000 for k in range(_ROWS)],
            "lat": [51.5 + k / 1000 for k in range(_ROWS)],
        }
    )
    adverts = pd.DataFrame(
        {
            "text": [f"<b>New</b> in town {k} &amp; call 07700 9{k:05d}" for k in range(_ROWS)],
            "posted_at": days,
        }
    )
    money = pd.DataFrame(
        {
            "timestamp": days,
            "from_account": [f"A{k % 5}" for k in range(_ROWS)],
            "to_account": [f"B{k % 7}" for k in range(_ROWS)],
            "amount": [f"{k * 1234.5:,.2f}" for k in range(_ROWS)],
            "currency": "GBP",
        }
    )
    accounts = pd.DataFrame({"account": [f"A{k}" for k in range(_ROWS)], "holder": "Ann", "balance": "12.50"})
    files = []
    for kind, frame in (
        ("incident", incidents),
        ("advert", adverts),
        ("transaction", money),
        ("account", accounts),
    ):
        buffer = io.BytesIO()
        frame.to_excel(buffer, index=False)
        files += [
            (kind, "csv", frame.to_csv(index=False).encode()),
            (kind, "xlsx", buffer.getvalue()),
            (kind, "parquet", frame.to_parquet()),
            (kind, "json", frame.to_json(orient="records").encode()),
            (kind, "jsonl", frame.to_json(orient="records", lines=True).encode()),
        ]
    files += [
        ("transaction", "xml", _build_camt("053", "BkToCstmrStmt", "Stmt")),
        ("transaction", "xml", _build_camt("054", "BkToCstmrDbtCdtNtfctn", "Ntfctn")),
        ("transaction", "sta", _build_mt940()),
        ("transaction", "ofx", _build_ofx()),
        ("incident", "gpx", _build_gpx(incidents)),
        (STIX, "json", _build_bundle()),
    ]
    points = gpd.GeoDataFrame(
        incidents[["date", "type"]], geometry=gpd.points_from_xy(incidents.lon, incidents.lat), crs=4326
    )
    squares = gpd.GeoDataFrame({"name": points.type}, geometry=points.to_crs(27700).buffer(500, cap_style=3))
    for kind, frame in (("incident", points), ("boundary", squares)):
        files += _build_shapes(kind, frame, folder / kind)
    return files


def _build_camt(version: str, message: str, part: str) -> bytes:
    entries = "".join(
        f'<Ntry><Amt Ccy="GBP">{k}.50</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt>"
        "<Dt>2024-01-02</Dt>"
        "</BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Ben</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>"
        for k in range(_ROWS)
    )
    return (
        f'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}.001.08">'
        f"<{message}><{part}>"
        f"<Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></Acct>{entries}</{part}></{message}></Document>"
    ).encode()


def _build_mt940() -> bytes:
    entries = "".join(
        f":61:24031{k % 10}031{k % 10}D{k},25NTRFNONREF//REF{k}\r\n"
        ":86:166?00UEBERWEISUNG?20SVWZ+Miete ?21Maerz?30TESTDEFF?31DE02120300000000202051?32Anna Exam\r\n"
        for k in range(_ROWS)
    )
    head = ":20:START\r\n:25:NL71RABO0123456789EUR\r\n:28C:1/1\r\n:60F:C240312EUR1000,00\r\n"
    return f"{head}{entries}:62F:C240317EUR900,00\r\n-\r\n".encode()


def _build_ofx() -> bytes:
    entries = "".join(
        f"<STMTTRN><TRNTYPE>POS<DTPOSTED>202403{1 + k % 28:02d}101500[-3:BRT]<TRNAMT>-{k}.90<FITID>A{k}"
        "<NAME>Anna &amp; Co<MEMO>Pix</STMTTRN>"
        for k in range(_ROWS)
    )
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
        "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>GBP\n<BANKACCTFROM><BANKID>1<ACCTID>GB33BUKB20201555555555"
        f"<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>{entries}</BANKTRANLIST>"
        "<LEDGERBAL><BALAMT>-3.50<DTASOF>20240331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def _build_gpx(incidents: pd.DataFrame) -> bytes:
    points = "".join(
        f'<wpt lat="{row.lat}" lon="{row.lon}"><time>{row.date.replace(" ", "T")}:00Z</time>'
        f"<name>{row.type}</name></wpt>"
        for row in incidents.itertuples()
    )
    return (
        '<?xml version="1.0"?><gpx version="1.1" creator="a" xmlns="http://www.topografix.com/GPX/1/1">'
        f"{points}</gpx>"
    ).encode()


def _build_bundle() -> bytes:
    """Identities, notes, relations, sightings and a marking, with properties of a platform."""
    moment = "2024-03-13T10:00:00.000Z"
    objects: list[dict[str, object]] = []

    def add(kind: str, **properties: object) -> str:
        identifier = f"{kind}--{uuid.UUID(int=len(objects) + 1, version=4)}"
        common = {
            "type": kind,
            "spec_version": "2.1",
            "id": identifier,
            "created": moment,
            "modified": moment,
        }
        objects.append({**common, **properties})
        return identifier

    for k in range(_ROWS // 5):
        who = add("identity", name=f"Unit {k}", identity_class="organization", x_opencti_score=k)
        place = add("location", name="Flat", description=f"Any St {k}", country="GB")
        add("note", content=f"cash {k}", object_refs=[who], object_marking_refs=[_TLP_RED])
        add("relationship", relationship_type="pays-for", source_ref=who, target_ref=place)
        add("sighting", sighting_of_ref=who, count=k + 1, first_seen=moment)
    return json.dumps(
        {"type": "bundle", "id": f"bundle--{uuid.UUID(int=9, version=4)}", "objects": objects}
    ).encode()


def _build_shapes(kind: str, frame: gpd.GeoDataFrame, folder: Path) -> list[tuple[str, str, bytes]]:
    folder.mkdir()
    files = []
    for suffix, driver in (("geojson", None), ("gpkg", None), ("kml", "LIBKML"), ("shp", None)):
        frame.to_file(folder / f"a.{suffix}", driver=driver)
        if suffix != "shp":
            files.append((kind, suffix, (folder / f"a.{suffix}").read_bytes()))
    for suffix, members in (
        ("kmz", ("a.kml",)),
        ("zip", tuple(f"a.{p}" for p in ("shp", "shx", "dbf", "prj"))),
    ):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in members:
                if (folder / name).exists():
                    archive.write(folder / name, name)
        files.append((kind, suffix, buffer.getvalue()))
    return files


def damage(data: bytes, rng: random.Random) -> bytes:
    """The file with some bytes changed, cut, repeated or put in; of a zip file as often within one member."""
    if data[:4] == b"PK\x03\x04" and rng.random() < 0.7:
        return _damage_member(data, rng)
    content = bytearray(data)
    for _ in range(rng.randint(1, _MAXIMUM_DAMAGES)):
        at = rng.randrange(len(content) + 1)
        length = rng.choice((1, 2, 4, 16, 200))
        what = rng.randrange(5)
        if what == 0 and at < len(content):
            content[at] = rng.randrange(256)
        elif what == 1:
            del content[at : at + length]
        elif what == 2:
            content[at:at] = content[at : at + length] * rng.choice((1, 3, 50))
        elif what == 3:
            content[at:at] = rng.choice(_SPECIAL)
        else:
            content[at : at + 4] = rng.choice(
                (b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0", b"9999")
            )
    return bytes(content if rng.random() < 0.95 else content[: rng.randrange(len(content) + 1)])


def _damage_member(data: bytes, rng: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = rng.choice(old.namelist())
        for name in old.namelist():
            new.writestr(name, damage(old.read(name), rng) if name == chosen else old.read(name))
    return buffer.getvalue()


def read_once(path: Path, kind: str) -> Callable[..., RawTable]:
    """What stands for `read_file` where a file was read already: its table, or the refusal again."""
    try:
        raw = read_file(path, kind=kind)
    except UnreadableFile as error:
        refusal = str(error)

        def refuse(*_: object, **__: object) -> RawTable:
            raise UnreadableFile(refusal)

        return refuse
    return lambda *_, **__: raw


def receive_once(path: Path) -> str:
    """Read a bundle and draft its report; returns what became of it."""
    today = date.today()
    try:
        draft_report(
            read_stix(path.read_bytes()),
            title="b",
            sent_by="b",
            legal_basis="b",
            purpose="b",
            retention_group="3",
            received_on=today,
            review_date=today,
        )
    except NotStix:
        return "refused"
    except Exception as error:  # noqa: BLE001  each other exception is what this bench counts
        traceback.print_exc()
        return type(error).__name__
    return "rows"


def import_once(store: Store, path: Path, kind: str) -> str:
    """Preview and import a file; returns what became of it: rows, refused or an exception's name."""
    try:
        raw = job.read_file(path)
        mapping = propose_mapping(raw, kind, path.name)
        preview(store, raw, mapping)
        import_file(store, Actor("bench"), path, mapping, DETAILS)
    except UnreadableFile:
        return "refused"
    except Exception as error:  # noqa: BLE001  each other exception is what this bench counts
        traceback.print_exc()
        return type(error).__name__
    return "rows"


@dataclass
class Figures:
    """What has become of the files so far. `longest` on the clock and `longest_processor`: seconds, and what
    took them. `peaks`: GB of the application and of a parser's process."""

    seed: int
    outcomes: dict[str, int] = field(default_factory=dict)
    longest: tuple[float, str] = (0.0, "")
    longest_processor: tuple[float, str] = (0.0, "")
    files: int = 0
    hangs: int = 0
    peaks: tuple[float, float] = (0.0, 0.0)

    def note_peaks(self) -> None:
        """The peak of a parser's process is known once the one that forked it has ended."""
        stop_server()
        whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        own, children = (resource.getrusage(who).ru_maxrss / 1e6 for who in whose)
        self.peaks = (max(own, self.peaks[0]), max(children, self.peaks[1]))

    def print(self) -> None:
        imports = sum(self.outcomes.values())
        tracebacks = imports - self.outcomes.get("rows", 0) - self.outcomes.get("refused", 0)
        print(json.dumps(self.outcomes))
        print(
            f"{self.files:,} files, {imports:,} imports: {tracebacks} tracebacks, "
            f"{self.hangs} over {_HANG:.0f} s, "
            f"longest {self.longest[0]:.1f} s ({self.longest[1]}), "
            f"by processor time {self.longest_processor[0]:.1f} s "
            f"({self.longest_processor[1]}), peak memory {self.peaks[0]:.2f} GB, of a parser's process "
            f"{self.peaks[1]:.2f} GB"
        )


@dataclass
class Run:
    """Tries the files one after the other; `folder`: where those go that gave a traceback."""

    figures: Figures
    folder: Path | None
    rng: random.Random = field(default_factory=random.Random)
    stop: threading.Event = field(default_factory=threading.Event)

    def try_file(self, store: Store, folder: Path, kind: str, suffix: str, content: bytes) -> None:
        self.rng.seed(f"{self.figures.seed} {self.figures.files}")  # whatever was tried before
        path = folder / f"damaged.{suffix}"
        path.write_bytes(damage(content, self.rng))
        self.figures.files += 1
        if kind == STIX:
            self._note(path, kind, lambda: receive_once(path))
            return
        try:
            self._time(f"reading {suffix}", lambda: setattr(job, "read_file", read_once(path, kind)))
        except Exception as error:  # noqa: BLE001  each other exception is what this bench counts
            traceback.print_exc()
            self._count(type(error).__name__, path, kind)
            return
        for tried in (kind, self.rng.choice([other for other in ROWS if other != kind])):
            self._note(path, tried, lambda tried=tried: import_once(store, path, tried))

    def _note(self, path: Path, kind: str, attempt: Callable[[], str]) -> None:
        self._count(self._time(f"{kind} {path.suffix}", attempt), path, kind)

    def _count(self, outcome: str, path: Path, kind: str) -> None:
        outcomes = self.figures.outcomes
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if outcome not in ("rows", "refused") and self.folder:
            self.folder.mkdir(exist_ok=True)
            (self.folder / f"{self.figures.files}.{kind}{path.suffix}").write_bytes(path.read_bytes())

    def _time(self, what: str, attempt: Callable[[], Outcome]) -> Outcome:
        start, processor = time.perf_counter(), time.process_time()
        outcome = attempt()
        seconds, processor = time.perf_counter() - start, time.process_time() - processor
        figures = self.figures
        figures.longest = max(figures.longest, (seconds, what))
        figures.longest_processor = max(figures.longest_processor, (processor, what))
        figures.hangs += seconds > _HANG
        return outcome


def read_state(path: Path | None, seed: int) -> Figures:
    if path is None or not path.exists():
        return Figures(seed)
    figures = Figures(**json.loads(path.read_text()))
    if figures.seed != seed:
        raise SystemExit(f"the state is of seed {figures.seed}")
    figures.longest, figures.longest_processor = tuple(figures.longest), tuple(figures.longest_processor)
    return figures


def save_state(path: Path | None, figures: Figures) -> None:
    figures.note_peaks()
    if path is not None:
        path.write_text(json.dumps(asdict(figures)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="Stop after so long.")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--state", type=Path, help="Where the figures stand from one call to the next.")
    arguments = parser.parse_args()
    run = Run(read_state(arguments.state, arguments.seed), arguments.keep)
    for number in (signal.SIGTERM, signal.SIGINT):  # an exception would be taken for one of the import's own
        signal.signal(number, lambda *_: run.stop.set())
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        valid = build_files(folder)
        store = Store(folder / "fuzz.duckdb")
        try:
            for number in range(run.figures.files, arguments.files):
                if run.stop.is_set() or time.perf_counter() - begun > arguments.seconds:
                    break
                run.try_file(store, folder, *valid[number % len(valid)])
                if arguments.state and number % _SAVED_EVERY == 0:
                    save_state(arguments.state, run.figures)
        finally:
            save_state(arguments.state, run.figures)
            run.figures.print()
            store.close()


if __name__ == "__main__":
    main()
