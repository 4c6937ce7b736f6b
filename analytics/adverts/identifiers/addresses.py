"""E-mail addresses, web addresses and handles, written plainly or so that no robot finds them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from analytics.adverts.identifiers.normalise import fold_word
from analytics.adverts.identifiers.numbering import read_international
from analytics.adverts.identifiers.spans import FreeSpans

# Endings that are trusted where no 'http' or 'www' says that it is a web address.
_ENDINGS = (
    "com|net|org|info|biz|eu|uk|co|de|fr|es|it|pt|pl|ro|ru|ua|by|gr|cy|nl|be|ch|at|ie|us|ca|au|br|mx|cn|hk|tw|jp|kr|sk|nz|za|se|no|dk|fi|cz|"
    "hu|bg|tr|in|me|io|app|online|site|xyz|club|shop|live|link|page|example|test"
)
# What people call the sign @, and a dot, folded; a bare 'et' is Turkish and Serbian only before their dot.
_AT_NAMES = (
    "at at-sign atsign at_sign at_symbol at_the_rate at_the_rate_of arroba arrova arobase arobas chiocciola "
    "chiocciolina собака собачка sobaka malpa malpka klammeraffe affenschwanz παπακι papaki zavinac snabel-a "
    "snabela snabel kukac apenstaartje apestaartje slingeraap kroellalfa krollalfa alfakroll miukumauku "
    "kissanhanta at-merkki att arond a_rond coada_de_maimuta равлик равлика кльомба маймунско_а маймунка "
    "мајмунче majmun manki afna ludo_a et_isareti kuyruklu_a שטרודל כרוכית a_cong a_moc ات آت 艾特 圈a "
    "アット アットマーク 골뱅이 แอท"
)
_DOT_NAMES = (
    "dot punt punkt punktum prikk punto ponto point period fullstop full_stop punct pont kropka tecka bodka "
    "tocka точка тачка tochka крапка кропка pika teleia τελεια nokta piste punkts taskas נקודה نقطة نقطه دوت "
    "点 點 ドット 점 쩜 닷 cham titik tuldok จุด"
)
_UNDERSCORE_NAMES = (
    "underscore underline guion_bajo barra_baja tiret_bas unterstrich trattino_basso podkreslnik podtrzitko "
    "liniuta_jos alt_cizgi underskore understreck liggend_streepje нижнее_подчеркивание подчеркивание"
)
# A file and its ending: 'icon@2x.png' is a picture for fine screens.
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|css|js|pdf|ico)$")
_BARE_ET = r"et(?=\s\S+(?:\s\S+)?\s(?:nokta|tocka|taskas|pika)\s)"
_AT_NAME, _DOT_NAME, _UNDERSCORE_NAME = (
    "|".join(fold_word(name).replace("_", r"\s") for name in sorted(names.split(), key=len, reverse=True))
    for names in (_AT_NAMES, _DOT_NAMES, _UNDERSCORE_NAMES)
)
# In front of a bare 'at', in words no sign marks: 'look at example dot com' is a site.
_VERBS_TEXT = """
    look looking see us me book booking visit meet online site website pictures photos pics find browse shop
    check apply call available here more out it them register join live order stay work working details read
    watch arrive chat viewing hosted page gallery profile listed now open
