"""Why a session works with the data, and what that limits: a table that a force may replace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from analytics.shared.codes import Entry, code_table

Reach = Literal["all", "training", "none"]


@dataclass(frozen=True)
class Purpose:
    """A purpose: the sources it reaches, whether anything may be written under it, the acts it alone opens,
    and whether words are asked for beside the code."""

    code: str
    label: str
    sources: Reach
    writes: bool
    opens: frozenset[str]
    reason: bool
    note: str


def list_purposes() -> tuple[Purpose, ...]:
    """Every purpose in the order of its table."""
    return tuple(map(_read, code_table("purposes").entries))


def find_purpose(code: str) -> Purpose:
    """The purpose of a code. Raises KeyError, naming the purposes, for one that is not in the table."""
    return _read(code_table("purposes")[code])


def _read(entry: Entry) -> Purpose:
    more = entry.more
    reach = more["sources"]
    if reach not in get_args(Reach):
        raise ValueError(f"purposes.toml, {entry.code}: sources must be one of {', '.join(get_args(Reach))}")
    return Purpose(
        entry.code, entry.label, reach, more["writes"], frozenset(more["opens"]), more["reason"], entry.note
    )
