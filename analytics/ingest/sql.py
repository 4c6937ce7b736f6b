"""Names and texts of a file as SQL: quotes doubled, so that neither a column name nor a value can be SQL."""

from __future__ import annotations


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def optional(name: str | None) -> str:
    """A column's trimmed text, NULL where it is blank or there is no such column."""
    return f"nullif(trim({identifier(name)}), '')" if name else "CAST(NULL AS VARCHAR)"


def same(keys: dict[str, str], table: str) -> str:
    """A join condition: each key of `table` holds what the file's column of that key holds, blank or not."""
    return " AND ".join(
        f"{table}.{key} IS NOT DISTINCT FROM raw_file.{identifier(column)}" for key, column in keys.items()
    )
