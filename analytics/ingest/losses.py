"""What an import loses of a file, and the likeliest cause in words, where it is more than a fifth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from analytics.formats.parts import Part, list_parts
from analytics.ingest.balance_rows import NO_PAYMENT_REASONS
from analytics.ingest.mapping import Mapping
from analytics.ingest.repairs import is_written_once
from analytics.ingest.rows import Rows
from analytics.ingest.sql import RawRows, literal
from analytics.shared.wording import counted

GATE = 0.2  # of the rows
_EXAMPLES = 3
_CHECK_DATES = "Check which column holds the date, and how dates look."
# What the reason of a refusal speaks of: the roles whose texts show it, and what to check.
_CAUSES: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (("columns where",), (), "Check which row names the columns."),
    (
        ("date", "time", "day", "future", "1900"),
        ("time",),
        "Check which column holds the date, and how dates look.",
    ),
    (
        ("coordinate", "place", "degrees", "swapped"),
        ("longitude", "latitude", "point"),
        "Check the columns of the coordinates, their system and the decimal sign.",
    ),
    (("amount",), ("amount", "out", "in"), "Check the column of the amount, and the decimal sign."),
    (("currency",), ("currency",), "Check the column of the currency, or name one for all rows."),
    (("category",), ("category",), "Choose the column of the category, or name one for all rows."),
)
_NO_PAYMENTS = ", ".join(map(literal, NO_PAYMENT_REASONS))
_CHECK = "Check which columns are chosen."
_NEARLY_ALL = 0.8  # of the texts of a column
_CODES_OF_PLACES = (  # by which a place is named that only another list or service knows
    (
        "(?i)8[0-9a-f]{14}",
        "cells of H3, which are not read: give the file the longitude and latitude of their middles "
        "(cell_to_latlng of any H3 library), and import that.",
    ),
    (
        r"/{0,3}[\pL\pM]{2,}\.[\pL\pM]{2,}\.[\pL\pM]{2,}",
        "addresses of what3words, which only their own service can place: export longitude and latitude "
        "beside them, and import that.",
    ),
)


@dataclass(frozen=True)
class RowCounts:
    """How many rows of a file, or of the sample of it, come to what."""

    rows: int
    refused: int
    unplaced: int = 0
    undated: int = 0


def describe_losses(
    cursor: duckdb.DuckDBPyConnection,
    counts: RowCounts,
    rows: Rows,
    table: RawRows,
    mapping: Mapping,
    malformed: Sequence[str] = (),
) -> tuple[str, ...]:
    """What more than a fifth of the rows lose, each with its likeliest cause and what to check. `malformed`:
    the reasons of rows that do not fit the header."""
    losses = []
    accepted = max(counts.rows - counts.refused, 0)
    lost = counts.refused - (_count_no_payments(cursor, rows) if counts.refused > GATE * counts.rows else 0)
    if lost > GATE * counts.rows:
        reason, roles, check = _likeliest(cursor, rows, malformed)
        names = [name for role in roles for name in mapping.of(role)]
        shown = _examples(cursor, rows, table, names, reason)
        dates = mapping.of("time")[:1]
        if reason == "no date" and dates and is_written_once(table.rows, dates[0]):
            check = (
                f"If {dates[0]!r} is written once for all rows of a day, fill it down (--fill-down "
                f"'{dates[0]}', or the tick of the page)."
            )
        of_all = f"{lost:,} of {counted(counts.rows, 'row')}"
        losses.append(f"{of_all} refused, most often: {reason}{shown}. {check}")
    if accepted and counts.unplaced > GATE * accepted:
        losses.append(
            f"{counts.unplaced:,} of {counted(accepted, 'row')} {_have(counts.unplaced)} no place. "
            + _why_unplaced(cursor, table, mapping)
        )
    if accepted and counts.undated > GATE * accepted:
        names = list(mapping.of("time"))
        shown = _examples(cursor, rows, table, names, None)
        why = f"The column {_named(names)} cannot be read{shown}." if names else "No column is chosen for it."
        losses.append(
            f"{counts.undated:,} of {counted(accepted, 'row')} {_have(counts.undated)} no date. {why}"
        )
    return tuple(losses)


def describe_unread(parts: Sequence[Part]) -> tuple[str, ...]:
    """What of a file of several parts nobody chose to leave out."""
    unread = [part for part in parts if not part.is_read and part.rows]
    if not unread:
        return ()
    noun = unread[0].noun
    return (
        f"the {noun}{'' if len(unread) == 1 else 's'} {list_parts(unread)} of the file "
        f"{_are(len(unread))} not read",
    )


def _count_no_payments(cursor: duckdb.DuckDBPyConnection, rows: Rows) -> int:
    """How many rows are refused because no money moved: nothing is lost with them."""
    ((count,),) = cursor.execute(
        f"SELECT count(*) FROM {rows.source} WHERE {rows.reason} IN ({_NO_PAYMENTS})"
    ).fetchall()
    return int(count)


def _likeliest(
    cursor: duckdb.DuckDBPyConnection, rows: Rows, malformed: Sequence[str]
) -> tuple[str, tuple[str, ...], str]:
    """The commonest reason, the roles whose texts show it, and what to check."""
    found = cursor.execute(
        f"SELECT {rows.reason} AS why, count(*) FROM {rows.source} GROUP BY why HAVING why IS NOT NULL"
        f" AND why NOT IN ({_NO_PAYMENTS}) ORDER BY 2 DESC LIMIT 1"
    ).fetchall()
    reason = found[0][0] if found and found[0][1] >= len(malformed) else None
    if reason is None:
        reason = max(set(malformed), key=list(malformed).count, default="no rows")
    for words, roles, check in _CAUSES:
        if any(word in reason for word in words):
            return reason, roles, check
    return reason, (), _CHECK


def _examples(
    cursor: duckdb.DuckDBPyConnection, rows: Rows, table: RawRows, names: Sequence[str], reason: str | None
) -> str:
    if not names:
        return ""
    text = f"concat_ws(' ', {', '.join(map(table.text, names))})"
    judged = f"{rows.reason} = $reason" if reason else f"{rows.reason} IS NULL"
    found = cursor.execute(
        f"SELECT DISTINCT left({text}, 40) AS text FROM {rows.source} WHERE {judged} AND {text} <> ''"
        f" ORDER BY text LIMIT {_EXAMPLES}",
        {"reason": reason} if reason else None,
    ).fetchall()
    return (
        f" (such as {_named([text for (text,) in found])})" if found else f" ({_named(names)} is empty there)"
    )


def _why_unplaced(cursor: duckdb.DuckDBPyConnection, table: RawRows, mapping: Mapping) -> str:
    names = [name for role in ("longitude", "latitude", "point") for name in mapping.of(role)]
    if not names:
        for name in mapping.of("attribute"):
            for pattern, way_out in _CODES_OF_PLACES:
                fits = f"avg(CAST(regexp_full_match({table.text(name)}, {literal(pattern)}) AS INTEGER))"
                ((share,),) = cursor.execute(f"SELECT {fits} FROM {table.table}").fetchall()
                if share and share > _NEARLY_ALL:
                    return f"The column '{name}' holds {way_out}"
        return "No column is chosen for the coordinates: such rows are on no map and in no hotspot."
    return (
        f"{_named(names)} {_are(len(names))} empty, zero or unknown there. Such rows are on no map: check "
        "whether another column holds the places."
    )


def _named(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
