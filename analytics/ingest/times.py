"""When: each distinct text of a date is read once, then becomes an interval in UTC.

A written time that the clocks repeat at the end of daylight saving may be either instant, so it becomes the
interval from the first to the second. One that the clocks skip is read with the offset that held before, as
if the clock had not yet been put forward: 01:30 in a London spring is 02:30."""

from __future__ import annotations

import duckdb

from analytics.ingest.mapping import FORMATS, Mapping, date_part, example, rival_format
from analytics.ingest.sql import column, literal, same

_STEP = {"minute": "INTERVAL 0 MINUTE", "day": "INTERVAL 1 DAY", "month": "INTERVAL 1 MONTH"}


def time_keys(mapping: Mapping) -> dict[str, str]:
    """Key columns of the temp tables `written` and `dated`, and the file's column of each."""
    starts = {f"start_{k}": name for k, name in enumerate(mapping.start)}
    return starts | {f"end_{k}": name for k, name in enumerate(mapping.end)}


def read_times(cursor: duckdb.DuckDBPyConnection, mapping: Mapping) -> tuple[str, ...]:
    """Temp table `written`: each distinct date text of raw_file once, its rows counted, as the clock on the
    wall: start, finish, and the precision of each. Returns notes for the user.

    A file in which every time is 00:00 gives dates, not times: nobody records all crime at midnight.
    """
    keys = time_keys(mapping)
    columns = ", ".join(f"{column(name)} AS {key}" for key, name in keys.items())
    starts = [key for key in keys if key.startswith("start_")]
    ends = [key for key in keys if key.startswith("end_")]
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE written AS
        SELECT *, coalesce({_read("start_text", mapping.start_format)}, {_read("start_text", _day(mapping))}) AS start,
            coalesce({_read("end_text", mapping.start_format)}, {_read("end_text", _day(mapping))}) AS finish,
            {_precision("start_text", mapping)} AS start_precision, {_precision("end_text", mapping)} AS end_precision
        FROM (
            SELECT {", ".join(keys)}, count(*) AS rows, {_joined(starts)} AS start_text, {_joined(ends)} AS end_text
            FROM (SELECT {columns} FROM raw_file) GROUP BY {", ".join(keys)}
        )"""
    ).fetchall()
    return (*_dates_only(cursor, mapping), *_day_or_month_first(cursor, mapping))


def _dates_only(cursor, mapping: Mapping) -> tuple[str, ...]:
    if FORMATS[mapping.start_format] != "minute" or mapping.times_are_utc or "%z" in mapping.start_format:
        return ()
    ((timed, midnight),) = cursor.execute(
        """SELECT count(*), count(*) FILTER (start = date_trunc('day', start)
            AND (finish IS NULL OR end_precision <> 'minute' OR finish = date_trunc('day', finish)))
        FROM written WHERE start_precision = 'minute' AND start IS NOT NULL"""
    ).fetchall()
    if timed == 0 or midnight < timed:
        return ()
    cursor.execute("UPDATE written SET start_precision = 'day', end_precision = 'day'").fetchall()
    return ("every time is 00:00, so the file is taken to give dates only: no hour is known",)


def _day_or_month_first(cursor, mapping: Mapping) -> tuple[str, ...]:
    rival = rival_format(mapping.start_format)
    if rival is None:
        return ()
    other = f"coalesce({_read('start_text', rival)}, {_read('start_text', date_part(rival))})"
    ((both, differing),) = cursor.execute(
        f"SELECT count(*) FILTER ({other} IS NOT NULL) = count(start), count(*) FILTER ({other} <> start)"
        f" FROM written"
    ).fetchall()
    if not both or not differing:
        return ()
    first = "day" if mapping.start_format.startswith("%d") else "month"
    return (
        f"no date in the file shows whether the day or the month comes first: it is read as {first} first; "
        "choose the other date format if that is wrong",
    )


def date_times(cursor: duckdb.DuckDBPyConnection, mapping: Mapping, time_zone: str) -> tuple[str, ...]:
    """Temp table `dated`: the keys of `written` with what an incident needs of its time, or the reason why
    not.

    occurred_from and occurred_to are UTC; local_date, local_hour and local_weekday are the clock's in
    `time_zone`, hour and weekday NULL unless the whole interval lies within one. Returns notes for the user.
    """
    absolute = "true" if mapping.times_are_utc else "false"
    if "%z" in mapping.start_format:
        absolute = "start_precision = 'minute'"
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE judged AS
        SELECT *, {absolute} AS absolute,
            CASE coalesce(if(finish IS NULL, start_precision, end_precision), '') {_step_cases()} END AS step,
            coalesce(finish, start) + step AS ending,
            CASE
                WHEN start_text IS NULL THEN 'no date'
                WHEN start IS NULL THEN {literal(f"the date cannot be read: expected is one like {example(mapping.start_format)}")}
                WHEN start < TIMESTAMP '1900-01-01' THEN 'the date is before 1900'
                WHEN start > now()::TIMESTAMP + INTERVAL 2 DAY THEN 'the date lies in the future'
                WHEN end_text IS NOT NULL AND finish IS NULL THEN 'the end date cannot be read'
                WHEN finish IS NOT NULL AND if(end_precision = 'minute', finish < start, ending <= start)
                    THEN 'it ends before it starts'
                WHEN finish > now()::TIMESTAMP + INTERVAL 2 DAY THEN 'the end date lies in the future'
            END AS reason
        FROM written"""
    ).fetchall()
    zone = literal(time_zone)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE clock AS
        SELECT wall, if(before_holds OR NOT after_holds, if(after_holds, least(before, after), before), after) AS first,
            if(before_holds OR NOT after_holds, if(after_holds, greatest(before, after), before), after) AS last,
            NOT before_holds AND NOT after_holds AS skipped
        FROM (
            SELECT wall, {_read_with_offset_at("wall - INTERVAL 1 DAY", zone)} AS before,
                {_read_with_offset_at("wall + INTERVAL 1 DAY", zone)} AS after,
                {_local("before", zone)} = wall AS before_holds, {_local("after", zone)} = wall AS after_holds
            FROM (
                SELECT start AS wall FROM judged WHERE reason IS NULL AND NOT absolute
                UNION SELECT ending FROM judged WHERE reason IS NULL AND NOT absolute
            )
        )"""
    ).fetchall()
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE dated AS
        SELECT judged.* EXCLUDE (start, ending), if(absolute, start, begins.first) AS occurred_from,
            greatest(if(absolute, ending, ends.last), occurred_from) AS occurred_to, start_precision AS time_precision,
            {_local("occurred_from", zone)} AS local_from, {_local("occurred_to", zone)} AS local_to,
            CAST(local_from AS DATE) AS local_date,
            if(start_precision = 'minute' AND date_trunc('hour', local_from) = date_trunc('hour', local_to),
                hour(local_from), NULL) AS local_hour,
            if(local_to - INTERVAL 1 MICROSECOND < date_trunc('day', local_from) + INTERVAL 1 DAY,
                isodow(local_from), NULL) AS local_weekday,
            begins.skipped AND start_precision = 'minute' AS skipped,
            begins.first < begins.last AND start_precision = 'minute' AS repeated
        FROM judged LEFT JOIN clock AS begins ON begins.wall = start LEFT JOIN clock AS ends ON ends.wall = ending"""
    ).fetchall()
    ((skipped, repeated),) = cursor.execute(
        "SELECT coalesce(sum(rows) FILTER (skipped), 0), coalesce(sum(rows) FILTER (repeated), 0) FROM dated"
        " WHERE reason IS NULL"
    ).fetchall()
    notes = ()
    if repeated:
        notes += (
            f"{repeated:,} rows give a time that the clocks showed twice that night: both instants are kept "
            f"as possible",
        )
    if skipped:
        notes += (
            f"{skipped:,} rows give a time that the clocks skipped that night: it is moved forward by what "
            f"was skipped",
        )
    return notes


