"""JSON: an object a line, a list of objects, or such lists within an object. Each object is a row, each key a
column of text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from analytics.formats.header import MAXIMUM_COLUMNS, UnreadableFile, unique_names
from analytics.formats.json_pages import merge_pages, note_unfinished
from analytics.formats.parsed import ParsedFile
from analytics.formats.parts import Part, PartTable, RefusedRow, choose_parts

LINES = ("jsonl", "ndjson")
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf|\x1e|\s)*(?:\[\s*[\[{\]\"]|\{\s*[\"}])")
_GEOGRAPHIC = re.compile(
    rb"\{.*\"type\"\s*:\s*\"(?:FeatureCollection|Feature|Topology)\"|\{.*\"geometryType\"\s*:\s*\"esriGeometry"
    rb"|\{\s*\"type\"\s*:\s*\"(?:bundle|(?:Multi)?(?:Point|Polygon|LineString)|GeometryCollection)\"",
    re.DOTALL,
)
_MAXIMUM_NESTING = 3  # objects within the object of a row whose values are columns too
_MOST_WITHIN = 100  # such columns; of more none is read, for then the keys are data
_ENVELOPES = (
    "_source",
    "attributes",
    "data",
    "fields",
    "node",
    "properties",
)  # of Elasticsearch, Esri, GraphQL
_DYNAMO_TYPES = ("S", "N", "BOOL", "NULL")
_NO_BINDING = object()
_MAXIMUM_DEPTH = 4  # objects within objects in which a list is looked for


def is_json(data: bytes) -> bool:
    """Whether a text begins as JSON does: an object, or a list of objects, lists or texts."""
    return bool(_BEGINNING.match(data[:4096].replace(b"\x00", b"").removeprefix(b"\xff\xfe")))


def is_geographic(data: bytes) -> bool:
    """Whether JSON holds features (GeoJSON, Esri JSON, TopoJSON) or a bundle of STIX, which its reader tells
    apart, rather than rows."""
    head = data[: 1 << 16].lstrip(b"\xef\xbb\xbf\x1e \r\n\t")
    return bool(_GEOGRAPHIC.match(head))


def parse_records(
    data: bytes, kind: str = "", wanted_parts: Sequence[str] = (), *, are_lines: bool = False
) -> ParsedFile:
    """Text columns and `row_number` (the line, or the place in the list, from 1), and what is refused.

    The rows are the objects of the list, of each line (always so where `are_lines`), or of the lists within
    one object: those wanted, or the largest. An array of texts or numbers becomes one text with a line each;
    a value within an object is a column of its own, beside the object as JSON. Raises UnreadableFile."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("JSON must be UTF-8 text, and this is not.") from error
    start = text.lstrip()[:1]
    whole = _loaded(text) if start == "{" and not are_lines else None
    with duckdb.connect(config={"enable_external_access": "false"}) as scratch:
        if whole is not None:
            return _parse_lists(scratch, text, whole, kind, wanted_parts)
        notes: tuple[str, ...] = ()
        if pages := merge_pages(text):
            _unnest(scratch, json.dumps(pages[0]))
            notes = (f"the file holds {pages[1]:,} pages of results one after the other: all are read",)
        elif start == "[":
            if tabled := _table_of_rows(text):
                return ParsedFile.from_table(tabled)
            _unnest(scratch, text)
        else:
            _split_lines(scratch, text)
        table, refused = _read_lines(scratch)
    return ParsedFile.from_table(table, notes, refused)


