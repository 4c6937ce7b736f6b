"""Which column of a file says in words where something happened."""

from __future__ import annotations

from analytics.ingest.column_words import column_words, place_words
from analytics.ingest.columns import OBJECT, Column


def find_place(columns: list[Column]) -> str | None:
    """The column that says where in words: of the finest kind that there is, the first that says nothing
    else; failing all, what sort of place it was."""
    texts = [
        column
        for column in columns
        if column.is_text and column.share(OBJECT) < 0.5 and not _describes(column)
    ]
    kinds = dict(place_words())
    other = kinds.pop("other") | (column_words("clock") - {"tid"})
    for words in kinds.values():
        found = [column for column in texts if _names(column, words) and not set(column.words) & other]
        if found:
            return max(found, key=lambda column: (column.filled > 0.5, _likeness(column, words))).name
    said = {word for words in kinds.values() for word in words}
    kind = [
        c for c in texts if set(c.words) & said and set(c.words) & {"type", "desc", "description", "kind"}
    ]
    return kind[0].name if kind else None


def _describes(column: Column) -> bool:
    """Whether a name in one word ends as that of the text of a code: ST_COLDESC."""
    return any(word.endswith("desc") and len(word) > len("desc") for word in column.words)


def _names(column: Column, words: frozenset[str]) -> bool:
    glued = "".join(column.words)
    return bool(set(column.words) & words) or glued in words or " ".join(column.words) in words


def _likeness(column: Column, words: frozenset[str]) -> float:
    """How much a name is that of a place alone: INCIDENT_LOCATION rather than LOCATION_OF_THE_STATION."""
    known = words | column_words("occurred") | column_words("date") | {"name", "1", "of", "the", "100", "xx"}
    elsewhere = set(column.words) & column_words("not_occurred")
    return 2.0 * bool(set(column.words[-1:]) & words) - len(set(column.words) - known) - 3 * bool(elsewhere)
