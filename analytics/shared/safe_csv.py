"""Tables going out: hostile text made harmless."""

from __future__ import annotations

import codecs
from pathlib import Path

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 CSV in which no text cell can run as a spreadsheet formula: it gets an apostrophe in front. It
    begins with the mark by which spreadsheets know UTF-8."""
    text = frame.select_dtypes(include=["object", "string"]).columns
    safe = frame.assign(**{name: frame[name].map(_defused) for name in text})
    text_of_table: str = safe.to_csv(index=False)
    return text_of_table.encode("utf-8-sig")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """The same as a file for programs, which take that mark for a part of the first column's name."""
    path.write_bytes(safe_csv(frame).removeprefix(codecs.BOM_UTF8))


def _defused(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
