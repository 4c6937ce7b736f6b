"""Grades as other systems write them, read across to the 3x5x2 by the code tables, which claim no more than
the original did."""

from __future__ import annotations

import re

from analytics.shared.codes import CodeTable, Entry, code_table

_TLP = re.compile(r"TLP\s*[:_-]?\s*(white|clear|green|amber\s*\+\s*strict|amber|red)", re.IGNORECASE)


def read_source(text: str) -> str:
    """The 3x5x2 source evaluation: 1 to 3 as it is, a letter by the Admiralty system or the 5x5x5."""
    return _read_across(text, "source_3x5x2", ("source_admiralty", "source_5x5x5"))


def read_information(text: str) -> str:
    """The 3x5x2 information assessment: A to E as it is, a digit by the Admiralty system or the 5x5x5."""
    return _read_across(text, "information_3x5x2", ("information_admiralty", "information_5x5x5"))


def read_handling(text: str) -> tuple[str, tuple[str, ...]]:
    """The 3x5x2 handling code, with the conditions that a traffic light asks for."""
    if light := _TLP.search(text):
        entry = code_table("handling_tlp")[re.sub(r"\s", "", light[1].lower())]
        return entry.more["maps_to"], tuple(entry.more["conditions"])
    return _code(text), ()


def _read_across(text: str, own: str, foreign: tuple[str, ...]) -> str:
    """The own code of a text such as 'B - Usually reliable'. Where systems share a code, the words after it
    say which is meant, else the first does."""
    code = _code(text)
    tables = [code_table(name) for name in foreign]
    if code in code_table(own).codes:
        return code
    known = [entry for table in tables if (entry := _entry(table, code))]
    meant = next((entry for entry in known if entry.label.lower() in text.lower()), next(iter(known), None))
    return str(meant.more["maps_to"]) if meant else code


def _entry(table: CodeTable, code: str) -> Entry | None:
    return next((entry for entry in table.entries if entry.code == code), None)


def _code(text: str) -> str:
    """The code that a text begins with; a text without one as it stands."""
    found = re.match(r"\s*([A-Za-z0-9])(?:\s*[-:=.)].*)?\s*$", text, re.DOTALL)
    return found[1].upper() if found else text.strip()
