"""Ways to write a telephone number so that no robot finds it: for benches and tests, apart from the app's own
tables."""

from __future__ import annotations

import random

ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
OTHERS = {
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "ru": "ноль один два три четыре пять шесть семь восемь девять",
    "el": "μηδέν ένα δύο τρία τέσσερα πέντε έξι επτά οκτώ εννέα",
    "pt": "zero um dois três quatro cinco seis sete oito nove",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
    "ro": "zero unu doi trei patru cinci șase șapte opt nouă",
    "zh": "零 一 二 三 四 五 六 七 八 九",
}
HOMOPHONES = {"0": ["oh", "o"], "2": ["to", "too"], "4": ["for"], "8": ["ate"], "1": ["won"]}


def words(language: str) -> list[str]:
    return ENGLISH if language == "en" else OTHERS[language].split()


def mixed(digits: str, rng: random.Random) -> str:
    """Words, figures and homophones in turn; it begins and ends with what is no homophone."""
    parts = []
    for at, digit in enumerate(digits):
        inner = 0 < at < len(digits) - 1
        choices = [digit, ENGLISH[int(digit)], *(HOMOPHONES.get(digit, []) if inner else [])]
        parts.append(rng.choice(choices))
    return " ".join(parts)


def doubled(digits: str) -> str:
    """'double five', 'triple oh', else words."""
    words, at = [], 0
    while at < len(digits):
        times = (
            3 if digits[at : at + 3] == digits[at] * 3 else 2 if digits[at : at + 2] == digits[at] * 2 else 1
        )
        words.append({1: "", 2: "double ", 3: "triple "}[times] + ENGLISH[int(digits[at])])
        at += times
    return " ".join(words)


def disguise(digits: str, style: str, rng: random.Random) -> str:
    """`digits` in one of STYLES."""
    if style == "spaced":
        return " ".join(digits)
    if style == "dots":
        return f"{digits[:5]}.{digits[5:8]}.{digits[8:]}"
    if style == "junk":
        return "".join(
            d + (rng.choice(["", *"-~*/_#|"]) if at < len(digits) - 1 else "") for at, d in enumerate(digits)
        )
    if style == "grouped like a date":
        return f"{digits[0]}-{digits[1]}-{digits[2:4]} {digits[4:]}"
    if style == "lines":
        return f"{digits[:4]}\n{digits[4:7]}\n{digits[7:]}"
    if style == "emoji":
        return f"{digits[:5]}📞{digits[5:8]}📞{digits[8:]}"
    if style == "keycap":
        return "".join(f"{d}\ufe0f\u20e3" for d in digits)
    if style == "full-width":
        return "".join(chr(0xFF10 + int(d)) for d in digits)
    if style == "arabic":
        return "".join(chr(0x660 + int(d)) for d in digits)
    if style == "bold":
        return "".join(chr(0x1D7CE + int(d)) for d in digits)
    if style == "zero width":
        return "\u200b".join(digits)
    if style == "letters":
        return digits.replace("0", "O").replace("1", "l")
    if style == "words":
        return mixed(digits, rng)
    if style == "all words":
        return " ".join(ENGLISH[int(d)] for d in digits)
    if style == "words together":
        return "".join(ENGLISH[int(d)] for d in digits)
    if style == "doubled":
        return doubled(digits)
    if style == "hyphened words":
        return "-".join(ENGLISH[int(d)].upper() for d in digits)
    if style == "mixture":
        return (
            "".join(
                rng.choice([d, chr(0xFF10 + int(d)), f"{d}\ufe0f\u20e3", f" {ENGLISH[int(d)]} "])
                + rng.choice(["", "", "-", " "])
                for d in digits[:-1]
            ).strip()
            + digits[-1]
        )
    return digits


STYLES = (
    "plain",
    "spaced",
    "dots",
    "junk",
    "lines",
    "emoji",
    "keycap",
    "full-width",
    "arabic",
    "bold",
    "zero width",
    "letters",
    "words",
    "all words",
    "words together",
    "doubled",
    "hyphened words",
    "mixture",
)
