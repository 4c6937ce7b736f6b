"""A phrase of the indicator file as a regular expression of RE2, whose time is linear in the text whatever it
holds.

Texts are compared folded: lower case, compatibility forms resolved (NFKC), invisible marks taken out, and
everything but letters, their marks and digits a single space, so that a phrase is words between spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

_TOKEN = re.compile(r"\.\.\.|[()|#*]|[^\W_]+|[\s'’-]+")
_INVISIBLE = r"[\x{00AD}\x{061C}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2069}\x{FEFF}]"


def to_expression(phrase: str) -> str:
    """The phrase as an RE2 expression without its word boundaries. Raises ValueError, saying what is wrong
    with it."""
    text = " ".join(unicodedata.normalize("NFKC", phrase).lower().split())
    if not text:
        raise ValueError("a phrase is empty")
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        strange = sorted(set(text) - set("".join(tokens)))
        raise ValueError(f"{phrase!r}: {' '.join(strange)} has no meaning in a phrase")
    parts, depth, empty = [], 0, True
    for before, token in zip([" ", *tokens], tokens, strict=False):
        if token == "...":
            parts.append("(?:[^ ]+ ){0,4}")
        elif token == "(":
            depth += 1
            parts.append("(?:")
        elif token == ")":
            depth -= 1
            if depth < 0:
                raise ValueError(f"{phrase!r}: a bracket closes that was not opened")
            parts.append(")?" if before.isspace() else ")")  # '(the )' may be left out
        elif token == "|":
            if not depth:
                raise ValueError(f"{phrase!r}: put alternatives in brackets")
            parts.append("|")
        elif token == "*":
            if not before.strip():
                raise ValueError(f"{phrase!r}: * ends a word")
            parts.append("[^ ]*")
        elif token == "#":
            parts.append("[0-9]+(?: [0-9]+)*")
            empty = False
        elif token.strip(" '’-"):
            parts.append(re.escape(token))
            empty = False
        elif before != "...":
            parts.append(" ")
    if depth:
        raise ValueError(f"{phrase!r}: a bracket is not closed")
    if empty:
        raise ValueError(f"{phrase!r}: it has no word")
    return "".join(parts)


def join_expressions(phrases: Sequence[str]) -> str:
    """One expression for all of the phrases on a folded text; what it found is its group `hit`. Phrases in
    scripts that put no space between words need no boundary."""
    spaced = [to_expression(phrase) for phrase in phrases if not _unspaced(phrase)]
    unspaced = [to_expression(phrase).replace(" ", " ?") for phrase in phrases if _unspaced(phrase)]
    parts = ["|".join(unspaced)] if unspaced else []
    if spaced:
        parts.append(f" (?:{'|'.join(spaced)}) ")
    return f"(?P<hit>{'|'.join(parts)})"


def split_words(phrase: str) -> list[str]:
    """The words of a phrase in lower case, a trailing * included."""
    return re.findall(r"[^\W_]+\*?", unicodedata.normalize("NFKC", phrase).lower())


def fold_texts(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Texts as the phrases are compared with them."""
    plain = pc.utf8_lower(pc.utf8_normalize(pc.fill_null(texts, ""), form="NFKC"))
    words = pc.replace_substring_regex(
        pc.replace_substring_regex(plain, _INVISIBLE, ""), r"[^\pL\pM\pN]+", " "
    )
    return pc.binary_join_element_wise("", pc.utf8_trim(words, " "), "", " ")


def _unspaced(phrase: str) -> bool:
    return any(
        unicodedata.name(letter, "").startswith(
            ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
        )
        for letter in phrase
    )
