"""Digests of imported rows, in blocks of 128 by row number.

A block's digest is the SHA-256 over its rows in the order of their numbers, column by column in the order of
the alphabet. Of a column that has a value in the block there are: its name and kind, each ended by a NUL; a
byte for each row, 1 where it has a value; and the values. Numbers, dates (days since 1970), moments
(microseconds since 1970) and truth values take 8 bytes each, little-endian, 0 where there is none. Of any
other type the value is its text: a length of 4 bytes for each row, then the UTF-8 bytes of all. A column
without any value adds nothing, so one that is added later changes no digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BLOCK = 128  # rows under one digest
_AT_ONCE = BLOCK << 13  # rows read at a time
_FEW = 64  # runs of rows in order, up to which the runs are ordered and not the rows
_READ_AS = {  # how the values of a kind are read; any other type is read as its text
    **dict.fromkeys(
        ("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "UINTEGER"), "BIGINT"
    ),
    **dict.fromkeys(("DOUBLE", "FLOAT"), "DOUBLE"),
    **dict.fromkeys(("DATE", "TIMESTAMP"), "TIMESTAMP"),
}


@dataclass(frozen=True)
class BlockDigest:
    """`part`: the source and the first and last row number that the block may hold, as '4/128-255'."""

    part: str
    rows: int
    digest: str


@dataclass(frozen=True)
class _Column:
    """The values of a column and where each row's begin: 8 bytes a row, or the bytes of its text. `present`:
    a byte for each row, 1 where it has a value; `used`: for each block, whether any row has; `sizes`: of a
    text, the bytes of each row."""

    header: bytes
    values: memoryview
    starts: npt.NDArray[np.int64]
    present: npt.NDArray[np.uint8]
    used: list[bool]
    sizes: npt.NDArray[np.int32] | None


def digest_blocks(cursor: duckdb.DuckDBPyConnection, table: str, source_id: int) -> list[BlockDigest]:
    """Of all rows of one source in a table of imported rows."""
    kinds = _read_kinds(cursor, table)
    chosen = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in kinds.items())
    ((first, last),) = cursor.execute(
        f'SELECT min(row_number), max(row_number) FROM "{table}" WHERE source_id = ?', [source_id]
    ).fetchall()
    if first is None:
        return []
    found: list[BlockDigest] = []
    for start in range(first - first % BLOCK, last + 1, _AT_ONCE):
        rows = cursor.sql(
            f'SELECT {chosen} FROM "{table}" WHERE source_id = ? AND row_number >= ? AND row_number < ?',
            params=[source_id, start, start + _AT_ONCE],
        ).to_arrow_table()
        if len(rows):
            found += _digest_rows(_order_rows(rows), kinds, source_id)
    return found


def _read_kinds(cursor: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """The type that each column of a table is read as, by name, in the order of the alphabet."""
    columns = cursor.execute(f'DESCRIBE "{table}"').fetchall()
    return {name: _READ_AS.get(data_type, "VARCHAR") for name, data_type, *_ in sorted(columns)}


def _order_rows(rows: pa.Table) -> pa.Table:
    """In the order of their numbers; of one number, of their values."""
    numbers = rows["row_number"].to_numpy()
    falls = (np.flatnonzero(np.diff(numbers) < 0) + 1).tolist()
    if 0 < len(falls) < _FEW:  # written by several threads, each in order: nothing need be copied
        runs = [slice(start, stop) for start, stop in zip([0, *falls], [*falls, len(rows)], strict=True)]
        runs.sort(key=lambda run: numbers[run.start])
        rows = pa.concat_tables(rows.slice(run.start, run.stop - run.start) for run in runs)
        numbers = rows["row_number"].to_numpy()
    if np.all(np.diff(numbers) > 0):
        return rows
    order = np.argsort(numbers, kind="stable")
    if np.any(np.diff(numbers[order]) == 0):
        by = ["row_number", *(name for name in rows.column_names if name != "row_number")]
        order = pc.sort_indices(rows, [(name, "ascending") for name in by])
    return rows.take(order)


def _digest_rows(rows: pa.Table, kinds: dict[str, str], source_id: int) -> Iterator[BlockDigest]:
    blocks = rows["row_number"].to_numpy() // BLOCK
    cuts = [0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist()]
    columns = [
        _lay_out(name, kind, rows[name].combine_chunks(), cuts)
        for name, kind in kinds.items()
        if rows[name].null_count < len(rows)
    ]
    for block, (start, stop) in enumerate(zip(cuts, [*cuts[1:], len(rows)], strict=True)):
        pieces: list[bytes | memoryview] = []
        for column in columns:
            if not column.used[block]:
                continue
            pieces += [column.header, column.present[start:stop].data]
            if column.sizes is not None:
                pieces.append(column.sizes[start:stop].data.cast("B"))
            pieces.append(column.values[column.starts[start] : column.starts[stop]])
        first = int(blocks[start]) * BLOCK
        part = f"{source_id}/{first}-{first + BLOCK - 1}"
        yield BlockDigest(part, stop - start, hashlib.sha256(b"".join(pieces)).hexdigest())


def _lay_out(name: str, kind: str, values: pa.Array, cuts: list[int]) -> _Column:
    header = f"{name}\0{kind}\0".encode()
    present = values.is_valid().cast(pa.uint8()).to_numpy()
    used = np.maximum.reduceat(present, cuts).astype(bool).tolist()
    if kind == "VARCHAR":
        filled = values.fill_null("")
        starts = np.frombuffer(filled.buffers()[1], np.int32)[filled.offset : filled.offset + len(filled) + 1]
        text = memoryview(filled.buffers()[2] or b"").cast("B")
        return _Column(header, text, starts.astype(np.int64), present, used, np.diff(starts))
    if kind == "TIMESTAMP":
        values = values.cast(pa.int64())
    numbers = values.fill_null(0).to_numpy()
    if kind == "DOUBLE":
        numbers = numbers + 0.0  # a negative zero is a zero
    steps = np.arange(0, 8 * len(numbers) + 1, 8, dtype=np.int64)
    return _Column(header, np.ascontiguousarray(numbers).data.cast("B"), steps, present, used, None)
