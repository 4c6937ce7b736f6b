"""Which parts of an intelligence report a role reads. The tiers are a table that a force may replace."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.intelligence.codes import code_table


@dataclass(frozen=True)
class Tier:
    """What a role reads: the words as received, the provenance, and lines of which handling codes."""

    original: bool
    provenance: bool
    handling: frozenset[str]


def tier_of(role: str) -> Tier:
    """The tier of a role. Raises KeyError, naming the roles, for one that is not in the table."""
    more = code_table("roles")[role].more
    return Tier(more["original"], more["provenance"], frozenset(more["handling"]))