def _loaded(text: str) -> dict[str, Any] | None:
    """The one object of a text; None where it is lines of objects, or nothing that can be read whole."""
    try:
        found = json.loads(text, parse_int=str)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _parse_lists(
    scratch: duckdb.DuckDBPyConnection,
    text: str,
    whole: dict[str, Any],
    kind: str,
    wanted_parts: Sequence[str],
) -> ParsedFile:
    """The rows of the lists within one object. Raises UnreadableFile where it holds none."""
    if tabled := _table_of_portal(whole) or _table_of_bindings(whole) or _table_of_columns(whole):
        return ParsedFile.from_table(tabled)
    found = _without_described_columns(dict(_lists(whole, (), _MAXIMUM_DEPTH)))
    if not found and (keyed := _find_keyed(whole, _MAXIMUM_DEPTH)):
        _unnest(scratch, json.dumps(keyed))
        table, refused = _read_lines(scratch)
        return ParsedFile.from_table(table, ("the rows are objects, each under a key of its own",), refused)
    if not found:
        raise UnreadableFile(
            "The JSON is one object without a list of rows in it. A list of objects is expected, one "
            'for each row: [{"date": ...}, ...], or an object for each line.'
        )
    parts = choose_parts(
        [
            Part(".".join(path), "list", len(rows), tuple(dict.fromkeys(key for row in rows for key in row)))
            for path, rows in found.items()
        ],
        wanted_parts,
        kind,
    )
    read = []
    for part, path in zip(parts, found, strict=True):
        if part.is_read:
            pointer = "".join(f"/{key.replace('~', '~0').replace('/', '~1')}" for key in path)
            _unnest(scratch, text, pointer)
            read.append(PartTable(part, *_read_lines(scratch)))
    notes: tuple[str, ...] = (
        () if len(parts) > 1 else (f"the rows are the list '{parts[0].name}' within the JSON object",)
    )
    notes += note_unfinished(whole, max(map(len, found.values())))
    return ParsedFile.from_parts(parts, read, notes)


