"""When: each distinct text of a date is read once, then becomes an interval in UTC.

A written time that the clocks repeat at the end of daylight saving may be either instant, so it becomes the
interval from the first to the second. One that the clocks skip is read with the offset that held before, as
if the clock had not yet been put forward: 01:30 in a London spring is 02:30."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import duckdb
import pyarrow as pa

from analytics.ingest.date_formats import (
    ANY_DAY_FIRST,
    ANY_MONTH_FIRST,
    FORMATS,
    TimeColumns,
    date_part,
    example,
    is_day_first,
    read_text,
    rival_format,
    whole_part,
    without_clock,
)
from analytics.ingest.mistaken_dates import note_persian_days, take_common_years, unswap_days_and_months
from analytics.ingest.sql import RawRows, literal
from analytics.ingest.whole_dates import dates_only, local_dates_only, local_time, months_only
from analytics.ingest.written_dates import WrittenDate, read_written_date
from analytics.ingest.written_intervals import read_written_interval
from analytics.shared.wording import counted
from analytics.store import now

_OTHER_CALENDAR = "the year is one of the Persian or Islamic calendar: export the dates in the common one"
_CLOCK_TO_CLOCK = re.compile(r"\d[:.h]\d{2}\s?[-–]\s?\d{1,2}[:.h]\d{2}\s*$")
_STEP = {
    "minute": "INTERVAL 0 MINUTE",
    "hour": "INTERVAL 1 HOUR",
    "day": "INTERVAL 1 DAY",
    "month": "INTERVAL 1 MONTH",
}


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
    """Read each distinct date text once: by the file's format, else on its own.

    A file in which every time is 00:00 gives dates, not times: nobody records all crime at midnight. One in
    which every date is the first of its month gives months."""
    starts = {f"start_{k}": name for k, name in enumerate(columns.start)}
    ends = {f"end_{k}": name for k, name in enumerate(columns.end)}
    keys = starts | ends
    named = ", ".join(f"{raw.column(name)} AS {key}" for key, name in keys.items())
    table, full, day = "written", columns.format, date_part(columns.format)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE {table} AS
        SELECT *, coalesce({read_text("start_text", full)}, {read_text("start_text", day)}) AS start,
            coalesce({read_text("end_text", full)}, {read_text("end_text", day)}) AS finish,
            {_precision("start_text", full)} AS start_precision,
            {_precision("end_text", full)} AS end_precision,
            {"start_precision = 'minute'" if "%z" in columns.format else "false"} AS start_is_utc
        FROM (
            SELECT {", ".join(keys)}, count(*) AS rows, {_joined([*starts])} AS start_text,
                {_joined([*ends])} AS end_text
            FROM (SELECT {named} FROM {raw.table}) GROUP BY {", ".join(keys)}
        )"""
    ).fetchall()
    notes = _read_others(cursor, table, columns)
    notes += take_common_years(cursor, table) + note_persian_days(cursor, table)
    notes += _day_or_month_first(cursor, table, columns.format)
    notes += dates_only(cursor, table, columns) + months_only(cursor, table, columns)
    return WrittenTimes(table, keys, columns, notes)


def _read_others(cursor: duckdb.DuckDBPyConnection, table: str, columns: TimeColumns) -> tuple[str, ...]:
    """Read the texts that the file's format does not: each on its own. Of an interval in one text the end is
    that of the row, unless another column holds it."""
    texts = cursor.sql(
        f"""SELECT start_text AS text, true AS is_start FROM {table} WHERE start IS NULL
        UNION SELECT end_text, false FROM {table} WHERE finish IS NULL"""
    ).fetchall()
    texts = [(text, is_start) for text, is_start in texts if text]
    if not texts:
        return ()
    day_first, z_is_utc = is_day_first(columns.format), columns.are_utc or "%z" in columns.format
    hours = {
        is_start: _holds_hours(cursor, table, "start" if is_start else "end", names)
        for is_start, names in ((True, columns.start), (False, columns.end))
    }
    ends_with_clock = _hold_clock_to_clock([text for text, _ in texts], day_first)
    starts, ends, ambiguous, settled = [], [], 0, False
    for text, is_start in texts:
        given = {"bare_is_hour": hours[is_start], "z_is_utc": z_is_utc}
        is_range = ends_with_clock and _CLOCK_TO_CLOCK.search(text) is not None
        read = None if is_range else read_written_date(text, day_first=day_first, **given)
        if read is None:
            if interval := read_written_interval(text, day_first=day_first, z_is_utc=z_is_utc):
                starts += [(text, interval.start)] * is_start
                ends.append((text, is_start, interval.end))
            continue
        other = read_written_date(text, day_first=not day_first, **given)
        ambiguous, settled = ambiguous + (other is not None and other != read), settled or other is None
        if is_start:
            starts.append((text, read))
        else:
            ends.append((text, False, read))
    _store_dates(cursor, table, "start", [(text, True, date) for text, date in starts])
    _store_dates(cursor, table, "finish", ends)
    if exchanged := unswap_days_and_months(cursor, table):
        return exchanged
    if ambiguous and not settled and columns.format in (ANY_DAY_FIRST, ANY_MONTH_FIRST):
        return (_unsettled(day_first),)
    return ()


