"""The template of one campaign: what all its adverts say, what varies, and the adverts aligned one under
another.

A star alignment with a consensus: the advert nearest to a sample of the others is the first centre; all are
aligned with it word by word (edit distance, RapidFuzz); the words most of them have become the centre; all
are aligned again. A word of the centre is constant where more than half of the adverts have it, a slot where
they do not, and so is a gap in which at least GAP of them, two or more, say something, and every number. What
single adverts put in, leave out or change elsewhere stays in the constant part that it stands in. Blocks in
another order than the centre's align in part only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from rapidfuzz.distance import Indel, Levenshtein

from analytics.adverts.campaigns.slots import classify_slot, join_numbers, widen_span
from analytics.adverts.campaigns.tokens import NUMBER, split_words

Item = TypeVar("Item")
GAP = 0.5
_SAMPLE, _CENTRES = 48, 16  # adverts that choose a first centre, and those it is chosen from
_CONSENSUS = 2000  # adverts that vote on the consensus
_LONGEST = 4096


@dataclass(frozen=True)
class Segment:
    """`slot`: whether it varies. `text`: the constant words, or a slot's most common value. `kind` of a slot:
    'name', 'place', 'name or place', 'price', 'phone', 'contact', 'number' or 'other' (constant: ''). `share`
    of the adverts that have it; `values`: how many different ones a slot has."""

    slot: bool
    text: str
    kind: str
    share: float
    values: int


@dataclass(frozen=True)
class Template:
    """`spans` (adverts, segments, 2) int32: where each segment begins and ends in each text, -1 where it is
    left out; `centre`: the position of the advert nearest to all."""

    segments: tuple[Segment, ...]
    spans: np.ndarray
    centre: int
    texts: tuple[str, ...]

    def row(self, advert: int) -> list[str]:
        """The words of one advert, a cell a segment, as they stand in its text."""
        text = self.texts[advert]
        return [text[begin:end] if begin >= 0 else "" for begin, end in self.spans[advert]]

    def rows(self) -> list[list[str]]:
        return [self.row(advert) for advert in range(len(self.texts))]


def build_template(texts: Sequence[str | None], places: Collection[str] = ()) -> Template:
    """The template of the adverts of one campaign; `places`: names of places in lower case, to tell them from
    names of people. The segments do not depend on the order of the adverts. Raises ValueError where no advert
    has a word."""
    written = tuple(text or "" for text in texts)
    words = [join_numbers(split_words(text)[:_LONGEST]) for text in written]
    plain = [[word for word, _, _ in row] for row in words]
    order = sorted((i for i in range(len(written)) if plain[i]), key=lambda i: (plain[i], written[i]))
    if not order:
        raise ValueError("A template needs an advert with at least one word.")
    centre = _find_centre([plain[i] for i in order])
    voters = [plain[i] for i in _spread(order, _CONSENSUS)]
    consensus = _consensus(plain[order[centre]], voters)
    constant, gap = _constant_columns(consensus, voters)
    segment_of_column, segment_of_gap, slots = _segments(constant, gap)
    spans = np.full((len(written), len(slots), 2), -1, np.int32)
    for i in order:
        _place(consensus, plain[i], words[i], segment_of_column, segment_of_gap, spans[i])
    for s in np.flatnonzero(slots):
        for i in order:
            spans[i, s] = widen_span(written[i], *spans[i, s])
    segments = tuple(_describe(s, slots, spans, written, order, places) for s in range(len(slots)))
    return Template(segments, spans, order[centre], written)


def _spread(items: list[Item], maximum: int) -> list[Item]:
    """At most so many, evenly spread over a sorted list."""
    count = len(items)
    return items if count <= maximum else [items[k * count // maximum] for k in range(maximum)]


def _find_centre(rows: list[list[str]]) -> int:
    sample = _spread(rows, _SAMPLE)
    numbers = _spread(list(range(len(rows))), _CENTRES)
    likeness = [sum(Indel.normalized_similarity(rows[i], other) for other in sample) for i in numbers]
    return numbers[int(np.argmax(likeness))]


def _consensus(centre: list[str], rows: list[list[str]]) -> list[str]:
    """The centre with its words replaced, dropped or joined by what more than half of the adverts say there.
    A word that few have but that most replace by others of their own stays, as the place of a slot."""
    counts: list[Counter[str | None]] = [Counter() for _ in centre]
    inserted: list[Counter[tuple[str, ...]]] = [Counter() for _ in range(len(centre) + 1)]
    for row in rows:
        for tag, i1, i2, j1, j2 in _opcodes(centre, row):
            if tag == "insert":
                inserted[i1][tuple(row[j1:j2])] += 1
            for k in range(i1, i2):
                at = j1 + k - i1
                counts[k][row[at] if tag != "delete" and at < j2 else None] += 1
    half = len(rows) / 2
    out: list[str] = []
    for k in range(len(centre) + 1):
        if inserted[k]:
            phrase, n = min(inserted[k].items(), key=lambda item: (-item[1], item[0]))
            if n > half:
                out.extend(phrase)
        if k < len(centre) and counts[k][None] <= half:
            words = [(-n, word) for word, n in counts[k].items() if word is not None]
            out.append(min(words)[1])
    return out or centre


def _constant_columns(consensus: list[str], rows: list[list[str]]) -> tuple[np.ndarray, np.ndarray]:
    """Bool by column: more than half have the word. Bool by gap before each column and the end: enough say
    something."""
    have, say = np.zeros(len(consensus)), np.zeros(len(consensus) + 1)
    for row in rows:
        for tag, i1, i2, _, _ in _opcodes(consensus, row):
            if tag == "equal":
                have[i1:i2] += 1
            elif tag == "insert":
                say[i1] += 1
    have[[word == NUMBER for word in consensus]] = 0
    return have > len(rows) / 2, say >= max(GAP * len(rows), 2)


def _segments(constant: np.ndarray, gap: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The segment of each column, of each gap (-1: none, words there stay with a neighbour), and which are
    slots. Slots that touch are one."""
    of_column, of_gap = np.full(len(constant), -1), np.full(len(gap), -1)
    slots: list[bool] = []
    for k in range(len(gap)):
        if gap[k]:
            if not slots or not slots[-1]:
                slots.append(True)
            of_gap[k] = len(slots) - 1
        if k < len(constant):
            if not slots or slots[-1] == constant[k]:
                slots.append(not constant[k])
            of_column[k] = len(slots) - 1
    return of_column, of_gap, np.array(slots)


