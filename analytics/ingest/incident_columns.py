"""Which columns of a file of recorded crime mean what, told from their names and their values together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from analytics.ingest.column_words import column_names, column_words, date_part_words, fold_letters
from analytics.ingest.columns import OBJECT, PLAIN_CLOCK, Column, words_of
from analytics.ingest.incident_reference import find_reference, own_code

_SMALL = re.compile(r"\s*\d{1,6}\s*")
_DIVISION = re.compile(  # the few divisions of all crime, coarser than any category
    r"\s*(crimes? )?(against )?(the )?(violen(t|ce)|property|persons?|people|disorder|society|others?|traffic"
    r"|non[- ]?criminal|drugs?|weapons?|quality of life|public order|morals?|statutory|federal"
    r"|part (1|2|i|ii|one|two))"
    r"( (crimes?|offen[cs]es?|incidents?|violations?|related))?\s*",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"\s*(?:[NSEWO]\s*\d.*|.*\d\W*[NSEWO])\s*", re.IGNORECASE)
_NO_LETTERS = re.compile(r"[\W\d_]*")
_MOMENT = re.compile(r".*\d{1,2}[:.h]\d{2}.*|.*\d{4,}.*", re.DOTALL)
_WHERE_IT_ENDED = frozenset(
    ("end", "dropoff", "drop", "destination", "dest", "arrival", "to", "finish", "return", "ende", "ziel")
)
_NAMES_OF_DATES = frozenset(("date", "datetime", "timestamp", "datum", "fecha", "data", "dato"))
_ALIKE = 1.0  # in score: less than a word that tells two dates apart
_LATE_REPORT = timedelta(days=366)  # half of the reports are sooner, or the date is none of the offence
_AXES = (
    ("longitude", "latitude"),
    ("longitud", "latitud"),
    ("longitudine", "latitudine"),
    ("eastings", "northings"),
    ("easting", "northing"),
    ("long", "lat"),
    ("lng", "lat"),
    ("lon", "lat"),
    ("este", "norte"),
    ("east", "north"),
    ("east", "south"),
    ("west", "north"),
    ("west", "south"),
    ("ost", "nord"),
    ("oost", "noord"),
    ("est", "nord"),
    ("vychod", "sever"),
    ("rechtswert", "hochwert"),
    ("lange", "breite"),
    ("langengrad", "breitengrad"),
    ("laengengrad", "breitengrad"),
    ("lengtegraad", "breedtegraad"),
    ("lengdegrad", "breddegrad"),
    ("dlugosc", "szerokosc"),
    ("delka", "sirka"),
    ("hosszusag", "szelesseg"),
    ("boylam", "enlem"),
    ("долгота", "широта"),
    ("μηκος", "πλατος"),
    ("経度", "緯度"),
    ("经度", "纬度"),
    ("經度", "緯度"),
    ("경도", "위도"),
    ("pituusaste", "leveysaste"),
    ("ลองจิจูด", "ละติจูด"),
    ("देशांतर", "अक्षांश"),
    ("خط الطول", "خط العرض"),
    ("طول جغرافیایی", "عرض جغرافیایی"),
    ("x", "y"),
)
_FOLDED_AXES = tuple((fold_letters(east), fold_letters(north)) for east, north in _AXES)


def find_incident_columns(columns: list[Column]) -> dict[str, tuple[str, ...]]:
    """By role, the columns that have it. One column never has two roles."""
    found: dict[str, tuple[str, ...]] = {}
    used: set[str] = set()

    def take(role: str, names: Iterable[str | None]) -> None:
        if taken := tuple(name for name in names if name):
            found[role] = taken
            used.update(taken)

    for role, name in zip(("longitude", "latitude"), find_axes(columns) or (), strict=False):
        take(role, [name])
    pair = next((column for column in columns if column.is_pair), None)
    if pair and ("longitude" not in found or not _by_name(columns, found["longitude"][0]).is_degrees):
        found.clear()
        used.clear()
        take("point", [pair.name])
    start = find_start(columns)
    take("time", start)
    take("end", find_end(columns, start))
    take("category", [find_category([c for c in columns if c.name not in used])])
    unused = [column for column in columns if column.name not in used]
    reference = find_reference(unused)
    if reference is None and unused and unused[0] is columns[0]:
        reference = own_code(columns[0])
    take("reference", [reference])
    take("count", [count_column(columns)])
    take("place", [_find_place([c for c in columns if c.name not in used])])
    return found


def _by_name(columns: list[Column], name: str) -> Column:
    return next(column for column in columns if column.name == name)


def find_axes(columns: list[Column]) -> tuple[str, str] | None:
    """The columns of both coordinates: a pair named alike, in degrees before any other."""
    best: tuple[float, tuple[str, str]] | None = None
    plain = {" ".join(column.words): column for column in reversed(columns)}
    for x_name, x in plain.items():
        for rank, (east, north) in enumerate(_FOLDED_AXES):
            if east not in (
                x_name.split() if len(east) == 1 else [x_name[max(x_name.find(east), 0) :][: len(east)]]
            ):
                continue
            whole = f" {x_name} "
            y_name = (
                whole.replace(f" {east} ", f" {north} ", 1)
                if f" {east} " in whole
                else whole.replace(east, north, 1)
            ).strip()
            y = plain.get(y_name)
            if y is None or y is x or not (_is_numbers(x) and _is_numbers(y)):
                continue
            if {east, north} & {"south", "west"} and not (_bears_letters(x) and _bears_letters(y)):
                continue  # without a letter its sign is not told
            degrees = x.is_degrees and y.is_degrees
            score = 100 * degrees + 10 * min(x.filled, y.filled) - rank - 0.1 * len(x.words)
            score -= 20 * bool(set(x.words) & _WHERE_IT_ENDED)
            if best is None or score > best[0]:
                best = (score, (x.name, y.name))
            break
    return best[1] if best else None


def _is_numbers(column: Column) -> bool:
    """Whether a column can be one of coordinates. One without a value can: the places may be withheld."""
    return (
        not column.values
        or column.numeric > 0.3
        or any("°" in v or v.strip()[-1:] in "NSEWO" for v in column.values)
        or _bears_letters(column)
    )


def _bears_letters(column: Column) -> bool:
    """Whether the coordinates say by a letter on which side of the equator or of Greenwich they lie."""
    return column.share(_LETTERED) > 0.5


def find_start(columns: list[Column]) -> tuple[str, ...]:
    """The columns of when it happened, or began: a date, with its time of day where that stands apart."""
    scored = [(score, column) for column in columns if (score := _start_score(column)) is not None]
    parts = date_parts(columns)
    if len(parts) == 3 and (clock := _clock_of(_by_name(columns, parts[-1]), columns)):
        parts = (*parts, clock.name)
    if not scored:
        return parts or _year_and_month(columns)
    best = _earliest_of_alike(scored)
    if len(parts) > 3 and not best.tells_the_hour and (best.has_clock or not _clock_of(best, columns)):
        return parts
    if best.dates and all(date.precision == "month" for date in best.dates) and parts:
        return parts
    return with_clock(best, columns)


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
    never_after = all(a <= b if both_have_clocks else a.date() <= b.date() for a, b in pairs)
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
    return score - 2 * months + 0.5 * column.has_clock


def of_something_else(date_column: str) -> str | None:
    """What a date is of where it is not that of the offence: its report, an arrest; None where it may be."""
    words = words_of(date_column)
    other = next((word for word in words if word in column_words("not_occurred")), None)
    return None if set(words) & (column_words("occurred") - {"from"}) else other


def find_end(columns: list[Column], start: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of until when it may have happened: dates that never lie before the start's."""
    if not start:
        return ()
    first = _by_name(columns, start[0])
    is_between = "between" in first.words
    candidates = [
        column
        for column in columns
        if column.name not in start
        and column.dated > 0.6
        and (set(column.words) & column_words("end") or {"and"} & set(column.words) and is_between)
        and not set(column.words) & (column_words("not_occurred") - {"close"})
    ]
    if not candidates or not first.dates:
        return ()
    likest = max(candidates, key=lambda column: len(set(column.words) & set(first.words)))
    return with_clock(likest, [column for column in columns if column.name not in start[1:]])