def _lists(
    value: dict[str, Any], path: tuple[str, ...], depth: int
) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Every list of objects within an object, by its path."""
    for key, inner in value.items():
        if isinstance(inner, list) and inner and all(isinstance(row, dict) for row in inner):
            yield (*path, key), inner
        elif isinstance(inner, dict) and depth:
            yield from _lists(inner, (*path, key), depth - 1)


def _without_described_columns(found: dict[tuple[str, ...], list[Any]]) -> dict[tuple[str, ...], list[Any]]:
    """The lists but those that only say what the columns of another are called and hold."""
    rows = {
        path: each
        for path, each in found.items()
        if not (path[-1] in ("fields", "columns") and all({"id", "type"} <= row.keys() for row in each))
    }
    return rows or found


def _table_of_portal(whole: dict[str, Any]) -> pa.Table | None:
    """The table of a Socrata portal's rows.json, or of a data frame split into columns and data: the names
    beside the rows."""
    if isinstance(whole.get("result"), dict):  # of CKAN
        whole = whole["result"]
    described = whole.get("meta", {}) if isinstance(whole.get("meta"), dict) else {}
    view = described.get("view", {})
    named = view.get("columns") if isinstance(view, dict) else None
    named = named or whole.get("columns") or whole.get("fields")
    rows = next((whole[key] for key in ("data", "rows", "records") if key in whole), None)
    if isinstance(rows, str) and whole.get("records_format") in ("csv", "tsv"):
        rows = list(
            csv.reader(io.StringIO(rows), delimiter="," if whole["records_format"] == "csv" else "\t")
        )
    if not isinstance(named, list) or not isinstance(rows, list) or not rows:
        return None
    names = [one.get("name", one.get("id", "")) if isinstance(one, dict) else one for one in named]
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return _as_table([str(name) for name in names], rows, 1)


def _table_of_bindings(whole: dict[str, Any]) -> pa.Table | None:
    """The table of rows whose every value is an object of its type and its text: results of SPARQL, items of
    DynamoDB."""
    results = whole.get("results")
    rows = results.get("bindings") if isinstance(results, dict) else whole.get("Items")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        return None
    names = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[_bound_value(row.get(name)) for name in names] for row in rows]
    if any(value is _NO_BINDING for row in cells for value in row):
        return None
    return _as_table(names, cells, 1)


def _bound_value(cell: Any) -> Any:
    """The value of {"type": "literal", "value": ...} or {"S": ...}; _NO_BINDING where it is neither."""
    if cell is None:
        return None
    if isinstance(cell, dict) and "type" in cell and "value" in cell:
        return cell["value"]
    if isinstance(cell, dict) and len(cell) == 1 and (kind := next(iter(cell))) in _DYNAMO_TYPES:
        return None if kind == "NULL" else cell[kind]
    return _NO_BINDING


def _table_of_columns(whole: dict[str, Any]) -> pa.Table | None:
    """The table of an object of columns, each a list of values or an object of them by row, as pandas writes
    one; None where it is another object."""
    columns = list(whole.values())
    if len(columns) < 2:
        return None
    if all(isinstance(column, list) for column in columns):
        rows = [list(row) for row in zip(*columns, strict=False)]
        if any(len(column) != len(rows) for column in columns):
            return None
    elif all(isinstance(column, dict) and column.keys() == columns[0].keys() for column in columns):
        keys = list(columns[0])
        if keys != [str(number) for number in range(len(keys))]:
            return None  # objects under keys of their own, not rows by their numbers
        rows = [[column[key] for column in columns] for key in keys]
    else:
        return None
    if not rows or any(isinstance(value, dict | list) for row in rows for value in row):
        return None
    return _as_table(list(whole), rows, 1)


def _find_keyed(whole: dict[str, Any], depth: int) -> list[dict[str, Any]] | None:
    """The objects that stand each under a key of its own, such as its number, with that key; None where
    there are none that are alike."""
    inner = {key: value for key, value in whole.items() if isinstance(value, dict)}
    if len(inner) > 1 and len(inner) == len(whole):
        named = [set(value) for value in inner.values()]
        if len(set.intersection(*named)) > 1 and 2 * len(set.intersection(*named)) >= len(set.union(*named)):
            return [{"key": key} | value for key, value in inner.items()]
    if not depth:
        return None
    found = (_find_keyed(value, depth - 1) for value in inner.values())
    return next((rows for rows in found if rows), None)


def _table_of_rows(text: str) -> pa.Table | None:
    """The table of a list of lists, the first of which names the columns; None where it is another list."""
    if not re.match(r"\s*\[\s*\[", text):
        return None
    try:
        rows = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"The JSON is not well formed: {str(error)[:150]}") from error
    header, *below = rows
    if not all(isinstance(name, str) for name in header) or any(
        not isinstance(row, list) or len(row) != len(header) for row in below
    ):
        raise UnreadableFile("The JSON is a list of lists that are not the rows of one table with a header.")
    return _as_table(header, below, 2)


def _as_table(names: list[str], rows: list[list[Any]], first: int) -> pa.Table:
    columns = [pa.array([_cell(row[k]) for row in rows], pa.string()) for k in range(len(names))]
    numbers = pa.array(range(first, first + len(rows)), pa.int64())
    return pa.table([*columns, numbers], names=[*unique_names(names), "row_number"])


def _cell(value: Any) -> str | None:
    if value is None or value == "":
        return None
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()


def _split_lines(scratch: duckdb.DuckDBPyConnection, text: str) -> None:
    """Make the table `line` of a text with an object on each line."""
    lines = text.replace("\x1e", "").split("\n")
    numbers = pa.array(range(1, len(lines) + 1), pa.int64())
    scratch.register("written", pa.table({"row_number": numbers, "line": pa.array(lines, pa.large_string())}))
    scratch.execute(
        "CREATE OR REPLACE TABLE line AS SELECT * FROM written WHERE trim(line) NOT IN ('', chr(13))"
    )


def _unnest(scratch: duckdb.DuckDBPyConnection, text: str, pointer: str = "") -> None:
    """Make the table `line` of a list: that of the text, or the one within its object at `pointer`."""
    scratch.register("written", pa.table({"whole": pa.array([text], pa.large_string())}))
    array = f"json_extract(whole, {_literal(pointer)})" if pointer else "whole"
    try:
        scratch.execute(
            "CREATE OR REPLACE TABLE line AS SELECT generate_subscripts(objects, 1)::BIGINT AS row_number,"
            f" unnest(objects)::VARCHAR AS line FROM (SELECT from_json({array}, '[\"JSON\"]') AS objects"
            " FROM written)"
        )
    except duckdb.Error as error:
        raise UnreadableFile(f"The JSON is not well formed: {str(error)[:150]}") from error


def _read_lines(scratch: duckdb.DuckDBPyConnection) -> tuple[pa.Table, list[RefusedRow]]:
    """The objects of the table `line` as text columns and `row_number`, and the lines that are none."""
    scratch.execute(
        "CREATE OR REPLACE TABLE judged AS SELECT row_number, line, json_valid(line) AND"
        " coalesce(json_type(if(json_valid(line), line, 'null')) = 'OBJECT', false) AS good FROM line"
    )
    refused = [
        (number, "the line is not a JSON object", line)
        for number, line in scratch.sql(
            "SELECT row_number, left(line, 1000) FROM judged WHERE NOT good"
        ).fetchall()
    ]
    keys = _keys(scratch, ())
    if not keys:
        raise UnreadableFile("No line of the file is a JSON object.")
    unique_names([key for (key,) in keys])  # before a query is made of them: it refuses far too many
    paths = keys + _paths_within(scratch, keys, MAXIMUM_COLUMNS - len(keys))
    names = unique_names(_spell_paths(paths))
    columns = ", ".join(f"{_value(path)} AS c{k}" for k, path in enumerate(paths))
    table = scratch.sql(
        f"SELECT {columns}, row_number FROM judged WHERE good ORDER BY row_number"
    ).to_arrow_table()
    return table.rename_columns([*names, "row_number"]), refused


def _spell_paths(paths: list[tuple[str, ...]]) -> list[str]:
    """What the columns are called: the path, without an envelope that says nothing where no other column is
    called so."""
    plain = [".".join(path) for path in paths]
    bare = [".".join(path[1:]) if len(path) > 1 and path[0] in _ENVELOPES else "" for path in paths]
    taken = Counter(name.lower() for name in (*plain, *bare))
    return [
        short if short and taken[short.lower()] == 1 else whole
        for whole, short in zip(plain, bare, strict=True)
    ]


def _keys(scratch: duckdb.DuckDBPyConnection, within: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Every key of the objects at a path, with the path, in the order in which they first come."""
    pointer = _literal(_pointer(within))
    rows = scratch.sql(
        f"WITH shape AS (SELECT json_keys(line, {pointer}) AS keys, min(row_number) AS first FROM judged"
        f" WHERE good AND json_type(line, {pointer}) = 'OBJECT' GROUP BY keys)"
        " SELECT key FROM (SELECT first, unnest(keys) AS key, generate_subscripts(keys, 1) AS place"
        " FROM shape)"
        " GROUP BY key ORDER BY min(first), min(place)"
    ).fetchall()
    return [(*within, key) for (key,) in rows]


