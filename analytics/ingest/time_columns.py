"""Which columns of a file say when something happened, told from their names and their values together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from analytics.ingest.column_words import column_words, date_part_words
from analytics.ingest.columns import PLAIN_CLOCK, Column
from analytics.ingest.name_words import words_of

_COLONS = re.compile(r"\s*\d{1,2}[:h]\d{2}(?::\d{2})?\s*")  # 14.50 may be an amount
_FORMS_OF_PARTS = {  # of a date, in figures
    part: re.compile(rf"\s*(?:{figures})(?:\.0)?\s*")
    for part, figures in (
        ("year", r"(?:19|20)\d\d"),
        ("month", "0?[1-9]|1[0-2]"),
        ("day", r"0?[1-9]|[12]\d|3[01]"),
        ("hour", r"[01]?\d|2[0-4]"),
        ("minute", r"[0-5]?\d"),
    )
}
_LENGTHS = frozenset(
    ("duration", "elapsed", "response", "travel", "total", "dauer", "duracion", "duree", "durata")
)
_NAMES_OF_DATES = frozenset(("date", "datetime", "timestamp", "datum", "fecha", "data", "dato"))
_ALIKE = 1.0  # in score: less than a word that tells two dates apart
_LATE_REPORT = timedelta(days=366)  # half of the reports are sooner, or the date is none of the offence
_LONG_INTERVAL = timedelta(days=14)  # half of the ends are sooner, or the date is none of the same offence


def column_named(columns: list[Column], name: str) -> Column:
    """The column of this name, which is there."""
    return next(column for column in columns if column.name == name)


def find_start(columns: list[Column]) -> tuple[str, ...]:
    """The columns of when it happened, or began: a date, with its time of day where that stands apart."""
    scored = [(score, column) for column in columns if (score := _start_score(column)) is not None]
    parts = date_parts(columns)
    if len(parts) == 3 and (clock := _clock_of(column_named(columns, parts[-1]), columns)):
        parts = (*parts, clock.name)
    if not scored:
        return parts or _year_and_month(columns)
    best = _earliest_of_alike(scored)
    best = _with_the_hour(best, [column for _, column in scored])
    if len(parts) > 3 and not best.tells_the_hour and (best.has_clock or not _clock_of(best, columns)):
        return parts
    if parts and set(best.words) & column_words("not_occurred") and not _are_of_something_else(parts):
        return parts
    if best.dates and all(date.precision == "month" for date in best.dates) and parts:
        return parts
    if set(best.words) & column_words("end") and (clock := _clock_of_start(best, columns)):
        return best.name, clock.name
    return with_clock(best, columns)


def _with_the_hour(date: Column, dated: list[Column]) -> Column:
    """The column that has the same days as a date and times of day too, where the date has none."""
    if date.has_clock or date.dated < 1:
        return date
    days = [each.at.date() for each in date.dates]
    for column in dated:
        same = column.has_clock and not any(each.is_utc for each in column.dates)
        if (
            same
            and column.filled == date.filled
            and not set(column.words) & (column_words("not_occurred") | column_words("end"))
            and [each.at.date() for each in column.dates] == days
        ):
            return column
    return date


def _clock_of_start(date: Column, columns: list[Column]) -> Column | None:
    """The column of the time of day at which it began, where the only date is called its end: DATEEND beside
    TIMESTART and TIMEEND."""
    if date.tells_the_hour:
        return None
    clocks = [
        column
        for column in columns
        if column is not date
        and column.is_clock
        and set(column.words) & column_words("clock")
        and set(column.words) & column_words("occurred")
        and not set(column.words) & (column_words("end") | column_words("not_occurred"))
    ]
    return clocks[0] if len(clocks) == 1 else None


def _are_of_something_else(names: Iterable[str]) -> bool:
    return any(set(words_of(name)) & column_words("not_occurred") for name in names)


def _year_and_month(columns: list[Column]) -> tuple[str, ...]:
    """The columns of year and month of a file that states no day."""
    words = date_part_words()
    found = [
        [column.name for column in columns if set(column.words) & set(words[part]) and column.values]
        for part in ("year", "month")
    ]
    return (found[0][0], found[1][0]) if all(len(names) == 1 for names in found) else ()


def _earliest_of_alike(scored: list[tuple[float, Column]]) -> Column:
    """The column of the highest score; of several that their words hardly tell apart, the one whose dates are
    never after the others': an offence comes before its report."""
    highest, best = max(scored, key=lambda pair: pair[0])
    for score, column in scored:
        if highest - score <= _ALIKE and not set(column.words) & column_words("end"):
            best = column if _is_before(column, best) else best
    return best