def joined_times(mapping: Mapping, table: str = "dated") -> str:
    """SQL that joins raw_file to `dated`, or to `written`."""
    return f"JOIN {table} ON {same(time_keys(mapping), table)}"


def _joined(keys: list[str]) -> str:
    """The texts of several columns with a blank between, up to the first that is blank: a later one means
    nothing."""
    if not keys:
        return "CAST(NULL AS VARCHAR)"
    text = "''"
    for key in reversed(keys[1:]):
        text = f"coalesce(' ' || nullif(trim({key}), '') || {text}, '')"
    return f"nullif(trim({keys[0]}), '') || {text}"


def _day(mapping: Mapping) -> str:
    return date_part(mapping.start_format)


def _read(text: str, strptime: str) -> str:
    """A date as written, or, where the text gives its offset, as UTC."""
    if "%z" not in strptime:
        return f"try_strptime({text}, {literal(strptime)})"
    offset = f"regexp_replace({text}, '[zZ]$', '+00:00')"
    return f"timezone('UTC', try_strptime({offset}, {literal(strptime)}))"


def _precision(text: str, mapping: Mapping) -> str:
    whole, day = FORMATS[mapping.start_format], FORMATS[_day(mapping)]
    return (
        f"CASE WHEN {text} IS NULL THEN NULL WHEN {_read(text, mapping.start_format)} IS NULL THEN "
        f"{literal(day)} ELSE {literal(whole)} END"
    )


def _step_cases() -> str:
    return " ".join(f"WHEN {literal(precision)} THEN {step}" for precision, step in _STEP.items())


def _local(utc: str, zone: str) -> str:
    return f"timezone({zone}, timezone('UTC', {utc}))"


def _read_with_offset_at(utc: str, zone: str) -> str:
    return f"wall - ({_local(utc, zone)} - ({utc}))"
