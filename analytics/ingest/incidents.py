"""Recorded crime: how the rows of a file become incidents."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import duckdb

from analytics.formats.header import UnreadableFile
from analytics.ingest.area import note_distortion
from analytics.ingest.incident_reference import is_called_reference
from analytics.ingest.mapping import Mapping
from analytics.ingest.name_words import words_of
from analytics.ingest.places import locate, read_places
from analytics.ingest.row_times import note_unread_clock
from analytics.ingest.rows import NO_TEXT, Destination, Rows
from analytics.ingest.sql import RawRows, literal
from analytics.ingest.time_columns import dates_untold, of_something_else
from analytics.ingest.times import date_times, read_times
from analytics.shared.wording import counted

_YEARS_ALONE = 3  # of fewer it may be chance that all dates are 1 January
_MOST_IN_ROW = 1000  # incidents; a row that counts more is a total


def incident_rows(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, destination: Destination
) -> Rows:
    """Incidents, placed in the area that holds them and dated by its clocks."""
    counts = _read_counts(cursor, raw, mapping)
    destination.step("Reading dates", 0.3)
    written = read_times(cursor, raw, mapping.times())
    _refuse_years(cursor, written.table)
    destination.step("Reading coordinates", 0.35)
    places = read_places(cursor, raw, mapping)
    spread = places.spread()
    area_id, epsg, time_zone = destination.area_around(cursor, spread, mapping.time_zone)
    destination.step("Locating", 0.45)
    located = locate(cursor, raw, places, epsg)
    dated = date_times(cursor, written, time_zone)
    # Trimming and judging every row costs half as much as writing it, so only what needs it gets it.
    texts = [mapping.one(role) for role in ("category", "place", "reference")]
    plain = _find_plain_texts(cursor, raw, [name for name in texts if name])
    category, place, reference = (
        raw.column(name) if name and name in plain else raw.text(name) for name in texts
    )
    if not mapping.of("category"):
        category = literal(mapping.category or "")
    d = dated.table
    doubts = [f"{d}.reason IS NULL"] if _some(cursor, d, f"{d}.reason") else []
    if located.some_refused:
        doubts.append(f"{located.reason} IS NULL")
    if mapping.of("category") and not plain.get(mapping.one("category")):
        doubts.append(f"{category} IS NOT NULL")
    if counts.times:
        doubts.append(f"{counts.reason} IS NULL")
    return Rows(
        {
            "area_id": str(area_id),
            "reference": reference,
            "category": category,
            "occurred_from": f"{d}.occurred_from",
            "occurred_to": f"{d}.occurred_to",
            "time_precision": f"{d}.time_precision",
            "local_date": f"{d}.local_date",
            "local_hour": f"{d}.local_hour",
            "local_weekday": f"{d}.local_weekday",
            "place": place,
            "lon": located.lon,
            "lat": located.lat,
            "x": located.x,
            "y": located.y,
        },
        f"coalesce({d}.reason, if({category} IS NULL, 'no category', NULL), {located.reason}, "
        f"{counts.reason})",
        f"{raw.table} {dated.join(raw)}",
        (
            *_doubts(mapping),
            *counts.notes,
            *written.notes,
            *dated.notes,
            *places.notes,
            *note_distortion(epsg, spread, time_zone),
        ),
        repeats=counts.times,
        accepted=" AND ".join(doubts) or "true",
        shown={
            "category": category,
            "start": f"{d}.written_from",
            "finish": f"{d}.written_to",
            "place": place,
            "lon": located.lon,
            "lat": located.lat,
        },
        place="x",
        area_id=area_id,
    )


def _refuse_years(cursor: duckdb.DuckDBPyConnection, table: str) -> None:
    """Raises UnreadableFile where every date is 1 January of some year: the file knows the year alone, and
    all would be taken for January's."""
    ((years, others),) = cursor.execute(
        f"""SELECT count(DISTINCT year(start)),
            count(*) FILTER (strftime(start, '%m-%d %H:%M') <> '01-01 00:00')
        FROM {table} WHERE start IS NOT NULL"""
    ).fetchall()
    if years >= _YEARS_ALONE and not others:
        raise UnreadableFile(
            f"Every date is 1 January, in {years} years: the file knows the year alone, and incidents need "
            "the month at least. Choose a column with the whole date; if the rows are counts by year, import "
            "a list with one row for each incident instead."
        )


