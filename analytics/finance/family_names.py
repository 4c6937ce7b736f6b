"""Family names, which only ever clear: a household's telephone or money says nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def family_name(holder: object) -> str:
    """The last word of a holder's name in small letters; '' where there is no name."""
    return (str(holder).casefold().split() or [""])[-1] if isinstance(holder, str) else ""


def is_household(holders: Iterable[object]) -> bool:
    """Whether half of the holders or more (two at least) bear one family name."""
    names = [family_name(holder) for holder in holders]
    counts = Counter(name for name in names if name)
    return bool(counts) and max(counts.values()) >= max(2, len(names) / 2)
