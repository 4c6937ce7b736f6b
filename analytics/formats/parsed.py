"""What a parser makes of a file, and how it travels between two processes: an Arrow stream with notes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

RefusedRow = tuple[int, str, str]
"""Row number, reason, the row's text."""


@dataclass(frozen=True)
class ParsedFile:
    """Columns batch by batch, `notes` for the user, and the rows that could not be parsed."""

    schema: pa.Schema
    batches: Iterable[pa.RecordBatch]
    notes: tuple[str, ...] = ()
    refused: Sequence[RefusedRow] = ()

    @classmethod
    def from_table(
        cls, table: pa.Table, notes: tuple[str, ...] = (), refused: Sequence[RefusedRow] = ()
    ) -> ParsedFile:
        return cls(table.schema, table.to_batches(), notes, refused)


def write_parsed(parsed: ParsedFile, output: BinaryIO) -> None:
    """Write the columns as an Arrow stream whose schema carries the notes and refused rows."""
    carried = {"notes": json.dumps(parsed.notes), "refused": json.dumps(parsed.refused)}
    schema = parsed.schema.with_metadata({**(parsed.schema.metadata or {}), **carried})
    with pa.ipc.new_stream(output, schema) as stream:
        for batch in parsed.batches:
            stream.write_batch(pa.record_batch(batch.columns, schema=schema))


def read_parsed(stream: bytes) -> tuple[pa.Table, tuple[str, ...], list[RefusedRow]]:
    """The table, notes and refused rows of such a stream. Raises ArrowInvalid where it is cut short."""
    table = pa.ipc.open_stream(stream).read_all()
    carried = table.schema.metadata or {}
    notes = tuple(json.loads(carried.pop(b"notes", b"[]")))
    refused = [(number, reason, text) for number, reason, text in json.loads(carried.pop(b"refused", b"[]"))]
    return table.replace_schema_metadata(carried or None), notes, refused
