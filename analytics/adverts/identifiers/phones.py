"""Telephone numbers, however they are dressed.

Runs of digit-like tokens are cut into the windows that are numbers of some country's plan; of windows that
overlap, the set with the highest total confidence stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from analytics.adverts.identifiers.amounts import find_other_numbers
from analytics.adverts.identifiers.digit_runs import (
    TOKEN,
    Atom,
    PlacedPiece,
    find_runs,
    find_stretches,
)
from analytics.adverts.identifiers.number_words import load_language_regions
from analytics.adverts.identifiers.numbering import (
    PhoneNumber,
    as_mobile,
    country_code,
    read_dialled,
    read_international,
)
from analytics.adverts.identifiers.phone_references import (
    find_accounts,
    is_calling,
    is_mobile_said,
    is_part_of_code,
    is_reference,
    skip_reference,
)
from analytics.adverts.identifiers.phone_shape import (
    counts_up,
    crosses_a_break,
    describe_dress,
    ends_in_check_digit,
    find_left_over,
    has_decimals,
    has_word_beyond_a_break,
    is_alike,
    is_break,
    is_complete,
    is_even,
    is_orderly,
    is_price_list,
    is_spelt,
    measure_weakness,
)
from analytics.adverts.identifiers.places import BEGINNING, find_country_ahead, find_country_first
from analytics.adverts.identifiers.spans import Span

DEFAULT_REGIONS = ("GB", "US")
MINIMUM_CONFIDENCE = 0.5  # what is less sure than this is not reported
_SHORTEST, _LONGEST = 7, 15
_NUMBER_ALONE = 11  # digits of most numbers; with more an account may stand there
# Where a number is dialled from abroad, and leaves no doubt which country: '+', '00', North America's '011'.
_PLUS = re.compile(r"\+\s*[(\[]?\s*$|(?<!\w)plus\W{0,3}$")
_CUE_REACH, _TAIL_REACH = 40, 20
_SENTENCE = re.compile(r"[.!?;]\s")
_NEXT_WORD = re.compile(r"\s?[,(-]?\s?([^\W\d_]{4,})(?=\W)")
_ITALY = 39  # whose leading nought is dialled from abroad too
_ARGENTINA = 54  # whose mobile numbers are written like others, and dialled from abroad with a 9 in front
_LOCAL = 0.06  # a China mobile number in an advert for Beijing, rather than one of North America
_BASE = {
    "international": 0.99,
    "trunk": 0.97,
    "nanp": 0.93,
    "open": 0.88,
    "code": 0.85,
    "short": 0.72,
    "trunk lost": 0.6,
}
_HOW = {
    "code": "country code without a plus",
    "trunk lost": "leading zero missing",
    "short": "written without its area code's prefix",
}


class Phone(NamedTuple):
    """A number found: its E.164 form, its span in the folded text, how sure it is and why not surer."""

    value: str
    start: int
    end: int
    confidence: float
    note: str


_Reading = tuple[PhoneNumber, str, tuple[str, ...]]


class _Window(NamedTuple):
    first: int
    last: int  # half-open, positions in the run
    phone: Phone


def find_phones(
    text: str,
    tokens: Sequence[str],
    taken: Sequence[tuple[int, int]],
    regions: Sequence[str],
    written: str,
) -> list[Phone]:
    """All telephone numbers of a folded text with these tokens; `regions` are looked up first to last.
    `written` is the text with its own capitals, character by character.

    `taken` spans (prices, addresses) hold none, nor do dates, hours and measures."""
    stretches = find_stretches(text, tokens)
    runs = find_runs(text, stretches, taken)
    if not runs:
        return []
    if any([sum([len(atom.digits) for atom in run]) > _NUMBER_ALONE for run in runs]) and (
        accounts := find_accounts(text)
    ):
        taken = [*taken, *accounts]
        runs = find_runs(text, stretches, taken)
    around = _Around(text, written, tuple(regions))
    hidden: list[list[Atom]] = []
    if any([len(run) > 1 for run in runs]) and (numbers := _within(find_other_numbers(text), stretches)):
        hidden = [run for run in runs if (is_complete(run) or is_spelt(run)) and not has_decimals(run)]
        runs = find_runs(text, stretches, [*taken, *numbers])
    found = around.find_in(runs)
    if not found and hidden:
        # '... seven 4 pm', '1-2-12 5550100': digits one by one, or of just a number's length, are no date
        # after all
        found = around.find_in(hidden)
    if any([atom.kind == "word" and len(atom.digits) > 1 for run in runs for atom in run]):
        # 'twenty five' may be 20 and 5 after all, and 'nine hundred' a 9 with a word after it
        other = around.find_in(find_runs(text, stretches, taken, compose=False))
        found = max(found, other, key=lambda phones: max((phone.confidence for phone in phones), default=0))
    return found


def _within(spans: list[Span], stretches: list[list[PlacedPiece]]) -> list[Span]:
    """The spans that touch any of the stretches: the others part no run."""
    begins = [pieces[0][1] for pieces in stretches]
    found = []
    for start, end in spans:
        at = bisect_left(begins, end)
        if at and stretches[at - 1][-1][2] > start:
            found.append((start, end))
    return found


class _Around:
    """What stands around the runs of a folded text, as far as it says whose numbers they are."""

    def __init__(self, text: str, written: str, regions: tuple[str, ...]) -> None:
        self.text, self.written = text, written
        self.named = _put_first(find_country_first(text[:BEGINNING]), regions)
        self.signed = "+" in text or "plus" in text

    def find_in(self, runs: list[list[Atom]]) -> list[Phone]:
        """The numbers of runs of the text."""
        return [phone for run in runs for phone in _best(self._windows(run))]

    def _windows(self, run: list[Atom]) -> list[_Window]:
        text = self.text
        begin, end = run[0].start, run[-1].end
        lead, tail = text[max(0, begin - _CUE_REACH) : begin], text[end : end + _TAIL_REACH]
        ahead = find_country_ahead(lead) or _find_country_behind(tail)
        named = _put_first(ahead, self.named)
        hinted = _with_defaults(named, _spoken(run))
        if is_reference(lead, self.written[max(0, begin - _CUE_REACH) : begin]):
            run = skip_reference(run)
        windows = []
        sums = is_price_list(run)
        figures = "".join([atom.digits for atom in run])
        begins = [0, *accumulate([len(atom.digits) for atom in run])]
        for first, begin in enumerate(begins[:-1]):
            if len(figures) - begin < _SHORTEST:
                break
            start = run[first].start
            plus = self.signed and bool(_PLUS.search(text[max(0, start - 8) : start]))
            if sums and not plus:
                continue
            for last in range(first + 1, len(begins)):
                length = begins[last] - begin
                if length > _LONGEST + 2:
                    break
                if length < _SHORTEST:
                    continue
                digits = figures[begin : begins[last]]
                reading = _read(digits, plus, hinted, named)
                if reading is None or (
                    reading[1] == "international" and not plus and first and not is_break(run[first].gap)
                ):
                    continue  # noughts within a number are no dialling abroad
                phone = _judge(text, run, first, last, digits, reading, (lead, tail, ahead), named)
                if phone:
                    windows.append(_Window(first, last, phone))
        return windows


def _put_first(region: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([region, *regions])) if region else regions


@lru_cache(maxsize=1 << 10)
def _with_defaults(named: tuple[str, ...], spoken: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*named, *spoken, *DEFAULT_REGIONS]))


def _spoken(run: list[Atom]) -> tuple[str, ...]:
    """Where the language of the run's number words is spoken; nothing where English serves as well as any."""
    if not any([atom.languages for atom in run]):
        return ()
    count = Counter(language for atom in run for language in atom.languages)
    highest = max(count.values(), default=0)
    languages = sorted(language for language, times in count.items() if times == highest)
    if "en" in languages:
        return ()
    return tuple(region for name in languages for region in load_language_regions()[name])