def with_clock(date: Column, columns: list[Column]) -> tuple[str, ...]:
    """A date column, and that of its time of day where the dates have none."""
    if date.has_clock:
        return (date.name,)
    clock = _clock_of(date, columns)
    return (date.name, clock.name) if clock else (date.name,)


def _clock_of(date: Column, columns: list[Column]) -> Column | None:
    """The column of the time of day that belongs to a date: one named alike, or the only one unnamed."""
    stem = _stem(date)
    clocks = [column for column in columns if column is not date and column.is_clock]
    alike = [
        column
        for column in clocks
        if set(column.words) & column_words("clock")
        and (
            _stem(column) == stem
            or not _stem(column)
            or not stem
            and _stem(column) <= column_words("occurred")
            or _glued(column)
            and _glued(column) in "".join(date.words)
        )
    ]
    same = [column for column in alike if _stem(column) == stem]
    of_the_same = [  # in a language whose word for time is not known
        column for column in clocks if column.share(PLAIN_CLOCK) > 0.9 and _stem(column) & stem
    ]
    alike = same or [column for column in alike if not _stem(column)] or alike
    return next(iter(alike or of_the_same), None)


def _stem(column: Column) -> frozenset[str]:
    return frozenset(word for word in column.words if word not in column_words("date"))


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


