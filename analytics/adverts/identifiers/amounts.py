"""Prices and ages, and other numbers of an advert that are no telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from analytics.adverts.identifiers.spans import FreeSpans

_SIGNS = {
    "£": "GBP",
    "€": "EUR",
    "$": "USD",
    "¥": "CNY",
    "元": "CNY",
    "₽": "RUB",
    "₴": "UAH",
    "₹": "INR",
    "₺": "TRY",
    "zł": "PLN",
    "zl": "PLN",
    "r$": "BRL",
    "gbp": "GBP",
    "eur": "EUR",
    "usd": "USD",
    "pln": "PLN",
    "ron": "RON",
    "chf": "CHF",
    "rub": "RUB",
    "uah": "UAH",
    "cny": "CNY",
    "rmb": "CNY",
    "aud": "AUD",
    "cad": "CAD",
    "sek": "SEK",
    "nok": "NOK",
    "dkk": "DKK",
    "czk": "CZK",
    "huf": "HUF",
    "brl": "BRL",
    "mxn": "MXN",
    "pounds": "GBP",
    "pound": "GBP",
    "quid": "GBP",
    "euros": "EUR",
    "euro": "EUR",
    "dollars": "USD",
    "dollar": "USD",
    "bucks": "USD",
    "lei": "RON",
    "leu": "RON",
    "руб": "RUB",
    "рублей": "RUB",
    "грн": "UAH",
    "гривен": "UAH",
    "евро": "EUR",
    "ευρω": "EUR",
    "libras": "GBP",
    "zlotych": "PLN",
    "reais": "BRL",
    "pesos": "MXN",
    "kr": "SEK",
    "块": "CNY",
    "欧元": "EUR",
    "英镑": "GBP",
}
# What one sign may also be; a price in it says so.
_SHARED = {
    "$": "a dollar or peso of another country",
    "¥": "Japanese yen",
    "kr": "a Danish or Norwegian crown",
    "pesos": "another country's peso",
}
_UNITS = {
    "hour": r"h|hr|hrs|hour|hourly|stunde|std|heure|hora|ora|godz\w*|час\w*|ωρα|小时|ph|p/h",
    "night": r"night|nightly|nuit|nacht|noche|notte|noite|ночь|сутки|晚",
    "day": r"day|daily|tag|jour|dia|giorno|dzien|zi|день|дня|天",
    "week": r"week|weekly|woche|semaine|semana|settimana|tydzien|saptamana|недел\w*|pw|p/w|周",
    "month": r"month|monthly|monat|mois|mes|mese|miesiac|luna|месяц\w*|мес|pcm|pm|p/m|月",
    "year": r"year|yearly|annum|pa|jahr|an|год|年",
    "half hour": r"half(?: an)? hour|1/2 h(?:our)?|30 ?min\w*|полчаса",
}
_UNIT = "|".join(f"(?P<{name.replace(' ', '_')}>{words})" for name, words in reversed(_UNITS.items()))
_AFTER = re.compile(rf"\s?(?:/|per|an?|each|pro|par|por|al|la|za|в|за|την|每|的)?\s?(?:{_UNIT})(?![^\W_])")
_NUMBER = r"\d{1,3}(?:[ .,']\d{3})+(?:[.,]\d{1,2})?|\d{1,7}(?:[.,]\d{1,2})?"
_REST = r"\d{0,2}(?:[ .,']\d{3})+(?:[.,]\d{1,2})?|\d{0,6}(?:[.,]\d{1,2})?"
_SYMBOLS = "£€$¥₽₴₹₺"
_SYMBOL = re.compile(rf"[{_SYMBOLS}]")
_CODES = [
    sign
    for sign in _SIGNS
    if sign.isascii() and len(sign) == 3 and sign.isalpha() and sign not in ("lei", "leu")
]
_LATER = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
# Each pattern begins with what it cannot do without, which the regular-expression engine finds fast.
_SYMBOL_FIRST = re.compile(rf"[{_SYMBOLS}](?<![^\Wr].)\s?(?P<number>{_NUMBER})(?P<k>k\b)?(?!\d)")
_CODE_FIRST = re.compile(rf"\b(?P<sign>{'|'.join(_CODES)})\s?(?P<number>{_NUMBER})(?P<k>k\b)?(?!\d)")
_NUMBER_FIRST = re.compile(
    rf"\d(?<![\w+]\d)(?<!\d[ .,-]\d)(?:{_REST})(?P<k>k)?(?:,-)?\s?(?P<sign>{_LATER})(?![^\W\d_])"
)
# What the patterns cannot do without, found faster than they fail.
_SIGN_AFTER = re.compile(rf"\dk?(?:,-)?\s?(?:{_LATER})(?![^\W\d_])")
_TWO_DIGITS = re.compile(r"\d\d(?<!\d\d\d)(?!\d)")
_HAN = re.compile("[\u4e00-\u9fff]")
_GLUED = re.compile(r"\d[^\W\d_]")
_MONEY = frozenset(_SIGNS)
_AGE = re.compile(
    r"(?<![\w£€$])(?:(?:aged?|age "
    r"is|alter|edad|eta|idade|wiek|varsta|возраст|ηλικια|年龄)\W{0,3}(?P<a>\d{2})(?![\d.:/-]?\d|\s?(?:cm|kg|%|min))"
    r"|(?P<b>[1-9]\d)[ -]?(?:(?:years?|yrs?)[ -]?old|y\.?/?o\.?(?!\w)|yo\b|anos de idade|ans(?! "
    r"d)\b|anos\b(?! de exp)|jahre? alt|jahrig\w*|anni\b(?! di)|lat\b(?! d)|de ani|ετων|лет\b(?! "
    r"опыта)|года\b|岁)"
    r"|(?:i'?m|i am|soy|tengo|ich "
    r"bin|j'ai|ho|tenho|mam|mi)\s(?P<c>[1-9]\d)(?=\s(?:and|years|anos|ans|anni|jahre|lat|y)\b|[.,;!\n]|$))"
)
_EXPERIENCE = re.compile(r"\W{0,3}(?:of |in |de |di |d')?(?:exp|trad|busin|service|work)")
# Where a pattern of `_OTHER` may begin, found far faster than all of them fail: up to four figures with a
# sign, a letter or a year behind them, a date without signs, half sizes.
_MAYBE_OTHER = re.compile(
    r"\d(?<!\d\d)(?:\d{0,3}(?!\d)(?:(?=[-/.:,'%–]|[^\W\d_])|(?=\s{1,2}(?:[^\W\d_]|[-–/,%])))"
    r"|(?<=[12])[09]\d\d(?:(?=\s[12])|\d{4}(?!\d)|\d{8}(?!\d)|\d{10}(?!\d))"
    r"|\d?(?= \d{1,2}[.,]5))"
)
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_YEAR, _HOUR, _FIRST = r"(?:19|20)\d{2}", r"(?:[01]?\d|2[0-4])", r"(?<!\d)(?<!\d[ .,-])"
_THEN = r"(?:\s?[-–/,]\s?|\s)"
_OTHER = re.compile(
    rf"(?<!\d)(?<!\d[^\w\s]){_DAY}\.{_MONTH}\.?\s?[-–]\s?{_DAY}\.{_MONTH}\.(?:(?:19|20)\d{{2}})?(?!\d)"
    rf"|(?<!\d)(?<!\d[^\w\s])(?:(?:19|20)\d{{2}}[-/.]{_MONTH}[-/.]{_DAY}|{_DAY}[-/.]{_MONTH}[-/.](?:(?:19|20)\d{{2}}|[12]\d)|{_MONTH}/{_DAY}/(?:(?:19|20)\d{{2}}|[12]\d))"
    r"(?:[t ]\d{1,2}:\d{2}(?::\d{2})?)?(?![^\w\s]{0,2}\d)"  # dates
    rf"|(?<!\d)(?<!\d[^\w\s]){_DAY}[./]{_MONTH}\.?\s?[-–]\s?{_DAY}[./]{_MONTH}[./](?:(?:19|20)?\d{{2}})?(?!\d)"
    rf"|(?<!\d)(?<!\d[^\w\s]){_DAY}\.{_MONTH}\.(?![^\w\s]?\d)"  # 16.8.
    r"|(?<!\d)(?<!\d[ ./-])(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?"
    r"(?![ .-]?\d{3,4}(?!\d{3})|\d)"  # 20240603
    rf"|(?<!\d)(?<!\d[ ./-]){_YEAR}(?:{_THEN}{_YEAR})+(?![ .-]?\d)"
    rf"|{_FIRST}\d{{1,4}}[.,]\d{{2}}(?:\s?[-–/,;|]?\s[+-]?\d{{1,4}}[.,]\d{{2}})+(?![.,]?\d)"  # wages, prices
    rf"|{_FIRST}(?=\d{{1,2}}(?:[ ,/]\d{{1,2}})?[.,]5[ ,/])\d{{1,2}}(?:[.,]5)?"  # half sizes
    r"(?:[ ,/]{1,2}\d{1,2}(?:[.,]5)?(?!\d)){3,}(?![.,]?\d)"
    rf"|{_FIRST}\d{{1,4}}/\d{{1,6}}/(?:19|20)\d\d(?![./-]?\d)"  # files: J40/7729/2001, 120/448/2026
    rf"|{_FIRST}(?:19|20)\d\d/\d{{1,2}}/\d{{3,6}}(?![./-]?\d)"  # 2026/07/1123
    rf"|{_FIRST}\d{{1,3}},\d{{1,2}}\s?(?:l|cl|dl|ml)(?!\w)"  # 0,33 l
    rf"|{_FIRST}\d{{2}}/\d{{2}}(?:[ ,;]{{1,2}}\d{{2}}/\d{{2}}){{2,}}(?![./]?\d)"  # sizes, days
    rf"|{_FIRST}{_HOUR}[.:][0-5]\d\s?[-–]\s?{_HOUR}[.:][0-5]\d(?![.:]?\d)"  # 09.00-13.00
    rf"|{_FIRST}{_HOUR}-{_HOUR}(?:(?:\s?[,/;|]\s?|\s){_HOUR}-{_HOUR})+(?![ .-]?\d)"  # shifts
    r"|(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?!:?\d)(?:\s?-\s?\d{1,2}:\d{2}(?!:?\d))?"  # times
    r"|(?<![\w+])(?<!\d[ "
    r".-])\d{1,2}(?:[.:]\d{2})?\s?(?:am|pm|h|uhr|till|til|until)?\s?(?:-|to|till|until|bis|a|do|до)\s?\d{1,2}(?:[.:]\d{2})?\s?(?:am|pm|h|uhr)\b"
    r"|(?<![\w+])(?<!\d[ "
    r".-])\d{1,4}(?:[.,]\d+)?\s?(?:cm|kg|kgs|lbs?|lb|mm|km|miles?|metres?|m2|sqm|sq|%|am|pm|min|mins|minutes?|hrs|hours?|days?|weeks?|months?|years?|yrs?|ft|inch(?:es)?|bed(?:s|room)?|лет|см|кг|ans|anos|jahre)\b"
    r"|(?<![\d/])[1-3]\d5/\d{2}\s?(?:[/ ]|z?r)\s?\d{2}c?(?:\s?\d{2,3}(?:/\d{2,3})?\s?[a-z])?(?!\d)"  # tyres
    r"|(?<![\d/])1[4-9]\d[/-][4-9]\d[/-]\d{2}[a-h]{0,2}(?![\w/-])"  # height, weight, bust
    r"|(?<![\w+])\d'\s?\d{1,2}(?:\"|''|”)?(?!\d)"  # heights
    r"|(?<![\d-])\d{2}[a-h]{0,3}\s?-\s?\d{2}\s?-\s?\d{2}(?![\d-]|\s?-?\s?\d)"  # measures
)


_AGE_WORDS_TEXT = """
    age aged years year yrs yr y old yo alter edad eta idade wiek varsta возраст ηλικια ans anos jahre
    jahrig anni lat ani ετων лет года i'm im am soy tengo bin j'ai ai ho tenho mam