"""
_ALSO_SAID = frozenset(["at", "att", "et", "ats"])
_VERBS = frozenset(_VERBS_TEXT.split())
# Said with a word for @, any country's ending will do.
_SAID_ENDINGS = (
    f"{_ENDINGS}|il|vn|hr|rs|si|lt|lv|ee|md|ge|am|kz|my|sg|ph|id|th|pk|bd|lk|np|ng|ke|gh|tz|ug|ma|tn|dz|eg|sa|ae"
    "|qa|kw|jo|lb|ir|cl|pe|ec|uy|py|bo|ve|cr|pa|do|gt|lu|li|mt|is|al|mk|ba|rks|cat"
)
_DOT = (
    rf"(?:\s?[(\[{{<]\s?(?:{_DOT_NAME}|\.)\s?[)\]}}>]\s?"
    rf"|[\s_*~-](?:{_DOT_NAME})[\s_*~-]|\s?\.\s?)"
)
_SAID_DOT = rf"(?:\s(?:{_DOT_NAME})\s|\s?[(\[{{<]\s?(?:{_DOT_NAME})\s?[)\]}}>]\s?)"
_AT = (
    rf"(?:\s?[(\[{{<]\s?(?:{_AT_NAME}|chez|@|a)\s?[)\]}}>]\s?"
    rf"|[\s_*~-](?:{_AT_NAME}|{_BARE_ET})[\s_*~-]|\s@\s|\s@|@\s)"
)
_EMAIL = re.compile(r"[\w.+%-]*\w@(?:[\w-]+\.)+[a-z]{2,24}\b", re.ASCII)
_SAID_EMAIL = re.compile(
    rf"(?<![\w.])([a-z0-9_+-]+(?:(?:\.|{_SAID_DOT}|\s(?:{_UNDERSCORE_NAME})\s)[a-z0-9_+-]+)*){_AT}"
    rf"([a-z0-9-]+(?:{_DOT}[a-z0-9-]+)*?){_DOT}((?:(?:com?|org|net|ac|edu|gov|in){_DOT})?(?:{_SAID_ENDINGS}))"
    rf"(?![a-z0-9]|{_DOT}(?:{_SAID_ENDINGS})\b)"
)
_URL = re.compile(
    rf"(?:h(?:tt|xx)ps?://|www\.)[^\s<>\"'|\\^`{{}}]+|(?<![\w@.-])(?:[a-z0-9][a-z0-9-]*\.)+(?:{_ENDINGS})(?![\w@-]|\.\w)(?:/[^\s<>\"'|\\^`{{}}]*)?",
    re.ASCII,
)
_SAID_URL = re.compile(
    rf"(?<![\w@.])([a-z0-9-]{{3,}})(?:\s?[(\[]dot[)\]]\s?|\sdot\s|\[\.\])((?:co(?:\sdot\s|\.))?(?:{_ENDINGS}))\b"
)
_AT_HANDLE = re.compile(r"(?<![\w.@/])@([a-z0-9_](?:[\w.]{0,30}[a-z0-9_])?)(?![\w@]|\.\w)", re.ASCII)
_PLATFORMS = {
    "telegram": "telegram",
    "tg": "telegram",
    "телеграм": "telegram",
    "телеграмм": "telegram",
    "тг": "telegram",
    "whatsapp": "whatsapp",
    "wechat": "wechat",
    "weixin": "wechat",
    "微信": "wechat",
    "line": "line",
    "飞机": "telegram",
    "纸飞机": "telegram",
    "电报": "telegram",
    "telegramie": "telegram",
    "telegramu": "telegram",
    "телега": "telegram",
    "телегу": "telegram",
    "телеге": "telegram",
    "телеграме": "telegram",
    "τηλεγραμ": "telegram",
    "טלגרם": "telegram",
    "تلغرام": "telegram",
    "تليجرام": "telegram",
    "تيليجرام": "telegram",
    "tele": "telegram",
    "telega": "telegram",
    "tlgrm": "telegram",
    "tlg": "telegram",
    "v信": "wechat",
    "薇信": "wechat",
    "威信": "wechat",
    "vx": "wechat",
    "ライン": "line",
    "라인": "line",
    "ไลน์": "line",
    "kakao": "kakao",
    "kakaotalk": "kakao",
    "카톡": "kakao",
    "카카오톡": "kakao",
    "カカオ": "kakao",
    "zalo": "zalo",
    "discord": "discord",
    "snapchat": "snapchat",
    "snap": "snapchat",
    "سناب": "snapchat",
    "инста": "instagram",
    "инстаграм": "instagram",
    "انستا": "instagram",
    "انستغرام": "instagram",
    "אינסטגרם": "instagram",
    "인스타": "instagram",
    "インスタ": "instagram",
    "instagram": "instagram",
    "insta": "instagram",
    "ig": "instagram",
    "kik": "kik",
    "skype": "skype",
    "viber": "viber",
    "twitter": "x",
    "onlyfans": "onlyfans",
    "of": "onlyfans",
    "vk": "vk",
    "вк": "vk",
    "qq": "qq",
    "wickr": "wickr",
    "threema": "threema",
    "signal": "signal",
    "facebook": "facebook",
    "fb": "facebook",
    "tiktok": "tiktok",
}
_PLATFORMS |= {fold_word(name): platform for name, platform in _PLATFORMS.items()}
# Names that are also words: a handle follows them only where a sign or 'id' says so.
_ALSO_WORDS = ("line", "of", "signal", "snap", "tele")
_CALLED_WORDS = (
    "id|me|username|user|nickname|nick|name|handle|ник|usuario|benutzername|pseudo|nazwa|kullanici_adi"
)
_CALLED = rf"(?:{_CALLED_WORDS.replace('_', ' ')}|号)"
_NAMED_HANDLE = re.compile(
    rf"(?<!\w)({'|'.join(sorted(_PLATFORMS, key=len, reverse=True))})"
    rf"(?:\s?{_CALLED})?"
    r"(?:\s?[:=>»→➡👉-]\s?@?|\s@|\s?id\s|\sis\s)(?!\s|id\b)([a-z0-9_][\w.-]{2,31})",
)
_SPLIT = r"(?:\s?\.\s?|\s?[(\[]\s?(?:dot|\.)\s?[)\]]\s?|\sdot\s)"  # a dot, or what stands for one
_PROFILE = re.compile(
    rf"(?:https?://)?(?:www\.)?(?<![\w@])(?P<host>(?:t|telegram|wa|kik|m){_SPLIT}me|(?:instagram|twitter|x|vk|onlyfans|facebook|fb|tiktok){_SPLIT}com|threads{_SPLIT}net"
    rf"|snapchat{_SPLIT}com\s?/\s?add)(?:\s?/\s?|\sslash\s|\s?[(\[]\s?(?:slash|/)\s?[)\]]\s?)@?\+?(?P<name>[a-z0-9_][\w.]{{2,31}})",
    re.ASCII,
)
# Links that open a conversation with a telephone number: the number is the contact, however it is linked to.
_NUMBER_LINK = re.compile(
    rf"(?:h(?:tt|xx)ps?://)?(?:www\.)?(?:wa{_SPLIT}me\s?(?:/|\bslash\b)\s?|(?:t|telegram){_SPLIT}me\s?/\s?(?=\+|%2b)|signal{_SPLIT}me\s?/\s?#p/\s?|"
    r"(?:(?:api\.|web\.)?whatsapp\.com|whatsapp:/)/send/?\?(?:[^\s#&]*&)*?phone=|tg://resolve\?phone="
    r"|tel:|sms:|callto:|viber://(?:chat|contact|add)\?number=)(?:\+|%2b)?\s?(\d(?:[ -]?\d){7,14})"
    r"(?![ -]?\d)[^\s<>\"'|\\^`{}\]]*",
    re.ASCII,
)
# Single letters with a space between each, four or more; an underscore or a dot may stand among them.
_SPACED = re.compile(r"(?<![^\s:])@? ?(?:[a-z0-9_.@+-] ){3,}[a-z0-9_](?![\w@])|@\w+ _|@ ?\w+_ ", re.ASCII)
_LETTERS_APART = re.compile(r" [a-z0-9_.@+-] [a-z0-9_.@+-] ")
_PARTED_HANDLE = re.compile(
    r"(?<![\w.@/])@ ?[a-z0-9]+(?:_|(?: _ ?|_ )[a-z0-9]+)*(?: _ ?|_ )[a-z0-9]+(?!\w)", re.ASCII
)
_NAMES = "|".join(sorted(_PLATFORMS, key=len, reverse=True))
_NAMED_BEFORE = re.compile(rf"(?<!\w)({_NAMES})\s?(?:id|me)?\s?[:=@-]?\s?$")
_LOOSE_NAMES = "|".join(
    name
    for name in sorted(_PLATFORMS, key=len, reverse=True)
    if name in ("snap", "tele") or name not in _ALSO_WORDS  # a name with a figure or '_' behind is no word
)
_LOOSE_HANDLE = re.compile(
    rf"(?:(?<![\w\u0370-\u06ff])|(?=微信))({_LOOSE_NAMES})"
    rf"(?:\s?{_CALLED}\s|\s?[:=@-]*\s|\s?[^\w\s.,;!?@]{{1,3}}\s?)@?\s?([a-z][\w.]{{1,20}}[_\d][\w.]{{0,20}}|[a-z]\w+(?:\.\w+)+)(?![\w@])",
    re.ASCII,
)
# 'anna_k auf Telegram', 'anna88 on insta': the name first.
_HANDLE_FIRST = re.compile(
    rf"(?<![\w.@/])(?=\w*[_\d])([a-z]\w{{3,30}})\s(?:on|auf|en|su|sur|na|w|op|pa|no|pe|via|в|на)\s(?:my\s)?({_LOOSE_NAMES})(?!\w)",
    re.ASCII,
)
# What the patterns of handles cannot do without: what joins one to its platform, a figure or dot in it.
_ENDS = "|".join(
    re.escape(end)
    for end in sorted({name[-2:] for name in [*_PLATFORMS, *_CALLED_WORDS.replace("_", " ").split("|")]})
)
_JOINED = re.compile(
    rf"[:=>»→➡👉-](?:(?<=(?:{_ENDS}).)|(?<=(?:{_ENDS})\s.)|(?<=号.)|(?<=号\s.))|@(?<=\s@)"
    rf"|id\s(?:(?<=(?:{_ENDS})id\s)|(?<=(?:{_ENDS})\sid\s)|(?<=号id\s)|(?<=号\sid\s))"
    rf"|is\s(?:(?<=(?:{_ENDS})\sis\s)|(?<=号\sis\s))"
)
_FIGURE_AFTER = re.compile(r"[a-zA-Z.][_\d]|[a-z]\.[a-z]", re.ASCII)
# Scripts in which a platform's name is written together with more.
_GLUED = re.compile("[а-я\u0590-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_BRACKET = re.compile(r"[\[({<]")
_AT_WORDS = frozenset(re.findall(r"[^\W_]+", fold_word(_AT_NAMES))) - {"a", "o", "the", "of", "de"} | {"et"}
_DOT_WORDS = frozenset(re.findall(r"[^\W_]+", fold_word(_DOT_NAMES))) - {"full"}
_PLATFORM_WORDS = frozenset(_PLATFORMS)


class Address(NamedTuple):
    """Kind is email, url, handle or phone, of a link to a number; the span is of the folded text."""

    kind: str
    value: str
    start: int
    end: int
    confidence: float
    note: str = ""


def find_addresses(text: str, tokens: Collection[str]) -> list[Address]:
    """All addresses of a folded text, first to last; of two that overlap the surer, then the longer stands.

    `tokens` are the text's words: most adverts have neither the signs nor the words of an address."""
    free = FreeSpans()
    surest = sorted(_all(text, tokens), key=lambda a: (-a.confidence, a.start - a.end))
    return sorted((a for a in surest if free.take(a.start, a.end)), key=lambda address: address.start)


