"""Parquet as text columns."""

from __future__ import annotations

import io
from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.formats.header import UnreadableFile, check_width, unique_names
from analytics.formats.parsed import ParsedFile

_ROWS_AT_ONCE = 1 << 16


def parse_parquet(data: bytes, maximum_bytes: int, wanted: Collection[str] = ()) -> ParsedFile:
    """A table of text, made batch by batch: a few bytes of Parquet may stand for any number of long texts.

    Columns of lists, records and bytes are left out; where `wanted` are all there, the others too."""
    schema = pq.read_schema(io.BytesIO(data))
    check_width(len(schema.names))
    names = [column.name for column in schema if _can_be_text(column.type)]
    if wanted and set(wanted) <= set(schema.names):
        names = [name for name in names if name in wanted]
    texts = [column.name for column in schema if pa.types.is_string(column.type)]
    file = pq.ParquetFile(io.BytesIO(data), read_dictionary=texts)  # each repeated text once
    columns = names if len(names) < len(schema.names) else None
    batches: list[pa.RecordBatch] = []
    size = replaced = 0
    for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=columns):
        size += sum(_text_bytes(column) for column in batch.columns)
        if size > maximum_bytes:
            raise UnreadableFile(
                f"The Parquet file unpacks to more than {maximum_bytes >> 20:,} MB of text, far more than "
                "its size allows for: split it by month or year."
            )
        made = []
        for column in batch.columns:
            text, unreadable = _replace_undecodable(_as_text(column))
            replaced += unreadable
            made.append(text)
        batches.append(pa.record_batch(made, names=batch.schema.names))
    table = pa.Table.from_batches(batches) if batches else _empty(names)
    table = table.rename_columns(unique_names(table.column_names))
    numbers = pa.array(np.arange(2, table.num_rows + 2), pa.int64())
    notes = (f"{replaced:,} texts are not UTF-8: what cannot be read in them is shown as \ufffd.",)
    return ParsedFile.from_table(table.append_column("row_number", numbers), notes if replaced else ())


def _empty(names: list[str]) -> pa.Table:
    return pa.table([pa.array([], pa.string()) for _ in names], names=names)


def _can_be_text(kind: pa.DataType) -> bool:
    """Whether text can be made of a column of this type, unlike of lists, records and bytes."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    binary = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    if pa.types.is_nested(kind) or binary:
        return False
    try:
        pa.array([], kind).cast(pa.string())
    except pa.ArrowException:
        return False
    return True


def _text_bytes(column: pa.Array) -> int:
    """What the column takes as text, before it is made."""
    if not pa.types.is_dictionary(column.type):
        return int(max(column.nbytes, 8 * len(column)))
    lengths = pc.binary_length(column.dictionary.cast(pa.large_string()))
    return 4 * len(column) + (pc.sum(lengths.take(column.indices)).as_py() or 0)


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.string())


def _replace_undecodable(column: pa.Array) -> tuple[pa.Array, int]:
    """The column with U+FFFD for what is not UTF-8, and how many texts that concerned."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        written = column.cast(pa.binary()).to_pylist()
        texts = [None if text is None else text.decode(errors="replace") for text in written]
        return pa.array(texts, pa.string()), sum(text is not None and "\ufffd" in text for text in texts)
    return column, 0