@dataclass(frozen=True)
class _Counts:
    """SQL of how many incidents a row stands for, None where each is one, and of why a row is refused."""

    times: str | None = None
    reason: str = NO_TEXT
    notes: tuple[str, ...] = ()


def _read_counts(cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping) -> _Counts:
    """How many incidents each row stands for. Raises UnreadableFile where the file is a table of counts."""
    column = mapping.one("count")
    if column is None:
        return _Counts()
    number = f"TRY_CAST({raw.column(column)} AS DOUBLE)"
    ((rows, incidents, most, none),) = cursor.execute(
        f"""SELECT count(*) FILTER ({number} > 1), coalesce(sum(greatest({number}, 0)), 0),
            coalesce(max({number}), 0), count(*) FILTER ({number} < 1) FROM {raw.table}"""
    ).fetchall()
    if most > _MOST_IN_ROW or not isfinite(incidents):
        raise UnreadableFile(
            f"This is a table of counts: a row of {column!r} stands for {most:,.0f} incidents, and at most "
            f"{_MOST_IN_ROW:,} are read of one row. Import a list with one row for each incident, or clear "
            "'Incidents in the row' to read each row as one."
        )
    if not rows and not none:
        return _Counts()
    times = f"CAST(round(coalesce({number}, 1)) AS BIGINT)"
    note = (
        f"the column {column!r} counts incidents: {counted(rows, 'row stands', 'rows stand')} for several "
        f"each, {incidents:,.0f} incidents in all. The further ones are numbered after the last row of the "
        "file"
    )
    return _Counts(times, f"if({times} < 1, 'the row counts no incident', NULL)", (note,))


def _doubts(mapping: Mapping) -> tuple[str, ...]:
    """What the user should know of how the columns were chosen."""
    notes: list[str] = []
    category, start = mapping.one("category"), mapping.one("time")
    if category is None:
        notes.append(
            f"no column says what the offence was: every row is called {mapping.category!r}; choose a "
            "column, or name one category for all"
        )
    elif "outcome" in words_of(category):
        notes.append(
            f"{category!r} holds outcomes of crimes recorded elsewhere, not new offences: beside their "
            "street file each crime would be counted twice"
        )
    notes += note_unread_clock(mapping)
    if start and (of_what := of_something_else(start)):
        notes.append(f"the only date, {start!r}, is that of the {of_what}, not of the offence")
    elif start and (others := dates_untold(start, mapping.of("attribute"))):
        notes.append(
            f"no name says which date is that of the offence: {start!r} is read as it, not "
            f"{', '.join(map(repr, others))}"
        )
    reference = mapping.one("reference")
    if reference and not is_called_reference(reference):
        notes.append(
            f"{reference!r} is read as the number of the incident, since it holds another code in every row; "
            "its name does not say so"
        )
    return tuple(notes)


def _find_plain_texts(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, names: list[str]
) -> dict[str | None, bool]:
    """The columns of which no text is blank or has a blank at either end, and whether each row has one."""
    if not names:
        return {}
    judged = ", ".join(
        f"coalesce(bool_or({text} = '' OR starts_with({text}, ' ') OR ends_with({text}, ' ')), false),"
        f" count({text}) = count(*)"
        for text in map(raw.column, names)
    )
    ((*found,),) = cursor.execute(f"SELECT {judged} FROM {raw.table}").fetchall()
    return {
        name: is_full
        for name, is_untidy, is_full in zip(names, found[::2], found[1::2], strict=True)
        if not is_untidy
    }


def _some(cursor: duckdb.DuckDBPyConnection, table: str, value: str) -> bool:
    """Whether a value is not NULL in some row."""
    ((count,),) = cursor.execute(f"SELECT count({value}) FROM {table}").fetchall()
    return bool(count)
