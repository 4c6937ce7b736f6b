"""When: each distinct text of a date is read once, then becomes an interval in UTC.

A written time that the clocks repeat at the end of daylight saving may be either instant, so it becomes the
interval from the first to the second. One that the clocks skip is read with the offset that held before, as
if the clock had not yet been put forward: 01:30 in a London spring is 02:30."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from analytics.ingest.date_formats import FORMATS, TimeColumns, date_part, example, rival_format
from analytics.ingest.sql import RawRows, literal

_STEP = {"minute": "INTERVAL 0 MINUTE", "day": "INTERVAL 1 DAY", "month": "INTERVAL 1 MONTH"}


@dataclass(frozen=True)
class WrittenTimes:
    """Each distinct date text of a file once: `table` has start_text, end_text, start, finish (as the
    clock on the wall), the precision of each, and `rows`, how many rows have it. `keys`: its key columns
    and the file's column of each."""

    table: str
    keys: dict[str, str]
    columns: TimeColumns
    notes: tuple[str, ...]

    def join(self, raw: RawRows) -> str:
        """SQL that joins the rows of the file to this table."""
        return f"JOIN {self.table} ON {raw.equals(self.keys, self.table)}"


@dataclass(frozen=True)
class DatedTimes:
    """The keys of WrittenTimes with what a row needs of its time, or the `reason` why it has none.

    occurred_from and occurred_to are UTC; local_date, local_hour and local_weekday are the clock's in the
    zone, hour and weekday NULL unless the interval lies within one."""

    table: str
    keys: dict[str, str]
    notes: tuple[str, ...]

    def join(self, raw: RawRows) -> str:
        """SQL that joins the rows of the file to this table."""
        return f"JOIN {self.table} ON {raw.equals(self.keys, self.table)}"


def read_times(cursor: duckdb.DuckDBPyConnection, raw: RawRows, columns: TimeColumns) -> WrittenTimes:
    """Read each distinct date text once.

    A file in which every time is 00:00 gives dates, not times: nobody records all crime at midnight.
    """
    starts = {f"start_{k}": name for k, name in enumerate(columns.start)}
    ends = {f"end_{k}": name for k, name in enumerate(columns.end)}
    keys = starts | ends
    named = ", ".join(f"{raw.column(name)} AS {key}" for key, name in keys.items())
    table, day = "written", date_part(columns.format)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE {table} AS
        SELECT *, coalesce({_read("start_text", columns.format)}, {_read("start_text", day)}) AS start,
            coalesce({_read("end_text", columns.format)}, {_read("end_text", day)}) AS finish,
            {_precision("start_text", columns.format)} AS start_precision,
            {_precision("end_text", columns.format)} AS end_precision
        FROM (
            SELECT {", ".join(keys)}, count(*) AS rows, {_joined([*starts])} AS start_text,
                {_joined([*ends])} AS end_text
            FROM (SELECT {named} FROM {raw.table}) GROUP BY {", ".join(keys)}
        )"""
    ).fetchall()
    notes = (*_dates_only(cursor, table, columns), *_day_or_month_first(cursor, table, columns.format))
    return WrittenTimes(table, keys, columns, notes)


def _dates_only(cursor: duckdb.DuckDBPyConnection, table: str, columns: TimeColumns) -> tuple[str, ...]:
    if FORMATS[columns.format] != "minute" or columns.are_utc or "%z" in columns.format:
        return ()
    ((timed, midnight),) = cursor.execute(
        f"""SELECT count(*), count(*) FILTER (start = date_trunc('day', start)
            AND (finish IS NULL OR end_precision <> 'minute' OR finish = date_trunc('day', finish)))
        FROM {table} WHERE start_precision = 'minute' AND start IS NOT NULL"""
    ).fetchall()
    if timed == 0 or midnight < timed:
        return ()
    cursor.execute(f"UPDATE {table} SET start_precision = 'day', end_precision = 'day'").fetchall()
    return ("every time is 00:00, so the file is taken to give dates only: no hour is known",)


def _day_or_month_first(cursor: duckdb.DuckDBPyConnection, table: str, strptime: str) -> tuple[str, ...]:
    rival = rival_format(strptime)
    if rival is None:
        return ()
    other = f"coalesce({_read('start_text', rival)}, {_read('start_text', date_part(rival))})"
    ((both, differing),) = cursor.execute(
        f"SELECT count(*) FILTER ({other} IS NOT NULL) = count(start), count(*) FILTER ({other} <> start)"
        f" FROM {table}"
    ).fetchall()
    if not both or not differing:
        return ()
    first = "day" if strptime.startswith("%d") else "month"
    return (
        f"no date in the file shows whether the day or the month comes first: it is read as {first} first; "
        "choose the other date format if that is wrong",
    )


def date_times(cursor: duckdb.DuckDBPyConnection, written: WrittenTimes, time_zone: str) -> DatedTimes:
    """Make intervals in UTC of times as written on the clocks of `time_zone`."""
    judged = _judge_times(cursor, written)
    clock = _read_clock(cursor, judged, time_zone)
    zone, table = literal(time_zone), "dated"
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE {table} AS
        SELECT {judged}.* EXCLUDE (start, finish, ending), start AS written_from, finish AS written_to,
            if(absolute, start, begins.first) AS occurred_from,
            greatest(if(absolute, ending, ends.last), occurred_from) AS occurred_to,
            start_precision AS time_precision,
            {_local("occurred_from", zone)} AS local_from, {_local("occurred_to", zone)} AS local_to,
            CAST(local_from AS DATE) AS local_date,
            if(start_precision = 'minute' AND date_trunc('hour', local_from) = date_trunc('hour', local_to),
                hour(local_from), NULL) AS local_hour,
            if(local_to - INTERVAL 1 MICROSECOND < date_trunc('day', local_from) + INTERVAL 1 DAY,
                isodow(local_from), NULL) AS local_weekday,
            begins.skipped AND start_precision = 'minute' AS skipped,
            begins.first < begins.last AND start_precision = 'minute' AS repeated
        FROM {judged} LEFT JOIN {clock} AS begins ON begins.wall = start
            LEFT JOIN {clock} AS ends ON ends.wall = ending"""
    ).fetchall()
    return DatedTimes(table, written.keys, _note_clock_changes(cursor, table))


