"""Whether a brief or the plan of an operation may be called ready, and what is missing where not.

A brief needs an owner, a legal basis, victims' safety, risks and a measure of success. An operation needs
them too, and a prosecutor's consultation with name, date and outcome. Each in real words: a lone 'x' protects
nobody. Readiness is never saved: it follows from what stands in the version that is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from analytics.shared.unwritten import is_unwritten
from analytics.shared.wording import write_day
from analytics.tasking.brief import BRIEF_PARTS, Brief

_MUST = ("legal_basis", "victims_safety", "risks", "measure_of_success")
_WORD = re.compile(r"\w+")
# Words that carry no content of their own: a part made of them alone says nothing, in whatever order.
_STOCK_WORDS = """
a an and any are as at be been by can etc for from has have here i if in is it its may not of on or our
shall should so that the their them there these they this to was we were will with would yes you your none
nil null nothing no nobody noone one somebody someone something anybody anyone whoever zero tba tbc tbd tbw
todo na nk pending later soon follow follows following awaited awaiting unknown undecided known applicable
available required needed necessary relevant confirmed confirm decided decide written write agreed agree
done added add completed complete provided discussed advised determined specified stated noted see above
below before previous previously same ditto idem usual normal standard general routine ok okay fine good yet
further test testing lorem ipsum dolor sit amet placeholder text sample example xyz applies apply given time
course due foo bar baz blah
"""
_STOCK = frozenset(_STOCK_WORDS.split())
_KEYBOARD = "qwertyuiop asdfghjkl zxcvbnm 1234567890 abcdefgh"
_MINIMUM_WORDS, _MINIMUM_LETTERS, _RUN = 2, 5, 4


@dataclass(frozen=True)
class ProsecutorConsultation:
    """Who was consulted, when, and what came of it; each empty until somebody says."""

    prosecutor: str = ""
    day: date | None = None
    outcome: str = ""

    def describe(self) -> str:
        """The consultation in a sentence, for print; what is missing of it where it is not whole."""
        if missing := self.list_missing(None):
            return f"Not complete: {'; '.join(missing)}."
        return f"{self.prosecutor.strip()}, {write_day(self.day)}. {self.outcome.strip()}" if self.day else ""

    def list_missing(self, today: date | None) -> list[str]:
        """What a whole consultation still needs; a day after `today`, where one is given, is none."""
        missing = []
        if not names_somebody(self.prosecutor):
            missing.append("the prosecutor's name")
        if self.day is None:
            missing.append("the date of the consultation")
        elif today is not None and self.day > today:
            missing.append("a date of the consultation that has come")
        if not says_something(self.outcome):
            missing.append("the outcome of the consultation")
        return missing


def explain_silence(text: str, name: str = "") -> str:
    """Why a text says nothing; '' where it says something.

    A text says something with two different words that carry content: not those of `name` (what the part is
    called), not stock words such as 'to be confirmed', 'as discussed' or 'none', not keys struck in a row. In
    a script without spaces or capitals, with five different letters."""
    if is_unwritten(text):
        return "nobody has written it"
    words = [word for word in _WORD.findall(text.casefold()) if any(map(str.isalnum, word))]
    letters = {letter for letter in text.casefold() if letter.isalpha()}
    if not letters:
        return "it has no words"
    if any(letter.upper() == letter.lower() for letter in letters):
        return "" if len(letters) >= _MINIMUM_LETTERS else "it is too short to say anything"
    if all(len(set(word)) == 1 for word in words) or any(map(_is_struck, words)):
        return "these are keys struck, no words"
    content = {word for word in words if len(word) >= 3} - _STOCK
    own = {word for word in content if not _is_of_name(word, name)}
    if not own:
        return "it is a placeholder" if not content else "it repeats the name of the part"
    if len(own) < _MINIMUM_WORDS and (len(words) < _MINIMUM_WORDS or len(content) < _MINIMUM_WORDS):
        return "it is one word"
    return "" if len(letters) >= _MINIMUM_LETTERS else "it is too short to say anything"


def says_something(text: str, name: str = "") -> bool:
    """Whether a text says anything (see `explain_silence`)."""
    return not explain_silence(text, name)


def explain_namelessness(text: str) -> str:
    """Why a text names no person or role; '' where it names one: two different letters or more, and neither a
    placeholder nor keys struck in a row."""
    if is_unwritten(text):
        return "nobody has written it"
    words = _WORD.findall(text.casefold())
    letters = {letter for letter in text.casefold() if letter.isalpha()}
    if len(letters) < 2:
        return "it has no words"
    if any(map(_is_struck, words)):
        return "these are keys struck, no words"
    return "" if any(len(word) > 1 and word not in _STOCK for word in words) else "it is a placeholder"


def names_somebody(text: str) -> bool:
    """Whether a text names a person or role (see `explain_namelessness`)."""
    return not explain_namelessness(text)


def _is_struck(word: str) -> bool:
    """Whether a word is a run of neighbouring keys, such as 'asdf'."""
    return len(word) >= _RUN and (word in _KEYBOARD or word in _KEYBOARD[::-1])


def _is_of_name(word: str, name: str) -> bool:
    """Whether a word only says the name of its part again: 'risk' and 'risks' of 'Risks'."""
    return any(
        word.rstrip("s") == said.rstrip("s") for said in _WORD.findall(name.casefold()) if len(said) > 2
    )


@dataclass(frozen=True)
class MissingPart:
    """A part of a brief that keeps it from being ready: its field, and what to say of it."""

    field: str
    words: str


def find_missing(brief: Brief) -> list[MissingPart]:
    """The parts that a brief still needs before it may be called ready, each with why what stands there does
    not do."""
    found = [("owner", explain_namelessness(brief.owner))]
    found += [(part, explain_silence(getattr(brief, part), BRIEF_PARTS[part])) for part in _MUST]
    return [
        MissingPart(part, _say(BRIEF_PARTS[part], getattr(brief, part), why)) for part, why in found if why
    ]


def list_missing(brief: Brief) -> list[str]:
    """What a brief still needs before it may be called ready, in the words of the page."""
    return [part.words for part in find_missing(brief)]


def list_unsaid(sections: Iterable[tuple[str, str]]) -> list[str]:
    """The titles of those sections whose text says nothing, each with what stands there and why it does not
    do."""
    return [_say(title, text, why) for title, text in sections if (why := explain_silence(text, title))]


def describe_readiness(missing: list[str]) -> str:
    """'Ready', or 'Not ready' with what is missing."""
    return f"Not ready. Missing: {'; '.join(missing)}." if missing else "Ready."


def _say(title: str, text: str, why: str) -> str:
    """A part that says nothing, with what stands there and why that does not do, unless nobody wrote
    anything."""
    name = title[:1].lower() + title[1:]
    return name if is_unwritten(text) else f"{name} ('{' '.join(text.split())[:30]}' says nothing: {why})"
