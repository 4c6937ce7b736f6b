"""An interval in one text, from when to when: 13/03/2024 21:00 - 14/03/2024 07:00, 13.03.2024 21:00-23:30,
between 13 March and 15 March 2024, 13.-15.03.2024, ["2024-03-13 21:00","2024-03-14 07:00")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from analytics.ingest.written_dates import WrittenDate, read_written_date

_BETWEEN = re.compile(
    r"\s+(?:-{1,2}|–|—|~|to|until|till|through|thru|and|bis|und|a|al|à|au|et|y|e|tot|en|do|til|till|och|до|по|и)\s+"
    r"|\s*(?:→|->|=>|\.{2,3}|…|至|から|~|〜|～)\s*|(?<=[\d\"'])\s*[,;]\s*(?=[\"'\d])",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?<=[\d.hmZz])\s?[-–—/]\s?(?=\d)")
_BEFORE = re.compile(
    r"(?:between|from|von|vom|zwischen|entre(?:\s+(?:el|le))?|desde(?:\s+el)?|de|du|dal|tra|fra|van|tussen|od|mellan"
    r"|mellem|с|между)\s+",
    re.IGNORECASE,
)
_DAY_ALONE = re.compile(r"(\d{1,2})\s*(?:st|nd|rd|th|\.)?")
_HOUR_ALONE, _ENDS_WITH_HOUR = re.compile(r"\d{1,2}"), re.compile(r"(?<![\d/.-])\s\d{1,2}$")
_FIRST_NUMBER = re.compile(r"\d{1,2}(?:st|nd|rd|th)?")
_LONGEST = 90  # letters; a longer text is prose


@dataclass(frozen=True)
class WrittenInterval:
    """The first and the last time that a text states."""

    start: WrittenDate
    end: WrittenDate


def read_written_interval(
    text: str, *, day_first: bool = True, z_is_utc: bool = False
) -> WrittenInterval | None:
    """The interval that a text states; None where it states none. A time of day alone after the mark between
    both is of the same day, or of the next where it is earlier."""
    plain = " ".join(text.strip().strip("[]()\"'").split())
    plain = _BEFORE.sub("", plain, count=1) if _BEFORE.match(plain) else plain
    if len(plain) > _LONGEST or sum(map(str.isdigit, plain)) < 4:
        return None
    parts = _BETWEEN.split(plain)
    pairs = [(parts[0], parts[1])] if len(parts) == 2 else []
    pairs += [(plain[: mark.start()], plain[mark.end() :]) for mark in _MARK.finditer(plain)]
    for left, right in pairs:
        if found := _read_pair(left.strip(" \"'"), right.strip(" \"'"), day_first, z_is_utc):
            return found
    return None


def read_start(text: str, *, day_first: bool = True) -> WrittenDate | None:
    """The date that a text states, or the first of the interval that it states."""
    date = read_written_date(text, day_first=day_first)
    if date is None and (interval := read_written_interval(text, day_first=day_first)):
        return interval.start
    return date


def _read_pair(left: str, right: str, day_first: bool, z_is_utc: bool) -> WrittenInterval | None:
    def read(text: str) -> WrittenDate | None:
        return read_written_date(text, day_first=day_first, z_is_utc=z_is_utc)

    if _HOUR_ALONE.fullmatch(right) and _ENDS_WITH_HOUR.search(left):
        left, right = f"{left}:00", f"{right}:00"
    end = read(right)
    if end is not None:
        if _DAY_ALONE.fullmatch(left):
            left = _FIRST_NUMBER.sub(_DAY_ALONE.fullmatch(left)[1], right, count=1)  # type: ignore[index]
        start = read(left) or read(f"{left} {end.at.year}")
        return _ordered(start, end)
    start = read(left)
    if start is None or start.precision == "month" or not re.match(r"\d{1,2}(?!\d{3})", right):
        return None
    end = read(f"{start.at.date().isoformat()} {right}")
    if end is None or end.precision not in ("minute", "hour") or start.precision == "day":
        return None
    if end.at < start.at:
        end = WrittenDate(end.at + timedelta(days=1), end.precision, end.is_utc)
    return WrittenInterval(start, end)


def _ordered(start: WrittenDate | None, end: WrittenDate) -> WrittenInterval | None:
    return WrittenInterval(start, end) if start is not None and start.at <= end.at else None