"""
_AGE_WORDS = frozenset(_AGE_WORDS_TEXT.split())


class Amount(NamedTuple):
    """Kind is price or age; the span is of the folded text."""

    kind: str
    value: str
    start: int
    end: int
    confidence: float
    note: str = ""


def find_amounts(text: str, tokens: Collection[str]) -> list[Amount]:
    """Prices and ages of a folded text with these words in it, first to last."""
    glued = _GLUED.search(text) is not None
    named = not _MONEY.isdisjoint(tokens)
    found: list[Amount] = []
    if glued or named or (not text.isascii() or "$" in text) and _SYMBOL.search(text):
        has_code = (glued or named) and any(code in text for code in _CODES)
        patterns = [_SYMBOL_FIRST, *([_CODE_FIRST] if has_code else [])]
        found += _prices(text, [*patterns, _NUMBER_FIRST] if _SIGN_AFTER.search(text) else patterns)
    if glued or not _AGE_WORDS.isdisjoint(tokens) or (not text.isascii() and _HAN.search(text)):
        found += _ages(text) if _TWO_DIGITS.search(text) else ()
    return sorted(found, key=lambda amount: amount.start)


def find_other_numbers(text: str) -> list[tuple[int, int]]:
    """Spans of dates, times, opening hours, heights and measures of a folded text."""
    spans: list[tuple[int, int]] = []
    end = 0
    for figures in _MAYBE_OTHER.finditer(text):
        start = figures.start()
        if start >= end and (match := _OTHER.match(text, start)):
            end = match.end()
            spans.append((start, end))
    return spans


def _prices(text: str, patterns: Iterable[re.Pattern[str]]) -> Iterable[Amount]:
    free = FreeSpans()
    for pattern in patterns:
        for match in pattern.finditer(text):
            price = _price(text, match)
            if price and free.take(price.start, price.end):
                yield price


def _price(text: str, match: re.Match[str]) -> Amount | None:
    symbol = match[0][0] in _SYMBOLS
    sign = match[0][0] if symbol else match["sign"]
    start = match.start()
    if symbol and sign == "$" and text[max(0, start - 1) : start] == "r":
        sign, start = "r$", start - 1
    written = (
        match["number"] if "number" in match.re.groupindex else match[0].removesuffix(sign).rstrip(" ,-k")
    )
    value = _number(written) * (1000 if match["k"] else 1)
    if not value or sum(letter.isdigit() for letter in written) > 7:
        return None
    after = _AFTER.match(text, match.end())
    unit = (after.lastgroup or "").replace("_", " ") if after else ""
    shared = _SHARED.get(sign, "")
    money = f"{value:.2f}".rstrip("0").rstrip(".") + f" {_SIGNS[sign]}" + (f" per {unit}" if unit else "")
    end = after.end() if after else match.end()
    return Amount(
        "price", money, start, end, 0.85 if shared else 0.97, f"could be {shared}" if shared else ""
    )


def _number(written: str) -> float:
    """'1.200,50', '1,200', '1 200', '12.5': the last separator with one or two digits after it parts the
    fraction."""
    if written.isdigit():
        return float(written)
    plain = re.sub(r"[ ']", "", written)
    fraction = re.search(r"[.,](\d{1,2})$", plain)
    whole = plain[: fraction.start()] if fraction else plain
    return float(re.sub(r"[.,]", "", whole) + (f".{fraction[1]}" if fraction else ""))


def _ages(text: str) -> Iterable[Amount]:
    for match in _AGE.finditer(text):
        age = match["a"] or match["b"] or match["c"]
        if int(age) >= 14 and not _EXPERIENCE.match(text, match.end()):
            yield Amount("age", age, *match.span(), 0.75 if match["c"] else 0.93)
