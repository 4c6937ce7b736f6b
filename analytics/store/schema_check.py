"""What tables a store has, and how they differ from those that it should have."""

from __future__ import annotations

import duckdb

Schema = dict[tuple[str, ...], tuple[object, ...]]

_PARTS = {
    "column": "SELECT table_name, column_name, column_index, data_type, is_nullable, column_default"
    " FROM duckdb_columns() WHERE NOT internal",
    "constraint": "SELECT table_name, constraint_text, constraint_type FROM duckdb_constraints()"
    " WHERE constraint_type <> 'NOT NULL'",  # of which the columns tell
    "sequence": "SELECT sequence_name, 'sequence', increment_by FROM duckdb_sequences()",
    "index": "SELECT table_name, index_name, sql FROM duckdb_indexes()",
    "view": "SELECT view_name, 'view', sql FROM duckdb_views() WHERE NOT internal",
}


def describe_schema(database: duckdb.DuckDBPyConnection) -> Schema:
    """Every column, constraint, sequence, index and view, by (kind, table, name)."""
    return {
        (kind, row[0], row[1]): tuple(row[2:])
        for kind, sql in _PARTS.items()
        for row in database.execute(sql).fetchall()
    }


def list_differences(expected: Schema, found: Schema) -> list[str]:
    """What is missing, not expected or different, in words."""
    return [
        *(f"{_name(key)} is missing" for key in expected if key not in found),
        *(f"{_name(key)} is not expected" for key in found if key not in expected),
        *(f"{_name(key)} differs" for key in expected if key in found and expected[key] != found[key]),
    ]


def _name(key: tuple[str, ...]) -> str:
    kind, table, name = key
    return f"the {kind} {table}" if kind in ("sequence", "view") else f"the {kind} {name} of {table}"
