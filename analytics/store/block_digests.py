"""Digests of imported rows, in blocks of 128 by row number.

A block's digest is the SHA-256 over its rows in the order of their numbers, column by column in the order of
the alphabet. Of a column that has a value in the block there are: its name and kind, each ended by a NUL; a
byte for each row, 1 where it has a value; and the values. Numbers, dates and moments (microseconds since
1970) and truth values take 8 bytes each, little-endian, 0 where there is none. Of any
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
_AT_ONCE = (
    BLOCK << 9
)  # rows read at a time: memory that is used again, where more would be new pages each time
_FEW = 512  # runs of rows in order, up to which the runs are ordered and not the rows
_READ_AS = {  # how the values of a kind are read; any other type is read as its text
    **dict.fromkeys(
        ("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "UINTEGER"), "BIGINT"
    ),
    **dict.fromkeys(("DOUBLE", "FLOAT"), "DOUBLE"),
    **dict.fromkeys(("DATE", "TIMESTAMP"), "TIMESTAMP"),
}

# As which the values of a kind are laid out. A date is the moment that it begins.
_CAST_TO = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR": pa.large_string(),
}


@dataclass(frozen=True)
class BlockDigest:
    """`part`: the source and the first and last row number that the block may hold, as '4/128-255'."""

    part: str
    rows: int
    digest: str


def digest_blocks(cursor: duckdb.DuckDBPyConnection, table: str, source_id: int) -> list[BlockDigest]:
    """Of all rows of one source in a table of imported rows."""
    kinds = _read_kinds(cursor, table, source_id)
    if not kinds:
        return []
    # Arrow casts a number in place; the store would write each of a million values once more.
    chosen = ", ".join(
        f'CAST("{name}" AS VARCHAR) AS "{name}"' if kind == "VARCHAR" else f'"{name}"'
        for name, kind in kinds.items()
    )
    ((first, last),) = cursor.execute(
        f'SELECT min(row_number), max(row_number) FROM "{table}" WHERE source_id = ?', [source_id]
    ).fetchall()

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


def _read_kinds(cursor: duckdb.DuckDBPyConnection, table: str, source_id: int) -> dict[str, str]:
    """How each column of a table is read in which a row of the source has a value, by name, in the order of
    the alphabet."""
    columns = cursor.execute(f'DESCRIBE "{table}"').fetchall()
    kinds = {name: _READ_AS.get(data_type, "VARCHAR") for name, data_type, *_ in sorted(columns)}
    counts = ", ".join(f'count("{name}")' for name in kinds)
    (filled,) = cursor.execute(f'SELECT {counts} FROM "{table}" WHERE source_id = ?', [source_id]).fetchall()
    return {name: kind for (name, kind), count in zip(kinds.items(), filled, strict=True) if count}


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
    all_present = np.ones(len(rows), np.uint8)
    pieces = [
        piece
        for name, kind in kinds.items()
        if rows[name].null_count < len(rows)
        for piece in _lay_out(name, kind, rows[name], cuts, all_present)
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
    name: str,
    kind: str,
    column: pa.ChunkedArray,
    cuts: npt.NDArray[np.int64],
    all_present: npt.NDArray[np.uint8],
) -> Iterator[pa.Array]:
    """What a column adds to each block, piece by piece: the bytes between two cuts are one element, which is
    null in a block of which no row has a value."""
    values = column.cast(_CAST_TO[kind]).combine_chunks()
    if kind == "TIMESTAMP":
        values = values.cast(pa.int64())
    present, used = all_present, None
    if values.null_count:
        present = values.is_valid().cast(pa.uint8()).to_numpy()
        used = np.maximum.reduceat(present, cuts[:-1]).astype(bool)
        values = values.fill_null("" if kind == "VARCHAR" else 0)
    blocks = len(cuts) - 1
    header = f"{name}\0{kind}\0".encode()
    starts = np.arange(0, len(header) * blocks + 1, len(header), dtype=np.int64)
    yield _split(np.frombuffer(header * blocks, np.uint8), starts, used)
    yield _split(present, cuts, used)
    if kind == "VARCHAR":
        offsets = np.frombuffer(values.buffers()[1], np.int64)[
            values.offset : values.offset + len(values) + 1
        ]
        yield _split(np.diff(offsets).astype(np.int32), 4 * cuts, used)
        yield _split(np.frombuffer(values.buffers()[2] or b"", np.uint8), offsets[cuts], used)
        return
    numbers = values.to_numpy()
    if kind == "DOUBLE":
        numbers = numbers + 0.0  # a negative zero is a zero
    yield _split(numbers, 8 * cuts, used)


def _split(
    values: npt.NDArray[np.generic], starts: npt.NDArray[np.int64], used: npt.NDArray[np.bool_] | None
) -> pa.Array:
    """The bytes of an array from each start to the next; null where they are not used; None: all are."""
    missing = None if used is None or used.all() else pa.array(used).buffers()[1]
    return pa.Array.from_buffers(
        pa.large_binary(),
        len(starts) - 1,
        [missing, pa.py_buffer(np.ascontiguousarray(starts)), pa.py_buffer(np.ascontiguousarray(values))],
    )
