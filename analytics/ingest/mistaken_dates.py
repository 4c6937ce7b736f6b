"""Columns of dates that are not what they look like: day and month exchanged, years of another calendar.

Both work on the table of `analytics.ingest.times.read_times`, and return the notes for the user."""

from __future__ import annotations

import duckdb

from analytics.ingest.written_calendars import BUDDHIST_OFFSET, BUDDHIST_YEARS, is_persian_day
from analytics.shared.wording import counted

_ISO_DAY = r"'^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?)?$'"
_DIGIT = "[0-9۰-۹٠-٩]"
_PERSIAN_YEAR = f"[1۱١][34۳۴٣٤]{_DIGIT}{{2}}"
# A day that begins or ends with such a year, and so neither a stamp of seconds nor 20130415, which are many.
_MAY_BE_PERSIAN = f"^\\s*({_PERSIAN_YEAR}[-/.]|({_DIGIT}{{1,2}}[-/.]){{2}}{_PERSIAN_YEAR})"
_FEWEST_EXCHANGED = 2  # dates; of one alone it may be chance that its day is no later than the 12th


def unswap_days_and_months(cursor: duckdb.DuckDBPyConnection, table: str) -> tuple[str, ...]:
    """Put right what a spreadsheet of another country has made of a column of dates: those it could read it
    read with day and month exchanged, and the rest, of days after the 12th, it left as texts."""
    written = r"'^\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}'"
    first, second = (f"TRY_CAST(regexp_extract(start_text, {written}, {k}) AS INTEGER)" for k in (1, 2))
    is_text, is_date = f"regexp_matches(start_text, {written})", f"regexp_matches(start_text, {_ISO_DAY})"
    ((texts, days_first, months_first, dates, small, differing, others),) = cursor.execute(
        f"""SELECT count(*) FILTER ({is_text}),
            count(*) FILTER ({is_text} AND {first} > 12 AND {second} <= 12),
            count(*) FILTER ({is_text} AND {second} > 12 AND {first} <= 12), count(*) FILTER ({is_date}),
            count(*) FILTER ({is_date} AND day(start) <= 12),
            count(*) FILTER ({is_date} AND day(start) <= 12 AND day(start) <> month(start)),
            count(*) FILTER (NOT {is_text} AND NOT {is_date}) FROM {table} WHERE start_text IS NOT NULL"""
    ).fetchall()
    is_exchanged = texts and texts in (days_first, months_first) and dates == small
    if not is_exchanged or differing < _FEWEST_EXCHANGED or others:
        return ()
    ((rows,),) = cursor.execute(
        f"SELECT sum(rows) FROM {table} WHERE {is_date} AND day(start) <> month(start)"
    ).fetchall()
    cursor.execute(
        f"""UPDATE {table} SET start = make_timestamp(year(start), day(start), month(start), 0, 0, 0)
            + (start - date_trunc('day', start)) WHERE {is_date}"""
    ).fetchall()
    return (
        "a spreadsheet has exchanged day and month of the dates up to the 12th, and left the others as "
        f"texts: put right in {counted(rows, 'row')}",
    )


def take_common_years(cursor: duckdb.DuckDBPyConnection, table: str) -> tuple[str, ...]:
    """Turn Buddhist years, as Thailand writes them, into those of the common calendar."""
    first, last = BUDDHIST_YEARS
    counts = ", ".join(
        f"count(*) FILTER (year({side}) BETWEEN {first} AND {last})" for side in ("start", "finish")
    )
    ((starts, ends),) = cursor.execute(f"SELECT {counts} FROM {table}").fetchall()
    for side, count in (("start", starts), ("finish", ends)):
        if count:
            cursor.execute(
                f"UPDATE {table} SET {side} = {side} - INTERVAL {BUDDHIST_OFFSET} YEAR"
                f" WHERE year({side}) BETWEEN {first} AND {last}"
            ).fetchall()
    if not starts and not ends:
        return ()
    return ("the years are those of the Buddhist calendar, in which 2024 is 2567: read as common years",)


def note_persian_days(cursor: duckdb.DuckDBPyConnection, table: str) -> tuple[str, ...]:
    """A note where days of the Persian calendar were read; they cannot have been read otherwise."""
    texts = cursor.sql(
        f"SELECT start_text FROM {table} WHERE start IS NOT NULL AND year(start) > 1900"
        f" AND regexp_matches(start_text, '{_MAY_BE_PERSIAN}')"
    ).fetchall()
    if not any(is_persian_day(text) for (text,) in texts):
        return ()
    return (
        "the dates are those of the Persian calendar, in which 2024-03-20 is 1403/01/01: read as common ones",
    )
