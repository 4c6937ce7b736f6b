"""A file in, a table of text columns out, whatever the format: or a clear reason why it cannot be read."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import charset_normalizer
import numpy as np
import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq
import pyogrio
from python_calamine import CalamineWorkbook

MOST_BYTES = 4 << 30
MOST_RATIO = 300
MOST_COLUMNS = 250
_GEOGRAPHIC = {".geojson", ".gpkg", ".kml", ".zip", ".json", ".fgb"}

_OTHER_SCRIPTS = {
    "cp1251", "cp1253", "cp1255", "cp1256", "koi8_r", "koi8_u", "big5", "gb18030", "gbk", "euc_jp", "shift_jis", "cp932",
    "euc_kr", "cp949", "cp874", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8",
}  # fmt: skip


class UnreadableFile(ValueError):
    """The file cannot be imported; the message says why, in the user's words."""


@dataclass(frozen=True)
class RawTable:
    """`table`: text columns and `row_number` (int64), as a spreadsheet numbers rows: the header is row 1.
    `refused`: rows that do not fit the header, as (row_number, reason, text)."""

    table: pa.Table
    sha256: str
    format: str
    notes: tuple[str, ...] = ()
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    epsg: int | None = None

    @property
    def columns(self) -> list[str]:
        return [name for name in self.table.column_names if name != "row_number"]


def read_file(path: Path) -> RawTable:
    """Read any supported file. Raises UnreadableFile with a reason a user can act on."""
    path = Path(path)
    if not path.is_file():
        raise UnreadableFile(f"There is no file {path.name}.")
    data = _content(path)
    if not data.strip():
        raise UnreadableFile("The file is empty.")
    digest = hashlib.sha256(data).hexdigest()
    suffix = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    try:
        raw = _by_format(path, data, f".{suffix}", digest)
    except UnreadableFile:
        raise
    except (pa.ArrowInvalid, OSError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
        raise UnreadableFile(
            f"The file could not be read as {suffix or 'a table'}: {str(error)[:200]}"
        ) from error
    if raw.table.num_rows == 0 and not raw.refused:
        raise UnreadableFile("The file has a header but no rows.")
    return raw


def _by_format(path: Path, data: bytes, suffix: str, digest: str) -> RawTable:
    if data[:4] == b"PAR1":
        table = pq.read_table(io.BytesIO(data))
        return RawTable(_as_text(table), digest, "Parquet")
    if suffix in (".xlsx", ".xls", ".xlsb", ".ods"):
        return RawTable(_excel(data), digest, "Excel")
    if suffix in _GEOGRAPHIC:
        return _geographic(path, data, digest)
    if b"\x00" in data[:4096] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableFile("This is a binary file of a kind that is not known here.")
    return _delimited(data, digest)


def _content(path: Path) -> bytes:
    """The uncompressed bytes, refusing what would unpack to far more than it should."""
    if path.suffix.lower() != ".gz":
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableFile("The file is larger than 4 GB: split it by month or year.")
        return path.read_bytes()
    most = min(MOST_BYTES, max(path.stat().st_size * MOST_RATIO, 1 << 20))
    try:
        with gzip.open(path) as stream:
            data = stream.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"The gzip file is damaged or cut short: {error}") from error
    if len(data) > most:
        raise UnreadableFile("The gzip file unpacks to far more than its size allows for: it is refused.")
    return data


def _delimited(data: bytes, digest: str) -> RawTable:
    encoding = _encoding(data)
    head = data[:65536].decode(encoding, errors="replace").lstrip("\ufeff")
    first_line = head.splitlines()[0] if head.splitlines() else ""
    separator = max(",;\t|", key=first_line.count)
    header = _header(first_line, separator)
    refused: list[tuple[int, str, str]] = []

    def refuse(row: pv.InvalidRow) -> str:
        reason = f"{row.actual_columns} columns where the header has {row.expected_columns}"
        refused.append((row.number, reason, row.text or ""))
        return "skip"

    table = pv.read_csv(
        io.BytesIO(data),
        read_options=pv.ReadOptions(column_names=header, skip_rows=1, encoding=encoding, use_threads=False, block_size=8 << 20),
        parse_options=pv.ParseOptions(delimiter=separator, newlines_in_values=b'"' in data, invalid_row_handler=refuse),
        convert_options=pv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=True, null_values=["", "NULL", "NA"],
            quoted_strings_can_be_null=True,
        ),
    )  # fmt: skip
    names = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}
    notes = (f"{encoding} text, {names[separator]} between columns",)
    numbers = np.arange(2, table.num_rows + len(refused) + 2)
    if refused:
        numbers = np.setdiff1d(numbers, [number for number, _, _ in refused])
    return RawTable(_numbered(table, numbers), digest, "CSV", notes, refused)


