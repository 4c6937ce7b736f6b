"""Tables going out: hostile text made harmless."""

from __future__ import annotations

import codecs
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # the wide forms too: a Japanese spreadsheet takes them for the others

_FORMULA_PATTERN = r"\A([=\-@\t\r\n＝＋－＠]|\+\d*[^\d])"


def safe_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 CSV in which no text, names of columns included, can run as a spreadsheet formula: it gets an
    apostrophe in front. It begins with the mark by which spreadsheets know UTF-8.

    Lines end as RFC 4180 has it: the writer puts a cell in quotes only for the line ends it knows, and a bare
    carriage return would begin a new row, with a first cell that nothing has made harmless."""
    text = frame.select_dtypes(include=["object", "string", "category"]).columns
    safe = frame.assign(**{name: frame[name].astype(object).map(_defused) for name in text})
    written: str = safe.rename(columns=_defused).to_csv(index=False, lineterminator="\r\n")
    return written.encode("utf-8-sig")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """The same as a file for programs, which take that mark for a part of the first column's name."""
    path.write_bytes(safe_csv(frame).removeprefix(codecs.BOM_UTF8))


def defuse_table(table: pa.Table) -> pa.Table:
    """The table with such an apostrophe, names of columns included, for a writer of Arrow tables. A telephone
    number, a plus sign and digits alone, stays as it is: a spreadsheet makes but a number of it."""
    for index, column in enumerate(table.schema):
        values = table.column(index)
        if pa.types.is_dictionary(column.type):
            values = values.cast(column.type.value_type)
        if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
            safe = pc.replace_substring_regex(values, _FORMULA_PATTERN, r"'\1")
            table = table.set_column(index, column.name, safe)
    return table.rename_columns([str(_defused(name)) for name in table.column_names])


def _defused(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
