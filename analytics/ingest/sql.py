"""Columns and texts of a file as SQL: quotes doubled, so that neither a name nor a value can be SQL."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa


@dataclass(eq=False)
class RawRows:
    """A file's rows as a table that a cursor knows: text columns and `row_number`. `rows`: the same rows."""

    cursor: duckdb.DuckDBPyConnection
    table: str
    rows: pa.Table

    def add(self, name: str, values: pa.Array) -> str:
        """Give each row a further value; returns the column as SQL. No column of the file is called so."""
        taken = {column.casefold() for column in self.rows.column_names}
        while name.casefold() in taken:
            name += "_"
        self.rows = self.rows.append_column(name, values)
        self.cursor.register(self.table, self.rows)
        return self.column(name)

    def column(self, name: str) -> str:
        """A column, whatever the tables joined to the file call theirs."""
        return f"{self.table}.{quoted(name)}"

    def text(self, name: str | None) -> str:
        """A column's trimmed text, NULL where it is blank or there is no such column."""
        return f"nullif(trim({self.column(name)}), '')" if name else "CAST(NULL AS VARCHAR)"

    def equals(self, keys: dict[str, str], table: str) -> str:
        """A join condition: each key of `table` equals the column of that key, blank or not."""
        return " AND ".join(
            f"{table}.{key} IS NOT DISTINCT FROM {self.column(name)}" for key, name in keys.items()
        )


def register_rows(cursor: duckdb.DuckDBPyConnection, table: pa.Table) -> RawRows:
    """Let a cursor read the rows of a file. Whoever registers them unregisters them."""
    cursor.register("raw_file", table)
    return RawRows(cursor, "raw_file", table)


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
