"""Which countries a text speaks of beside its towns: by their names, by money as it is written there, by
the ending of a web address and by script. Only hints: they say whose numbering plan is tried first."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import phonenumbers

from analytics.adverts.identifiers.digit_runs import TOKEN
from analytics.adverts.identifiers.normalise import fold_word
from analytics.adverts.identifiers.number_words import (
    load_common_words,
    load_language_regions,
    load_letters,
)

# Names of countries that are also names of people or states, or words.
_AMBIGUOUS_TEXT = "georgia jordan jersey chad island man guernsey niger mali oman togo turkey"
_AMBIGUOUS = frozenset(_AMBIGUOUS_TEXT.split(" "))
_SHORTEST = 4
_COMMON_WORDS = 2  # of a language, before a text is taken to be in it
# Money as adverts write it beside a figure, folded; a sign that several countries share names them all.
_MONEY_TEXT = """
    rs:IN,PK,LK,NP inr:IN lakh:IN,PK pkr:PK lkr:LK npr:NP ngn:NG naira:NG ksh:KE kes:KE kshs:KE tsh:TZ
    tzs:TZ ugx:UG ush:UG ghs:GH cedi:GH cedis:GH fcfa:SN,CI,CM cfa:SN,CI,CM xof:SN,CI xaf:CM dh:MA,AE
    dhs:AE,MA aed:AE mad:MA sar:SA kd:KW kwd:KW qar:QA qr:QA omr:OM bhd:BH jod:JO egp:EG tnd:TN dzd:DZ
    baht:TH thb:TH rm:MY myr:MY rp:ID idr:ID php:PH kc:CZ ft:HU лв:BG bgn:BG din:RS rsd:RS den:MK mkd:MK
    lari:GE gel:GE amd:AM tenge:KZ тенге:KZ тг:KZ kzt:KZ s/:PE soles:PE cop:CO ars:AR clp:CL vnd:VN trieu:VN
    nis:IL birr:ET etb:ET tk:BD taka:BD isk:IS nok:NO dkk:DK zar:ZA nzd:NZ sgd:SG hkd:HK twd:TW nt$:TW
    hk$:HK s$:SG a$:AU rd$:DO ₦:NG ₱:PH ฿:TH ₸:KZ ₾:GE ֏:AM ₪:IL ₫:VN ৳:BD ₡:CR 円:JP 원:KR 만원:KR
    ريال:SA,QA,OM درهم:AE,MA دينار:KW,JO,IQ جنيه:EG تومان:IR שח:IL ден:MK дин:RS
