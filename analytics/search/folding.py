"""One form for every spelling: lower case without accents, and numbers without what parts their digits."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from analytics.adverts.identifiers import find_identifiers

SEPARATOR = "|"  # between the texts of a row
_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]*\d){4,}")
_SINGLE = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ħ": "h", "ŧ": "t"}
_DOUBLE = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
_SHORTEST_NUMBER, _SHORTEST_PHONE = 5, 7  # digits
_LONGEST = 200  # characters of a query that are read
_MOST_WORDS = 12
_FEWEST_SQUEEZED = 4  # letters and digits of a query that is also looked for without its spaces


@dataclass(frozen=True)
class Query:
    """What a typed text asks for. `words`: folded, all of which have to occur. `numbers`: digits alone, of a
    long one its end. `squeezed`: the whole text, letters and digits alone, where it has a digit; ''
    otherwise. It is found instead of words and numbers: an IBAN, a plate, a reference in any spelling."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    squeezed: str

    def __bool__(self) -> bool:
        return bool(self.words or self.numbers or self.squeezed)


def read_query(typed: str) -> Query:
    """Words and numbers of a typed text. Leading zeros and a plus sign are left out of a number, so that
    0161 496 0123 and +44 161 496 0123 find each other by their common end. A telephone spelt out in words is
    read too."""
    text = typed[:_LONGEST]
    numbers = [_digits(found.group()) for found in _NUMBER.finditer(text)]
    rest = _NUMBER.sub(" ", text)
    if not numbers:
        spelt = [found for found in find_identifiers(text) if found.kind == "phone"]
        numbers = [_digits(found.value) for found in spelt]
        for found in sorted(spelt, key=lambda one: -one.start):
            rest = rest[: found.start] + " " + rest[found.end :]
    words = tuple(dict.fromkeys(fold(word) for word in rest.split()))[:_MOST_WORDS]
    squeezed = squeeze(text)
    has_digit = any(character.isdigit() for character in squeezed)
    return Query(
        tuple(word for word in words if word),
        tuple(dict.fromkeys(_common_end(number) for number in numbers if number)),
        squeezed if has_digit and len(squeezed) >= _FEWEST_SQUEEZED else "",
    )


def fold(text: str) -> str:
    """Lower case without accents; letters that have no accent to lose become the nearest plain ones."""
    lowered = text.lower()
    for letter, plain in (_SINGLE | _DOUBLE).items():
        lowered = lowered.replace(letter, plain)
    parts = unicodedata.normalize("NFD", lowered)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def squeeze(text: str) -> str:
    """The folded text without anything but letters and digits."""
    return "".join(character for character in fold(text) if character.isalnum())


def fold_sql(expression: str) -> str:
    """The same as `fold`, of an SQL expression."""
    folded = f"translate(lower({expression}), '{''.join(_SINGLE)}', '{''.join(_SINGLE.values())}')"
    for letter, plain in _DOUBLE.items():
        folded = f"replace({folded}, '{letter}', '{plain}')"
    return f"strip_accents({folded})"


def squeeze_sql(folded: str) -> str:
    """The same as `squeeze`, of a folded SQL expression whose separators stay."""
    return rf"regexp_replace({folded}, '[^\p{{L}}\p{{N}}{SEPARATOR}]', '', 'g')"


def read_shared(value: str) -> Query:
    """The query for what is one and the same value elsewhere: a telephone by its end, all else as it
    stands."""
    digits = _digits(value)
    is_phone = len(digits) >= _SHORTEST_PHONE and not any(character.isalpha() for character in value)
    return Query((), (_common_end(digits),) if is_phone else (), squeeze(value))


def _digits(text: str) -> str:
    """The digits without the zeros and the plus sign in front, unless next to nothing is left."""
    plain = "".join(str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None)
    short = plain.removeprefix("00").lstrip("0")
    return short if len(short) >= _SHORTEST_NUMBER else plain


def _common_end(number: str) -> str:
    """The last nine digits of a long number: what a national and an international form have in common."""
    return number[-9:] if len(number) > 9 else number


def matches_sql(query: Query, also_number: str = "false") -> tuple[str, dict[str, str]]:
    """(a condition on the columns `folded` and `squeezed`, its parameters). `also_number`: a further
    condition under which a row matches the number {number}."""
    parameters = {f"w{at}": word for at, word in enumerate(query.words)}
    parameters |= {f"n{at}": number for at, number in enumerate(query.numbers)}
    every = [f"contains(folded, $w{at})" for at in range(len(query.words))] + [
        f"(contains(squeezed, $n{at}) OR {also_number.format(number=f'$n{at}')})"
        for at in range(len(query.numbers))
    ]
    condition = " AND ".join(every) or "false"
    if query.squeezed:
        parameters["squeezed"] = query.squeezed
        condition = f"(({condition}) OR contains(squeezed, $squeezed))"
    return condition, parameters


def rank_sql(query: Query) -> tuple[str, dict[str, str]]:
    """(an integer, the higher the better, its parameters): 4 where a text of the row is what was typed,
    1 where every word begins a word."""
    parameters = {f"s{at}": f" {word}" for at, word in enumerate(query.words)}
    starts = " AND ".join(f"contains(' ' || folded, $s{at})" for at in range(len(query.words))) or "false"
    whole = query.squeezed or "".join(squeeze(word) for word in query.words)
    parameters["whole"] = f"{SEPARATOR}{whole}{SEPARATOR}"
    return f"(4 * contains(squeezed, $whole)::INTEGER + ({starts})::INTEGER)", parameters


def find_matching(query: Query, texts: dict[str, str]) -> tuple[str, ...]:
    """The names of the texts in which a word, a number or the whole query occurs."""
    found = []
    for name, text in texts.items():
        folded, squeezed = fold(text), squeeze(text)
        if (
            any(word in folded for word in query.words)
            or any(number in squeezed for number in query.numbers)
            or (query.squeezed and query.squeezed in squeezed)
        ):
            found.append(name)
    return tuple(found)
