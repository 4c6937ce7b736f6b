"""What a search gives: hits by kind, each with where it matched and what opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PageLink:
    """What opens a thing: a page's name and what stands in its link. It holds no personal data, so that it
    may be shown where the thing itself is masked."""

    page: str
    query: dict[str, str | list[str]]


@dataclass(frozen=True)
class Hit:
    """One thing that matches. `title` and `text` as stored; `masked_title` and `masked_text` are what may be
    shown of a `personal` one until a reason is given. `matched`: the names of the fields that matched.
    `rank`: how well, the highest first."""

    kind: str
    key: str
    title: str
    text: str
    target: PageLink
    matched: tuple[str, ...] = ()
    moment: datetime | None = None
    personal: bool = False
    masked_title: str = ""
    masked_text: str = ""
    rank: int = 0

    def shown(self, *, revealed: bool = False) -> tuple[str, str]:
        """Title and text as they may be shown."""
        if self.personal and not revealed:
            return self.masked_title, self.masked_text
        return self.title, self.text


@dataclass(frozen=True)
class Group:
    """The best hits of one kind, and how many of the kind match in all."""

    kind: str
    hits: tuple[Hit, ...]
    matches: int

    @property
    def personal(self) -> bool:
        return any(hit.personal for hit in self.hits)

    @property
    def rank(self) -> int:
        return max((hit.rank for hit in self.hits), default=0)
