"""Zip files of other files (a download of several months, a map, a KMZ): which are read, as one table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from analytics.formats import content
from analytics.formats.archive import MAXIMUM_BYTES, check_zip, listed
from analytics.formats.delimited import read_delimited
from analytics.formats.foot import drop_foot
from analytics.formats.header import UnreadableFile
from analytics.formats.jsonlines import LINES, parse_records
from analytics.formats.markup_tables import parse_page
from analytics.formats.parquet import parse_parquet
from analytics.formats.parsed import ParsedFile
from analytics.formats.parts import Part, PartTable, choose_parts, describe_parts
from analytics.formats.shapes import parse_shapefile, parse_shapes
from analytics.formats.statements import find_statement, parse_statement
from analytics.formats.workbook import parse_workbook
from analytics.formats.xml_tables import parse_xml

_OF_SHAPEFILE = (
    ".shx",
    ".dbf",
    ".prj",
    ".cpg",
    ".sbn",
    ".sbx",
    ".qix",
    ".fbn",
    ".fbx",
    ".ain",
    ".aih",
    ".shp.xml",
)
_BESIDE = (
    *(
        ".pdf",
        ".doc",
        ".docx",
        ".md",
        ".rtf",
        ".html",
        ".htm",
        ".css",
        ".js",
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
    ),
    *(
        ".tif",
        ".tiff",
        ".svg",
        ".dae",
        ".xsl",
        ".xsd",
        ".lyr",
        ".lyrx",
        ".qml",
        ".qmd",
        ".sld",
        ".mxd",
        ".aprx",
    ),
    *(".mp3", ".mp4", ".ico", ".log", ".ini", ".sha256", ".md5", ".sql", ".py", ".r"),
)
_HEAD = 1 << 16
_MAXIMUM_FILES = 2000
_CANNOT = (ValueError, OSError, RuntimeError, KeyError)


def parse_archive(
    data: bytes, kind: str = "", wanted_parts: Sequence[str] = (), header_row: int | None = None
) -> ParsedFile:
    """The files wanted, else the largest and those with its columns; where there is one, what is wanted or
    likeliest of its own parts. Raises UnreadableFile.

    To be called in a process of its own, as the files' own parsers are."""
    check_zip(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = _files(archive)
        if not files:
            raise _nothing_read(archive)
        if len(files) == 1:
            return _parse(archive, files[0], kind, wanted_parts, header_row)
        members, refusals = _describe(archive, files, kind, header_row)
        if not members:
            raise UnreadableFile(refusals[0][1])
        wanted = [one.part.name for one in members if {one.part.name, one.file} & set(wanted_parts)]
        known = {one.file for one in members}
        wanted += [name for name in wanted_parts if name not in wanted and name not in known]
        parts = choose_parts([one.part for one in members], wanted, kind)
        read: list[PartTable] = []
        notes: list[str] = []
        first: ParsedFile | None = None
        for part, member in zip(parts, members, strict=True):
            if part.is_read:
                parsed = _parse(archive, member.file, kind, member.inner, header_row)
                table, refused, left_out = drop_foot(parsed.table(), parsed.refused)
                read.append(PartTable(part, table, refused))
                first = first or parsed
                of_parts = describe_parts(parsed.layout.parts) if member.inner else ()
                of_file = [note for note in (*parsed.notes, *left_out) if note not in of_parts]
                notes += [f"{part.name}: {note}" for note in of_file][: 40 - len(notes)]
    notes += [f"not read: the file '{name}' ({reason})" for name, reason in refusals]
    assert first is not None  # some part is always chosen
    joined = ParsedFile.from_parts(parts, read, tuple(_without_repeats(notes)), first.layout)
    return replace(
        joined,
        format=first.format,
        encoding=first.encoding,
        separator=first.separator,
        preamble=first.preamble,
    )


def _files(archive: zipfile.ZipFile) -> list[str]:
    """The files that may be tables or maps, in order of their names; of a shapefile its .shp."""
    names = sorted(item.filename for item in listed(archive))
    stems = {PurePosixPath(name.lower()).with_suffix("") for name in names if name.lower().endswith(".shp")}

    def is_other(name: str) -> bool:
        lower = name.lower()
        belongs = (
            lower.endswith(_OF_SHAPEFILE)
            and PurePosixPath(lower.removesuffix(".xml")).with_suffix("") in stems
        )
        return belongs or lower.endswith((*_BESIDE, ".zip", ".shp.xml"))

    found = [name for name in names if not is_other(name)]
    if len(found) > _MAXIMUM_FILES:
        raise UnreadableFile(
            f"The zip file holds {len(found):,} files; at most {_MAXIMUM_FILES:,} are read at once. "
            "Unpack it, and zip those needed."
        )
    return found


def _nothing_read(archive: zipfile.ZipFile) -> UnreadableFile:
    names = [item.filename for item in listed(archive)]
    inner = [name for name in names if name.lower().endswith(".zip")]
    if inner:
        return UnreadableFile(
            f"The zip file holds another zip file ({inner[0]}), which is not opened. Unpack it, and import "
            "the files in it."
        )
    return UnreadableFile(
        f"The zip file holds no table and no map. It holds: {', '.join(names[:6]) or 'nothing'}."
    )


@dataclass(frozen=True)
class _Member:
    """A file of the archive as a part, or a part of that file, which `inner` then names."""

    part: Part
    file: str
    inner: tuple[str, ...] = ()


def _describe(
    archive: zipfile.ZipFile, files: Sequence[str], kind: str, header_row: int | None
) -> tuple[list[_Member], list[tuple[str, str]]]:
    """Each file as a part, or each part of it; those that cannot be read, with the reason."""
    parts: list[_Member] = []
    refusals = []
    for name in files:
        try:
            parts += _members(archive, name, kind, header_row)
        except UnreadableFile as error:
            refusals.append((name, str(error)))
        except _CANNOT as error:
            refusals.append((name, f"it is damaged: {str(error)[:100]}"))
    return parts, refusals


def _members(archive: zipfile.ZipFile, name: str, kind: str, header_row: int | None) -> Sequence[_Member]:
    """A file, or its sheets, layers or lists, by columns and how many rows they have; a text is not parsed
    whole for that."""
    if not name.lower().endswith(".shp"):
        data = archive.read(name)
        if content.find_kind(data, _suffix(name)) == content.TEXT:
            head = data if len(data) <= _HEAD else data[: data.rfind(b"\n", 0, _HEAD) + 1]
            layout = read_delimited(head, header_row=header_row)
            rows = data.count(b"\n") + (not data.endswith(b"\n")) - layout.layout.header_row
            return [_Member(Part(name, "file", rows, _names(layout)), name)]
    parsed = _parse(archive, name, kind, (), header_row)
    inner = parsed.layout.parts
    if len(inner) < 2:
        return [_Member(Part(name, "file", parsed.table().num_rows, _names(parsed), parsed.shape), name)]
    listed = [replace(part, name=f"{name}: {part.name}", is_read=False) for part in inner]
    return [_Member(part, name, (own.name,)) for part, own in zip(listed, inner, strict=True)]


def _parse(
    archive: zipfile.ZipFile, name: str, kind: str, wanted_parts: Sequence[str], header_row: int | None
) -> ParsedFile:
    """One file of the archive, as it would be read by itself."""
    if name.lower().endswith(".shp"):
        return parse_shapefile(archive, name, kind)
    data, suffix = archive.read(name), _suffix(name)
    if not data or data.isspace():
        raise UnreadableFile(f"{PurePosixPath(name).name} is empty.")
    found = content.find_kind(data, suffix)
    if found == content.SHAPES:
        return parse_shapes(data, kind, wanted_parts)
    if found == content.WORKBOOK:
        return replace(parse_workbook(data, MAXIMUM_BYTES, kind, wanted_parts, header_row), format="Excel")
    if found == content.PARQUET:
        return replace(parse_parquet(data, MAXIMUM_BYTES), format="Parquet")
    if found == content.RECORDS:
        return replace(parse_records(data, kind, wanted_parts, are_lines=suffix in LINES), format="JSON")
    if found == content.PAGE:
        return replace(parse_page(data, kind, wanted_parts, header_row), format="Web page")
    if found == content.XML:
        return parse_xml(data, kind, wanted_parts)
    if found == content.STATEMENT:
        name = find_statement(data) or "camt"
        return replace(parse_statement(data, name, kind), format=name)
    if found == content.ARCHIVE:
        raise UnreadableFile(
            f"{name} is a zip file within the zip file: unpack it, and import the files in it."
        )
    return read_delimited(data, header_row=header_row)


def _suffix(name: str) -> str:
    return PurePosixPath(name.lower()).suffix.removeprefix(".")


def _names(parsed: ParsedFile) -> tuple[str, ...]:
    return tuple(name for name in parsed.schema.names if name != "row_number")


def _without_repeats(notes: Sequence[str]) -> list[str]:
    """The notes, each once: files of one archive mostly give rise to the same."""
    by_text: dict[str, str] = {}
    for note in notes:
        by_text.setdefault(note.partition(": ")[2] or note, note)
    return list(by_text.values())
