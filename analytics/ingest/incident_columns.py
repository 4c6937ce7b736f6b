"""Which columns of a file of recorded crime mean what, told from their names and their values together."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analytics.ingest.column_words import column_names, column_words, fold_letters
from analytics.ingest.columns import Column
from analytics.ingest.coordinate_columns import find_axes
from analytics.ingest.incident_reference import find_reference, own_code
from analytics.ingest.place_columns import find_place
from analytics.ingest.time_columns import column_named, find_end, find_start
from analytics.ingest.written_dates import is_month, read_written_date

_SMALL = re.compile(r"\s*\d{1,6}\s*")
_DIVISION = re.compile(  # the few divisions of all crime, coarser than any category
    r"\s*((crimes?|offen[cs]es?) )?(against )?(the )?(violen(t|ce)|property|persons?|people"
    r"|disorder|society|others?|traffic|non[- ]?criminal|drugs?|weapons?|quality of life|public order"
    r"|morals?|statutory|federal|felony|misdemeanou?r|infraction|indictable|summary"
    r"|part (1|2|i|ii|one|two))"
    r"( (crimes?|offen[cs]es?|incidents?|violations?|related))?\s*",
    re.IGNORECASE,
)
_NO_LETTERS = re.compile(r"[\W\d_]*")
_MOMENT = re.compile(r".*\d{1,2}[:.h]\d{2}.*|.*\d{4,}.*", re.DOTALL)
_CODE = re.compile(r"\s*[A-Za-z]{0,3}[\d.:*()/-][\w.:*()/-]*\s*|\s*[A-Z]{1,6}\d?\s*")
_PERIOD = re.compile(  # 2024, 2023-24, 202401, 2024MM03, 2024 Q1
    r"\s*(?:19|20)\d\d(?:\s*[-/]\s*(?:19|20)?\d\d|0[1-9]|1[0-2]|MM\d\d|JJ\d\d|KW\d\d|\s*-?[QKT]\s?[1-4])?\s*"
)
_FEWEST_PERIODS = 3
_MOST_OF_A_CODE = 0.9  # of the values, where a column is one of codes
_LETTERS_BESIDE_AN_ARTICLE = 4
_MOST_NAME_ONE = 0.5  # of the texts of a column that names offences
_SHORT_WORD = 3  # letters: such a word is not taken for the beginning of another
_LONG_TEXT = 40  # letters on average: a longer one tells a story rather than a kind
_FAVOURED = frozenset(("category", "description", "desc", "primary", "类别", "類別"))
_OF_A_NATURE = frozenset(("nature", "of", "call", "incident"))
_MEASURES = frozenset(
    (
        "value",
        "values",
        "obs",
        "total",
        "totals",
        "rate",
        "rates",
        "recorded",
        "hz",
        "quote",
        "insgesamt",
        "falle",
        "cases",
    )
    + (
        "tasa",
        "taxa",
        "taux",
        "tasso",
        "valor",
        "valeur",
        "wert",
        "waarde",
        "aandeel",
        "percent",
        "pct",
        "index",
    )
)
_CRIMES = frozenset(  # in the plural, as a table of counts calls its numbers
    (
        "crimes",
        "offences",
        "offenses",
        "incidents",
        "delitos",
        "crimenes",
        "delits",
        "infractions",
        "reati",
        "delitti",
    )
    + ("straftaten", "delikte", "misdrijven", "brott", "lovbrudd", "rikokset", "przestepstwa")
)
_BESIDE_A_NUMBER = frozenset(
    (
        "number",
        "no",
        "num",
        "nr",
        "of",
        "total",
        "recorded",
        "reported",
        "all",
        "the",
        "numero",
        "de",
        "di",
        "von",
    )
)
_COUNTED_OTHERS = frozenset(("victim", "victims", "offender", "arrest", "value", "max"))


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
    if pair and ("longitude" not in found or not column_named(columns, found["longitude"][0]).is_degrees):
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
    take("place", [find_place([c for c in columns if c.name not in used])])
    return found


def find_category(columns: list[Column]) -> str | None:
    """The column that says what the offence was, in words; a description rather than its code."""
    ranked = rank_categories(columns)
    best = ranked[0][1] if ranked else None
    if best is None and (named := names_offences(columns) or _named_events(columns)):
        return named[0].name
    return (_description_of(best, columns) or best).name if best else None


def _named_events(columns: list[Column]) -> list[Column]:
    """The columns called an event of any kind and nothing else, which tell some kinds apart: Problem."""
    return [
        column
        for column in columns
        if column.is_text
        and column.filled > 0.5
        and column.distinct > 1
        and _names_category(column) > 0
        and set(column.words) <= column_words("event")
        and _tells_kinds(column)
    ]


def names_offences(columns: list[Column]) -> list[Column]:
    """The columns whose texts name offences, whatever they are called: most of the texts, and no stories.
    Those that tell more kinds apart first."""
    found = [
        column
        for column in columns
        if column.is_text
        and column.filled > 0.5
        and sum(map(len, column.values)) <= _LONG_TEXT * len(column.values)
        and _share_of_offences(column) > _MOST_NAME_ONE
    ]
    return sorted(found, key=lambda column: -min(column.distinct, 60))


def _share_of_offences(column: Column) -> float:
    beginnings = tuple(word for word in column_names("offences") if len(word) > _SHORT_WORD)
    words = column_words("offences")
    named = sum(
        any(
            word in words or word.startswith(beginnings)
            for word in re.findall(r"[^\W\d_]+", fold_letters(value))
        )
        for value in column.values
    )
    return named / max(len(column.values), 1)


def rank_categories(columns: list[Column]) -> list[tuple[float, Column]]:
    """The columns that may say what the offence was, with how likely each does, the likeliest first."""
    ranked: list[tuple[tuple[float, ...], Column]] = []
    for place, column in enumerate(columns):
        name = _names_category(column)
        if name < 2 or not column.is_text or column.filled < 0.3 or not _tells_kinds(column):
            continue
        score = name - 3 * _is_coded(column) - (column.distinct == 1)
        score -= column.distinct == len(column.values) > 20
        score += 0.25 * ("final" in column.words)
        score += 0.5 * bool(set(column.words) & _FAVOURED)
        score -= sum(map(len, column.values)) > _LONG_TEXT * len(column.values)
        score += column.filled - 2.5 * (column.share(_DIVISION) > 0.8) - (column.share(_MOMENT) > 0.5)
        rank = (round(score, 3), min(column.distinct, 60) if "name" in column.words else 0, -place)
        ranked.append((rank, column))
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    return [(rank[0], column) for rank, column in ranked]


def is_called_category(column: Column) -> bool:
    """Whether a name says of an offence or an incident what kind it was, and not of anything else."""
    return bool(set(column.words) & (column_words("offence") | column_words("event"))) or set(
        column.words
    ) <= column_words("kind") & {"category", "categoria", "kategorie", "categorie", "primary"}


def _names_category(column: Column) -> float:
    """How far a name says that a column holds what the offence was: 2 or more where it does."""
    words = set(column.words)
    is_named = bool(words & column_words("offence"))
    is_event = bool(words & column_words("event"))
    other = words & column_words("not_offence") - _allowed_beside(words, is_named=is_named or is_event)
    return (
        3.0 * is_named
        + 1.5 * (is_event and not is_named)
        + 2 * bool(words & column_words("kind"))
        - 3 * len(other)
    )


def _tells_kinds(column: Column) -> bool:
    """Whether the values may be kinds of offences: words, not the days of a week, yes and no, or a number of
    its own for each row."""
    if column.share(_NO_LETTERS) > 0.5:
        return False
    if len(column.values) > 2 and column.distinct == len(column.values) and _is_code(column):
        return False
    days = sum(fold_letters(value.strip()) in column_words("weekday") for value in column.values)
    return days < 0.8 * len(column.values)


def _is_code(column: Column) -> bool:
    return column.share(_CODE) > _MOST_OF_A_CODE


def _is_coded(column: Column) -> bool:
    """Whether most values are codes rather than words: of three letters at most, or numbers of articles of a
    law such as 278 § 1 kk."""
    short = sum(len(v.strip()) <= 3 or _is_article(v) for v in column.values)
    return _is_code(column) or short > 0.5 * len(column.values)


def _is_article(text: str) -> bool:
    return text.strip()[:1].isdigit() and sum(map(str.isalpha, text)) <= _LETTERS_BESIDE_AN_ARTICLE


def _description_of(coded: Column, columns: list[Column]) -> Column | None:
    """The column that says in words what the codes of another stand for, one text a code; None where there is
    none, or the other holds words."""
    if not _is_coded(coded) or coded.filled < 1:
        return None
    for column in columns:
        if column is coded or column.filled < 1 or not column.is_text or _is_coded(column):
            continue
        pairs = set(zip(coded.values, column.values, strict=False))
        is_named = set(column.words) & column_words("kind") and _names_category(column) >= 2
        if is_named and len(pairs) == coded.distinct > 1:
            return column
    return None


def _allowed_beside(words: set[str], *, is_named: bool) -> set[str]:
    """The words that say something else in most names, and not in this one: the nature of a crime or a call,
    alone or beside its word; and its code, where it is the text of one."""
    allowed = {"nature"} if is_named or words <= _OF_A_NATURE | column_words("kind") else set()
    is_text = words & {
        "name",
        "desc",
        "descr",
        "description",
        "literal",
        "text",
        "trans",
        "bezeichnung",
        "nombre",
    }
    return allowed | ({"code", "cd", "codigo"} if is_text else set())


def count_column(columns: list[Column]) -> str | None:
    """The column that says how many incidents a row stands for, where some row stands for several."""
    for column in columns:
        words = set(column.words)
        is_count = bool(words & column_words("count") and not words & _COUNTED_OTHERS)
        if is_count or _is_number_of(words):
            numbers = {value.strip() for value in column.values}
            if (
                column.numeric > 0.9
                and numbers - {"0", "1"}
                and all(re.fullmatch(r"\d{1,4}(\.0)?", n) for n in numbers)
            ):
                return column.name
    return None


def _is_number_of(words: set[str]) -> bool:
    """Whether a name says how many crimes there were and nothing else: Crimes, Number of Offences."""
    return bool(words & _CRIMES) and words <= _CRIMES | _BESIDE_A_NUMBER


def looks_like_counts(columns: list[Column], *, is_dated: bool) -> bool:
    """Whether a table that lacks what incidents have holds numbers of them by place and period. `is_dated`: a
    column says when each was."""
    words = [set(column.words) for column in columns]
    measured = any(w & {"measurement", "measure", "units"} for w in words) and any(
        w & {"value", "count"} for w in words
    )
    small = sum(column.share(_SMALL) > 0.9 for column in columns)
    counted = [column for column in columns if column.numeric > 0.9 and _names_number_of_crimes(column)]
    by_period = any(column.share(_PERIOD) > 0.9 for column in columns)
    told = not is_dated and counted and (by_period or len(counted) > 1)
    return bool(measured or told or small >= 4 and 2 * small > len(columns))


def has_column_for_each_period(columns: list[Column]) -> bool:
    """Whether a table has a column of numbers for each year or month."""
    periods = [column for column in columns if _is_period(column.name) and column.numeric > 0.9]
    others = sum(column.numeric > 0.9 for column in columns) - len(periods)
    return len(periods) >= _FEWEST_PERIODS and len(periods) > others


def _is_period(name: str) -> bool:
    if _PERIOD.fullmatch(name):
        return True
    read = read_written_date(name.strip())
    return read is not None and read.precision == "month" or is_month(name)


def _names_number_of_crimes(column: Column) -> bool:
    words = set(column.words)
    if _is_number_of(words):
        return column.share(_PERIOD) < 1
    other = column_words("number") | {"code", "codigo", "cod", "cd", "type", "ucr", "nibrs"}
    told = column_words("offence") | column_words("count") | _MEASURES
    return bool(words & told) and not words & other and column.share(_PERIOD) < 1