@lru_cache(maxsize=1 << 10)
def _find_country_behind(tail: str) -> str:
    """The country of a large town that stands right after a number: '22 483 92 71 Warszawa'."""
    word = _NEXT_WORD.match(tail)
    return find_country_ahead(word[1]) if word else ""


@lru_cache(maxsize=1 << 10)
def _cued(lead: str, tail: str) -> bool:
    """Whether a word before or after digits says that they are a telephone number."""
    return any(map(is_calling, TOKEN.findall(f"{lead} {tail}")))


def _judge(
    text: str,
    run: list[Atom],
    first: int,
    last: int,
    digits: str,
    reading: _Reading,
    around: tuple[str, str, str],
    named: tuple[str, ...],
) -> Phone | None:
    """How sure it is that the atoms from `first` to `last` are the number read; None where not sure
    enough."""
    atoms = run[first:last]
    number, how, others = reading
    if number.code == _ARGENTINA and is_mobile_said(*around[:2]):
        number = as_mobile(number)
    even = is_even(atoms)
    if counts_up(atoms) or (not even and has_word_beyond_a_break(atoms)):
        return None
    if how != "international" and is_part_of_code(text, atoms[0].start, atoms[-1].end):
        return None
    confidence = _BASE[how] - (0.3 if ends_in_check_digit(atoms) else 0)
    alone = how not in ("international", "trunk")
    if (how != "international" and is_price_list(atoms)) or (
        alone and not even and how != "nanp" and crosses_a_break(atoms)
    ):
        return None
    lead, tail, ahead = around
    cued = _cued(lead, tail)
    if how in ("short", "trunk lost", "code", "open"):
        if cued or (ahead and number.code == country_code(ahead)):
            confidence = min(confidence + 0.12, 0.92)
        elif how == "trunk lost" and not number.mobile:
            return None  # ten figures that nothing calls a number: a tax reference as likely
        elif not is_orderly(atoms):
            if how == "code":
                return None
            confidence -= 0.25
    elif how == "nanp" and not is_orderly(atoms) and not cued:
        confidence -= 0.15
    elif (
        how == "trunk"
        and not cued
        and not even
        and crosses_a_break(atoms)
        and any(sign in atom.gap for atom in atoms for sign in ",;")
    ):
        return None  # '05/11, 480,00'
    if how == "international" and not even and _has_ended(atoms):
        return None  # 'extra + 500. 50 192'
    if how == "code" and not cued and not _is_of(number, (*named, *DEFAULT_REGIONS)):
        return None
    if named and not cued and how == "open" and not _is_of(number, named):
        confidence -= 0.2  # nothing says so, and the text speaks of another country
    if number.reserved:
        confidence -= 0.02
    if how == "trunk" and len(digits) < 9:
        confidence -= 0.15
    weakness = 0.0 if even else measure_weakness(atoms, len(digits), alone)
    if weakness is None:
        return None
    confidence -= weakness
    if others and how != "international":
        confidence -= 0.05
    # Digits left over beside the window, the nearer the worse, tell against it.
    for neighbour, gap in find_left_over(run, first, last):
        confidence -= (
            (0.25 if gap == "" else 0.06)
            if neighbour.weak and neighbour.digits == "0"  # 'o945': who writes it so means a nought
            else 0.02
            if neighbour.weak
            else 0.15
            if gap == ""
            else 0.12
            if is_alike(atoms, neighbour, gap)
            else 0.03
        )
    if confidence < MINIMUM_CONFIDENCE:
        return None
    notes = [_HOW.get(how, "")]
    notes += ["range reserved for fiction"] if number.reserved else []
    notes += [f"could also be {', '.join(others)}"] if others else []
    notes += [] if even else [describe_dress(atoms)]
    start = _with_plus(text, atoms[0].start) if how == "international" else atoms[0].start
    return Phone(
        number.e164, start, atoms[-1].end, round(min(confidence, 0.99), 2), "; ".join(filter(None, notes))
    )