def _store_dates(
    cursor: duckdb.DuckDBPyConnection, table: str, side: str, dates: list[tuple[str, bool, WrittenDate]]
) -> None:
    """Set the `side` of the rows of these texts that has none yet. The flag says whether the text is that of
    the start, in which an end may stand too."""
    if not dates:
        return
    read = pa.table(
        {
            "text": [text for text, _, _ in dates],
            "of_start": [of_start for _, of_start, _ in dates],
            "stamp": pa.array([date.at for _, _, date in dates], pa.timestamp("us")),
            "precision": [date.precision for _, _, date in dates],
            "is_utc": [date.is_utc for _, _, date in dates],
        }
    )
    cursor.register("others", read)
    name = "start" if side == "start" else "end"
    utc = ", start_is_utc = is_utc" if side == "start" else ""
    cursor.execute(
        f"""UPDATE {table} SET {side} = stamp, {name}_precision = precision{utc} FROM others
        WHERE {side} IS NULL AND (NOT of_start AND {name}_text = text
            OR of_start AND start_text = text AND ({literal(side)} = 'start' OR end_text IS NULL))"""
    ).fetchall()
    cursor.unregister("others")


def _hold_clock_to_clock(texts: list[str], day_first: bool) -> bool:
    """Whether some text ends with two times of day of which the second cannot be an offset from UTC, so that
    21:00-05:00 beside it is an interval too."""
    return any(
        _CLOCK_TO_CLOCK.search(text)
        and read_written_date(text, day_first=day_first) is None
        and read_written_interval(text, day_first=day_first) is not None
        for text in texts
    )


def _holds_hours(cursor: duckdb.DuckDBPyConnection, table: str, side: str, names: tuple[str, ...]) -> bool:
    """Whether the last column of a date in several holds whole hours, not hours and minutes as 945."""
    if len(names) < 2:
        return False
    key = f"trim({side}_{len(names) - 1})"
    ((hours,),) = cursor.execute(
        f"SELECT bool_and(regexp_full_match({key}, '\\d{{1,2}}(\\.0)?') AND TRY_CAST({key} AS DOUBLE) <= 24)"
        f" FROM {table} WHERE {key} <> ''"
    ).fetchall()
    return bool(hours)


def _day_or_month_first(cursor: duckdb.DuckDBPyConnection, table: str, strptime: str) -> tuple[str, ...]:
    rival = rival_format(strptime)
    if rival is None:
        return ()
    other = f"coalesce({read_text('start_text', rival)}, {read_text('start_text', date_part(rival))})"
    ((both, differing),) = cursor.execute(
        f"SELECT count(*) FILTER ({other} IS NOT NULL) = count(start), count(*) FILTER ({other} <> start)"
        f" FROM {table}"
    ).fetchall()
    if not both or not differing:
        return ()
    return (_unsettled(is_day_first(strptime)),)


def _unsettled(day_first: bool) -> str:
    return (
        "no date in the file shows whether the day or the month comes first: it is read as "
        f"{'day' if day_first else 'month'} first; choose the other date format if that is wrong"
    )


