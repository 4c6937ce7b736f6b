"""How many words of a text are disguised, and how: who does that hides from search, and there may be other
reasons. Letters of another shape (full width, script, small capitals) and emoji are fashion and not
counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import numpy as np

from analytics.adverts.disguise.letters import INVISIBLE, MARKS, character_class
from analytics.adverts.disguise.words import SPACED, find_leet_words, find_mixed_words

# What a text with disguised words shows, for RE2 and for a quick look: letters outside Latin beside Latin
# ones, marks or hidden signs, digits or signs among letters, single letters in a row.
SUSPECT = (
    r"[A-Za-z][0134578-9@$!|€]{1,2}[A-Za-z]"
    r"|[\x{370}-\x{58f}\x{13a0}-\x{13ff}][A-Za-z]|[A-Za-z][\x{370}-\x{58f}\x{13a0}-\x{13ff}]"
    r"|[A-Za-z\x{370}-\x{52f}][\x{300}-\x{36f}\x{ad}\x{200b}-\x{200f}\x{2060}\x{feff}]"
    r"|(^|[^A-Za-z])[A-Za-z][ .*_~-][A-Za-z][ .*_~-][A-Za-z]([^A-Za-z]|$)"
)
_HIDDEN = re.compile(
    rf"[^\W\d_][{character_class(MARKS, INVISIBLE)}]+(?=[^\W\d_])|[^\W\d_][{character_class(MARKS)}]+"
)
_INDIC = re.compile("[\u0590-\u0e7f\u1000-\u109f]")  # scripts that need marks and joiners


def count_disguised_words(text: str) -> dict[str, int]:
    """By way of disguise, in words for the screen, how many words are written so; ways without any are left
    out."""
    plain = unicodedata.normalize("NFKC", text)
    hidden = {match.group() for match in _HIDDEN.finditer(plain)} if not _INDIC.search(plain) else set()
    counts = {
        "look-alike letters of another alphabet": len(find_mixed_words(plain)),
        "digits or signs for letters": len(find_leet_words(plain)),
        "letters set apart": len(SPACED.findall(plain)),
        "hidden signs or marks on letters": len(hidden),
    }
    return {way: count for way, count in counts.items() if count}


def sum_disguised_words(texts: Iterable[str]) -> np.ndarray:
    """(n,) how many words of each text are disguised, in any way."""
    return np.array([sum(count_disguised_words(text).values()) for text in texts], dtype=float)
