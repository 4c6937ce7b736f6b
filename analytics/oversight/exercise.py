"""The mark of what is invented for training: on every file that leaves, as on every page and print."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pandas as pd

from analytics.store import Store, exercise_day

EXERCISE = "EXERCISE: invented data"
PARTLY_EXERCISE = "EXERCISE: partly invented data"
COLUMN = "exercise"  # of a table that leaves
_NAMED = "EXERCISE-"


def mark_of_store(store: Store) -> str:
    """The mark of whatever leaves a store that lives in an exercise, or in which every source is invented; ''
    of any other, where it depends on what leaves."""
    if exercise_day() is not None:
        return EXERCISE
    rows = store.rows("SELECT coalesce(bool_and(is_scenario), false) AS every_one FROM source")
    return EXERCISE if rows[0]["every_one"] else ""


def mark_of_sources(
    store: Store,
    *,
    area_id: int | None = None,
    table: str | None = None,
    sources: Iterable[int] | None = None,
) -> str:
    """The mark of what is worked out from these sources, or from those of an area, or from those whose rows a
    table has, or from every source: '' where none of them is invented."""
    if mark := mark_of_store(store):
        return mark
    within = "true" if area_id is None else "area_id = $area"
    asked: dict[str, object] = {} if area_id is None else {"area": area_id}
    if table is not None:
        within, asked = f'source_id IN (SELECT source_id FROM "{table}")', {}
    if sources is not None:
        within, asked = (
            "list_contains($sources::INTEGER[], source_id)",
            {"sources": sorted(map(int, sources))},
        )
    counts = store.rows(
        f"SELECT count(*) FILTER (is_scenario) AS invented, count(*) AS every_one FROM source WHERE {within}",
        asked,
    )[0]
    if not counts["invented"]:
        return ""
    return EXERCISE if counts["invented"] == counts["every_one"] else PARTLY_EXERCISE


def find_invented_sources(store: Store, asked: Collection[int] | None = None) -> frozenset[int]:
    """The numbers of the invented sources, of those asked for where any are named."""
    rows = store.rows("SELECT source_id FROM source WHERE is_scenario")
    return frozenset(row["source_id"] for row in rows if asked is None or row["source_id"] in asked)


def mark_table(store: Store, table: pd.DataFrame, mark: str = "") -> pd.DataFrame:
    """The table with a column that marks what is invented: each row of an imported file by its source, else
    every row with `mark`; every row where all of the store is. Without anything invented, or with such a
    column already, it stays as it is."""
    if COLUMN in table:
        return table
    whole = mark_of_store(store)
    if "source_id" not in table or whole:
        mark = whole or mark
        return table.assign(**{COLUMN: mark}) if mark else table
    invented = find_invented_sources(store)
    marks = [EXERCISE if source in invented else "" for source in table.source_id]
    return table.assign(**{COLUMN: marks}) if any(marks) else table


def mark_text(text: str, mark: str) -> str:
    """A text that leaves, with its mark at the head."""
    return f"{mark}\n\n{text}" if mark else text


def mark_name(name: str, mark: str) -> str:
    """The name of a file that bears this mark."""
    return f"{_NAMED}{name}" if mark and not name.startswith(_NAMED) else name
