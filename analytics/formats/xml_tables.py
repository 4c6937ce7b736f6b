"""Tables in XML of any kind: the elements that repeat are the rows, what stands in each its columns. So are
read the exports of databases and portals, feeds (RSS, Atom, GeoRSS) and the backups of a phone's calls and
messages.

The file is read as data: declarations are refused, and nothing is fetched."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
from lxml import etree

from analytics.formats.header import UnreadableFile, unique_names
from analytics.formats.parsed import ParsedFile
from analytics.formats.parts import Part, PartTable, choose_parts
from analytics.formats.xml_declarations import READING, refuse_declarations

_DEEPEST = 3  # elements within that of a row whose texts are columns too
_NAMES_OF_COLUMNS = ("name", "field", "key", "column", "id")  # <field name="offence">Theft</field>
_HELD_BY_COLUMN = (
    "field",
    "column",
    "col",
    "data",
    "property",
    "attribute",
    "value",
    "item",
    "cell",
    "simpledata",
)
# What the numbers say in the backups of Android's calls and messages, by the element of a row.
_PHONE_CODES = {
    "call": {
        "1": "incoming",
        "2": "outgoing",
        "3": "missed",
        "4": "voicemail",
        "5": "rejected",
        "6": "rejected",
    },
    "sms": {"1": "received", "2": "sent", "3": "draft", "4": "outbox", "5": "failed", "6": "queued"},
    "mms": {"1": "received", "2": "sent", "3": "draft", "4": "outbox"},
}
_BACKUPS = ("calls", "smses")
_Path = tuple[str, ...]


@dataclass
class _Rows:
    """The elements at one path, and the values of each by column."""

    elements: list[etree._Element] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, element: etree._Element, row: dict[str, str]) -> None:
        self.elements.append(element)
        self.rows.append(row)

    @property
    def columns(self) -> dict[str, None]:
        return {name: None for row in self.rows for name in row}


def parse_xml(data: bytes, kind: str = "", wanted_parts: Sequence[str] = ()) -> ParsedFile:
    """The rows of the element wanted, else of the one that fills the largest table. Raises UnreadableFile
    where nothing repeats."""
    refuse_declarations(data)
    parser = etree.XMLParser(**READING)
    try:
        root = etree.parse(io.BytesIO(data), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"The XML is not well formed: {str(error)[:150]}") from error
    found = _find_rows(root)
    if not found:
        raise UnreadableFile(
            f"This is XML (<{_local(root)[:40]}>) without a table: no element of several values repeats. "
            "Export the table from the program that made it as CSV, Excel or Parquet, and import that."
        )
    parts = choose_parts(
        [Part("/".join(path), "element", len(one.rows), tuple(one.columns)) for path, one in found.items()],
        wanted_parts,
        kind,
    )
    read = [
        PartTable(part, _as_table(one))
        for part, one in zip(parts, found.values(), strict=True)
        if part.is_read
    ]
    names = ", ".join(f"<{part.name.rpartition('/')[2]}>" for part in parts if part.is_read)
    parsed = ParsedFile.from_parts(parts, read, (f"the rows are the elements {names} of XML",))
    around = [one.elements[0] for part, one in zip(parts, found.values(), strict=True) if part.is_read]
    return replace(parsed, format="XML", encoding="utf-8", preamble=_read_around(around[0], found))


def _read_around(element: etree._Element, found: dict[_Path, _Rows]) -> tuple[tuple[str, str], ...]:
    """What the elements around all rows state, name and value: whose statement it is, say."""
    repeated = {id(each) for one in found.values() if len(one.elements) > 1 for each in one.elements}
    around = [outer for outer in element.iterancestors() if id(outer) not in repeated]
    return tuple(pair for outer in reversed(around) for pair in _read_own(outer).items())


def _find_rows(root: etree._Element) -> dict[_Path, _Rows]:
    """The elements that may be rows, by their path: those with two values or more. One that stands within a
    row and repeats there is a row of its own too."""
    found: dict[_Path, _Rows] = {}
    is_backup = _local(root) in _BACKUPS
    for path, element in _walk(root, ()):
        row = _read_row(element)
        if len(row) < 2:
            continue
        if is_backup:
            _spell_phone_codes(path[-1], row)
        found.setdefault(path, _Rows()).add(element, row)
    several: dict[_Path, _Rows] = {
        path: one
        for path, one in found.items()
        if len(one.rows) > max(1, len(found[path[:-1]].rows) if path[:-1] in found else 1)
    }
    for path, one in several.items():
        _settle_nesting(path, one, several)
    for path in [path for path, one in several.items() if _is_told_within(path, one, several)]:
        del several[path]
    return several or {path: one for path, one in found.items() if len(path) == 1}


def _settle_nesting(path: _Path, one: _Rows, several: dict[_Path, _Rows]) -> None:
    """Of rows within rows, such as the payments of each of several accounts: give each what the row around it
    states of itself, and leave the values of the inner ones out of the outer row."""
    outer = [path[:depth] for depth in range(1, len(path)) if path[:depth] in several]
    for above in outer:
        before = f"{'.'.join(path[len(above) :])}."
        for row in several[above].rows:
            for name in [name for name in row if name.startswith(before)]:
                del row[name]
    depths = [len(path) - len(above) for above in outer]
    for element, row in zip(one.elements, one.rows, strict=True) if outer else ():
        for up, around in enumerate(element.iterancestors(), start=1):
            if up in depths:
                for name, value in _read_own(around).items():
                    row.setdefault(f"{_local(around)}.{name}", value)


def _is_told_within(path: _Path, one: _Rows, several: dict[_Path, _Rows]) -> bool:
    """Whether rows within these bear all that these state."""
    has_inner = any(len(other) > len(path) and other[: len(path)] == path for other in several)
    return has_inner and all(
        row.keys() <= _read_own(element).keys() for element, row in zip(one.elements, one.rows, strict=True)
    )


def _read_own(element: etree._Element) -> dict[str, str]:
    """The attributes of an element, and the texts of the elements in it that hold nothing else."""
    own = {_local_name(name): value.strip() for name, value in element.attrib.items()}
    own |= {_local(child): (child.text or "").strip() for child in element if not len(child)}
    return {name: value for name, value in own.items() if value}


def _walk(element: etree._Element, path: _Path) -> Iterator[tuple[_Path, etree._Element]]:
    """Every element below one, with its path; the document's own element is left out of it."""
    stack = [(element, path)]
    while stack:
        parent, above = stack.pop()
        for child in reversed(parent):
            stack.append((child, (*above, _local(child))))
        if above:
            yield above, parent