def _has_ended(atoms: list[Atom]) -> bool:
    """Whether a sentence ends in one gap alone, and figures of another stand behind it."""
    return sum(bool(_SENTENCE.search(atom.gap)) for atom in atoms[1:]) == 1 < len(atoms) - 1


def _is_of(number: PhoneNumber, regions: tuple[str, ...]) -> bool:
    return any(country_code(region) == number.code for region in regions)


@lru_cache(maxsize=1 << 17)
def _read(digits: str, plus: bool, regions: tuple[str, ...], named: tuple[str, ...]) -> _Reading | None:
    """The number that digits are, how that is known, and other numbers that they could be."""
    if plus:
        number = read_international(digits)
        return (number, "international", ()) if number else None
    if digits.startswith("00") and (number := read_international(digits[2:])):
        return number, "international", ()
    readings: list[tuple[PhoneNumber, str]] = []
    local: set[str] = set()  # what the countries that the advert names read comes before what others would
    for region in regions:
        dialled = read_dialled(digits, region)
        if dialled:
            number, missing = dialled
            how = _how(number, missing and not (region in named and number.mobile), digits)
            unlikely = how == "short" and region not in named
            if not unlikely and not any(known.e164 == number.e164 for known, _ in readings):
                readings.append((number, how))
                if region in named:
                    local.add(number.e164)
    if len(digits) >= 11 and digits[0] != "0" and (number := read_international(digits)):
        readings.append((number, "nanp" if number.code == 1 else "code"))
    if digits.startswith("011") and {"US", "CA"} & set(named) and (number := read_international(digits[3:])):
        readings.append((number, "international"))
    if not readings:
        return None
    if len(readings) == 1:
        return *readings[0], ()
    readings.sort(key=lambda reading: -_BASE[reading[1]] - _LOCAL * (reading[0].e164 in local))
    number, how = readings[0]
    # Austria's and Germany's other numbers may be of any length: they are no rivals of a mobile one.
    rivals = [
        known.e164
        for known, other in readings[1:]
        if _BASE[other] > _BASE[how] - 0.2 and known.mobile >= number.mobile
    ]
    return number, how, tuple(dict.fromkeys(rival for rival in rivals if rival != number.e164))[:3]


