"""The time of each row of a file that is no incident, and further times of the row beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase

import duckdb
import pyarrow as pa

from analytics.ingest.column_words import column_words, date_part_words
from analytics.ingest.date_formats import ANY_DAY_FIRST, ANY_MONTH_FIRST, is_day_first
from analytics.ingest.kinds import KINDS
from analytics.ingest.mapping import Mapping
from analytics.ingest.name_words import words_of
from analytics.ingest.roles import plain
from analytics.ingest.rows import NO_TEXT
from analytics.ingest.sql import RawRows, literal
from analytics.ingest.times import date_times, read_times
from analytics.ingest.written_dates import WrittenDate, read_written_date
from analytics.shared.wording import counted, write_moment

NO_TIME = "CAST(NULL AS TIMESTAMP)"


@dataclass(frozen=True)
class RowTimes:
    """SQL: the join that gives them, the UTC time, its precision, and why it is refused."""

    join: str = ""
    at: str = NO_TIME
    precision: str = NO_TEXT
    reason: str = NO_TEXT
    notes: tuple[str, ...] = ()


def note_unnamed_time(mapping: Mapping) -> tuple[str, ...]:
    """A note where a column is read as the time of the rows that is not called one: it was the only column of
    dates, or the first."""
    name = mapping.one("time")
    role = next(role for role in KINDS[mapping.kind].roles if role.name == "time")
    parts = {word for words in date_part_words().values() for word in words}
    if name is None or any(fnmatchcase(plain(name), pattern) for pattern in role.names):
        return ()
    if parts & set(words_of(name)):
        return ()
    return (f"{name!r} is read as the time, since it holds dates; its name does not say so",)


def note_unread_clock(mapping: Mapping) -> tuple[str, ...]:
    """A note on a column kept beside the row whose name is that of a time of day, where dates have none."""
    has_clock = len(mapping.of("time")) > 1 or "%H" in mapping.time_format or "%I" in mapping.time_format
    if has_clock or mapping.time_format in (ANY_DAY_FIRST, ANY_MONTH_FIRST):
        return ()
    clocks = (
        name
        for name in mapping.of("attribute")
        if set(words_of(name)) <= column_words("clock") | column_words("occurred")
    )
    clock = next(clocks, None)
    if clock is None:
        return ()
    return (
        f"the dates have no time of day, and {clock!r}, which may hold it, is not read as one: choose it "
        "beside the date if it does",
    )


def read_row_times(
    cursor: duckdb.DuckDBPyConnection,
    raw: RawRows,
    mapping: Mapping,
    time_zone: str,
    *,
    required: bool,
) -> RowTimes:
    """`required`: whether a row without a time that can be read is refused."""
    if not mapping.of("time"):
        return RowTimes()
    columns = mapping.times()
    written = read_times(cursor, raw, columns)
    # In UTC no clock is put forward or back, and to look for it in a million rows takes half of the import.
    columns = replace(columns, are_utc=columns.are_utc or time_zone == "UTC")
    dated = date_times(cursor, replace(written, columns=columns), time_zone)
    table, notes = dated.table, written.notes + dated.notes
    if mapping.kind != "transaction":  # of which the words of a bank's dates are known in many languages
        notes += (*note_unnamed_time(mapping), *note_unread_clock(mapping))
    if time_zone == "UTC" and not mapping.times_are_utc and _tell_the_hour(cursor, table):
        notes += ("times are read as UTC: name the working area or the time zone if they are local",)
    times = RowTimes(
        f" {dated.join(raw)}",
        f"{table}.occurred_from",
        f"{table}.time_precision",
        f"{table}.reason",
        notes,
    )
    if required:
        return times
    ((unread,),) = cursor.execute(
        f"SELECT coalesce(sum(rows), 0) FROM {table} WHERE reason IS NOT NULL AND start_text IS NOT NULL"
    ).fetchall()
    if unread:
        notes += (f"{counted(unread, 'row')} with a time that cannot be read, kept without one",)
    return replace(
        times,
        at=f"if({times.reason} IS NULL, {times.at}, NULL)",
        precision=f"if({times.reason} IS NULL, {times.precision}, NULL)",
        reason=NO_TEXT,
        notes=notes,
    )


def _tell_the_hour(cursor: duckdb.DuckDBPyConnection, dated: str) -> bool:
    """Whether some time is known more finely than to the day: a day alone is the same in every zone."""
    ((told,),) = cursor.execute(
        f"SELECT coalesce(bool_or(time_precision IN ('minute', 'hour')), false) FROM {dated}"
    ).fetchall()
    return bool(told)


def date_steps(raw: RawRows, mapping: Mapping, time_zone: str) -> RowTimes:
    """The times of a file that counts steps since a start, which the mapping gives."""
    first = read_written_date(mapping.first_step or "")
    if first is None:
        raise ValueError(f"The start of the steps, {mapping.first_step!r}, is no date.")
    steps = f"TRY_CAST({raw.text(mapping.one('step'))} AS DOUBLE)"
    start = f"timezone('UTC', timezone({literal(time_zone)}, TIMESTAMP {literal(first.at.isoformat(' '))}))"
    hours = f"{mapping.step_hours:g} hour{'' if mapping.step_hours == 1 else 's'}"
    note = f"the times are those of the steps of {hours} from {write_moment(first.at)} on"
    return RowTimes(
        at=f"({start} + to_seconds(round({steps} * {3600 * mapping.step_hours})))",
        precision=literal("day" if mapping.step_hours >= 24 else "hour"),
        reason=f"if(coalesce({steps} BETWEEN 0 AND 10000000, false), NULL, 'the step is no number')",
        notes=(note,),
    )


@dataclass(frozen=True)
class Moment:
    """A further time of each row. SQL: the join that gives it, the UTC time, and the day as written."""

    join: str = ""
    at: str = NO_TIME
    day: str = "CAST(NULL AS DATE)"


def read_moment(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, role: str, time_zone: str
) -> Moment:
    """The time in the columns of a role, a date and its time of day; NULL where it is blank or cannot be
    read."""
    columns = mapping.of(role)
    if not columns:
        return Moment()
    written = f"nullif(concat_ws(' ', {', '.join(map(raw.text, columns))}), '')"
    texts = [text for (text,) in cursor.sql(f"SELECT DISTINCT {written} FROM {raw.table}").fetchall()]
    read = list(_read_texts([text for text in texts if text], is_day_first(mapping.time_format)))
    table = f"moment_{role}"
    cursor.register("moments", _as_table(read))
    zone = literal(time_zone)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE {table} AS
        SELECT text, CAST(stamp AS DATE) AS day,
            if(is_utc, stamp, timezone('UTC', timezone({zone}, stamp))) AS moment FROM moments"""
    ).fetchall()
    cursor.unregister("moments")
    return Moment(f" LEFT JOIN {table} ON {table}.text = {written}", f"{table}.moment", f"{table}.day")


def _read_texts(texts: list[str], day_first: bool) -> Iterator[tuple[str, WrittenDate]]:
    for text in texts:
        if found := read_written_date(text, day_first=day_first) or _read_six_digits(text):
            yield text, found


def _read_six_digits(text: str) -> WrittenDate | None:
    """A day written yymmdd, as passports do."""
    if not re.fullmatch(r"\d{6}", text):
        return None
    try:
        return WrittenDate(datetime.strptime(text, "%y%m%d"), "day")
    except ValueError:
        return None


def _as_table(read: list[tuple[str, WrittenDate]]) -> pa.Table:
    return pa.table(
        {
            "text": pa.array([text for text, _ in read], pa.string()),
            "stamp": pa.array([date.at for _, date in read], pa.timestamp("us")),
            "is_utc": pa.array([date.is_utc for _, date in read], pa.bool_()),
        }
    )
