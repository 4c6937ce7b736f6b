"""What a role reads of intelligence: parts of reports, findings, the rows behind them. The tiers are a table
that a force may replace."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analytics.shared.codes import code_table

_CODE = re.compile(r"\s*([A-Z])\b")


@dataclass(frozen=True)
class Tier:
    """What a role reads: the words as received, the provenance, lines and findings of which handling codes,
    the rows behind findings; and whether it writes findings."""

    original: bool
    provenance: bool
    handling: frozenset[str]
    rows: bool
    writes: bool

    def reads(self, handling: str) -> bool:
        """Whether it reads what is marked so ('C (A1): sharing permitted with conditions'). Every mark must
        allow it; words that are no code are read by those alone who read every code."""
        every = frozenset(code_table("handling").codes)
        found = [_CODE.match(mark) for mark in handling.split(";")]
        codes = {code[1] if code and code[1] in every else None for code in found}
        return codes <= self.handling or self.handling >= every


def find_tier(role: str) -> Tier:
    """The tier of a role. Raises KeyError, naming the roles, for one that is not in the table."""
    more = code_table("roles")[role].more
    return Tier(
        more["original"], more["provenance"], frozenset(more["handling"]), more["rows"], more["writes"]
    )
