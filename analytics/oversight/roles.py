"""What a role reads and which families of acts it does: a table that a force may replace."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from analytics.oversight.actor import Actor, as_now
from analytics.oversight.purposes import Purpose, Reach, find_purpose
from analytics.shared.codes import Entry, code_table

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


@dataclass(frozen=True)
class PersonRole:
    """A role: its tier, the sources it reaches, the pages that open, the families of acts it does, the
    families it approves as the second person, and the purposes it may choose. `alone` and `pages_alone`: what
    it does and what opens besides without sign-in, on a machine of its own."""

    code: str
    label: str
    note: str
    tier: Tier
    sources: Reach
    pages: frozenset[str]
    pages_alone: frozenset[str]
    does: frozenset[str]
    alone: frozenset[str]
    approves: frozenset[str]
    purposes: tuple[str, ...]


def list_roles() -> tuple[PersonRole, ...]:
    """Every role in the order of its table."""
    return tuple(find_role(code) for code in code_table("roles").codes)


@cache
def find_role(code: str) -> PersonRole:
    """The role of a code. Raises KeyError, naming the roles, for one that is not in the table."""
    return _read(code_table("roles")[code])


def find_tier(role: str) -> Tier:
    """The tier of a role. Raises KeyError, naming the roles, for one that is not in the table."""
    return find_role(role).tier


def tier_of(actor: Actor) -> Tier:
    """What somebody reads in the present session: a purpose that writes nothing takes writing away. Raises
    KeyError for a role or purpose that is not in its table."""
    tier, purpose = find_tier(actor.role), purpose_of(actor)
    return tier if purpose is None or purpose.writes else replace(tier, writes=False)


def purpose_of(actor: Actor) -> Purpose | None:
    """The purpose that the session has now; None for somebody alone on a machine, who was asked for none.
    Raises KeyError for one that is not in the table."""
    purpose = as_now(actor).purpose
    return find_purpose(purpose) if purpose or actor.session else None


def reach_of(actor: Actor) -> Reach:
    """Which sources a session reaches: the narrower of its role's and its purpose's."""
    purpose = purpose_of(actor)
    both = {find_role(actor.role).sources, purpose.sources if purpose else "all"}
    return "none" if "none" in both else "training" if "training" in both else "all"


def _read(entry: Entry) -> PersonRole:
    more = entry.more
    tier = Tier(
        more["original"], more["provenance"], frozenset(more["handling"]), more["rows"], more["writes"]
    )
    return PersonRole(
        code=entry.code,
        label=entry.label,
        note=entry.note,
        tier=tier,
        sources=more["sources"],
        pages=frozenset(more["pages"]),
        pages_alone=frozenset(more.get("pages_alone", ())),
        does=frozenset(more["does"]),
        alone=frozenset(more["alone"]),
        approves=frozenset(more["approves"]),
        purposes=tuple(more["purposes"]),
    )
