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
_PLACEHOLDER = re.compile(
    r"\W*(to be (confirmed|decided|written|agreed|done|added)|tb[acdw]|not (yet )?(known|written|applicable|"
    r"available|done)|unknown|n\W?a|none|nil|nobody|nothing|someone|somebody|lorem ipsum|test|todo)\b[\W\d]*",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\w{3,}")
_MINIMUM_WORDS, _MINIMUM_LETTERS = 2, 5


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


def says_something(text: str) -> bool:
    """Whether a text says anything: two different words of three characters, no placeholder such as 'x',
    'n/a' or 'to be confirmed'. In a script without spaces, five different letters."""
    if is_unwritten(text) or _PLACEHOLDER.fullmatch(text):
        return False
    letters = {letter for letter in text.casefold() if letter.isalpha()}
    words = set(_WORDS.findall(text.casefold()))
    has_no_case = any(letter.upper() == letter.lower() for letter in letters)
    return len(letters) >= _MINIMUM_LETTERS and (len(words) >= _MINIMUM_WORDS or has_no_case)


def names_somebody(text: str) -> bool:
    """Whether a text names a person or role: two different letters or more, and no placeholder."""
    letters = {letter for letter in text.casefold() if letter.isalpha()}
    return len(letters) >= 2 and not is_unwritten(text) and not _PLACEHOLDER.fullmatch(text)


def list_missing(brief: Brief) -> list[str]:
    """What a brief still needs before it may be called ready, in the words of the page."""
    parts = [] if names_somebody(brief.owner) else ["owner"]
    parts += [part for part in _MUST if not says_something(getattr(brief, part))]
    return [_say(BRIEF_PARTS[part], getattr(brief, part)) for part in parts]


def list_unsaid(sections: Iterable[tuple[str, str]]) -> list[str]:
    """The titles of those sections whose text says nothing, each with what stands there."""
    return [_say(title, text) for title, text in sections if not says_something(text)]


def describe_readiness(missing: list[str]) -> str:
    """'Ready', or 'Not ready' with what is missing."""
    return f"Not ready. Missing: {'; '.join(missing)}." if missing else "Ready."


def _say(title: str, text: str) -> str:
    """A part that says nothing, with what stands there unless nobody wrote anything."""
    name = title[:1].lower() + title[1:]
    return name if is_unwritten(text) else f"{name} ('{' '.join(text.split())[:30]}' says nothing)"