def _encoding(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        data.decode("utf-8")
        return "utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "utf-8"
    except UnicodeDecodeError:
        best = charset_normalizer.from_bytes(data[: 1 << 18]).best()
        # A few accented letters do not tell one western code page from another: Windows' is the likeliest.
        return best.encoding if best is not None and best.encoding in _OTHER_SCRIPTS else "cp1252"


def _header(line: str, separator: str) -> list[str]:
    names = [name.strip().strip('"').strip() for name in line.split(separator)]
    if len(names) > MOST_COLUMNS:
        raise UnreadableFile(
            f"The file has {len(names)} columns; at most {MOST_COLUMNS} are read. Keep those needed."
        )
    if len(names) < 2:
        raise UnreadableFile("No separator was found in the first line: is this a table with a header?")
    seen: dict[str, int] = {}
    unique = []
    for k, name in enumerate(names):
        name = name or f"column {k + 1}"
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return ["row_number (file)" if name == "row_number" else name for name in unique]


def _excel(data: bytes) -> pa.Table:
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(data))
        .get_sheet_by_index(0)
        .to_python(skip_empty_area=False)
    )
    if not rows:
        raise UnreadableFile("The first sheet is empty.")
    header = _header("\t".join(str(cell) for cell in rows[0]), "\t")
    columns = zip(*(row + [""] * (len(header) - len(row)) for row in rows[1:]), strict=False)
    table = pa.table(
        {n: pa.array([_cell(v) for v in c], pa.string()) for n, c in zip(header, columns, strict=False)}
    )
    return _numbered(table, np.arange(2, table.num_rows + 2))


def _cell(value: object) -> str | None:
    if value is None or value == "":
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _geographic(path: Path, data: bytes, digest: str) -> RawTable:
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(item.file_size for item in archive.infolist())
            if size > MOST_BYTES or size > MOST_RATIO * max(len(data), 4096):
                raise UnreadableFile(
                    "The zip file unpacks to far more than its size allows for: it is refused."
                )
            if not any(name.lower().endswith(".shp") for name in archive.namelist()):
                raise UnreadableFile("The zip file holds no shapefile (.shp). Unzip other files first.")
    frame = pyogrio.read_dataframe(path)
    if "geometry" not in frame or frame.empty:
        raise UnreadableFile("The file holds no features.")
    notes = () if frame.crs else ("no coordinate system is declared: WGS 84 is assumed",)
    frame = frame.to_crs(4326) if frame.crs else frame
    points = frame.geometry.representative_point()
    attributes = pa.Table.from_pandas(frame.drop(columns="geometry"), preserve_index=False)
    table = _as_text(attributes).drop_columns("row_number")
    table = table.append_column("longitude (geometry)", pa.array(points.x.astype(str), pa.string()))
    table = table.append_column("latitude (geometry)", pa.array(points.y.astype(str), pa.string()))
    table = table.append_column("geometry (WKB)", pa.array(frame.geometry.to_wkb(), pa.binary()))
    return RawTable(_numbered(table, np.arange(2, len(frame) + 2)), digest, "Geographic", notes, epsg=4326)


def _as_text(table: pa.Table) -> pa.Table:
    if table.num_columns > MOST_COLUMNS:
        raise UnreadableFile(f"The file has {table.num_columns} columns; at most {MOST_COLUMNS} are read.")
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
            continue
        columns["row_number (file)" if name == "row_number" else name] = column.cast(pa.string())
    return _numbered(pa.table(columns), np.arange(2, table.num_rows + 2))


def _numbered(table: pa.Table, numbers: np.ndarray) -> pa.Table:
    return table.append_column("row_number", pa.array(numbers, pa.int64()))
