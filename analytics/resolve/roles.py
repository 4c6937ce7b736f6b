"""What a column of mentions may mean: how its values are made comparable, and at which levels they agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

Normalise = Callable[[pd.Series], pd.Series]  # of distinct texts, '' for what says nothing
_TITLES = {
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "prof",
    "sir",
    "lady",
    "lord",
    "herr",
    "frau",
    "mme",
    "m",
    "the",
    "of",
}
# Of companies: as often left out or written otherwise as not. None is a usual name of a person.
_LEGAL_FORMS = frozenset(
    ("ltd", "limited", "plc", "gmbh", "inc", "incorporated", "llc", "llp", "corp", "corporation", "kg")
    + ("srl", "sarl", "pty", "oy", "bv")
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_UNKNOWN = {
    "",
    "na",
    "nan",
    "n a",
    "none",
    "null",
    "unknown",
    "unk",
    "not known",
    "not stated",
    "nil",
    "missing",
}
_PLAIN_LETTERS = dict(ß="ss", ø="o", ł="l", đ="d", æ="ae", œ="oe", þ="th", ð="d", ı="i")
_LETTERS = str.maketrans(_PLAIN_LETTERS)
# The same of a text in small letters, as an expression of SQL around '{}'.
PLAIN_LETTERS_SQL = (
    "replace(" * len(_PLAIN_LETTERS)
    + "{}"
    + "".join(f", '{letter}', '{plain}')" for letter, plain in _PLAIN_LETTERS.items())
)


@dataclass(frozen=True)
class FieldRole:
    """`levels`: names, best first, the last 'different', with the share of true pairs assumed at each before
    any data. `measure`: how unlike values are compared, with `bounds` (similarity for each level between).
    `identifies`: one value belongs to one entity, as a rule. `shared_home`: what people of one house have in
    common. `unlikely`: two values that are 'different' stand against one entity, however the file was typed:
    m of it is no more than this. `excludes`: two that differ cannot be of one entity, whatever else agrees,
    unless a file shows that it is typed wrong. `relatives`: the share of each level between two people of one
    house (twins and namesakes among them)."""

    code: str
    label: str
    normalise: Normalise
    levels: dict[str, float]
    measure: str
    bounds: tuple[float, ...] = ()
    identifies: bool = False
    shared_home: bool = False
    unlikely: float = 1.0
    excludes: bool = False
    relatives: tuple[float, ...] = ()


def fold_text(text: str) -> str:
    """Small letters without accents or punctuation, single blanks."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^\w]+|_", " ", plain.replace("'", "").replace("’", "")).strip()


def _each(function: Callable[[str], str]) -> Normalise:
    def normalise(values: pd.Series) -> pd.Series:
        return pd.Series([function(text) for text in values], index=values.index, dtype=object)

    return normalise


def _name(text: str) -> str:
    plain = fold_text(text)
    if plain in _UNKNOWN:
        return ""
    words = [word for word in plain.split() if word not in _TITLES and word not in _LEGAL_FORMS]
    return " ".join(words) if words else plain


def _words(text: str) -> str:
    plain = fold_text(text)
    return "" if plain in _UNKNOWN else plain


def _code(text: str) -> str:
    plain = fold_text(text)
    joined = plain.replace(" ", "")
    return (
        ""
        if plain in _UNKNOWN or not joined.strip("0") or len(set(joined)) == 1 and len(joined) > 3
        else joined
    )


def _digits(text: str) -> str:
    """The last nine digits of a telephone number: what its writings, with or without country, share."""
    digits = re.sub(r"\D", "", text)
    return digits[-9:] if len(digits) >= 6 and len(set(digits)) > 1 else ""


def _mail(text: str) -> str:
    plain = text.strip().casefold()
    return "" if plain in _UNKNOWN else plain.removeprefix("mailto:").lstrip("@")


def normalise_dates(values: pd.Series) -> pd.Series:
    """Eight digits, year first. Whether the day or the month comes first is read from the whole column; a
    date that cannot be is left as its eight digits, for it may still be nearly equal to another."""
    parts = [_date_parts(str(text)) for text in values]
    firsts = [one for one in parts if one and one[3]]
    month_first = sum(one[1] > 12 for one in firsts) > sum(one[2] > 12 for one in firsts)
    return pd.Series([_write_date(one, month_first) for one in parts], index=values.index, dtype=object)


def _date_parts(text: str) -> tuple[int, int, int, bool] | None:
    """(year, month, day, whether month and day may be the other way round)."""
    plain = (
        text.strip().casefold().split("t")[0]
        if re.match(r"\d{4}-", text.strip())
        else text.strip().casefold()
    )
    named = re.search("|".join(_MONTHS), plain)
    numbers = [int(run) for run in re.findall(r"\d+", plain)]
    runs = re.findall(r"\d+", plain)
    if named:
        month = _MONTHS.index(named[0]) + 1
        if len(numbers) == 2:
            day, year = (numbers[1], numbers[0]) if len(runs[0]) == 4 else (numbers[0], numbers[1])
            return _century(year, runs), month, day, False
        return None
    if len(runs) == 1 and len(runs[0]) == 8:
        if 1000 <= int(runs[0][:4]) <= 2100:
            return int(runs[0][:4]), int(runs[0][4:6]), int(runs[0][6:]), False
        return int(runs[0][4:]), int(runs[0][2:4]), int(runs[0][:2]), True
    if len(runs) == 1 and len(runs[0]) == 4:
        return int(runs[0]), 0, 0, False
    if len(runs) >= 3 and len(runs[0]) == 4:
        return numbers[0], numbers[1], numbers[2], False
    if len(runs) >= 3:
        return _century(numbers[2], runs[2:]), numbers[1], numbers[0], True
    return None


