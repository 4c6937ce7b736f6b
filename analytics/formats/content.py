"""What a file is, by its content, whatever its name says: one of the kinds that are read, or a refusal that
names what it is and the way out."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib

from analytics.formats.archive import listed
from analytics.formats.delimited import utf16_without_mark
from analytics.formats.header import UnreadableFile
from analytics.formats.jsonlines import LINES, is_geographic, is_json
from analytics.formats.statements import find_statement

WORKBOOK, PARQUET, SHAPES, RECORDS, STATEMENT, ARCHIVE, PAGE, XML, TEXT = (
    "workbook",
    "Parquet",
    "shapes",
    "records",
    "statement",
    "archive",
    "page",
    "xml",
    "text",
)
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_EMPTY_ZIP = b"PK\x05\x06"
_PARQUET, _SQLITE = b"PAR1", b"SQLite format 3\x00"
_HEAD, _FIRST = 1 << 16, 4096
_UNPACK = "Unpack it, and import the files in it."
_AS_TABLE = "Export the table from the program that made it as CSV, Excel or Parquet, and import that."
_AS_CSV, _AS_PARQUET = "Save it as CSV or Excel.", "Save it as Parquet or CSV."
_AS_MAP = "Save it in a geographic program (such as QGIS) as GeoPackage or GeoJSON, and import that."
_KNOWN = (
    "Known are CSV, Excel, Parquet, JSON, XML, bank statements (camt, MT940, OFX, BAI2), GeoJSON, "
    "GeoPackage, KML, GPX, shapefiles in a zip, and zip files of these."
)
# What a file begins with: what it is, and the way out. Those of letters alone may begin a text as well, and
# count only where a zero stands in the file.
_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", f"It holds pages, not a table. {_AS_TABLE}"),
    (b"{\\rtf", "a document (RTF)", _AS_TABLE),
    (b"\x89PNG", "a picture (PNG)", _AS_TABLE),
    (b"\xff\xd8\xff", "a picture (JPEG)", _AS_TABLE),
    (b"GIF89a", "a picture (GIF)", _AS_TABLE),
    (b"GIF87a", "a picture (GIF)", _AS_TABLE),
    (b"II*\x00", "a picture (TIFF)", _AS_TABLE),
    (b"MM\x00*", "a picture (TIFF)", _AS_TABLE),
    (b"Rar!\x1a", "an archive (RAR)", _UNPACK),
    (b"7z\xbc\xaf", "an archive (7z)", _UNPACK),
    (b"BZh91AY&SY", "a compressed file (bzip2)", _UNPACK),
    (b"\xfd7zXZ", "a compressed file (xz)", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstd)", _UNPACK),
    (b"\x00\x01\x00\x00Standard", "a Microsoft Access database", _AS_TABLE),
    (b"\x00\x01\x00\x00MSISAM", "a Microsoft Money file", "Export the account as OFX or CSV."),
    (b"\x89HDF", "an HDF5 file", _AS_TABLE),
    (b"Obj\x01", "an Avro file", _AS_PARQUET),
    (b"<stata_dta>", "a Stata file", _AS_CSV),
    (b"X\n\x00\x00\x00", "an R file", _AS_CSV),
    (b"fgb\x03", "a FlatGeobuf file", _AS_MAP),
    (b"\x00\x00\x27\x0a", "the .shp of a shapefile alone", "Import a zip of its .shp, .shx, .dbf and .prj."),
    (b"\x7fELF", "a program", "It holds no table."),
    (b"BEGIN:VCARD", "a list of contacts (vCard)", _AS_TABLE),
    (b"BEGIN:VCALENDAR", "a calendar (iCalendar)", _AS_TABLE),
    (b"!Type:", "a Quicken file (QIF)", "Export the account as OFX, MT940 or CSV."),
    (b"%!PS", "a PostScript file", _AS_TABLE),
    (b"UNA:", "a message of EDIFACT, such as a passenger list (PAXLST)", _AS_TABLE),
    (b"UNB+", "a message of EDIFACT, such as a passenger list (PAXLST)", _AS_TABLE),
)
_BEGINNINGS_OF_BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"ARROW1", "an Arrow (Feather) file", _AS_PARQUET),
    (b"FEA1", "an Arrow (Feather) file", _AS_PARQUET),
    (b"ORC", "an ORC file", _AS_PARQUET),
    (b"$FL2", "an SPSS file", _AS_CSV),
    (b"$FL3", "an SPSS file", _AS_CSV),
    (b"RDX", "an R file", _AS_CSV),
    (b"PMTiles", "a map (PMTiles)", "Maps are imported with 'achilles import map', or on the tab Base map."),
    (b"MZ", "a program", "It holds no table."),
)
# The outermost element of XML, or one near it: what the file is, and the way out.
_ELEMENTS: tuple[tuple[str, str, str], ...] = (
    (r"(?:wfs:|gml:|ogr:)?FeatureCollection|gml:\w+|CityModel", "a map in GML", _AS_MAP),
    (r"osm|osmChange", "an OpenStreetMap extract", "Maps are imported with 'achilles import map'."),
    (r"TrainingCenterDatabase", "a training log (TCX)", "Save it as GPX or CSV."),
    (r"svg", "a picture (SVG)", _AS_TABLE),
    (r"OGRVRT\w*|OGRWFS\w*", "a file that names other files to read", _AS_MAP),
    (r"\w+:?Envelope|soap\w*:\w+", "a message between programs (SOAP)", _AS_TABLE),
    (r"(?:w:)?wordDocument", "a Word document", _AS_TABLE),
)
_XML = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?[^>]*\?>|<!--(?>.*?-->)|<!(?!--)[^>]*>)*+<([\w:.-]+)", re.DOTALL
)
_DOCUMENT = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!doctype|[a-z:]+[\s>/])", re.IGNORECASE)
_TAGS = ("html", "head", "body", "table", "tbody", "div", "meta", "style", "script", "center", "font")
_PAGE = re.compile(rb"<(?:html|body|table)[\s>]", re.IGNORECASE)
_SHEETS = b"urn:schemas-microsoft-com:office:spreadsheet"
_OFFICE = (
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint presentation"),
    ("visio/", "a Visio drawing"),
    ("index/document.iwa", "a workbook of Apple Numbers"),
)
_DAMAGED_ZIP = (
    *(zipfile.BadZipFile, ValueError, OSError, RuntimeError, EOFError, LookupError),
    *(struct.error, zlib.error, lzma.LZMAError),
)
_CONTROLS = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f]")
_DBASE = re.compile(rb"[\x03\x30\x31\x83\x8b\xf5][\x00-\xff][\x01-\x0c][\x01-\x1f]", re.DOTALL)


def find_kind(data: bytes, suffix: str) -> str:
    """The kind of a file. Raises UnreadableFile where it is of one that is not read; `suffix` is heeded only
    where the content allows for several."""
    if data[:4] == _PARQUET:
        return PARQUET
    if data[:4] in (ZIP, _EMPTY_ZIP):
        return _kind_of_zip(data, suffix)
    if data[:4] == OLD_EXCEL:
        return _kind_of_compound(data)
    if data[:16] == _SQLITE:
        return SHAPES
    _refuse_known(data)
    if find_statement(data):
        return STATEMENT
    if suffix in LINES or is_json(data):
        return SHAPES if is_geographic(data) or suffix == "geojson" else RECORDS
    if element := _root(data):
        return _kind_of_markup(data, element, suffix)
    if suffix == "xml":
        return STATEMENT
    if _is_binary(data):
        raise UnreadableFile(f"This is a binary file of a kind that is not known here. {_KNOWN}")
    return TEXT


def _refuse_known(data: bytes) -> None:
    binary = _BEGINNINGS_OF_BINARY if b"\x00" in data[:_FIRST] else ()
    for beginning, noun, way_out in (*_BEGINNINGS, *binary):
        if data.startswith(beginning):
            raise _refusal(noun, way_out)
    if data[257:262] == b"ustar":
        raise _refusal("an archive (tar)", _UNPACK)
    if _DBASE.match(data) and b"\x00" in data[:32]:
        raise _refusal("a dBASE table (.dbf), a part of a shapefile", "Import the whole shapefile as a zip.")


def _refusal(noun: str, way_out: str) -> UnreadableFile:
    return UnreadableFile(f"This is {noun}, which is not read. {way_out}")


def _kind_of_zip(data: bytes, suffix: str) -> str:
    """A workbook, or an archive of other files."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {item.filename.lower() for item in listed(archive)}
            kind = ""
            if "mimetype" in names:
                with archive.open("mimetype") as stated:
                    kind = stated.read(80).decode(errors="replace")
    except _DAMAGED_ZIP:
        return ARCHIVE if suffix in ("zip", "kmz") else WORKBOOK  # its parser says what is wrong with it
    if any(name.startswith("xl/") for name in names) or "opendocument.spreadsheet" in kind:
        return WORKBOOK
    for name, noun in _OFFICE:
        if any(member.startswith(name) for member in names):
            raise _refusal(noun, _AS_TABLE)
    if "opendocument" in kind:
        raise _refusal("a document (OpenDocument)", _AS_TABLE)
    return ARCHIVE


