"""Import of damaged files: tracebacks, the longest time and the peak memory.

    python -m bench.import_fuzz [--files 10000] [--seed 1] [--keep FOLDER]

Small valid files of every format are damaged at random: bytes changed, cut out, repeated or put in, of a
zip file also within its members. Each is read once, then mapped as proposed, previewed and imported as the
kind it was made for and as one other. Every outcome but rows and a refusal in words is a traceback; the file
that gave it goes to FOLDER."""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd

from analytics.ingest import RawTable, UnreadableFile, import_file, job, propose_mapping, read_file
from analytics.ingest.job import ROWS
from analytics.ingest.preview import preview
from analytics.oversight import Actor
from analytics.store import Store
from bench.import_throughput import DETAILS

_ROWS = 30
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
    files.append(("transaction", "xml", _build_statement()))
    points = gpd.GeoDataFrame(
        incidents[["date", "type"]], geometry=gpd.points_from_xy(incidents.lon, incidents.lat), crs=4326
    )
    squares = gpd.GeoDataFrame({"name": points.type}, geometry=points.to_crs(27700).buffer(500, cap_style=3))
    for kind, frame in (("incident", points), ("boundary", squares)):
        files += _build_shapes(kind, frame, folder / kind)
    return files


def _build_statement() -> bytes:
    entries = "".join(
        f'<Ntry><Amt Ccy="GBP">{k}.50</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt>"
        "<Dt>2024-01-02</Dt>"
        "</BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Ben</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>"
        for k in range(_ROWS)
    )
    return (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        "<BkToCstmrStmt><Stmt>"
        f"<Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"
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


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="Stop after so long.")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    rng, outcomes, longest, begun, count = (
        random.Random(arguments.seed),
        Counter(),
        (0.0, ""),
        time.perf_counter(),
        0,
    )
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        valid = build_files(folder)
        store = Store(folder / "fuzz.duckdb")
        for number in range(arguments.files):
            if time.perf_counter() - begun > arguments.seconds:
                break
            kind, suffix, content = valid[number % len(valid)]
            path = folder / f"damaged.{suffix}"
            path.write_bytes(damage(content, rng))
            start = time.perf_counter()
            job.read_file = read_once(path, kind)
            longest = max(longest, (time.perf_counter() - start, f"reading {suffix}"))
            for tried in (kind, rng.choice([other for other in ROWS if other != kind])):
                start = time.perf_counter()
                outcome = import_once(store, path, tried)
                longest = max(longest, (time.perf_counter() - start, f"{tried} {suffix}"))
                outcomes[outcome] += 1
                if outcome not in ("rows", "refused") and arguments.keep:
                    arguments.keep.mkdir(exist_ok=True)
                    (arguments.keep / f"{number}.{tried}.{suffix}").write_bytes(path.read_bytes())
            count += 1
        store.close()
    tracebacks = sum(outcomes.values()) - outcomes["rows"] - outcomes["refused"]
    peaks = [
        resource.getrusage(who).ru_maxrss / 1e6 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    print(json.dumps(outcomes))
    print(
        f"{count:,} files, {sum(outcomes.values()):,} imports: {tracebacks} tracebacks, longest "
        f"{longest[0]:.1f} s ({longest[1]}), peak memory {peaks[0]:.2f} GB, "
        f"of a parser's process {peaks[1]:.2f} GB"
    )


if __name__ == "__main__":
    main()