def _century(year: int, runs: list[str]) -> int:
    if year >= 100 or any(len(run) == 4 for run in runs):
        return year
    return year + (1900 if year > 30 else 2000)


def _write_date(parts: tuple[int, int, int, bool] | None, month_first: bool) -> str:
    if parts is None:
        return ""
    year, month, day, unsure = parts
    if unsure and ((month_first and day <= 12) or month > 12):
        month, day = day, month
    return f"{year % 10000:04d}{month % 100:02d}{day % 100:02d}"


_NEAR = {"equal": 0.8, "close": 0.12, "different": 0.08}
_NAMES = {"equal": 0.75, "swapped": 0.02, "close": 0.13, "similar": 0.06, "different": 0.04}
ROLES = (
    FieldRole(
        "name",
        "name",
        _each(_name),
        {"equal": 0.6, "reordered": 0.1, "part": 0.08, "close": 0.14, "similar": 0.06, "different": 0.02},
        "fullname",
        (0.9, 0.78),
        unlikely=0.03,
        relatives=(0.02, 0.005, 0.01, 0.03, 0.085, 0.85),
    ),
    FieldRole(
        "given_name",
        "given name",
        _each(_name),
        _NAMES,
        "name",
        (0.9, 0.75),
        unlikely=0.06,
        relatives=(0.02, 0.005, 0.015, 0.06, 0.9),
    ),
    FieldRole(
        "surname",
        "surname",
        _each(_name),
        _NAMES,
        "name",
        (0.9, 0.78),
        unlikely=0.08,
        relatives=(0.85, 0.005, 0.015, 0.01, 0.12),
    ),
    FieldRole(
        "date_of_birth",
        "date of birth",
        normalise_dates,
        {"equal": 0.8, "close": 0.12, "year": 0.04, "different": 0.04},
        "date",
        unlikely=0.06,
        excludes=True,
        relatives=(0.02, 0.02, 0.03, 0.93),
    ),
    FieldRole(
        "telephone",
        "telephone",
        _each(_digits),
        {"equal": 0.6, "close": 0.05, "different": 0.35},
        "digits",
        (1.0,),
        True,
        True,
        relatives=(0.5, 0.01, 0.49),
    ),
    FieldRole(
        "email",
        "e-mail",
        _each(_mail),
        {"equal": 0.6, "close": 0.05, "different": 0.35},
        "digits",
        (1.0,),
        True,
        True,
        relatives=(0.05, 0.01, 0.94),
    ),
    FieldRole(
        "handle",
        "handle",
        _each(_mail),
        {"equal": 0.6, "close": 0.05, "different": 0.35},
        "digits",
        (1.0,),
        True,
        relatives=(0.02, 0.01, 0.97),
    ),
    FieldRole(
        "document",
        "document",
        _each(_code),
        {"equal": 0.85, "close": 0.1, "different": 0.05},
        "digits",
        (1.0,),
        True,
        unlikely=0.06,
        excludes=True,
        relatives=(0.002, 0.018, 0.98),
    ),
    FieldRole(
        "plate",
        "number plate",
        _each(_code),
        {"equal": 0.6, "close": 0.05, "different": 0.35},
        "digits",
        (1.0,),
        True,
        True,
        relatives=(0.4, 0.01, 0.59),
    ),
    FieldRole(
        "account",
        "account",
        _each(_code),
        {"equal": 0.5, "close": 0.03, "different": 0.47},
        "digits",
        (1.0,),
        True,
        True,
        relatives=(0.15, 0.01, 0.84),
    ),
    FieldRole(
        "address",
        "address",
        _each(_words),
        {"equal": 0.5, "close": 0.2, "similar": 0.1, "different": 0.2},
        "words",
        (0.88, 0.7),
        shared_home=True,
        relatives=(0.8, 0.1, 0.05, 0.05),
    ),
    FieldRole(
        "postcode",
        "postcode",
        _each(_code),
        {"equal": 0.6, "close": 0.15, "area": 0.1, "different": 0.15},
        "postcode",
        (1.0,),
        shared_home=True,
        relatives=(0.92, 0.03, 0.02, 0.03),
    ),
    FieldRole(
        "place",
        "place",
        _each(_words),
        {"equal": 0.7, "close": 0.12, "different": 0.18},
        "text",
        (0.88,),
        shared_home=True,
        relatives=(0.92, 0.03, 0.05),
    ),
    FieldRole(
        "occupation",
        "occupation",
        _each(_words),
        {"equal": 0.75, "close": 0.05, "different": 0.2},
        "text",
        (0.9,),
        relatives=(0.2, 0.03, 0.77),
    ),
    FieldRole("other", "other", _each(_words), _NEAR, "text", (0.9,), relatives=(0.4, 0.05, 0.55)),
)


def find_role(code: str) -> FieldRole:
    """The role of that code or label. Raises ValueError that names them all."""
    wanted = re.sub(r"[\s-]+", "_", code.strip().lower())
    for role in ROLES:
        if wanted in (role.code, re.sub(r"[\s-]+", "_", role.label)) or wanted == role.code.replace("_", ""):
            return role
    raise ValueError(f"There is no role {code!r}; known are {', '.join(role.code for role in ROLES)}.")
