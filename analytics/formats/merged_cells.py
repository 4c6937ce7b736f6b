"""Cells of an OpenDocument sheet that are merged over several rows, which its reader does not tell."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SPANNING = re.compile(rb'number-rows-spanned="(?!1")\d')
_COUNT = re.compile(r"[1-9]\d{0,6}")
Merged = dict[int, list[tuple[int, int]]]


def merged_in_opendocument(data: bytes) -> dict[str, Merged]:
    """By sheet, and by the first row of cells merged over several rows of one column: that column and the
    last row. None of a workbook that is no well-formed XML, which its reader takes all the same."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read("content.xml")
    if b"<!DOCTYPE" in content or not _SPANNING.search(content):
        return {}
    try:
        return _find_merged(content)
    except ElementTree.ParseError:
        return {}


def _find_merged(content: bytes) -> dict[str, Merged]:
    found: dict[str, Merged] = {}
    sheet, row, column = "", 0, 0
    for event, element in ElementTree.iterparse(io.BytesIO(content), events=("start", "end")):
        tag = element.tag.removeprefix(_TABLE)
        if event == "end":
            if tag == "table-row":
                row += _count(element, "number-rows-repeated")
                element.clear()
        elif tag == "table":
            sheet, row = element.get(f"{_TABLE}name", ""), 0
        elif tag == "table-row":
            column = 0
        elif tag in ("table-cell", "covered-table-cell"):
            spanned = _count(element, "number-rows-spanned")
            if spanned > 1 and _count(element, "number-columns-spanned") == 1:
                found.setdefault(sheet, {}).setdefault(row, []).append((column, row + spanned - 1))
            column += _count(element, "number-columns-repeated")
    return found


def _count(element: ElementTree.Element, name: str) -> int:
    """The number that an attribute states, one where it states none."""
    text = element.get(f"{_TABLE}{name}", "1")
    return int(text) if _COUNT.fullmatch(text) else 1
