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
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BLOCK = 128  # rows under one digest
_AT_ONCE = BLOCK << 11  # rows read at a time
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
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:  # rows are read while others are digested, but not far ahead
        coming: deque[Future[list[BlockDigest]]] = deque()
        for start in range(first - first % BLOCK, last + 1, _AT_ONCE):
            rows = cursor.sql(
                f'SELECT {chosen} FROM "{table}" WHERE source_id = ? AND row_number >= ? AND row_number < ?',
                params=[source_id, start, start + _AT_ONCE],
            ).to_arrow_table()
            if len(coming) == workers:
                found += coming.popleft().result()
            if len(rows):
                coming.append(pool.submit(_digest_rows, rows, kinds, source_id))
        for digests in coming:
            found += digests.result()
    return found


def _read_kinds(cursor: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """The type that each column of a table is read as, by name, in the order of the alphabet."""
    columns = cursor.execute(f'DESCRIBE "{table}"').fetchall()
    return {name: _READ_AS.get(data_type, "VARCHAR") for name, data_type, *_ in sorted(columns)}


def _order_rows(rows: pa.Table) -> pa.Table:
    """In the order of their numbers; of one number, of their values."""
    numbers = rows["row_number"].to_numpy()
    steps = np.diff(numbers)
    if np.all(steps > 0):
        return rows
    falls = (np.flatnonzero(steps < 0) + 1).tolist()
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


def _digest_rows(rows: pa.Table, kinds: dict[str, str], source_id: int) -> list[BlockDigest]:
    rows = _order_rows(rows)
    blocks = rows["row_number"].to_numpy() // BLOCK
    cuts = np.concatenate(([0], np.flatnonzero(np.diff(blocks)) + 1, [len(rows)]))
    pieces = [
        piece
        for name, kind in kinds.items()
        if rows[name].null_count < len(rows)
        for piece in _lay_out(name, kind, rows[name], cuts)
    ]
    contents = pc.binary_join_element_wise(*pieces, pa.scalar(b"", pa.large_binary()), null_handling="skip")
    ends = np.frombuffer(contents.buffers()[1], np.int64)[: len(contents) + 1].tolist()
    content = memoryview(contents.buffers()[2])
    firsts = (blocks[cuts[:-1]] * BLOCK).tolist()
    return [
        BlockDigest(
            f"{source_id}/{first}-{first + BLOCK - 1}", count, hashlib.sha256(content[start:end]).hexdigest()
        )
        for first, count, start, end in zip(firsts, np.diff(cuts).tolist(), ends[:-1], ends[1:], strict=True)
    ]


def _lay_out(
    name: str, kind: str, column: pa.ChunkedArray, cuts: npt.NDArray[np.int64]
) -> Iterator[pa.Array]:
    """What a column adds to each block, piece by piece: the bytes between two cuts are one element, which is
    null in a block of which no row has a value."""
    is_text = kind == "VARCHAR"
    values = column.cast(pa.large_string() if is_text else column.type).combine_chunks()
    present = values.is_valid().cast(pa.uint8()).to_numpy()
    used = np.maximum.reduceat(present, cuts[:-1]).astype(bool)
    headers = np.frombuffer(f"{name}\0{kind}\0".encode() * len(used), np.uint8)
    yield _split(headers, np.linspace(0, len(headers), len(used) + 1, dtype=np.int64), used)
    yield _split(present, cuts, used)
    if is_text:
        filled = values.fill_null("")
        starts = np.frombuffer(filled.buffers()[1], np.int64)[filled.offset : filled.offset + len(filled) + 1]
        yield _split(np.diff(starts).astype(np.int32), 4 * cuts, used)
        yield _split(np.frombuffer(filled.buffers()[2] or b"", np.uint8), starts[cuts], used)
        return
    if kind == "TIMESTAMP":
        values = values.cast(pa.int64())
    numbers = values.fill_null(0).to_numpy()
    if kind == "DOUBLE":
        numbers = numbers + 0.0  # a negative zero is a zero
    yield _split(numbers, 8 * cuts, used)


def _split(
    values: npt.NDArray[np.generic], starts: npt.NDArray[np.int64], used: npt.NDArray[np.bool_]
) -> pa.Array:
    """The bytes of an array from each start to the next; null where they are not used."""
    missing = None if used.all() else pa.array(used).buffers()[1]
    return pa.Array.from_buffers(
        pa.large_binary(),
        len(used),
        [missing, pa.py_buffer(np.ascontiguousarray(starts)), pa.py_buffer(np.ascontiguousarray(values))],
    )
