"""E-mail addresses, web addresses and handles, written plainly or so that no robot finds them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from analytics.adverts.identifiers.numbering import read_international

# Endings that are trusted where no 'http' or 'www' says that it is a web address.
_ENDINGS = (
    "com|net|org|info|biz|eu|uk|co|de|fr|es|it|pt|pl|ro|ru|ua|by|gr|cy|nl|be|ch|at|ie|us|ca|au|br|mx|cn|hk|tw|jp|kr|sk|nz|za|se|no|dk|fi|cz|"
    "hu|bg|tr|in|me|io|app|online|site|xyz|club|shop|live|link|page|example|test"
)
_AT_NAMES = (
    "at arroba arobase chiocciola собака malpa klammeraffe παπακι zavinac snabel-a snabela snabel kukac "
    "apenstaartje 골뱅이"
)
_DOT_NAMES = "dot punkt punto ponto point точка tochka kropka teleia τελεια tecka nokta cham 점"
_AT_NAME, _DOT_NAME = ("|".join(names.split()) for names in (_AT_NAMES, _DOT_NAMES))
_DOT = (
    rf"(?:\s?[(\[{{<]\s?(?:{_DOT_NAME}|\.)\s?[)\]}}>]\s?"
    rf"|[\s_*~-](?:{_DOT_NAME})[\s_*~-]|\s?\.\s?)"
)
_AT = (
    rf"(?:\s?[(\[{{<]\s?(?:{_AT_NAME}|chez|@|a)\s?[)\]}}>]\s?"
    rf"|[\s_*~-](?:{_AT_NAME})[\s_*~-]|\s@\s|\s@|@\s)"
)
_EMAIL = re.compile(r"[\w.+%-]*\w@(?:[\w-]+\.)+[a-z]{2,24}\b", re.ASCII)
_SAID_EMAIL = re.compile(
    rf"(?<![\w.])([a-z0-9_+-]+(?:(?:\.|\s(?:dot|punto|ponto|point|punkt|точка)\s)[a-z0-9_+-]+)*){_AT}"
    rf"([a-z0-9-]+(?:{_DOT}[a-z0-9-]+)*?){_DOT}((?:co{_DOT})?(?:{_ENDINGS}))\b"
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
    "snapchat": "snapchat",
    "snap": "snapchat",
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
_NAMED_HANDLE = re.compile(
    rf"(?<!\w)({'|'.join(sorted(_PLATFORMS, key=len, reverse=True))})"
    r"(?:\s?(?:id|me|user(?:name)?|name|handle|号|ник|usuario|benutzername|pseudo|nazwa|kullanici adi))?"
    r"(?:\s?[:=>»→➡👉-]\s?@?|\s@|\s?id\s|\sis\s)(?!\s|id\b)([a-z0-9_][\w.-]{2,31})",
)
_SPLIT = r"(?:\s?\.\s?|\s?[(\[]\s?(?:dot|\.)\s?[)\]]\s?|\sdot\s)"  # a dot, or what stands for one
_PROFILE = re.compile(
    rf"(?:https?://)?(?:www\.)?(?<![\w@])(?P<host>(?:t|telegram|wa){_SPLIT}me|(?:instagram|twitter|x|vk|onlyfans|facebook){_SPLIT}com"
    rf"|snapchat{_SPLIT}com\s?/\s?add)(?:\s?/\s?|\sslash\s)@?\+?(?P<name>[a-z0-9_][\w.]{{2,31}})",
    re.ASCII,
)
# Links that open a conversation with a telephone number: the number is the contact, however it is linked to.
_NUMBER_LINK = re.compile(
    rf"(?:h(?:tt|xx)ps?://)?(?:www\.)?(?:wa{_SPLIT}me\s?(?:/|\bslash\b)\s?|(?:t|telegram){_SPLIT}me\s?/\s?(?=\+|%2b)|signal{_SPLIT}me\s?/\s?#p/\s?|"
    r"(?:api\.|web\.)?whatsapp\.com/send/?\?(?:[^\s#&]*&)*?phone="
    r"|tel:|sms:|viber://(?:chat|contact|add)\?number=)(?:\+|%2b)?\s?(\d(?:[ -]?\d){7,14})"
    r"(?![ -]?\d)[^\s<>\"'|\\^`{}\]]*",
    re.ASCII,
)
# Single letters with a space between each, four or more; an underscore or a dot may stand among them.
_SPACED = re.compile(r"(?<![^\s:])@? ?(?:[a-z0-9_.@+-] ){3,}[a-z0-9_](?![\w@])|@\w+ _|@ ?\w+_ ", re.ASCII)
_PARTED_HANDLE = re.compile(
    r"(?<![\w.@/])@ ?[a-z0-9]+(?:_|(?: _ ?|_ )[a-z0-9]+)*(?: _ ?|_ )[a-z0-9]+(?!\w)", re.ASCII
)
_NAMES = "|".join(sorted(_PLATFORMS, key=len, reverse=True))
_NAMED_BEFORE = re.compile(rf"(?<!\w)({_NAMES})\s?(?:id|me)?\s?[:=@-]?\s?$")
_LOOSE_HANDLE = re.compile(
    r"(?:(?<!\w)(?=\w)|(?=微信))(telegram|tg|whatsapp|wechat|weixin|微信|snapchat|instagram|insta|ig|skype|viber|wickr|threema|tiktok|kik)"
    r"(?:\s(?:(?:id|me)\s)?|\s?[:=@-]*\s)@?\s?([a-z][\w.]{1,20}[_\d][\w.]{0,20})(?![\w@])",
    re.ASCII,
)
# What the patterns of handles cannot do without: what joins one to its platform, and a figure in it.
_JOINED = re.compile(r"[:=>»→➡👉-]|\s@|id\s|\sis\s")
_FIGURE_AFTER = re.compile(r"[a-zA-Z.][_\d]", re.ASCII)
_GLUED = re.compile("[а-я\u4e00-\u9fff]")  # scripts in which a platform's name is written together with more
_BRACKET = re.compile(r"[\[({<]")
_AT_WORDS = frozenset(re.findall(r"\w+", _AT_NAMES)) - {"a"}
_DOT_WORDS = frozenset(_DOT_NAMES.split())
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
    found: list[Address] = []
    for address in sorted(_all(text, tokens), key=lambda a: (-a.confidence, a.start - a.end)):
        if all(address.end <= other.start or other.end <= address.start for other in found):
            found.append(address)
    return sorted(found, key=lambda address: address.start)


def _spaced(text: str) -> Iterable[Address]:
    """Addresses whose letters stand apart: 'a n n a @ s i t e . c o m', 'tg: a n n a 9', '@anna _ x'."""
    for match in _SPACED.finditer(text):
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
    for match in _PARTED_HANDLE.finditer(text):
        yield Address("handle", re.sub(r"\s", "", match[0]), *match.span(), 0.96, "letters apart")


def _all(text: str, tokens: Collection[str]) -> Iterable[Address]:
    """Each pattern only where the text has what it cannot do without: most adverts have none of it."""
    at, point = "@" in text, "." in text
    bracket = "(" in text or "[" in text or "{" in text
    dotted = point or not _DOT_WORDS.isdisjoint(tokens)
    if at:
        for match in _EMAIL.finditer(text):
            yield Address("email", match[0], *match.span(), 0.99)
        for match in _AT_HANDLE.finditer(text):
            if not match[1].isdigit():
                yield Address("handle", f"@{match[1]}", *match.span(), 0.95)
    may_say_email = dotted and (at or bracket or not _AT_WORDS.isdisjoint(tokens))
    for match in _SAID_EMAIL.finditer(text) if may_say_email else ():
        if "@" not in match[0] and not _BRACKET.search(match[0]) and re.search(r"\.\s", match[0]):
            continue  # 'work at home. me too': a sentence ends there
        name, host, ending = (re.sub(_DOT, ".", part).replace(" ", "") for part in match.groups())
        name = re.sub(r"(dot|punto|ponto|point|punkt|точка)", ".", name) if " " in match[1] else name
        bracketed = bool(re.search(r"[\[({<@]", text[match.end(1) : match.start(2)]))
        yield Address(
            "email", f"{name}@{host}.{ending}", *match.span(), 0.95 if bracketed else 0.85, "written in words"
        )
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
        loose = match[1] in ("line", "of", "signal", "snap", "kik") and not re.search(r"[:@=]|id", match[0])
        if any(letter.isalpha() for letter in match[2]) and match[2] not in _WORDS and not loose:
            value = match[2].rstrip(".-")
            yield Address(
                "handle", f"@{value}", match.start(2), match.start(2) + len(value), 0.9, _PLATFORMS[match[1]]
            )
    for match in _LOOSE_HANDLE.finditer(text) if named and _FIGURE_AFTER.search(text) else ():
        value = match[2].rstrip(".")
        digits = sum(character.isdigit() for character in value)
        if 2 * digits < len(value):
            start = match.start(2)
            yield Address("handle", f"@{value}", start, start + len(value), 0.86, _PLATFORMS[match[1]])


_WORDS_TEXT = """
    only and or call text number available preferred please welcome the sms viber telegram whatsapp here
    below me
"""
_WORDS = frozenset(_WORDS_TEXT.split())
