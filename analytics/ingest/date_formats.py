"""How dates are written: the formats that are read, and which of them a file uses.

A text that the file's format does not read is read on its own by `written_dates`, day and month in the order
of the format. A file that no format reads is read so throughout: ANY_DAY_FIRST, ANY_MONTH_FIRST."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from analytics.formats.readers import RawTable, sample
from analytics.ingest.sql import literal
from analytics.ingest.written_calendars import is_persian_day
from analytics.ingest.written_intervals import read_start

ANY_DAY_FIRST, ANY_MONTH_FIRST = "any, day first", "any, month first"
_ANY = (ANY_DAY_FIRST, ANY_MONTH_FIRST)

# Tried in order; the first that reads the most of a sample wins, so day-first comes before month-first only
# where a value settles it, and a four-digit year before a two-digit one.
_DAYS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d-%b-%y",
    "%d-%m-%y",
    "%m-%d-%y",
    "%Y %m %d",
    "%y%m%d",
    "%y/%m/%d",
    "%y-%m-%d",
    "%y.%m.%d",
    "%b %d, %Y",
    "%B %d, %Y",
)
_BARE_DAYS = ("%d%m%Y", "%m%d%Y")
_CLOCKS = (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %H%M", "T%H:%M:%S", "T%H:%M")
_ISO = (
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%MZ",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S.%f%z",
    "%Y-%m-%dT%H:%M%z",
    "%Y-%m-%d %H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S.%f%z",
    "%Y/%m/%d %H:%M:%S%z",
    "%Y%m%d%H%M%S",
)
# Texts that a format would read too freely: 101 as 10:01, a serial number of Excel as a day of 2045.
_GUARDS = {
    " %H%M": r"\d{4}$",
    "%y%m%d": r"^\s*\d{6}\s*$",
    "%Y%m%d%H%M%S": r"^\s*\d{14}\s*$",
    **dict.fromkeys(_BARE_DAYS, r"^\s*\d{8}\s*$"),
}
FORMATS = (
    {day + clock: "minute" for clock in _CLOCKS for day in _DAYS}
    | {"%Y %m %d %H %M": "minute"}
    | dict.fromkeys(_ISO, "minute")
    | dict.fromkeys((*_DAYS, *_BARE_DAYS), "day")
    | {day + clock: "minute" for clock in (" %H:%M:%S", " %H:%M") for day in _BARE_DAYS}
    | {"%Y-%m": "month", "%m/%Y": "month"}
    | dict.fromkeys(_ANY, "minute")
)


_MEANT = {
    **{"YYYY": "%Y", "YY": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "DD": "%d", "D": "%d", "M": "%m"},
    **{"HH24": "%H", "HH12": "%I", "HH": "%H", "H": "%H", "MI": "%M", "SS": "%S", "S": "%S", "AM/PM": "%p"},
    **{"AM": "%p", "PM": "%p"},
}
_LETTERS = re.compile(
    "|".join(
        rf"(?<![A-Za-z]){name}(?![A-Za-z])|{name}"
        for name in sorted(_MEANT, key=len, reverse=True)
        if len(name) > 1
    )
    + r"|(?<![A-Za-z%])[DMHS](?![A-Za-z])",
    re.IGNORECASE,
)


def example(strptime: str) -> str:
    """A date in this format: the last of 2024, a quarter past ten in the evening, which no order can
    mistake."""
    if strptime in _ANY:
        return f"31 December 2024, 22:15 ({strptime})"
    return datetime(2024, 12, 31, 22, 15, tzinfo=UTC).strftime(strptime)


def read_format(text: str) -> str | None:
    """The format that a user means: by its strptime, by the example that is shown for it, by letters
    (DD/MM/YYYY HH:MM), or 'day first' and 'month first' for dates that are read each on its own; None where
    it is not one of FORMATS."""
    by_words = {"day first": ANY_DAY_FIRST, "month first": ANY_MONTH_FIRST}
    written = " ".join(text.split())
    if known := by_words.get(written.lower()):
        return known
    if written in FORMATS:
        return written
    letters = re.sub(r"(?<=[Hh]:)(?:MM|mm)|(?<=[Hh])(?:MM|mm)(?![a-zA-Z]*[Yy])", "MI", written)
    meant = _LETTERS.sub(lambda found: _MEANT[found[0].upper()], letters)
    if meant in FORMATS:
        return meant
    return next((strptime for strptime in FORMATS if example(strptime) == written), None)


def is_day_first(strptime: str) -> bool:
    """Whether 03/04/2024 beside dates in this format is 3 April."""
    return strptime != ANY_MONTH_FIRST and not strptime.startswith("%m")


def read_text(text: str, strptime: str) -> str:
    """SQL of the date that a text states in this format, as written, or in UTC where it gives its offset;
    NULL where it does not fit."""
    if strptime in _ANY:
        return "CAST(NULL AS TIMESTAMP)"
    if "%z" in strptime:
        offset = f"regexp_replace({text}, '[zZ]$', '+00:00')"
        return f"timezone('UTC', try_strptime({offset}, {literal(strptime)}))"
    read = f"try_strptime({text}, {literal(strptime)})"
    for part, pattern in _GUARDS.items():
        if strptime.endswith(part):
            return f"if(regexp_matches({text}, {literal(pattern)}), {read}, NULL)"
    return read


# The time of day of a date that has its own in another column: midnight, or that of the place's zone in UTC.
_NO_CLOCK = (
    r"[T ](00:00(:00(\.0+)?)?( ?(Z|[+-]00(:?00)?))?|12:00(:00)? ?AM"
    r"|(0\d|1[01]):00:00(\.0+)?( ?[+-]00(:?00)?))$"
)


_WHOLE = r"^\s*(\d{1,4})\.0+\s*$"  # a part of a date that a program has written as 15.0


def whole_part(text: str) -> str:
    """SQL of the text of a part of a date or a time, a whole number without its point."""
    return f"if(contains({text}, '.0'), regexp_replace({text}, {literal(_WHOLE)}, '\\1'), {text})"


def without_clock(text: str) -> str:
    """SQL of the text of a date without the midnight after it, which a column of times of day beside it
    replaces."""
    return f"if(contains({text}, ':'), regexp_replace({text}, {literal(_NO_CLOCK)}, '', 'i'), {text})"


def date_part(strptime: str) -> str:
    """The format without its time of day: what reads a row whose time is missing."""
    return re.sub(r"[ T]%[HI].*", "", strptime)


def rival_format(strptime: str) -> str | None:
    """The same format with day and month exchanged; None where they cannot be mistaken for each other."""
    if strptime[:5] == "%d/%m" or strptime[:5] == "%d-%m":
        rival = f"%m{strptime[2]}%d{strptime[5:]}"
    elif strptime[:5] == "%m/%d" or strptime[:5] == "%m-%d":
        rival = f"%d{strptime[2]}%m{strptime[5:]}"
    else:
        return None
    return rival if rival in FORMATS else None


@dataclass(frozen=True)
class TimeColumns:
    """The columns that say when. `start` and `end` are one column or several, a date and a time of day, read
    together with one blank between. `are_utc`: a trailing Z is meant."""

    start: tuple[str, ...]
    format: str
    end: tuple[str, ...] = ()
    are_utc: bool = False


@cache
def _scratch_database() -> duckdb.DuckDBPyConnection:
    """An empty one, made once: to make one takes longer than most samples need."""
    return duckdb.connect()


def find_date_format(raw: RawTable, start: tuple[str, ...], expected: str | None = None) -> str:
    """The format that reads most of a sample, times that are left out allowed for; `expected` where it reads
    as many as any; ANY_DAY_FIRST or ANY_MONTH_FIRST where texts can be read only each on its own."""
    if not start:
        return "%Y-%m-%d"
    head = sample(raw.table.select(list(start)), 2000)
    columns = [head.column(name) for name in start]
    if len(columns) > 1:
        columns = [pc.replace_substring_regex(column, _WHOLE, r"\1") for column in columns]
        bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(columns[0]), f"(?i){_NO_CLOCK}", "")
        has_clock = pc.not_equal(pc.fill_null(pc.utf8_trim_whitespace(columns[1]), ""), "")
        columns[0] = pc.if_else(has_clock, bare, columns[0])
    text = pc.binary_join_element_wise(*columns, " ", null_handling="skip")
    texts = text.to_pylist()
    if 2 * sum(is_persian_day(text) for text in texts if text) > sum(map(bool, texts)):
        return ANY_DAY_FIRST  # its months have days that those of no format have
    formats = _formats_in_question(texts)
    if expected in _ANY:
        formats.sort(key=lambda name: is_day_first(name) != is_day_first(expected))
    elif expected:
        formats.insert(0, expected)
    if not formats:
        return expected or _any_format(texts) or "%Y-%m-%d"
    with _scratch_database().cursor() as scratch:
        scratch.register("sample", pa.table({"text": text}))
        whole = [_counted(read_text("trim(text)", f)) for f in formats]
        some = [
            _counted(f"coalesce({read_text('trim(text)', f)}, {read_text('trim(text)', date_part(f))})")
            for f in formats
        ]
        (counts,) = scratch.execute(f"SELECT {', '.join([*some, *whole])} FROM sample").fetchall()
    best = max(range(len(formats)), key=lambda at: (counts[at], counts[len(formats) + at]))
    if 2 * counts[best] > sum(map(bool, texts)):
        year_first = _with_year_first(formats[best])
        if year_first in formats and counts[formats.index(year_first)] == counts[best]:
            return year_first if _varies_at_the_end(texts) else formats[best]
        return formats[best]
    if expected in _ANY:
        return expected
    return _any_format(texts) or (formats[best] if counts[best] else expected or "%Y-%m-%d")


def _with_year_first(strptime: str) -> str:
    """The format that reads the same two-digit numbers from the year on; '' where there is none."""
    found = re.match(r"%[dm]([/.-])%[md]\1%y", strptime)
    return f"%y{found[1]}%m{found[1]}%d{strptime[found.end() :]}" if found else ""


def _varies_at_the_end(texts: Iterable[str | None]) -> bool:
    """Whether the last number of the dates differs more than the first, as a day does and a year does not."""
    numbers = [re.match(r"\s*(\d+)\D\d+\D(\d+)", text) for text in texts if text]
    firsts, lasts = ({found[k] for found in numbers if found} for k in (1, 2))
    return len(lasts) >= 3 and len(lasts) > 2 * len(firsts)


@dataclass(frozen=True)
class _DateShape:
    """What a text and a format that reads it have in common. `marks`: all but letters, digits and blanks;
    `numbers`: how many of them, which blanks or marks part."""

    marks: str
    has_letters: bool
    numbers: int

    @classmethod
    def of_text(cls, text: str) -> _DateShape:
        return cls(
            re.sub(r"[A-Za-z0-9\s]+", "", text),
            text.lower() != text.upper(),
            len(re.findall("[0-9]+", text)),
        )


@cache
def _shapes_read(strptime: str) -> frozenset[tuple[str, bool]]:
    """The marks of the texts that a format of FORMATS reads, and whether they hold letters."""
    marks = re.sub(r"%.|[A-Za-z\s]", "", strptime)
    if "%z" not in strptime:
        return frozenset({(marks, bool(re.search(r"%[bBp]|(?<!%)[TZ]", strptime)))})
    offsets = ("", "+", "-", "+:", "-:")  # none where Z stands for it
    return frozenset((marks + offset, letters) for offset in offsets for letters in (True, False))


def _formats_in_question(texts: Iterable[str | None]) -> list[str]:
    """The formats of which one of the texts may be, in order: all that can read the most of them. A format
    whose date alone fits is none: that date is a format too, and reads as much."""
    fewest: dict[tuple[str, bool], int] = {}
    for shape in {_DateShape.of_text(text) for text in texts if text}:
        if shape.numbers:
            key = (shape.marks, shape.has_letters)
            fewest[key] = min(shape.numbers, fewest.get(key, shape.numbers))
    return [name for name in FORMATS if name not in _ANY and _may_read(name, fewest)]


def _may_read(strptime: str, fewest: dict[tuple[str, bool], int]) -> bool:
    """Whether it may read a text of which marks and letters are so, with at least so many numbers."""
    most = len(re.findall("%[^bBp]", strptime)) + strptime.count("%z")
    return any(fewest.get(key, most + 1) <= most for key in _shapes_read(strptime))


def _any_format(texts: list[str | None]) -> str | None:
    """Day or month first, whichever reads more of the texts; None where neither reads half of them."""
    some = [text for text in texts if text][:300]
    read = {
        order: sum(read_start(text, day_first=is_day_first(order)) is not None for text in some)
        for order in _ANY
    }
    best = max(read, key=lambda order: read[order])
    return best if 2 * read[best] > len(some) else None


def _counted(date: str) -> str:
    """SQL for how many of a sample's texts are read as a date."""
    return f"count(*) FILTER ({date} >= TIMESTAMP '1900-01-01')"
