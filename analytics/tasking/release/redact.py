"""What is taken out of one text, by character range, and what replaces it.

Two ways to find it. *Known*: every name, contact, reference and exact place that the product's own evidence
holds, however spaced or cased. *Possible*: what merely looks like one (a disguised telephone, a house number
before a street, a word with a capital that is no ordinary word). A person may clear such a word; the audit
trail names them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from analytics.adverts.identifiers import find_identifiers, kind_of
from analytics.oversight.masking import HIDDEN, mask_text
from analytics.tasking.citations import MARK
from analytics.tasking.release.rules import PartnerRules, ReleaseRules, read_dictionary
from analytics.tasking.release.secrets import WORD, KnownSecrets

_COORDINATES = re.compile(r"\(?-?\d{1,3}[.,]\d{3,}\s*[,;/ ]\s*-?\d{1,3}[.,]\d{3,}\)?")
_DEGREES = re.compile(r"[NSEW]?\s*\d{1,3}\s*°\s*(?:\d{1,2}\s*['′’]\s*)?(?:[\d.]*\d\s*[\"″])?\s*[NSEW]?")
_REFERENCE = re.compile(r"(?<![\w-])(?=[\w/-]*\d)(?=[\w/-]*[A-Z])[\w/-]{4,}(?![\w-])")
_BETWEEN = r"[\W_]{0,3}"  # what may be put between the letters of a known secret to hide it
_CAPITAL = ("Lu", "Lt", "Lo")  # Lo: scripts that have no capitals
_JOINS = re.compile(r"[\s.\-’']{1,3}")
_SENTENCE = re.compile(r"(?:^|[.!?:;\]\n(])[\s\"'“«(]*$")
_PARTICLES = frozenset(
    (
        "de",
        "da",
        "do",
        "dos",
        "du",
        "di",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "bin",
        "ibn",
        "al",
        "el",
        "la",
        "le",
        "zu",
    )
)
_OTHER_MARKS = re.compile(
    r"\s*\[(?:action|brief) \d+\]|\s*\[control strategy\]"
)  # of drafts: numbers of this store
_NUMBER_NEAR = r"(?:\d[\w/-]*\s*,?\s*)?"
REPLACEMENTS = {
    "name": "[name]",
    "possible": "[name]",
    "contact": "[contact]",
    "reference": "[reference]",
    "address": "[address]",
    "word": "[withheld]",
}


@dataclass(frozen=True)
class Redaction:
    """`original[start:end]` is withheld under `rule` and replaced by `replacement`."""

    start: int
    end: int
    replacement: str
    rule: str


@dataclass(frozen=True)
class SanitisedPart:
    """One part of a product, before and after."""

    title: str
    original: str
    changes: tuple[Redaction, ...] = ()

    @property
    def text(self) -> str:
        parts, at = [], 0
        for change in self.changes:
            parts += [self.original[at : change.start], change.replacement]
            at = change.end
        return "".join([*parts, self.original[at:]]).strip()


class Redactor:
    """Finds what must not be shared. `let_stand`: possible names a person has cleared; `also`: further words
    to withhold."""

    def __init__(
        self,
        rules: ReleaseRules,
        partner: PartnerRules,
        secrets: KnownSecrets,
        let_stand: Iterable[str] = (),
        also: Iterable[str] = (),
    ):
        self._rules, self._withhold, self._places = rules, partner.withhold, secrets.places
        self._let_stand = frozenset(let_stand)
        self._areas = frozenset(word.casefold() for name in secrets.areas for word in WORD.findall(name))
        self._categories = secrets.categories & read_dictionary()
        self._known = [(word, "word", "") for word in also if word.strip()]
        if "names" in self._withhold:
            self._known += [(name, "name", "") for name in secrets.names]
            self._known += [
                (word, "name", "")
                for name in secrets.names
                for word in WORD.findall(name)
                if self._may_be_name(word)
            ]
            self._known += [
                (word, "name", "")
                for word in secrets.reported_words
                if self._may_be_name(word) and word.casefold() not in read_dictionary()
            ]
        if "contacts" in self._withhold:
            self._known += [(contact, "contact", "") for contact in secrets.contacts]
        if "references" in self._withhold:
            self._known += [(reference, "reference", "") for reference in secrets.references]
        if "addresses" in self._withhold:
            self._known += [(place, "address", area) for place, area in secrets.places.items()]

    def find_changes(self, text: str) -> list[Redaction]:
        """What is withheld of a text that is normalised line by line; ranges do not overlap."""
        return merge_overlaps([*self._known_in(text), *self._looks_like(text)])

    def find_remaining(self, text: str) -> list[str]:
        """Known secrets that remain in a text: none may."""
        return sorted({text[change.start : change.end] for change in self._known_in(text)})

    def _known_in(self, text: str) -> Iterator[Redaction]:
        plain = _folded(text)
        squeezed = _squeezed(plain)
        for secret, rule, area in self._known:
            if (letters := _squeezed(needle := _folded(secret))) and letters in squeezed:
                spaced = _BETWEEN.join(re.findall(r"\w", needle))
                for found in re.finditer(rf"(?<!\w){spaced}(?!\w)", plain):
                    yield Redaction(
                        *found.span(), f"[a place in {area}]" if area else REPLACEMENTS[rule], rule
                    )

    def _looks_like(self, text: str) -> Iterator[Redaction]:
        if "addresses" in self._withhold:
            for pattern in (_COORDINATES, _DEGREES, *self._addresses()):
                for found in pattern.finditer(text):
                    yield Redaction(*found.span(), REPLACEMENTS["address"], "address")
        if "contacts" in self._withhold:
            for identifier in find_identifiers(text):
                if kind_of(identifier.kind).personal:
                    yield Redaction(identifier.start, identifier.end, REPLACEMENTS["contact"], "contact")
            for found in re.finditer(f"(?:{HIDDEN}\\s*)+", mask_text(text.replace(HIDDEN, "·"))):
                yield Redaction(
                    found.start(), found.start() + len(found[0].rstrip()), REPLACEMENTS["contact"], "contact"
                )
        if "references" in self._withhold:
            for found in MARK.finditer(text):
                yield Redaction(*found.span(), f"[{found['grade']}]" if found["grade"] else "", "mark")
            for found in _OTHER_MARKS.finditer(text):
                yield Redaction(*found.span(), "", "mark")
            for found in _REFERENCE.finditer(text):
                yield Redaction(*found.span(), REPLACEMENTS["reference"], "reference")
        if "names" in self._withhold:
            yield from self._possible_names(text)

    def _addresses(self) -> list[re.Pattern[str]]:
        streets, sure, before = (
            "|".join(sorted(map(re.escape, words), key=len, reverse=True))
            for words in (
                self._rules.words.streets,
                self._rules.words.sure_streets,
                self._rules.words.street_before,
            )
        )
        name = r"(?:[^\W\d_a-zà-ÿ][\w'’.-]*\s+|\d+(?:st|nd|rd|th)\s+)"
        return [
            re.compile(
                rf"{_NUMBER_NEAR}(?:[A-Z]\.?\s+)?{name}{{1,4}}(?i:{streets})(?!\w)\.?(?:\s+\d[\w/-]*)?"
            ),
            re.compile(rf"\d[\w/-]*\s+(?:\w[\w'’.-]*\s+){{1,3}}(?i:{sure})(?!\w)\.?"),
            re.compile(
                rf"{_NUMBER_NEAR}(?i:(?<!\w)(?:{before}))\s+(?:(?:de|des|du|la|le|del|della|di|da|do|dos)\s+){{0,2}}(?:\d[\w/-]*|{name}?[^\W\d_a-zà-ÿ][\w'’-]*)(?:,?\s+\d[\w/-]*)?"
            ),
            re.compile(
                r"[^\W\d_]+(?:straße|strasse|gasse|weg|platz|allee|straat|laan|gracht|plein|gade|vej|gatan)\s+\d[\w/-]*"
            ),
        ]

    def _possible_names(self, text: str) -> Iterator[Redaction]:
        clear = MARK.sub(lambda found: " " * len(found[0]), text)
        for run, start in _capitals(clear, self._may_stay, self._rules.words.titles):
            begins, end = self._find_given_name(clear, start), start + len(run)
            if self._let_stand.isdisjoint((run, clear[begins:end])):
                yield Redaction(begins, end, REPLACEMENTS["possible"], "possible")
        for word in WORD.finditer(clear):
            if word[0] not in self._let_stand and self._acts_as_person(clear, word):
                yield Redaction(*word.span(), REPLACEMENTS["possible"], "possible")

    def _find_given_name(self, text: str, start: int) -> int:
        """Where a possible name that begins at `start` truly begins: an ordinary word with a capital right
        before it ('Green Novak', 'Will Novak') is its given name, unless it is one that joins sentences."""
        before = re.compile(r"([^\W\d_]{2,}) $").search(text, max(0, start - 40), start)
        if before is None or not _has_capital(before[1]):
            return start
        small, words = before[1].casefold(), self._rules.words
        is_given = small in words.also_names or (
            small in read_dictionary()
            and not any(
                small in known for known in (words.ordinary, words.titles, self._areas, self._categories)
            )
        )
        return before.start() if is_given else start

    def _acts_as_person(self, text: str, word: re.Match[str]) -> bool:
        """Whether an ordinary word that begins a sentence does what a person does: 'Green owns the flat'."""
        small, words = word[0].casefold(), self._rules.words
        if not _has_capital(word[0]):
            return False
        after = WORD.findall(text[word.end() : word.end() + 40])[:2]
        if after and after[0] in words.sole_person_verbs:
            return small not in words.sole_subjects and _begins_sentence(text, word.start(), words.titles)
        if small.endswith(words.thing_endings):
            return False
        if small not in words.also_names and (small in words.ordinary or small not in read_dictionary()):
            return False
        does = bool(after) and (after[0] in words.person_verbs or " ".join(after) in words.person_verbs)
        return does and _begins_sentence(text, word.start(), words.titles)

    def _may_stay(self, word: str, first: bool) -> bool:
        """Whether a word with a capital may stay: known to be no name, an ordinary word that begins a
        sentence, or one of a category of the store that is an ordinary word too."""
        small = word.casefold()
        if small in self._rules.words.proper or small in self._areas or small in self._categories:
            return True
        head, _, tail = word.partition("-")  # 'High-visibility', but not 'Anne-Marie'
        return first and (self._is_ordinary(small) or (self._is_ordinary(head.casefold()) and tail.islower()))

    def _is_ordinary(self, small: str) -> bool:
        word = re.sub("['’]s$", "", small)
        return word in self._rules.words.ordinary or word in read_dictionary()

    def _may_be_name(self, word: str) -> bool:
        small, capital = word.casefold(), _has_capital(word)
        return (
            capital
            and len(word) > 2
            and small not in self._rules.words.proper
            and small not in self._areas
            and small not in self._rules.words.ordinary
        )


def _capitals(
    text: str, may_stay: Callable[[str, bool], bool], titles: frozenset[str]
) -> Iterator[tuple[str, int]]:
    """Runs of words with a capital, or of a script that has none: (run, start). `may_stay(word, begins a
    sentence)` names words that are in no run; a particle ('van der') joins two that are."""
    words = list(WORD.finditer(text))
    run: list[re.Match[str]] = []
    for at, word in enumerate(words):
        first = _begins_sentence(text, word.start(), titles)
        between = text[run[-1].end() : word.start()] if run else ""
        joined = bool(_JOINS.fullmatch(between)) and not (
            first and len(run[-1][0]) > 1
        )  # 'J. Smith', but not 'Smith. He'
        after = next((w[0] for w in words[at + 1 : at + 3] if w[0] not in _PARTICLES), "a")
        particle = joined and word[0] in _PARTICLES and _has_capital(after)
        if _has_capital(word[0]) and not may_stay(word[0], first) or particle:
            if run and not joined:
                yield text[run[0].start() : run[-1].end()], run[0].start()
                run = []
            run.append(word)
        elif run:
            yield text[run[0].start() : run[-1].end()], run[0].start()
            run = []
    if run:
        yield text[run[0].start() : run[-1].end()], run[0].start()


def _begins_sentence(text: str, at: int, titles: frozenset[str]) -> bool:
    """Whether a sentence begins here; the stop of 'Sgt.' or of an initial ends none."""
    before = text[max(0, at - 40) : at]
    last = re.search(r"(\w+)\.\s*$", before)
    if last and (last[1].casefold() in titles or (len(last[1]) == 1 and last[1].isupper())):
        return False
    return bool(_SENTENCE.search(before))


def _has_capital(word: str) -> bool:
    return unicodedata.category(word[0]) in _CAPITAL


def _folded(text: str) -> str:
    """The text without case and accents, character for character, so that spans still fit."""
    return "".join(unicodedata.normalize("NFD", c)[0].casefold()[:1] or c for c in text)


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


_FIRST = ("evidence", "mark", "address")  # these replacements win where ranges overlap; a guess comes last


def merge_overlaps(changes: Iterable[Redaction]) -> list[Redaction]:
    """Overlapping ranges as one, in order, with the replacement of the rule that comes first."""
    merged: list[Redaction] = []
    for change in sorted(changes, key=lambda c: (c.start, -c.end)):
        if change.start >= change.end:
            continue
        if merged and change.start < merged[-1].end:
            last = merged[-1]
            best = min(last, change, key=_rank)
            merged[-1] = Redaction(last.start, max(last.end, change.end), best.replacement, best.rule)
        else:
            merged.append(change)
    return merged


def _rank(change: Redaction) -> tuple[int, bool, bool]:
    first = _FIRST.index(change.rule) if change.rule in _FIRST else len(_FIRST)
    return first, not change.replacement.startswith("[a place in "), change.rule == "possible"
