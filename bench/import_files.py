"""Good files of every format that the import benches damage."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd

STIX = "stix"
_TLP_RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
_ROWS = 30


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
