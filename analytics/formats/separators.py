"""What stands between the columns of delimited text: one sign, or several such as || and |~|."""

from __future__ import annotations

import csv
import re
from collections import Counter

SEPARATORS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    "^": "caret",
    "~": "tilde",
    "\x1f": "unit separator",
    "\x01": "control character 1",
}
PUT_IN = "\x1f"  # in the place of a separator that the reader of tables does not know
_OF_SEVERAL_SIGNS = (
    *("|~|", "~|~", "^|^", "|^|", "#|#", "|#|", "@|@", "<|>", "$|$", "|||", "~~~", "::::", ":::"),
    *("||", ";;", "^^", "~~", "::", "##", "|;", ";|", "~|", "|~", "^|", "|^"),
)
_RARE = ("\u00a6", "\u00a7", "#", "!", "*", "&", "\x1e", "\x02", "\x03")  # where no other parts the columns
_MOST_LINES = 0.8


def find_separator(lines: list[str]) -> str:
    """The separator that most lines have equally often, and often; the one that the first line names."""
    named = re.fullmatch(r"\s*\"?sep=(.)\"?\s*", lines[0], re.IGNORECASE) if lines else None
    if named and named[1] in SEPARATORS:
        return named[1]
    written = [line for line in lines if line.strip()]
    return max(SEPARATORS, key=lambda separator: _agreement(written, separator)) if written else ","


def _agreement(written: list[str], separator: str) -> tuple[float, int]:
    parted = list(csv.reader(written, delimiter=separator))
    counts = Counter(len(row) - 1 for row in parted)
    usual, rows = max(counts.items(), key=lambda item: (item[0] > 0, item[1] * min(item[0], 10)))
    cut = sum(  # it parts what stands in quotes; an object in one cell has quotes of its own
        any('"' in cell and not cell.lstrip().startswith(("{", "[")) for cell in row) for row in parted
    )
    return (rows / len(written)) ** 2 * min(usual, 10) * (0.2 if 2 * cut > len(parted) else 1), usual


def find_unusual_separator(lines: list[str]) -> str | None:
    """A separator of several signs, or where none of the usual ones parts the lines a rare one; None where
    there is none. It names every column of the header, none of which has a sign of it, and is as often in
    nearly every line."""
    written = [line for line in lines if line.strip()]
    if len(written) < 2 or any(PUT_IN in line for line in written):
        return None
    found = next((signs for signs in _OF_SEVERAL_SIGNS if _parts_all(written, signs)), None)
    if found or _agreement(written, find_separator(written))[1]:
        return found
    return next((sign for sign in _RARE if _parts_all(written, sign)), None)


def _parts_all(written: list[str], signs: str) -> bool:
    counts = Counter(line.count(signs) for line in written)
    usual, rows = max(counts.items(), key=lambda item: (item[0] > 0, item[1]))
    if not usual or rows < _MOST_LINES * len(written):
        return False
    names = next(line for line in written if line.count(signs) == usual).split(signs)
    inner = names[:-1] if not names[-1].strip() else names
    return len(inner) > 1 and all(name.strip() and not set(name) & set(signs) for name in inner)


def put_in_place(signs: str, data: bytes, encoding: str) -> bytes:
    """The text with PUT_IN for each separator; of UTF-16 as UTF-8."""
    if encoding.startswith("utf-16"):
        return data.decode(encoding, errors="replace").lstrip("\ufeff").replace(signs, PUT_IN).encode()
    return data.replace(signs.encode(encoding), PUT_IN.encode())