def _judge_times(cursor: duckdb.DuckDBPyConnection, written: WrittenTimes) -> str:
    """A table of WrittenTimes with `absolute` (the time is UTC), `ending` and `reason`; returns its name."""
    absolute = "true" if written.columns.are_utc else "false"
    if "%z" in written.columns.format:
        absolute = "start_precision = 'minute'"
    expected = literal(f"the date cannot be read: expected is one like {example(written.columns.format)}")
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE judged AS
        SELECT *, {absolute} AS absolute,
            CASE coalesce(if(finish IS NULL, start_precision, end_precision), '') {_step_cases()} END AS step,
            coalesce(finish, start) + step AS ending,
            CASE
                WHEN start_text IS NULL THEN 'no date'
                WHEN start IS NULL THEN {expected}
                WHEN start < TIMESTAMP '1900-01-01' THEN 'the date is before 1900'
                WHEN start > now()::TIMESTAMP + INTERVAL 2 DAY THEN 'the date lies in the future'
                WHEN end_text IS NOT NULL AND finish IS NULL THEN 'the end date cannot be read'
                WHEN finish IS NOT NULL AND if(end_precision = 'minute', finish < start, ending <= start)
                    THEN 'it ends before it starts'
                WHEN finish > now()::TIMESTAMP + INTERVAL 2 DAY THEN 'the end date lies in the future'
            END AS reason
        FROM {written.table}"""
    ).fetchall()
    return "judged"


def _read_clock(cursor: duckdb.DuckDBPyConnection, judged: str, time_zone: str) -> str:
    """A table of each time on the wall (`wall`) with the `first` and `last` instant in UTC that it can be,
    and whether the clocks skipped it; returns its name."""
    zone = literal(time_zone)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE clock AS
        SELECT wall, NOT before_holds AND NOT after_holds AS skipped,
            if(before_holds OR NOT after_holds, if(after_holds, least(before, after), before), after)
                AS first,
            if(before_holds OR NOT after_holds, if(after_holds, greatest(before, after), before), after)
                AS last
        FROM (
            SELECT wall, {_read_with_offset_at("wall - INTERVAL 1 DAY", zone)} AS before,
                {_read_with_offset_at("wall + INTERVAL 1 DAY", zone)} AS after,
                {_local("before", zone)} = wall AS before_holds, {_local("after", zone)} = wall AS after_holds
            FROM (
                SELECT start AS wall FROM {judged} WHERE reason IS NULL AND NOT absolute
                UNION SELECT ending FROM {judged} WHERE reason IS NULL AND NOT absolute
            )
        )"""
    ).fetchall()
    return "clock"


def _note_clock_changes(cursor: duckdb.DuckDBPyConnection, dated: str) -> tuple[str, ...]:
    ((skipped, repeated),) = cursor.execute(
        "SELECT coalesce(sum(rows) FILTER (skipped), 0), coalesce(sum(rows) FILTER (repeated), 0)"
        f" FROM {dated} WHERE reason IS NULL"
    ).fetchall()
    notes = []
    if repeated:
        notes.append(
            f"{repeated:,} rows give a time that the clocks showed twice that night: "
            "both instants are kept as possible"
        )
    if skipped:
        notes.append(
            f"{skipped:,} rows give a time that the clocks skipped that night: "
            "it is moved forward by what was skipped"
        )
    return tuple(notes)


def _joined(keys: list[str]) -> str:
    """The texts of several columns with a blank between, up to the first that is blank: a later one means
    nothing."""
    if not keys:
        return "CAST(NULL AS VARCHAR)"
    text = "''"
    for key in reversed(keys[1:]):
        text = f"coalesce(' ' || nullif(trim({key}), '') || {text}, '')"
    return f"nullif(trim({keys[0]}), '') || {text}"


def _read(text: str, strptime: str) -> str:
    """A date as written, or, where the text gives its offset, as UTC."""
    if "%z" not in strptime:
        return f"try_strptime({text}, {literal(strptime)})"
    offset = f"regexp_replace({text}, '[zZ]$', '+00:00')"
    return f"timezone('UTC', try_strptime({offset}, {literal(strptime)}))"


def _precision(text: str, strptime: str) -> str:
    full, day = FORMATS[strptime], FORMATS[date_part(strptime)]
    return (
        f"CASE WHEN {text} IS NULL THEN NULL WHEN {_read(text, strptime)} IS NULL THEN {literal(day)} "
        f"ELSE {literal(full)} END"
    )


def _step_cases() -> str:
    return " ".join(f"WHEN {literal(precision)} THEN {step}" for precision, step in _STEP.items())


def _local(utc: str, zone: str) -> str:
    return f"timezone({zone}, timezone('UTC', {utc}))"


def _read_with_offset_at(utc: str, zone: str) -> str:
    return f"wall - ({_local(utc, zone)} - ({utc}))"
