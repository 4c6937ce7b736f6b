"""Columns of a file without a meaning of their own: which are kept with each row, and how.

A weapon, a way of entry or the property taken stays with its row as the file has it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from analytics.ingest.column_words import column_words
from analytics.ingest.columns import Column
from analytics.ingest.distinct import DistinctRows, find_distinct, find_first_rows
from analytics.ingest.roles import MAXIMUM_ATTRIBUTES
from analytics.ingest.sql import RawRows, literal, quoted

KEPT_BY_DEFAULT = ("incident", "premises", "journey", "communication")
_ROWS_FOR_EACH = 8  # rows on average of which one object is made only once
_MOST_CHARACTERS = 300  # of a value on average: a longer one is a text of its own
_DATE_PARTS = frozenset(("year", "month", "dow", "doy", "dayofweek", "week", "ano", "anio", "mes", "dia"))
_ONLY_NUMBERS_A_ROW = frozenset(("objectid", "fid", "globalid", "rowid", "row", "ogc", "gid", "shape"))


def find_attributes(columns: list[Column], used: set[str]) -> tuple[str, ...]:
    """The columns to keep beside those that are used, at most MAXIMUM_ATTRIBUTES, in the order of the file.
    Of more, those of how it was done, to whom and with what."""
    free = [column for column in columns if column.name not in used and _tells_something(column)]
    wanted = [column for column in free if column_words("attribute") & set(column.words)]
    chosen = {column.name for column in [*wanted, *(c for c in free if c not in wanted)][:MAXIMUM_ATTRIBUTES]}
    return tuple(column.name for column in free if column.name in chosen)


def _tells_something(column: Column) -> bool:
    """Whether the values differ and are no place, part of a date, row number, object or long text."""
    if not column.values or column.is_pair or "".join(column.words) in ("", *_ONLY_NUMBERS_A_ROW):
        return False
    if set(column.words) & {"lon", "lat", "long", "longitude", "latitude", "x", "y", "easting", "northing"}:
        return column.numeric < 0.5
    if set(column.words) & _DATE_PARTS:
        return False
    if any(value.lstrip().startswith("{") for value in column.values):
        return False
    if column.rows > 20 and column.distinct == 1 and column.filled > 0.99:
        return False
    return sum(map(len, column.values)) < _MOST_CHARACTERS * len(column.values)


def find_few_attributes(rows: pa.Table, names: Sequence[str]) -> DistinctRows | None:
    """The distinct combinations of these columns of a file; None where they are many, or no columns."""
    most = rows.num_rows // _ROWS_FOR_EACH
    codes = []
    for name in names:
        column = rows.column(name).dictionary_encode(null_encoding="encode")
        if len(column.chunk(0).dictionary) > most:
            return None
        codes.append(np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks]))
    if len(codes) < 2:
        return find_first_rows(codes[0]) if codes else None
    distinct = find_distinct(codes)
    return distinct if len(distinct.first) <= most else None


def attributes_sql(raw: RawRows, names: Sequence[str], distinct: DistinctRows | None) -> str:
    """SQL of a JSON object of the names and texts of these columns. Where many rows have the same texts, and
    `distinct` says which, each object is made once."""
    if distinct is None:
        return _as_object(names, raw.table)
    raw.cursor.register("distinct_attributes", raw.rows.select(names).take(distinct.first))
    objects = raw.cursor.sql(
        f"SELECT {_as_object(names, 'distinct_attributes')} AS texts FROM distinct_attributes"
    )
    texts = objects.to_arrow_table().column("texts").combine_chunks()
    raw.cursor.unregister("distinct_attributes")
    codes = pa.array(distinct.codes.astype(np.int32))
    return raw.add("attributes of the row", pa.DictionaryArray.from_arrays(codes, texts))


def _as_object(names: Sequence[str], table: str) -> str:
    pairs = ", ".join(f"{literal(name)}, {table}.{quoted(name)}" for name in names)
    return f"CAST(json_object({pairs}) AS VARCHAR)"
