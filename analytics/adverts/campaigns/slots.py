"""What kind of thing a slot of a template holds, from its values and the word before it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping

from analytics.adverts.campaigns.tokens import NUMBER

SLOT_KINDS = ("name", "place", "name or place", "price", "phone", "contact", "number", "other")
MINIMUM_DIGITS = 7  # of a phone number
_CONTACT = re.compile(r"@\w|https?:|www\.|\w\.(?:com|net|org|ru|de|uk|info|me)\b", re.IGNORECASE)
_MONEY = re.compile(
    r"\b(?:eur|euros?|gbp|usd|pounds?|dollars?|quid|kr|zł|pln|lei|руб\w*|р|грн|元|ft|czk|kč|chf)\b",
    re.IGNORECASE,
)
_DIGIT_WORDS_TEXT = """
    zero oh one two three four five six seven eight nine cero uno dos tres cuatro cinco seis siete ocho
    nueve zéro un deux trois quatre cinq sept huit neuf null eins zwei drei vier fünf sechs sieben acht neun
    ноль один два три четыре пять шесть семь восемь девять 零 一 二 三 四 五 六 七 八 九
"""
_DIGIT_WORDS = set(_DIGIT_WORDS_TEXT.split())
_SPELT = 3  # digits spelt in a row that make a number
_BEFORE_A_PLACE_TEXT = """
    in near at from to around en a à de desde cerca bei aus nach von w z do в во на из под г городе στο στη
    στην σε 在 到
"""
_BEFORE_A_PLACE = set(_BEFORE_A_PLACE_TEXT.split())
_LONG_NAME = 4  # words
_INSIDE_A_NAME = {"al", "da", "de", "del", "di", "dos", "el", "la", "van", "von", "y"}


def join_numbers(words: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """The words of a text with every run of numbers, and of digits spelt in words among them, as one
    number."""
    out: list[tuple[str, int, int]] = []
    k = 0
    while k < len(words):
        end = k
        while end < len(words) and (words[end][0] == NUMBER or words[end][0] in _DIGIT_WORDS):
            end += 1
        if end - k >= _SPELT or (end > k and all(word == NUMBER for word, _, _ in words[k:end])):
            out.append((NUMBER, words[k][1], words[end - 1][2]))
        else:
            end = k + 1
            out.append(words[k])
        k = end
    return out


def widen_span(text: str, begin: int, end: int) -> tuple[int, int]:
    """The span with the signs that belong to a price, number or handle: currency, plus, at, number sign."""
    if begin < 0:
        return begin, end
    while begin > 0 and (text[begin - 1] in "+@#(" or _is_money(text[begin - 1])):
        begin -= 1
    for sign in (end, end + 1):
        if _is_money(text[sign : sign + 1]) and not text[end:sign].strip():
            end = sign + 1
            break
    return begin, end


def _is_money(character: str) -> bool:
    return character != "" and unicodedata.category(character) == "Sc"


def classify_slot(values: Mapping[str, int], before: str, places: Collection[str] = ()) -> str:
    """The kind that most of a slot's filled values have; `before`: the word that most often stands before
    them."""
    kinds: Counter[str] = Counter()
    for value, n in values.items():
        if value:
            kinds[_kind_of(value, before, places)] += n
    return min(kinds.items(), key=lambda item: (-item[1], SLOT_KINDS.index(item[0])))[0] if kinds else "other"


def _kind_of(value: str, before: str, places: Collection[str]) -> str:
    plain = unicodedata.normalize("NFKC", value)
    digits = sum(character.isdigit() for character in plain)
    spelt = sum(word.casefold() in _DIGIT_WORDS for word in plain.split())
    if _CONTACT.search(plain):
        return "contact"
    if any(unicodedata.category(character) == "Sc" for character in plain) or (
        digits and _MONEY.search(plain)
    ):
        return "price"
    if digits + spelt >= MINIMUM_DIGITS:
        return "phone"
    if digits:
        return "number"
    words = plain.split()
    if plain.casefold() in places:
        return "place"
    if len(words) < _LONG_NAME and _all_capital(words):
        if before in _BEFORE_A_PLACE:
            return "place"
        return "name" if places else "name or place"
    return "other"


def _all_capital(words: list[str]) -> bool:
    """Whether each word begins with a capital, as those of a name do: 'Anna Maria', not 'Ask for details'."""
    return (
        words != []
        and words[0][0].isupper()
        and all(
            word[0].lower() == word[0] == word[0].upper() or word[0].isupper() or word in _INSIDE_A_NAME
            for word in words
        )
    )