def _place(
    consensus: list[str],
    row: list[str],
    words: list[tuple[str, int, int]],
    of_column: np.ndarray,
    of_gap: np.ndarray,
    spans: np.ndarray,
) -> None:
    """Write the spans of one advert's segments: from its first to its last word there."""
    for tag, i1, i2, j1, j2 in _opcodes(consensus, row):
        for j in range(j1, j2):
            if tag == "insert":
                segment = of_gap[i1]
                if segment < 0:
                    segment = of_column[i1 - 1] if i1 > 0 else of_column[0]
            else:
                segment = of_column[min(i1 + j - j1, i2 - 1)]
            _, begin, end = words[j]
            if spans[segment, 0] < 0:
                spans[segment] = begin, end
            else:
                spans[segment, 1] = max(spans[segment, 1], end)


def _describe(
    s: int,
    slots: np.ndarray,
    spans: np.ndarray,
    texts: Sequence[str],
    order: list[int],
    places: Collection[str],
) -> Segment:
    values = Counter(texts[i][spans[i, s, 0] : spans[i, s, 1]] for i in order if spans[i, s, 0] >= 0)
    text = min(values.items(), key=lambda item: (-item[1], item[0]))[0] if values else ""
    share = sum(values.values()) / len(order)
    if not slots[s]:
        return Segment(False, text, "", share, 0)
    before = Counter(_word_before(texts[i], spans[i, s, 0]) for i in order if spans[i, s, 0] >= 0)
    common = min(before.items(), key=lambda item: (-item[1], item[0]))[0] if before else ""
    return Segment(True, text, classify_slot(values, common, places), share, len(values))


def _opcodes(one: list[str], other: list[str]) -> list[tuple[str, int, int, int, int]]:
    """The edits from one to the other: 'equal', 'insert', 'delete' or 'replace', and the range in each."""
    return [
        (op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end)
        for op in Levenshtein.opcodes(one, other)
    ]


def _word_before(text: str, begin: int) -> str:
    found = split_words(text[max(0, begin - 40) : begin])
    return found[-1][0] if found else ""
