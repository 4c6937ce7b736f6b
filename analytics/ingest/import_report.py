"""What an import is asked to write of its source, and what became of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class SourceDetails:
    """What is asked for once per source."""

    name: str
    legal_basis: str
    purpose: str
    handling: str
    review_date: date


@dataclass(frozen=True)
class ImportReport:
    """What became of a file. `unplaced`: accepted rows whose place is withheld or not recorded. `losses`:
    what more than a fifth of the rows lost, with the likeliest cause. `unread`: what of the file was not read
    and nobody had left out. `reasons`: why rows were refused, and how many, the commonest first.
    `is_written`: whether the rows are in the store, by this import or an earlier one."""

    source_id: int
    rows_in: int
    accepted: int
    quarantined: int
    unplaced: int
    already_imported: bool
    area_id: int | None
    notes: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    reasons: tuple[tuple[str, int], ...] = ()
    is_written: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the file was lost."""
        return not (self.quarantined or self.losses or self.unread)


@dataclass(frozen=True)
class Outcome:
    """What was written of a file, before its source is. `time_zone`: of its clock times, where it is not that
    of the area."""

    accepted: int
    quarantined: int
    unplaced: int = 0
    area_id: int | None = None
    notes: tuple[str, ...] = ()
    time_zone: str | None = None
    losses: tuple[str, ...] = ()
