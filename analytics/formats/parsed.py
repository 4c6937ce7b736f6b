"""What a parser makes of a file, and how it travels between two processes: an Arrow stream with notes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, BinaryIO

import pyarrow as pa

from analytics.formats.parts import Part, PartTable, RefusedRow, describe_parts, join_parts

Texts = tuple[tuple[str, ...], ...]
"""Rows of cells."""


@dataclass(frozen=True)
class Layout:
    """What a user may see and choose of how a file is laid out. `head`: its first rows as they stand in it,
    where one of them names the columns; `header_row`: which, from 1, 0 where none. `parts`: where it has
    several tables."""

    head: Texts = ()
    header_row: int = 1
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class ParsedFile:
    """Columns batch by batch, `notes` for the user, and the rows that could not be parsed. `preamble`: the
    rows above the column names. `format`: where the parser alone knows it. `encoding` and `separator`: of
    text. `shape`: of features, the kind of their geometry."""

    schema: pa.Schema
    batches: Iterable[pa.RecordBatch]
    notes: tuple[str, ...] = ()
    refused: Sequence[RefusedRow] = ()
    layout: Layout = Layout()
    preamble: Texts = ()
    format: str = ""
    encoding: str = ""
    separator: str = ""
    shape: str = ""

    @classmethod
    def from_table(
        cls, table: pa.Table, notes: tuple[str, ...] = (), refused: Sequence[RefusedRow] = ()
    ) -> ParsedFile:
        return cls(table.schema, table.to_batches(), notes, refused)

    @classmethod
    def from_parts(
        cls,
        parts: Sequence[Part],
        read: Sequence[PartTable],
        notes: tuple[str, ...] = (),
        layout: Layout = Layout(),
    ) -> ParsedFile:
        """The file whose parts these are, of which some were read."""
        table, refused = join_parts(read)
        parsed = cls.from_table(table, (*describe_parts(parts), *notes), refused)
        return replace(parsed, layout=replace(layout, parts=tuple(parts) if len(parts) > 1 else ()))

    def table(self) -> pa.Table:
        """All columns at once."""
        return pa.Table.from_batches(self.batches, self.schema)


def write_parsed(parsed: ParsedFile, output: BinaryIO) -> None:
    """Write the columns as an Arrow stream whose schema carries all the rest."""
    about = {
        "notes": parsed.notes,
        "refused": parsed.refused,
        "layout": asdict(parsed.layout),
        "preamble": parsed.preamble,
        "format": parsed.format,
        "encoding": parsed.encoding,
        "separator": parsed.separator,
    }
    schema = parsed.schema.with_metadata({**(parsed.schema.metadata or {}), "about": json.dumps(about)})
    with pa.ipc.new_stream(output, schema) as stream:
        for batch in parsed.batches:
            stream.write_batch(pa.record_batch(batch.columns, schema=schema))


def read_parsed(stream: bytes) -> ParsedFile:
    """What such a stream holds. Raises ArrowInvalid where it is cut short."""
    table = pa.ipc.open_stream(stream).read_all()
    carried = table.schema.metadata or {}
    about: dict[str, Any] = json.loads(carried.pop(b"about", b"{}"))
    table = table.replace_schema_metadata(carried or None)
    layout = about["layout"]
    parts = tuple(Part(**part | {"columns": tuple(part["columns"])}) for part in layout["parts"])
    return ParsedFile(
        table.schema,
        table.to_batches(),
        tuple(about["notes"]),
        [(number, reason, text) for number, reason, text in about["refused"]],
        Layout(as_texts(layout["head"]), layout["header_row"], parts),
        as_texts(about["preamble"]),
        about["format"],
        about["encoding"],
        about["separator"],
    )


def as_texts(rows: Iterable[Iterable[str]]) -> Texts:
    """Rows of cells as they are compared and kept."""
    return tuple(tuple(row) for row in rows)
