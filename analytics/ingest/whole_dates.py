"""Files whose times tell no time of day, or no day.

Each works on the table of `analytics.ingest.times.read_times`, and returns the notes for the user."""

from __future__ import annotations

import duckdb

from analytics.ingest.date_formats import TimeColumns
from analytics.ingest.name_words import words_of
from analytics.ingest.sql import literal

_MONTH = frozenset(("month", "months", "mes", "monat", "mois", "mese", "maand"))
_FEWEST_MIDNIGHTS = 3  # distinct times; of fewer it may be chance


def months_only(cursor: duckdb.DuckDBPyConnection, table: str, columns: TimeColumns) -> tuple[str, ...]:
    """A file whose every date is the first of its month, over several months or in a column called month,
    tells the month alone."""
    ((first, others, months, rows, stated),) = cursor.execute(
        f"""SELECT count(*) FILTER (start_precision = 'day' AND day(start) = 1),
            count(*) FILTER (start_precision = 'day' AND day(start) <> 1
                OR start_precision IN ('minute', 'hour')),
            count(DISTINCT date_trunc('month', start)), coalesce(sum(rows), 0),
            count(*) FILTER (start_precision = 'month')
        FROM {table} WHERE start IS NOT NULL"""
    ).fetchall()
    if not first:
        return ("the dates give months only: no day is known",) if stated and not others else ()
    called_month = len(columns.start) == 1 and bool(_MONTH & set(words_of(columns.start[0])))
    if others or not (called_month or months >= 2 and rows >= 3):
        return ()
    cursor.execute(
        f"UPDATE {table} SET start_precision = 'month', end_precision = 'month' WHERE start_precision = 'day'"
    ).fetchall()
    return (
        "every date is the first of its month, so the file is taken to give months only: no day is known",
    )


def dates_only(cursor: duckdb.DuckDBPyConnection, table: str, columns: TimeColumns) -> tuple[str, ...]:
    """A file in which every time is 00:00 gives dates alone."""
    if columns.are_utc:
        return ()
    ((timed, midnight),) = cursor.execute(
        f"""SELECT count(*), count(*) FILTER (start = date_trunc('day', start)
            AND (finish IS NULL OR end_precision <> 'minute' OR finish = date_trunc('day', finish)))
        FROM {table} WHERE start_precision = 'minute' AND start IS NOT NULL"""
    ).fetchall()
    if timed == 0 or midnight < timed:
        return ()
    cursor.execute(
        f"""UPDATE {table} SET start_precision = if(start_precision = 'minute', 'day', start_precision),
            end_precision = if(end_precision = 'minute', 'day', end_precision),
            start_is_utc = start_is_utc AND start_precision = 'hour'"""
    ).fetchall()
    return ("every time is 00:00, so the file is taken to give dates only: no hour is known",)


def local_dates_only(
    cursor: duckdb.DuckDBPyConnection, table: str, columns: TimeColumns, time_zone: str
) -> tuple[str, ...]:
    """Take times in UTC for dates alone where all are midnight on the clocks of the place: so do portals
    write a date."""
    zone = literal(time_zone)
    if columns.are_utc:
        return ()
    ((timed, midnights),) = cursor.execute(
        f"""SELECT count(*), count(*) FILTER (start_is_utc AND {_is_midnight("start", zone)}
            AND (finish IS NULL OR {_is_midnight("finish", zone)}))
        FROM {table} WHERE start_precision = 'minute' AND start IS NOT NULL"""
    ).fetchall()
    if timed < _FEWEST_MIDNIGHTS or midnights < timed:
        return ()
    cursor.execute(
        f"""UPDATE {table} SET start = {local_time("start", zone)}, finish = {local_time("finish", zone)},
            start_precision = 'day', end_precision = 'day', start_is_utc = false
        WHERE start_precision = 'minute'"""
    ).fetchall()
    return ("every time is 00:00 of the place, so the file is taken to give dates only: no hour is known",)


def _is_midnight(utc: str, zone: str) -> str:
    return f"{local_time(utc, zone)} = date_trunc('day', {local_time(utc, zone)})"


def local_time(utc: str, zone: str) -> str:
    """SQL of a time in UTC as the clocks of a zone show it."""
    return f"timezone({zone}, timezone('UTC', {utc}))"