def _paths_within(
    scratch: duckdb.DuckDBPyConnection, keys: list[tuple[str, ...]], most: int
) -> list[tuple[str, ...]]:
    """The paths of the values within objects, as location, street, name; at most so many, and at most
    _MAXIMUM_NESTING deep."""
    found: list[tuple[str, ...]] = []
    outer = keys
    for _ in range(_MAXIMUM_NESTING):
        outer = [inner for path in _objects_among(scratch, outer) for inner in _keys(scratch, path)]
        found += outer
        if not outer or len(found) > most:
            break
    return found if len(found) <= min(most, _MOST_WITHIN) else []


def _objects_among(scratch: duckdb.DuckDBPyConnection, paths: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The paths at which some object stands."""
    if not paths:
        return []
    asked = ", ".join(f"bool_or(json_type(line, {_literal(_pointer(path))}) = 'OBJECT')" for path in paths)
    (answers,) = scratch.sql(f"SELECT {asked} FROM judged WHERE good").fetchall()
    return [path for path, is_object in zip(paths, answers, strict=True) if is_object]


def _pointer(path: tuple[str, ...]) -> str:
    """The JSON pointer (RFC 6901) of a path, whatever characters stand in its keys."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


def _value(path: tuple[str, ...]) -> str:
    """SQL: the value at a path."""
    pointer = _literal(_pointer(path))
    text = f"json_extract_string(line, {pointer})"
    return (
        f"nullif(if(json_type(line, {pointer}) = 'ARRAY' AND NOT contains({text}, '{{'),"
        f" array_to_string(from_json(json_extract(line, {pointer}), '[\"VARCHAR\"]'), chr(10)),"
        f" {text}), '')"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