def _spaced(text: str) -> Iterable[Address]:
    """Addresses whose letters stand apart: 'a n n a @ s i t e . c o m', 'tg: a n n a 9', '@anna _ x'."""
    for match in _SPACED.finditer(text) if "@" in text or _LETTERS_APART.search(text) else ():
        letters = re.sub(r"\s", "", match[0])
        if _EMAIL.fullmatch(letters):
            yield Address("email", letters, *match.span(), 0.93, "letters apart")
            continue
        before = text[max(0, match.start() - 14) : match.start()]
        named = _NAMED_BEFORE.search(before)
        name = letters.lstrip("@")
        if (named or letters[0] == "@") and len(name) > 3 and not name.isdigit():
            note = _PLATFORMS[named[1]] if named else "letters apart"
            yield Address("handle", f"@{name.rstrip('.')}", *match.span(), 0.9, note)
    for match in _PARTED_HANDLE.finditer(text) if "@" in text else ():
        yield Address("handle", re.sub(r"\s", "", match[0]), *match.span(), 0.96, "letters apart")


def _all(text: str, tokens: Collection[str]) -> Iterable[Address]:
    """Each pattern only where the text has what it cannot do without: most adverts have none of it."""
    at, point = "@" in text, "." in text
    bracket = "(" in text or "[" in text or "{" in text
    dotted = point or not _DOT_WORDS.isdisjoint(tokens)
    if at:
        for match in _EMAIL.finditer(text):
            if not _FILE.search(match[0]):
                yield Address("email", match[0], *match.span(), 0.99)
        for match in _AT_HANDLE.finditer(text):
            if not match[1].isdigit() and match[1] not in _NO_NAMES:
                yield Address("handle", f"@{match[1]}", *match.span(), 0.95)
    may_say_email = dotted and (at or bracket or not _AT_WORDS.isdisjoint(tokens))
    for match in _SAID_EMAIL.finditer(text) if may_say_email else ():
        if "@" not in match[0] and not _BRACKET.search(match[0]) and re.search(r"\.\s", match[0]):
            continue  # 'work at home. me too': a sentence ends there
        host, ending = (re.sub(_DOT, ".", part).replace(" ", "") for part in match.groups()[1:])
        if match[1] in _VERBS and match[0][len(match[1]) :].startswith(" at "):
            continue
        name = re.sub(_SAID_DOT, ".", re.sub(rf"\s(?:{_UNDERSCORE_NAME})\s", "_", match[1]))
        between = text[match.end(1) : match.start(2)]
        # A word that means nothing else is as sure as a bracket; 'at' and 'a' are words of a sentence too.
        also_said = between.strip(" -_*~") in _ALSO_SAID
        sure = 0.95 if re.search(r"[\[({<@]", between) else 0.85 if also_said else 0.93
        yield Address("email", f"{name}@{host}.{ending}", *match.span(), sure, "written in words")
    for match in _NUMBER_LINK.finditer(text) if "/" in text else ():
        if number := read_international(re.sub(r"\D", "", match[1])):
            yield Address("phone", number.e164, match.start(), match.end(), 0.99, "a link to the number")
    for match in _PROFILE.finditer(text) if dotted and ("/" in text or "slash" in tokens) else ():
        host = re.sub(r"\s", "", re.sub(_SPLIT, ".", match["host"]))
        if host != "wa.me" and not match["name"].isdigit():
            yield Address("handle", f"@{match['name'].rstrip('._')}", *match.span(), 0.98, host)
    named = not _PLATFORM_WORDS.isdisjoint(tokens) or (not text.isascii() and _GLUED.search(text) is not None)
    yield from _spaced(text) if (at or named) else ()
    for match in _URL.finditer(text) if point else ():
        url = match[0].rstrip(".,;:!?)]'\"")
        plain = re.sub(r"^h(?:tt|xx)ps?://", "", url).removeprefix("www.").rstrip("/")
        if "." in plain:
            sure = 0.97 if plain != url else 0.9
            yield Address("url", plain, match.start(), match.start() + len(url), sure)
    for match in _SAID_URL.finditer(text) if dotted and (bracket or "dot" in tokens) else ():
        ending = re.sub(r"\sdot\s", ".", match[2])
        yield Address("url", f"{match[1]}.{ending}", *match.span(), 0.75, "written in words")
    for match in _NAMED_HANDLE.finditer(text) if named and _JOINED.search(text) else ():
        loose = match[1] in (*_ALSO_WORDS, "kik") and not re.search(r"[:@=→➡👉»>]|id", match[0])
        if any(letter.isalpha() for letter in match[2]) and match[2] not in _WORDS and not loose:
            value = match[2].rstrip(".-")
            yield Address(
                "handle", f"@{value}", match.start(2), match.start(2) + len(value), 0.9, _PLATFORMS[match[1]]
            )
    for match in _LOOSE_HANDLE.finditer(text) if named and _FIGURE_AFTER.search(text) else ():
        value = match[2].rstrip(".")
        digits = sum(character.isdigit() for character in value)
        if 2 * digits < len(value) and _WORDS.isdisjoint(value.split(".")):
            start = match.start(2)
            yield Address("handle", f"@{value}", start, start + len(value), 0.86, _PLATFORMS[match[1]])
    for match in _HANDLE_FIRST.finditer(text) if named and _FIGURE_AFTER.search(text) else ():
        if 2 * sum(character.isdigit() for character in match[1]) < len(match[1]):
            yield Address("handle", f"@{match[1]}", *match.span(1), 0.86, _PLATFORMS[match[2]])


_WORDS_TEXT = """
    only and or call text number available preferred please welcome the sms viber telegram whatsapp here
    below me
"""
_WORDS = frozenset(_WORDS_TEXT.split())
# After @ they say where or when, not who.
_NO_NAMES_TEXT = """
    home work night noon midnight lunch weekends once last first least all most only mine yours ours the my
    your our hotel hotels media import charset supports keyframes
"""
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())
