"""Texts with markup of an import, and what they say without it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from analytics.formats.apart import Parser, parse_apart
from analytics.formats.markup import MARKUP
from analytics.ingest.sql import RawRows

_MARKUP = Parser("markup:parse_texts", "text with markup", "Split the file.")


@dataclass(frozen=True)
class StrippedTexts:
    """`table` (written, words): each distinct text with markup, and what it says. `count`: how many."""

    table: str
    count: int


def strip_markup(cursor: duckdb.DuckDBPyConnection, raw: RawRows, names: tuple[str, ...]) -> StrippedTexts:
    """Read the texts with markup in these columns. The others, as a rule nearly all, stay where they are."""
    texts = " UNION ".join(f"SELECT {raw.column(name)} AS written FROM {raw.table}" for name in names)
    cursor.execute("CREATE OR REPLACE TEMP TABLE stripped (written VARCHAR, words VARCHAR)").fetchall()
    written = cursor.sql(
        f"SELECT written FROM ({texts}) WHERE (contains(written, '<') OR contains(written, '&'))"
        f" AND regexp_matches(written, $pattern)",
        params={"pattern": MARKUP},
    ).to_arrow_table()
    for batch in written.to_batches(max_chunksize=50_000):
        words = parse_apart(_MARKUP, _stream(batch)).table()
        both = pa.table({"written": batch.column(0), "words": words.column(0)})
        cursor.register("stripped_batch", both)
        cursor.execute("INSERT INTO stripped SELECT * FROM stripped_batch").fetchall()
        cursor.unregister("stripped_batch")
    return StrippedTexts("stripped", written.num_rows)


def _stream(batch: pa.RecordBatch) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return sink.getvalue()
