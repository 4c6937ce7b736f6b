"""JSON lines (one object a line) and a JSON array of objects: each object a row, each key a column of
text."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from analytics.formats.header import UnreadableFile, unique_names
from analytics.formats.parsed import ParsedFile


def looks_like_records(data: bytes) -> bool:
    """Whether JSON is an array, or lines of objects, rather than one object such as GeoJSON's."""
    head = data.lstrip()
    if head[:1] == b"[":
        return True
    line, _, rest = head.partition(b"\n")
    return line.rstrip().startswith(b"{") and line.rstrip().endswith(b"}") and rest.lstrip()[:1] == b"{"


def parse_records(data: bytes) -> ParsedFile:
    """Text columns and `row_number` (the line, or the place in the array, from 1), and what is refused.

    An array of texts or numbers becomes one text with a line each; a deeper value stays as JSON. Raises
    UnreadableFile."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("JSON must be UTF-8 text, and this is not.") from error
    with duckdb.connect(config={"enable_external_access": "false"}) as scratch:
        if text.lstrip()[:1] == "[":
            _unnest(scratch, text)
        else:
            lines = text.split("\n")
            numbers = pa.array(range(1, len(lines) + 1), pa.int64())
            scratch.register(
                "written", pa.table({"row_number": numbers, "line": pa.array(lines, pa.large_string())})
            )
            scratch.execute(
                "CREATE TABLE line AS SELECT * FROM written WHERE trim(line) NOT IN ('', chr(13))"
            )
        scratch.execute(
            "CREATE TABLE judged AS SELECT row_number, line, json_valid(line) AND"
            " coalesce(json_type(if(json_valid(line), line, 'null')) = 'OBJECT', false) AS good FROM line"
        )
        refused = [
            (number, "the line is not a JSON object", line)
            for number, line in scratch.sql(
                "SELECT row_number, left(line, 1000) FROM judged WHERE NOT good"
            ).fetchall()
        ]
        keys = _keys(scratch)
        if not keys:
            raise UnreadableFile("No line of the file is a JSON object.")
        names = unique_names(keys)  # before a query is made of them: it refuses far too many
        columns = ", ".join(f"{_value(key)} AS c{k}" for k, key in enumerate(keys))
        table = scratch.sql(
            f"SELECT {columns}, row_number FROM judged WHERE good ORDER BY row_number"
        ).to_arrow_table()
    return ParsedFile.from_table(table.rename_columns([*names, "row_number"]), refused=refused)


def _unnest(scratch: duckdb.DuckDBPyConnection, text: str) -> None:
    scratch.register("written", pa.table({"whole": pa.array([text], pa.large_string())}))
    try:
        scratch.execute(
            "CREATE TABLE line AS SELECT generate_subscripts(objects, 1)::BIGINT AS row_number,"
            " unnest(objects)::VARCHAR AS line FROM (SELECT from_json(whole, '[\"JSON\"]') AS objects"
            " FROM written)"
        )
    except duckdb.Error as error:
        raise UnreadableFile(f"The JSON is not well formed: {str(error)[:150]}") from error


def _keys(scratch: duckdb.DuckDBPyConnection) -> list[str]:
    """Every key, in the order in which they first come."""
    rows = scratch.sql(
        "WITH shape AS (SELECT json_keys(line) AS keys, min(row_number) AS first FROM judged WHERE good"
        " GROUP BY keys)"
        " SELECT key FROM (SELECT first, unnest(keys) AS key, generate_subscripts(keys, 1) AS place"
        " FROM shape)"
        " GROUP BY key ORDER BY min(first), min(place)"
    ).fetchall()
    return [key for (key,) in rows]


def _value(key: str) -> str:
    """SQL: the value of a key, whatever characters stand in it, by its JSON pointer (RFC 6901)."""
    pointer = _literal("/" + key.replace("~", "~0").replace("/", "~1"))
    text = f"json_extract_string(line, {pointer})"
    return (
        f"nullif(if(json_type(line, {pointer}) = 'ARRAY' AND NOT contains({text}, '{{'),"
        f" array_to_string(from_json(json_extract(line, {pointer}), '[\"VARCHAR\"]'), chr(10)),"
        f" {text}), '')"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
