"""The digests of imported rows in stores up to schema 42, read once more when such a store is upgraded.

They were over the rows' texts, in blocks of 128 named source/number. `block_digests.py` took their place.
"""

from __future__ import annotations

import duckdb

from analytics.store.block_digests import BLOCK
from analytics.store.sealing import IMPORTED, write_row


def list_former_differences(database: duckdb.DuckDBPyConnection) -> list[str]:
    """Table and part of whatever no longer agrees with a digest of the former kind."""
    found: list[str] = []
    for table in IMPORTED:
        rows = database.execute(
            "WITH present AS (SELECT part, sha256(string_agg(text, chr(30) ORDER BY row_number, text))"
            f" AS digest FROM (SELECT source_id || '/' || row_number // {BLOCK} AS part, row_number,"
            f' {write_row(database, table)} AS text FROM "{table}") GROUP BY part),'
            " latest AS (SELECT part, arg_max(digest, sequence) AS digest FROM seal WHERE table_name = ?"
            " GROUP BY part HAVING arg_max(digest, sequence) <> '' AND NOT contains(part, '-'))"
            " SELECT part FROM present p FULL JOIN latest l USING (part)"
            " WHERE p.digest IS DISTINCT FROM l.digest AND EXISTS (FROM latest) ORDER BY ALL",
            [table],
        ).fetchall()
        found += [f"{table} {part}" for (part,) in rows]
    return found
