"""Which countries a text speaks of beside its towns: by their names, by money as it is written there, by
the ending of a web address and by script. Only hints: they say whose numbering plan is tried first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

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
_BESIDE = re.compile(rf"(?<![^\W\d_])({_SIGNS})\.?\s?\d|\d[.,]*[k-]?\s?({_SIGNS})(?![^\W\d_])")
_GLUED = re.compile(r"\d[^\W\d_]|[^\W\d_]\d|s/")
_RAND = re.compile(r"(?<![^\W_])r\s?(?:\d{2,5}|\d{1,3}[ ,]\d{3})\b")
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


def find_country_hints(text: str, original: str, tokens: Sequence[str]) -> list[str]:
    """Regions of a folded text and its tokens, the likeliest first; `original` has its own letters."""
    regions: list[str] = []
    if not _MONEY.keys().isdisjoint(tokens) or _GLUED.search(text) or not text.isascii() or "$" in text:
        regions += [region for match in _BESIDE.finditer(text) for region in _MONEY[match[1] or match[2]]]
        if _RAND.search(text):
            regions.append("ZA")
    if "." in text:
        regions += [{"uk": "GB"}.get(ending, ending.upper()) for ending in _ENDING.findall(text)]
    own, named = _of_language(tokens, original), _named(tokens)
    # Who writes in one language of work where another is spoken gives a number at home, as a rule.
    regions += [region for region in named if region in own or not own]
    regions += [*own, *named]
    letters = "" if original.isascii() else "".join(sorted(set(original) - _LATIN))
    if letters:
        for script, spoken in _SCRIPTS:
            if script.search(letters):
                regions += spoken
    return regions


def _named(tokens: Sequence[str]) -> list[str]:
    """Countries whose names, in any language, stand among the tokens."""
    names, heads = _load_names()
    if heads.keys().isdisjoint(tokens):
        return []
    found = []
    for at, token in enumerate(tokens):
        for length in heads.get(token, ()):
            region = names.get(tuple(tokens[at : at + length]))
            if region:
                found.append(region)
                break
    return found


def _of_language(tokens: Sequence[str], original: str) -> tuple[str, ...]:
    """The countries of the language of a text; of English none, but Ireland's where it speaks of euros. Two
    languages that as much speaks for share their countries."""
    likeliest = _find_languages(tokens, original)
    if "en" in likeliest:
        euros = "€" in original or not {"eur", "euro", "euros"}.isdisjoint(tokens)
        return ("IE",) if euros and likeliest == ["en"] else ()
    return tuple(region for name in likeliest for region in load_language_regions()[name])


def _find_languages(tokens: Sequence[str], original: str) -> list[str]:
    """The languages, two at most, that most common words of a text and its letters speak for; none where
    fewer than two speak."""
    common = load_common_words()
    count = Counter(name for word in common.keys() & set(tokens) for name in common[word])
    if not original.isascii():
        written = [load_letters()[letter] for letter in load_letters().keys() & set(original.lower())]
        for name in {name for names in written for name in names}:
            count[name] += max(2 if len(names) == 1 else 1 for names in written if name in names)
    highest = max(count.values(), default=0)
    likeliest = sorted(name for name, votes in count.items() if votes == highest)
    return likeliest if highest >= _COMMON_WORDS and len(likeliest) <= 2 else []


@cache
def _load_names() -> tuple[dict[tuple[str, ...], str], dict[str, tuple[int, ...]]]:
    """The country of each name, as its folded words, and the lengths of the names that begin with a word, the
    longest first. A name of two countries is left out."""
    from phonenumbers.geodata.locale import LOCALE_DATA  # late: it brings the towns of the world with it

    names: dict[tuple[str, ...], str] = {}
    for region, by_language in LOCALE_DATA.items():
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
    for words in names:
        heads.setdefault(words[0], set()).add(len(words))
    return names, {word: tuple(sorted(lengths, reverse=True)) for word, lengths in heads.items()}
