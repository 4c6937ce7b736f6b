"""Names of people in adverts, recognised by the words before them and by what varies in a wording.

A guess for the eye and for a count, never an identifier: what it misses stays readable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable

from analytics.adverts.campaigns import Template

# After these stands a name nearly always; after the others often enough to hide it, not to count it.
_SURE = (
    "ask for",
    "my name is",
    "name is",
    "speak to",
    "speak with",
    "llama a",
    "pregunta por",
    "me llamo",
    "mi nombre es",
    "ma numesc",
    "mă numesc",
    "numele meu este",
    "mam na imię",
    "nazywam się",
    "ich heiße",
    "frag nach",
    "je m'appelle",
    "demandez",
    "меня зовут",
    "спросить",
    "спросите",
    "зовут",
    "με λένε",
)
_LOOSE = (
    "call",
    "contact",
    "text",
    "whatsapp",
    "message",
    "i am",
    "i'm",
    "it's",
    "soy",
    "sunt",
    "jestem",
    "ich bin",
    "je suis",
)
_LOOSE_NAMED = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, (*_SURE, *_LOOSE)))})\s+([^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*)?)",
    re.IGNORECASE,
)
# What is asked for and is nobody, in adverts that give every word a capital.
NOT_NAMES_TEXT = """
    a an any all availability booking details discount directions more my our price prices pictures photos
    info information me us the this your manager reception management staff someone anyone
"""
NOT_NAMES = tuple(NOT_NAMES_TEXT.split())
# For DuckDB's regular expressions: the name after a sure word, with its capital.
NAME_PATTERN = rf"(?i:\b(?:{'|'.join(_SURE)}))\s+(\p{{Lu}}[\p{{L}}'’-]+)"
_SHORTEST = 2
_MAXIMUM_NAMES = 2_000


def find_introduced_names(text: str) -> list[tuple[int, int]]:
    """Spans of words with a capital after words that introduce a name."""
    return [
        (found.start(1) + word.start(), found.start(1) + word.end())
        for found in _LOOSE_NAMED.finditer(text)
        for word in re.finditer(r"[\w'’-]+", found[1])
        if looks_like_name(word[0])
    ]


def looks_like_name(word: str) -> bool:
    """A capital first, or a script without capitals."""
    return unicodedata.category(word[0]) in ("Lu", "Lt", "Lo")


def collect_names(
    texts: Iterable[str | None], templates: Iterable[Template] = (), places: Collection[str] = ()
) -> frozenset[str]:
    """The names that texts introduce and that templates vary by, in small letters: to be hidden wherever else
    they stand. `places`, in small letters, are none."""
    found = {text[a:b] for text in texts if text for a, b in find_introduced_names(text)}
    for template in templates:
        columns = [
            at for at, segment in enumerate(template.segments) if segment.kind in ("name", "name or place")
        ]
        for row in template.rows():
            found.update(
                word
                for at in columns
                for word in re.findall(r"[^\W\d_][\w'’-]*", row[at])
                if looks_like_name(word)
            )
    return frozenset(
        sorted(name.lower() for name in found if len(name) >= _SHORTEST and name.lower() not in places)[
            :_MAXIMUM_NAMES
        ]
    )


Spans = Callable[[str], list[tuple[int, int]]]


def make_span_finder(names: Iterable[str]) -> Spans:
    """A function from a text to the spans of these names in it, as whole words in any case."""
    names = sorted(names, key=len, reverse=True)
    if not names:
        return lambda text: []
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)
    return lambda text: [match.span() for match in pattern.finditer(text)]
