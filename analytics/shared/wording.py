"""Counts and dates as a person reads them: one of a thing is never 'things', and a date has one form."""

from __future__ import annotations

import re
from datetime import date, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CHANCES = (
    (1e-6, "practically never by chance"),
    (0.001, "by chance less than once in a thousand"),
    (0.01, "by chance less than once in a hundred"),
    (0.05, "by chance less than once in twenty"),
)
_ISO = re.compile(r"(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?)?(?![\w-])")


def counted(number: float, thing: str, things: str | None = None) -> str:
    """'1 payment', '2,500 payments', '0.5 payments'; `things` is the plural where it is not the word with an
    s."""
    written = f"{int(number):,}" if number == int(number) else f"{number:,g}"
    return f"{written} {thing if number == 1 else things or thing + 's'}"


def write_day(day: date) -> str:
    """'1 Oct 2026': the form of every date that a person reads; a moment gives its day."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def write_month(day: date) -> str:
    """The month of a day, 'Oct 2026'."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def write_period(first: date, last: date) -> str:
    """'1 Oct 2026 to 31 Oct 2026'."""
    return f"{write_day(first)} to {write_day(last)}"


def write_moment(moment: datetime) -> str:
    """'1 Oct 2026 14:05'; the text around it names the zone."""
    return f"{write_day(moment)} {moment:%H:%M}"


def spell_dates(text: str) -> str:
    """The text with each ISO date in it, and the time after it, as a person reads them: '2026-10-01' becomes
    '1 Oct 2026'."""
    return _ISO.sub(_spell, text)


def _spell(found: re.Match[str]) -> str:
    year, month, day, time = found.groups()
    if not 1 <= int(month) <= 12:
        return found[0]
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}" + (f" {time}" if time else "")


def write_chance(p: float) -> str:
    """How often chance alone would give as much, in words: what a commander reads where the annex has the
    figure."""
    for below, words in _CHANCES:
        if p < below:
            return words
    return "within chance"