def _kind_of_compound(data: bytes) -> str:
    """A workbook of Excel 97, unless the names of its streams say otherwise."""
    names = data[: 1 << 20] + data[-(1 << 16) :]
    for stream, noun, way_out in (
        ("EncryptedPackage", "a workbook protected by a password", "Save it without one, then import it."),
        ("WordDocument", "a Word document", _AS_TABLE),
        ("PowerPoint Document", "a PowerPoint presentation", _AS_TABLE),
        ("__substg1.0", "an e-mail of Outlook", _AS_TABLE),
    ):
        if stream.encode("utf-16-le") in names:
            raise _refusal(noun, way_out)
    return WORKBOOK


def _root(data: bytes) -> str | None:
    """The name of the outermost element of XML or HTML; empty where it cannot be told, None of other text."""
    text = data[: 1 << 20]
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = text.decode("utf-16", errors="replace").encode()
    if not _DOCUMENT.match(text) or b"</" not in text and b"/>" not in text:
        return None
    found = _XML.match(text)
    return found[1].decode(errors="replace") if found else "?"


def _kind_of_markup(data: bytes, element: str, suffix: str) -> str:
    head = data[:_HEAD].replace(b"\x00", b"")
    name = element.rpartition(":")[2].lower()
    if name in ("kml", "gpx"):
        return SHAPES
    if _SHEETS in head and name == "workbook" or name in _TAGS:
        return PAGE
    for pattern, noun, way_out in _ELEMENTS:
        if re.fullmatch(pattern, element, re.IGNORECASE):
            raise _refusal(noun, way_out)
    if name == "document":
        return STATEMENT
    if _PAGE.search(head):
        return PAGE
    if b"<kml" in data[: 1 << 20]:
        return SHAPES
    return XML


def _is_binary(data: bytes) -> bool:
    """Whether a zero stands where no text holds one."""
    is_utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff") or utf16_without_mark(data)
    head = data[:_FIRST]
    return b"\x00" in head and not is_utf16 and not _is_text_with_zeros(head)


def _is_text_with_zeros(head: bytes) -> bool:
    """Whether a few zeros stand in what is a table of text otherwise, as a damaged export has them."""
    others = len(_CONTROLS.findall(head))
    lines = head.count(b"\n") + head.count(b"\r")
    return 0 < head.count(0) <= max(len(head) // 50, 1) and not others and lines > 1