def _how(number: PhoneNumber, missing: bool, digits: str) -> str:
    if missing:
        return "trunk lost"
    if number.code == 1:
        return "nanp" if len(digits) == 11 else "open"
    if number.e164 != f"+{number.code}{digits}" or (number.code == _ITALY and digits[0] == "0"):
        return "trunk"
    return "open" if len(digits) >= 9 else "short"


def _with_plus(text: str, start: int) -> int:
    plus = _PLUS.search(text[max(0, start - 8) : start])
    return start if plus is None else max(0, start - 8) + plus.start()


def _best(windows: list[_Window]) -> list[Phone]:
    """The set of windows that do not overlap with the highest total confidence; the longer at a tie."""
    if len(windows) < 2:
        return [window.phone for window in windows]
    reached: list[tuple[float, int, list[Phone]]] = [(0.0, 0, [])]
    by_end: dict[int, list[_Window]] = {}
    for window in windows:
        by_end.setdefault(window.last, []).append(window)
    for end in range(1, max(by_end, default=0) + 1):
        best = reached[end - 1]
        for window in by_end.get(end, ()):
            score, covered, chosen = reached[window.first]
            option = (
                score + window.phone.confidence,
                covered + window.last - window.first,
                [*chosen, window.phone],
            )
            if option[:2] > best[:2]:
                best = option
        reached.append(best)
    return reached[-1][2]