def _read_row(element: etree._Element) -> dict[str, str]:
    """The values of an element by the name of their column: its attributes, and the texts within it."""
    row = {_local_name(name): value.strip() for name, value in element.attrib.items() if value.strip()}
    _read_within(element, "", row, _DEEPEST)
    return row


def _read_within(element: etree._Element, before: str, row: dict[str, str], depth: int) -> None:
    for child in element:
        tag = _local(child)
        name = before + tag
        own = {_local_name(key): value for key, value in child.attrib.items()}
        text = (child.text or "").strip()
        if text and not len(child):
            label = next((own[key] for key in _NAMES_OF_COLUMNS if key in own), None)
            if label and tag.lower() in _HELD_BY_COLUMN:
                name, own = before + label.strip(), {}
            row[name] = f"{row[name]}\n{text}" if name in row else text
        for key, value in own.items():
            if value.strip():
                row.setdefault(f"{name}.{key}", value.strip())
        if len(child) and depth > 1:
            _read_within(child, f"{name}.", row, depth - 1)


def _spell_phone_codes(tag: str, row: dict[str, str]) -> None:
    """Put words in the place of the numbers that say which way a call or message went."""
    codes = _PHONE_CODES.get(tag, {})
    column = "msg_box" if tag == "mms" else "type"
    if column in row:
        row["direction"] = codes.get(row.pop(column), "unknown")
    row["kind"] = "call" if tag == "call" else "message"
    if "address" in row:
        row["number"] = row.pop("address")
    for name in [name for name, value in row.items() if value in ("null", "(Unknown)")]:
        del row[name]


def _as_table(found: _Rows) -> pa.Table:
    columns = [pa.array([row.get(name) for row in found.rows], pa.string()) for name in found.columns]
    numbers = pa.array(range(1, len(found.rows) + 1), pa.int64())
    return pa.table([*columns, numbers], names=[*unique_names(list(found.columns)), "row_number"])


def _local(element: etree._Element) -> str:
    return _local_name(str(element.tag))


def _local_name(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]
