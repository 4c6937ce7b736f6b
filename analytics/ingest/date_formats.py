"""How dates are written: the formats that are read, and which of them a file uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from analytics.formats.readers import RawTable, sample
from analytics.ingest.sql import literal

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
    "%Y %m %d",
)
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
)
FORMATS = (
    {day + clock: "minute" for clock in _CLOCKS for day in _DAYS}
    | {"%Y %m %d %H %M": "minute"}
    | dict.fromkeys(_ISO, "minute")
    | dict.fromkeys(_DAYS, "day")
    | {"%Y-%m": "month", "%m/%Y": "month"}
)


def example(strptime: str) -> str:
    """A date in this format: the last of 2024, a quarter past ten in the evening, which no order can
    mistake."""
    return datetime(2024, 12, 31, 22, 15, tzinfo=UTC).strftime(strptime)


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


def find_date_format(raw: RawTable, start: tuple[str, ...], expected: str | None = None) -> str:
    """The format that reads most of a sample, times that are left out allowed for; `expected` where it reads
    as many as any."""
    if not start:
        return "%Y-%m-%d"
    head = sample(raw.table.select(list(start)), 2000)
    columns = [head.column(name) for name in start]
    text = pc.binary_join_element_wise(*columns, " ", null_handling="skip")
    formats = [*([expected] if expected else []), *FORMATS]
    with duckdb.connect() as scratch:
        scratch.register("sample", pa.table({"text": text}))
        whole = [_counted(literal(f)) for f in formats]
        some = [_counted(f"[{literal(f)}, {literal(date_part(f))}]") for f in formats]
        (counts,) = scratch.execute(f"SELECT {', '.join([*some, *whole])} FROM sample").fetchall()
    best = max(range(len(formats)), key=lambda at: (counts[at], counts[len(formats) + at]))
    return formats[best] if counts[best] else expected or "%Y-%m-%d"


def _counted(strptime: str) -> str:
    """SQL for how many of a sample's texts a format, or a list of them, reads."""
    return f"count(*) FILTER (try_strptime(trim(text), {strptime}) >= TIMESTAMP '1900-01-01')"
