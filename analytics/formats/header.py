"""Column names as they come: blank, repeated or far too many."""

from __future__ import annotations

MOST_COLUMNS = 250


class UnreadableFile(ValueError):
    """The file cannot be imported; the message says why, in the user's words."""


def unique_names(names: list[str]) -> list[str]:
    """Name the nameless by position and number the repeated; `row_number` is kept for the file's own rows."""
    if len(names) > MOST_COLUMNS:
        raise UnreadableFile(
            f"The file has {len(names)} columns; at most {MOST_COLUMNS} are read. Keep those needed."
        )
    taken = {"row_number"}
    unique = []
    for position, name in enumerate(names, start=1):
        base = name.strip() or f"column {position}"
        candidate, repeat = base, 2
        while candidate in taken:
            candidate, repeat = f"{base} ({repeat})", repeat + 1
        taken.add(candidate)
        unique.append(candidate)
    return unique