def find_category(columns: list[Column]) -> str | None:
    """The column that says what the offence was, in words; a description rather than its code."""
    best: tuple[tuple[float, ...], str] | None = None
    for place, column in enumerate(columns):
        words = set(column.words)
        is_named = bool(words & column_words("offence"))
        name = (
            3.0 * is_named
            + 2 * bool(words & column_words("kind"))
            - 3 * len(words & column_words("not_offence") - _allowed_beside(words, is_named=is_named))
        )
        if name < 2 or not column.is_text or column.filled < 0.3 or column.share(_NO_LETTERS) > 0.5:
            continue
        coded = sum(len(value.strip()) <= 3 for value in column.values) / len(column.values)
        score = (
            name - 3 * (coded > 0.5) - (column.distinct == 1) - (column.distinct == len(column.values) > 20)
        )
        score += 0.5 * bool(words & {"category", "description", "desc", "primary"}) + column.filled
        score -= 0.75 * (column.share(_DIVISION) > 0.8) + (column.share(_MOMENT) > 0.5)
        rank = (round(score, 3), min(column.distinct, 60) if "name" in words else 0, -place)
        if best is None or rank > best[0]:
            best = (rank, column.name)
    return best[1] if best else None


def _allowed_beside(words: set[str], *, is_named: bool) -> set[str]:
    """The words that say something else in most names, and not in this one: the nature of a crime or a call,
    alone or beside its word."""
    return {"nature"} if is_named or words <= {"nature", "of", "call", "incident"} else set()


def dates_untold(start: str, others: Iterable[str]) -> list[str]:
    """The other columns that are called dates, where no name says which is that of the offence; none of
    something else."""
    if set(words_of(start)) & column_words("occurred"):
        return []
    elsewhere = column_words("not_occurred") | column_words("birth") | column_words("end")
    named = _NAMES_OF_DATES
    return [name for name in others if set(words_of(name)) & named and not set(words_of(name)) & elsewhere]


def _find_place(columns: list[Column]) -> str | None:
    """The column that says where in words, the finest first."""
    texts = [
        (f" {' '.join(column.words)} ", column.name)
        for column in columns
        if column.is_text and column.share(OBJECT) < 0.5
    ]
    for wanted in column_names("place"):
        for name, found in texts:
            if name == f" {wanted} " or name.endswith(f" {wanted} "):
                return found
    for wanted in column_names("place"):
        for name, found in texts:
            if name.startswith(f" {wanted} "):
                return found
    return None


def count_column(columns: list[Column]) -> str | None:
    """The column that says how many incidents a row stands for, where some row stands for several."""
    for column in columns:
        words = set(column.words)
        if words & column_words("count") and not words & {
            "victim",
            "victims",
            "offender",
            "arrest",
            "value",
            "max",
        }:
            numbers = {value.strip() for value in column.values}
            if (
                column.numeric > 0.9
                and numbers - {"0", "1"}
                and all(re.fullmatch(r"\d{1,4}(\.0)?", n) for n in numbers)
            ):
                return column.name
    return None


def looks_like_counts(columns: list[Column]) -> bool:
    """Whether a table holds numbers of incidents by place and period rather than incidents."""
    words = [set(column.words) for column in columns]
    measured = any(w & {"measurement", "measure", "units"} for w in words) and any(
        w & {"value", "count"} for w in words
    )
    small = sum(column.share(_SMALL) > 0.9 for column in columns)
    years = sum(bool(re.fullmatch(r"(?:19|20)\d\d", column.name.strip())) for column in columns)
    if years >= 3 and 2 * years > len(columns):
        return True
    return measured or small >= 4 and 2 * small > len(columns)