def date_times(cursor: duckdb.DuckDBPyConnection, written: WrittenTimes, time_zone: str) -> DatedTimes:
    """Make intervals in UTC of times as written on the clocks of `time_zone`."""
    dates_only = local_dates_only(cursor, written.table, written.columns, time_zone)
    judged = _judge_times(cursor, written)
    clock = _read_clock(cursor, judged, time_zone)
    zone, table = literal(time_zone), "dated"
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE {table} AS
        SELECT {judged}.* EXCLUDE (start, finish, ending), start AS written_from, finish AS written_to,
            if(absolute, start, begins.first) AS occurred_from,
            greatest(if(absolute, ending, ends.last), occurred_from) AS occurred_to,
            start_precision AS time_precision,
            {local_time("occurred_from", zone)} AS local_from, {local_time("occurred_to", zone)} AS local_to,
            CAST(local_from AS DATE) AS local_date,
            if(start_precision = 'minute' AND date_trunc('hour', local_from) = date_trunc('hour', local_to)
                OR start_precision = 'hour' AND local_to <= date_trunc('hour', local_from) + INTERVAL 1 HOUR,
                hour(local_from), NULL) AS local_hour,
            if(local_to - INTERVAL 1 MICROSECOND < date_trunc('day', local_from) + INTERVAL 1 DAY,
                isodow(local_from), NULL) AS local_weekday,
            begins.skipped AND start_precision = 'minute' AS skipped,
            begins.first < begins.last AND start_precision = 'minute' AS repeated
        FROM {judged} LEFT JOIN {clock} AS begins ON begins.wall = start
            LEFT JOIN {clock} AS ends ON ends.wall = ending"""
    ).fetchall()
    return DatedTimes(table, written.keys, dates_only + _note_clock_changes(cursor, table))


def _judge_times(cursor: duckdb.DuckDBPyConnection, written: WrittenTimes) -> str:
    """A table of WrittenTimes with `absolute` (the time is UTC), `ending` and `reason`; returns its name."""
    absolute = "true" if written.columns.are_utc else "coalesce(start_is_utc, false)"
    latest = f"TIMESTAMP {literal(str(now() + timedelta(days=2)))}"
    expected = literal(f"the date cannot be read: expected is one like {example(written.columns.format)}")
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE judged AS
        SELECT *, {absolute} AS absolute,
            CASE coalesce(if(finish IS NULL, start_precision, end_precision), '') {_step_cases()} END AS step,
            coalesce(finish, start) + step AS ending,
            CASE
                WHEN start_text IS NULL THEN 'no date'
                WHEN start IS NULL THEN {expected}
                WHEN year(start) BETWEEN 1300 AND 1499 THEN {literal(_OTHER_CALENDAR)}
                WHEN start < TIMESTAMP '1900-01-01' THEN 'the date is before 1900'
                WHEN start > {latest} THEN 'the date lies in the future'
                WHEN end_text IS NOT NULL AND finish IS NULL THEN 'the end date cannot be read'
                WHEN finish < start AND end_precision IN ('minute', 'hour')
                    OR ending <= start AND finish IS NOT NULL AND end_precision NOT IN ('minute', 'hour')
                    THEN 'it ends before it starts'
                WHEN finish > {latest} THEN 'the end date lies in the future'
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
                {local_time("before", zone)} = wall AS before_holds,
                {local_time("after", zone)} = wall AS after_holds
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
            f"{counted(repeated, 'row')} with a time that the clocks showed twice that night: "
            "both instants are kept as possible"
        )
    if skipped:
        notes.append(
            f"{counted(skipped, 'row')} with a time that the clocks skipped that night: "
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
        text = f"coalesce(' ' || nullif({whole_part(f'trim({key})')}, '') || {text}, '')"
    date = f"nullif(trim({keys[0]}), '')"
    if len(keys) > 1:
        date = f"if(trim({keys[1]}) <> '', {without_clock(whole_part(date))}, {date})"
    return f"{date} || {text}"


def _precision(text: str, strptime: str) -> str:
    full, day = FORMATS[strptime], FORMATS[date_part(strptime)]
    return (
        f"CASE WHEN {text} IS NULL THEN NULL WHEN {read_text(text, strptime)} IS NULL THEN {literal(day)} "
        f"ELSE {literal(full)} END"
    )


def _step_cases() -> str:
    return " ".join(f"WHEN {literal(precision)} THEN {step}" for precision, step in _STEP.items())


def _read_with_offset_at(utc: str, zone: str) -> str:
    return f"wall - ({local_time(utc, zone)} - ({utc}))"