"""
_MONEY = {
    sign: tuple(countries.split(","))
    for sign, countries in (entry.rsplit(":", 1) for entry in _MONEY_TEXT.split())
}
_SIGNS = "|".join(re.escape(sign) for sign in sorted(_MONEY, key=len, reverse=True))
_SIGN_AHEAD = rf"(?<![^\W\d_])({_SIGNS})\.?\s?\d"
_SIGN_BEHIND = rf"[.,]*[k-]?\s?({_SIGNS})(?![^\W\d_])"
_BESIDE = re.compile(rf"{_SIGN_AHEAD}|\d{_SIGN_BEHIND}")
# The same from the figures on, which the regular-expression engine finds fast: few texts have any of it.
_FIRSTS, _LASTS = (
    "".join(re.escape(letter) for letter in sorted({sign[at] for sign in _MONEY})) for at in (0, -1)
)
_AHEAD = re.compile(_SIGN_AHEAD)
_BEHIND = re.compile(rf"\d(?=[.,k\s-]*[{_FIRSTS}]){_SIGN_BEHIND}")
_MAYBE_AHEAD = re.compile(rf"\d(?:(?<=[{_LASTS}]\d)|(?<=[{_LASTS}][.\s]\d)|(?<=[{_LASTS}]\.\s\d))")
_AHEAD_REACH = max(map(len, _MONEY)) + 2
_GLUED = re.compile(r"\d[^\W\d_]|[^\W\d_]\d|s/")
_RAND = re.compile(r"r(?<![^\W_]r)\s?(?:\d{2,5}|\d{1,3}[ ,]\d{3})\b")
_SCRIPTS = (
    (re.compile(r"(?!\d)[а-яА-Я]"), ("RU", "UA", "BY", "KZ")),
    (re.compile(r"(?!\d)[Α-ώ]"), ("GR", "CY")),
    (re.compile(r"(?!\d)[\u3040-\u30ff]"), ("JP",)),
    (re.compile(r"(?!\d)[\u4e00-\u9fff]"), ("CN", "HK", "TW")),
    (re.compile(r"(?!\d)[\uac00-\ud7a3]"), ("KR",)),
    (re.compile(r"(?!\d)[\u0e00-\u0e7f]"), ("TH",)),
    (re.compile(r"(?!\d)[\u0590-\u05ff]"), ("IL",)),
    (re.compile(r"(?!\d)[\u0600-\u06ff]"), ("SA", "AE", "EG")),
    (re.compile(r"(?!\d)[\u0980-\u09ff]"), ("BD", "IN")),
    (re.compile(r"(?!\d)[\u0900-\u097f]"), ("IN", "NP")),
    (re.compile(r"(?!\d)[\u0a00-\u0d7f]"), ("IN",)),
    (re.compile(r"(?!\d)[\u0d80-\u0dff]"), ("LK",)),
    (re.compile(r"(?!\d)[\u0e80-\u0eff]"), ("LA",)),
    (re.compile(r"(?!\d)[\u1000-\u109f]"), ("MM",)),
    (re.compile(r"(?!\d)[\u1780-\u17ff]"), ("KH",)),
    (re.compile(r"(?!\d)[\u10a0-\u10ff]"), ("GE",)),
    (re.compile(r"(?!\d)[\u0530-\u058f]"), ("AM",)),
    (re.compile(r"(?!\d)[\u1200-\u137f]"), ("ET",)),
)
_LATIN = frozenset(map(chr, range(0x300)))
_ENDING = re.compile(
    r"\.(uk|fr|de|es|it|pt|pl|ro|ru|ua|gr|nl|be|ch|at|ie|us|ca|au|br|mx|cn|hk|se|no|dk|fi|cz|sk|hu|bg|hr|rs|si"
    r"|lt|lv|ee|tr|il|in|pk|za|ng|ke|jp|kr|th|vn|ph|my|sg|nz|cl|pe|ma|ae)\b"
)


def find_country_hints(text: str, original: str, tokens: Sequence[str], words: Set[str]) -> list[str]:
    """Regions of a folded text, its tokens and each of them once, the likeliest first; `original` has its own
    letters."""
    regions: list[str] = []
    speaks_of_money = (
        not text.isascii() or "$" in text or not _MONEY.keys().isdisjoint(words) or _GLUED.search(text)
    )
    if speaks_of_money:
        if _has_money(text):
            regions += [region for match in _BESIDE.finditer(text) for region in _MONEY[match[1] or match[2]]]
        if _RAND.search(text):
            regions.append("ZA")
    if "." in text:
        regions += [{"uk": "GB"}.get(ending, ending.upper()) for ending in _ENDING.findall(text)]
    own, named = _of_language(words, original), _named(tokens, words)
    # Who writes in one language of work where another is spoken gives a number at home, as a rule.
    regions += [region for region in named if region in own or not own]
    regions += [*own, *named]
    letters = "" if original.isascii() else "".join(sorted(set(original) - _LATIN))
    if letters:
        for script, spoken in _SCRIPTS:
            if script.search(letters):
                regions += spoken
    return regions


def _has_money(text: str) -> bool:
    """Whether `_BESIDE` stands anywhere in a folded text."""
    return bool(_BEHIND.search(text)) or any(
        _AHEAD.search(text, max(0, figure.start() - _AHEAD_REACH), figure.end())
        for figure in _MAYBE_AHEAD.finditer(text)
    )


def _named(tokens: Sequence[str], words: Set[str]) -> list[str]:
    """Countries whose names, in any language, stand among the tokens."""
    names, heads, followers = _load_names()
    if all([followers[head].isdisjoint(words) for head in _load_heads() & words]):
        return []
    found = []
    for at, token in enumerate(tokens):
        for length in heads.get(token, ()):
            region = names.get(tuple(tokens[at : at + length]))
            if region:
                found.append(region)
                break
    return found


def _of_language(words: Set[str], original: str) -> tuple[str, ...]:
    """The countries of the language of a text; of English none, but Ireland's where it speaks of euros. Two
    languages that as much speaks for share their countries."""
    likeliest = _find_languages(words, original)
    if "en" in likeliest:
        euros = "€" in original or not {"eur", "euro", "euros"}.isdisjoint(words)
        return ("IE",) if euros and likeliest == ["en"] else ()
    return tuple(region for name in likeliest for region in load_language_regions()[name])


def _find_languages(words: Set[str], original: str) -> list[str]:
    """The languages, two at most, that most common words of a text and its letters speak for; none where
    fewer than two speak."""
    common = load_common_words()
    count: dict[str, int] = {}
    for word in _load_common_set() & words:
        for name in common[word]:
            count[name] = count.get(name, 0) + 1
    if not original.isascii():
        written = [load_letters()[letter] for letter in load_letters().keys() & set(original.lower())]
        for name in {name for names in written for name in names}:
            votes = max(2 if len(names) == 1 else 1 for names in written if name in names)
            count[name] = count.get(name, 0) + votes
    highest = max(count.values(), default=0)
    if highest < _COMMON_WORDS:
        return []
    likeliest = sorted(name for name, votes in count.items() if votes == highest)
    return likeliest if len(likeliest) <= 2 else []


@cache
def _load_common_set() -> frozenset[str]:
    return frozenset(load_common_words())


@cache
def _load_heads() -> frozenset[str]:
    return frozenset(_load_names()[1])


@cache
def _load_names() -> tuple[dict[tuple[str, ...], str], dict[str, tuple[int, ...]], dict[str, frozenset[str]]]:
    """The country of each name, as its folded words; the lengths of the names that begin with a word, the
    longest first; and the words that follow it in them, itself where it is a name alone. A name of two
    countries is left out."""
    names: dict[tuple[str, ...], str] = {}
    for region, by_language in _read_locale_names().items():
        for name in by_language.values():
            words = tuple(TOKEN.findall(fold_word(name)))
            if (
                not words
                or name.startswith("*")
                or len("".join(words)) < _SHORTEST
                or set(words) & _AMBIGUOUS
            ):
                continue
            names[words] = "" if names.get(words, region) != region else region
    heads: dict[str, set[int]] = {}
    followers: dict[str, set[str]] = {}
    for words in names:
        heads.setdefault(words[0], set()).add(len(words))
        followers.setdefault(words[0], set()).add(words[:2][-1])
    return (
        names,
        {word: tuple(sorted(lengths, reverse=True)) for word, lengths in heads.items()},
        {word: frozenset(following) for word, following in followers.items()},
    )


def _read_locale_names() -> dict[str, dict[str, str]]:
    """The names of each country by language, as phonenumbers has them: its module read by itself, for the
    package that it lies in brings the towns of the world with it."""
    path = Path(phonenumbers.__file__).parent / "geodata" / "locale.py"
    spec = spec_from_file_location("phonenumbers.geodata.locale", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"phonenumbers has no names of countries at {path}.")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    names: dict[str, dict[str, str]] = module.LOCALE_DATA
    return names