def _is_before(column: Column, other: Column) -> bool:
    """Whether the dates of a column are on no row after the other's, on some row before, and not by years."""
    rows = min(len(column.dates), len(other.dates))
    if column is other or column.filled < 1 or other.filled < 1 or column.dated < 1 or other.dated < 1:
        return False
    pairs = [(a.at, b.at) for a, b in zip(column.dates[:rows], other.dates[:rows], strict=True)]
    gaps = sorted(b.date() - a.date() for a, b in pairs)
    both_have_clocks = column.has_clock and other.has_clock
    if not both_have_clocks:  # a day is not before its own times
        pairs = [
            (a.replace(hour=0, minute=0, second=0), b.replace(hour=0, minute=0, second=0)) for a, b in pairs
        ]
    never_after = all(a <= b for a, b in pairs)
    return never_after and any(a < b for a, b in pairs) and gaps[len(gaps) // 2] <= _LATE_REPORT


def _start_score(column: Column) -> float | None:
    """How likely a column is the date of the offence; None where it holds no dates."""
    words = set(column.words)
    names_date = bool(words & (column_words("date") | {"month", "mes", "monat", "mois"}))
    if column.dated < 0.6 and not (column.dated > 0.1 and words & column_words("date")):
        return None
    if words & column_words("birth"):
        return None
    months = all(date.precision == "month" for date in column.dates)
    if months and not names_date and words & column_words("number"):
        return None  # 2024-1 is the first case of a year
    score = 3.0 * column.dated + 2 * column.filled + names_date
    others = words & column_words("not_occurred")
    score += (
        3 * bool(words & column_words("occurred") - ({"first"} if others else set()))
        - 4 * bool(others)
        - 2.5 * bool(words & column_words("end"))
    )
    is_number = words <= column_words("reference") | column_words("number")
    score -= 5 * (is_number and not words & column_words("occurred"))  # 0123-13MAR24 is a number with its day
    score -= _ALIKE * (words <= column_words("reference") and column.distinct == column.rows)  # Incident
    return score - 2 * months + 0.5 * column.has_clock


def of_something_else(date_column: str) -> str | None:
    """What a date is of where it is not that of the offence: its report, an arrest; None where it may be."""
    words = words_of(date_column)
    other = next((word for word in words if word in column_words("not_occurred")), None)
    of_the_offence = column_words("occurred") - column_words("date") - {"from"}
    return None if set(words) & of_the_offence else other


def find_end(columns: list[Column], start: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of until when it may have happened: dates of the same event that never lie before the
    start's."""
    if not start:
        return ()
    first = column_named(columns, start[0])
    others = [
        column
        for column in columns
        if column.name not in start
        and column.dated > 0.6
        and not set(column.words) & (column_words("not_occurred") - {"close"})
        and not set(column.words) & column_words("birth")
    ]
    named = [column for column in others if _names_end(column, first)]
    candidates = named or [column for column in others if _brackets(first, column)]
    if not candidates or not first.dates:
        return ()
    likest = max(candidates, key=lambda column: len(set(column.words) & set(first.words)))
    return with_clock(likest, [column for column in columns if column.name not in start[1:]])


def _names_end(column: Column, first: Column) -> bool:
    """Whether a name is that of the end of the same event: a word for an end, and none of something else."""
    words = set(column.words)
    if "and" in words and "between" in first.words:
        return True
    told = column_words("end") | column_words("occurred") | column_words("date") | set(first.words)
    return bool(words & column_words("end")) and _unnumbered(words) <= told | {"the", "of", "and"}


def _unnumbered(words: set[str]) -> set[str]:
    return {word for word in words if not word.isdigit()}


def _brackets(first: Column, column: Column) -> bool:
    """Whether two dates are named alike but for a word, and the second is soon after the first on most rows,
    on none before: from and until when, in whatever language."""
    shared = set(first.words) & set(column.words) - column_words("date")
    told_apart = set(first.words) ^ set(column.words)
    if not shared or len(told_apart) > 2 or told_apart <= column_words("date"):
        return False
    if not _is_before(first, column):
        return False
    gaps = sorted(b.at - a.at for a, b in zip(first.dates, column.dates, strict=False))
    return gaps[len(gaps) // 2] <= _LONG_INTERVAL


def with_clock(date: Column, columns: list[Column]) -> tuple[str, ...]:
    """A date column, and that of its time of day where the dates have none."""
    if date.tells_the_hour:
        return (date.name,)
    clock = _clock_of(date, columns)
    return (date.name, clock.name) if clock else (date.name,)


def _clock_of(date: Column, columns: list[Column]) -> Column | None:
    """The column of the time of day that belongs to a date: one named alike, the only one unnamed, or the
    only one there is."""
    stem = _stem(date)
    clocks = [column for column in columns if column is not date and column.is_clock]
    named = [column for column in clocks if set(column.words) & column_words("clock")]
    alike = [
        column
        for column in named
        if _stem(column) == stem
        or not _stem(column)
        or not stem
        and _stem(column) <= column_words("occurred")
        or _are_of_one_event(stem, _stem(column))
        or _glued(column)
        and _glued(column) in "".join(date.words)
    ]
    same = [column for column in alike if _stem(column) == stem]
    plain = [column for column in clocks if column.share(PLAIN_CLOCK) > 0.9]
    of_the_same = [column for column in plain if _stem(column) & stem]  # its word for time is not known
    alike = same or [column for column in alike if not _stem(column)] or alike or of_the_same
    only = [column for column in plain if not column.dated and column.share(_COLONS) == 1]
    if not alike and not date.has_clock and len(only) == 1 and not set(only[0].words) & of_other_clocks():
        return only[0]
    return next(iter(alike), None)


def _are_of_one_event(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether the rests of two names tell of the same event by different words: Incident and OccurredFrom."""
    told = column_words("occurred") | column_words("reference")
    return bool(one) and one <= told and other <= told and not (one ^ other) & column_words("end")


def of_other_clocks() -> frozenset[str]:
    """The words of times of day that are not those of an incident: of its report or its end, or of a
    length."""
    return column_words("not_occurred") | column_words("end") | column_words("birth") | _LENGTHS


def _stem(column: Column) -> frozenset[str]:
    return frozenset(word for word in column.words if word not in column_words("date") and not word.isdigit())


def _glued(column: Column) -> str:
    return "".join(word for word in column.words if word not in column_words("date"))


def date_parts(columns: list[Column]) -> tuple[str, ...]:
    """The columns of year, month, day, hour and minute, where a file has the first three under one prefix."""
    names: dict[str, dict[str, str]] = {}
    part_of = {word: part for part, words in date_part_words().items() for word in words}
    for column in columns:
        words = column.words[:-2] if column.words[-3:] == ["day", "of", "month"] else column.words
        found = [word for word in words if word in part_of]
        if len(found) == 1 and column.values:
            stem = " ".join(word for word in words if word not in part_of)
            names.setdefault(stem, {}).setdefault(part_of[found[0]], column.name)
    for column in columns:  # Mes any, Dia mes: a part of the other, unless it holds both
        parts_named = [part_of.get(word, "") for word in column.words]
        if len(parts_named) == 2 and all(parts_named) and column.share(_FORMS_OF_PARTS[parts_named[0]]) == 1:
            names.setdefault("", {}).setdefault(parts_named[0], column.name)
    complete = {stem: parts for stem, parts in names.items() if {"year", "month", "day"} <= parts.keys()}
    if not complete:
        return ()
    stem = max(
        complete,
        key=lambda s: (
            bool(set(s.split()) & column_words("occurred"))
            - bool(set(s.split()) & column_words("not_occurred"))
        ),
    )
    parts = complete[stem]
    return tuple(parts[name] for name in date_part_words() if name in parts)


def dates_untold(start: str, others: Iterable[str]) -> list[str]:
    """The other columns that are called dates, where no name says which is that of the offence; none of
    something else."""
    if set(words_of(start)) & column_words("occurred"):
        return []
    elsewhere = column_words("not_occurred") | column_words("birth") | column_words("end")
    named = _NAMES_OF_DATES
    return [name for name in others if set(words_of(name)) & named and not set(words_of(name)) & elsewhere]
