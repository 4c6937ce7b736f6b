"""Columns and texts of a file as SQL: quotes doubled, so that neither a name nor a value can be SQL."""

from __future__ import annotations


def column(name: str) -> str:
    """A column of the file, whatever the tables joined to it call theirs."""
    return 'raw_file."' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def optional(name: str | None) -> str:
    """A column's trimmed text, NULL where it is blank or there is no such column."""
    return f"nullif(trim({column(name)}), '')" if name else "CAST(NULL AS VARCHAR)"


def same(keys: dict[str, str], table: str) -> str:
    """A join condition: each key of `table` holds what the file's column of that key holds, blank or not."""
    return " AND ".join(f"{table}.{key} IS NOT DISTINCT FROM {column(name)}" for key, name in keys.items())
