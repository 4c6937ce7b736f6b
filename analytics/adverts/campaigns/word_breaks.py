"""Words that the other adverts at hand explain: joined and parted ones, and those with a 1 for i or l.

Some adverts join what others part: 'likethis' beside 'like this', 'ho use' beside 'house'.
Who hides from search leaves spaces out or puts some in; who writes in haste does the same. Nothing is guessed
from a dictionary: a run of two to RUN words and a word with the same letters are one where both stand in the
adverts at hand. They are read apart where the run stands more than half as often as the word, else together.
A longer word is parted, too, where it is a chain of three words or more of which every two stand side by side
elsewhere. Only texts with several such places are changed: 'its' beside 'it's' is no disguise. A 1 read as a
letter is the i or l that makes a known word, the more frequent one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numba
import numpy as np

from analytics.adverts.campaigns.arrays import Hashes, Int, Ints
from analytics.adverts.campaigns.candidates import hash_pair
from analytics.adverts.campaigns.tokens import Tokens, Vocabulary, read_words
from analytics.adverts.campaigns.word_scan import FIRST, find_place, mix_letter, settle_words
from analytics.adverts.disguise import EITHER

RUN = 4  # words
_SHORTEST, _CHAIN = 4, 7  # letters of a word that may be parted, and into a chain
_LONGEST, _LONGEST_PART = 160, 20  # letters of a chain and of a part
_MEAN_LETTERS = 2.5  # of the parts of a chain
_MAXIMUM_PARTS = 40
_SEVERAL, _SHARE = 3, 0.08  # spaces too many or too few in a text, and their share of its words
_EITHER, _I, _L = (np.uint32(ord(letter)) for letter in (EITHER, "i", "l"))
_MAXIMUM_EITHER = 6
_PROBES, _PROBE_BITS = 3, 11
_BITS, _MAXIMUM_BITS = 16, 1 << 31  # of the filter of neighbours: for each pair, and in all


def read_with_breaks(
    texts: Sequence[str | None],
    step: Callable[[float], None] = lambda share: None,
) -> Tokens:
    """The words of all texts, as `read_tokens`, joined and parted alike."""
    return mend_breaks(*read_words(texts, step))


def mend_breaks(tokens: Tokens, vocabulary: Vocabulary) -> Tokens:
    """The same texts with runs and words that are one another read one way."""
    words = len(tokens.word_hash)
    places = np.zeros(1 << max(2 * words, 16).bit_length(), np.int32)
    settle_words(places, tokens.word_hash, words)
    count = np.bincount(tokens.word, minlength=words)
    hashes, letters, end = tokens.word_hash, vocabulary.letters, vocabulary.end
    at, length, whole, run = _find_runs(tokens.start, tokens.word, hashes, letters, end, places)
    apart = np.full((words, _MAXIMUM_PARTS), -1, np.int32)
    together = _choose(tokens, count, end, (at, length, whole, run), apart)
    _choose_letters(count, hashes, letters, end, places, apart)
    beside = _note_neighbours(tokens.start, tokens.word, _room_for(len(tokens.word)))
    _part_chains(count, hashes, letters, end, places, beside, apart)
    if not together.any() and not (apart[:, 0] >= 0).any():
        return tokens
    start, word = _rewrite(tokens.start, tokens.word, at[together], length[together], whole[together], apart)
    return Tokens(start, word, hashes)


def _choose(
    tokens: Tokens,
    count: np.ndarray,
    end: np.ndarray,
    runs: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    apart: np.ndarray,
) -> np.ndarray:
    """Which runs are read together (bool); the words that are read apart get their parts in `apart`."""
    at, length, whole, run = runs
    _, first, often = np.unique(run, return_index=True, return_counts=True)
    for k in np.lexsort((at[first], often)):  # the most frequent run of a word comes last
        here, word = first[k], whole[first[k]]
        if 2 * often[k] > count[word] and end[word] - end[word - 1] >= _SHORTEST:
            apart[word] = -1
            apart[word, : length[here]] = tokens.word[at[here] : at[here] + length[here]]
    together: np.ndarray = apart[whole, 0] < 0
    return together


def _room_for(words: int) -> np.ndarray:
    """A filter for so many pairs of neighbours (uint64, a power of two long)."""
    bits = min(_BITS * max(words, 64), _MAXIMUM_BITS)
    return np.zeros(1 << (bits // 64).bit_length(), np.uint64)


@numba.njit(cache=True)
def _find_runs(
    start: Ints, word: Ints, hashes: Hashes, letters: Ints, end: Ints, places: Ints
) -> tuple[Ints, Ints, Ints, Hashes]:
    """Where runs of words begin that are a known word when joined, how many words they have, the word, and a
    hash of the run."""
    room, n = len(word) // 8 + 64, 0
    at, length = np.empty(room, np.int64), np.empty(room, np.int32)
    whole, run = np.empty(room, np.int32), np.empty(room, np.uint64)
    for d in range(len(start) - 1):
        for j in range(start[d], start[d + 1]):
            if word[j] == 0:
                continue
            h = hashes[word[j]]
            parts = h
            for k in range(j + 1, min(j + RUN, start[d + 1])):
                other = word[k]
                if other == 0:
                    break
                for letter in range(end[other - 1], end[other]):
                    h = mix_letter(h, letters[letter])
                parts = hash_pair(parts, hashes[other])
                found = places[find_place(places, hashes, h)]
                if found > 0:
                    if n == room:
                        at = np.concatenate((at, np.empty(room, np.int64)))
                        length = np.concatenate((length, np.empty(room, np.int32)))
                        whole = np.concatenate((whole, np.empty(room, np.int32)))
                        run = np.concatenate((run, np.empty(room, np.uint64)))
                        room *= 2
                    at[n], length[n], whole[n], run[n] = j, k + 1 - j, found, parts
                    n += 1
    return at[:n], length[:n], whole[:n], run[:n]


@numba.njit(cache=True)
def _choose_letters(count: Ints, hashes: Hashes, letters: Ints, end: Ints, places: Ints, apart: Ints) -> None:
    """Words with letters that may be i or l become the most frequent known word that they can be."""
    for w in range(1, len(hashes)):
        either = 0
        for k in range(end[w - 1], end[w]):
            either += letters[k] == _EITHER
        if either == 0 or either > _MAXIMUM_EITHER:
            continue
        for choice in range(1 << either):
            h, seen = FIRST, 0
            for k in range(end[w - 1], end[w]):
                letter = letters[k]
                if letter == _EITHER:
                    letter = _L if choice >> seen & 1 else _I
                    seen += 1
                h = mix_letter(h, letter)
            known = places[find_place(places, hashes, h)]
            if known > 0 and (apart[w, 0] < 0 or count[known] > count[apart[w, 0]]):
                apart[w, 0] = known


@numba.njit(cache=True)
def _bit(beside: Hashes, left: int, right: int, probe: int) -> tuple[Int, np.uint64]:
    h = hash_pair(np.uint64(left), np.uint64(right)) >> np.uint64(_PROBE_BITS * probe)
    return np.int64((h >> np.uint64(6)) & np.uint64(len(beside) - 1)), np.uint64(1) << (h & np.uint64(63))


@numba.njit(cache=True)
def _note_neighbours(start: Ints, word: Ints, beside: Hashes) -> Hashes:
    for d in range(len(start) - 1):
        for j in range(start[d], start[d + 1] - 1):
            for probe in range(_PROBES):
                at, bit = _bit(beside, word[j], word[j + 1], probe)
                beside[at] |= bit
    return beside


@numba.njit(cache=True)
def _are_neighbours(beside: Hashes, left: int, right: int) -> bool:
    for probe in range(_PROBES):
        at, bit = _bit(beside, left, right, probe)
        if not beside[at] & bit:
            return False
    return True


@numba.njit(cache=True)
def _part_chains(
    count: Ints, hashes: Hashes, letters: Ints, end: Ints, places: Ints, beside: Hashes, apart: Ints
) -> None:
    """Part the words that are chains of three known words or more, each beside the next elsewhere."""
    part = np.zeros((_LONGEST + 1, _LONGEST_PART + 1), np.int32)  # by begin and length: the word, if reached
    fewest = np.zeros((_LONGEST + 1, _LONGEST_PART + 1), np.int32)  # parts up to there
    before = np.zeros((_LONGEST + 1, _LONGEST_PART + 1), np.int32)  # the length of the part before
    for w in range(1, len(hashes)):
        first = end[w - 1]
        size = end[w] - first
        if size < _CHAIN or size > _LONGEST or apart[w, 0] >= 0:
            continue
        part[:size] = 0
        for i in range(size):
            reached = i == 0
            for before_length in range(1, min(i, _LONGEST_PART) + 1):
                reached |= part[i - before_length, before_length] > 0
            if not reached:
                continue
            h = FIRST
            for n in range(1, min(size - i, _LONGEST_PART) + 1):
                h = mix_letter(h, letters[first + i + n - 1])
                known = places[find_place(places, hashes, h)]
                if (
                    known <= 0
                    or known == w
                    or count[known] < count[w]
                    or (n == 1 and _is_consonant(letters[first + i]))
                ):
                    continue
                if i == 0:
                    part[i, n], fewest[i, n], before[i, n] = known, 1, 0
                    continue
                for m in range(1, min(i, _LONGEST_PART) + 1):
                    left = part[i - m, m]
                    parts = fewest[i - m, m] + 1
                    if (
                        left > 0
                        and (part[i, n] == 0 or parts < fewest[i, n])
                        and _are_neighbours(beside, left, known)
                    ):
                        part[i, n], fewest[i, n], before[i, n] = known, parts, m
        best = 0
        for m in range(1, min(size, _LONGEST_PART) + 1):
            if part[size - m, m] > 0 and (best == 0 or fewest[size - m, m] < fewest[size - best, best]):
                best = m
        if best == 0:
            continue
        parts = fewest[size - best, best]
        if parts < 3 or parts > _MAXIMUM_PARTS or size < _MEAN_LETTERS * parts:
            continue
        at, m = size, best
        for k in range(parts - 1, -1, -1):
            apart[w, k] = part[at - m, m]
            at, m = at - m, before[at - m, m]


@numba.njit(cache=True)
def _is_consonant(letter: int) -> bool:
    """A letter from b to z that is a word of its own in hardly any language: of 'e.g.' and 'it's'."""
    return 98 <= letter <= 122 and letter not in (0x65, 0x69, 0x6F, 0x75, 0x79)


@numba.njit(cache=True)
def _rewrite(start: Ints, word: Ints, at: Ints, length: Ints, whole: Ints, apart: Ints) -> tuple[Ints, Ints]:
    """The texts with runs joined, the longest at each place, and words parted, where a text has several."""
    room = len(word)
    for j in range(len(word)):
        for k in range(1, apart.shape[1]):
            if apart[word[j], k] < 0:
                break
            room += 1
    new_start, new_word = np.zeros(len(start), np.int64), np.empty(room, np.int32)
    n, first, run = 0, 0, 0
    for d in range(len(start) - 1):
        while first < len(at) and at[first] < start[d]:
            first += 1
        changed, j, run = 0, start[d], first
        while j < start[d + 1]:
            run, _, step = _read_at(j, run, word, at, length, whole)
            changed += step - 1
            if step == 1:
                changed += (apart[word[j], 1:] >= 0).sum()
            j += step
        mended = changed >= max(_SEVERAL, _SHARE * (start[d + 1] - start[d]))
        j, run = start[d], first
        while j < start[d + 1]:
            one, step = word[j], 1
            if mended:
                run, one, step = _read_at(j, run, word, at, length, whole)
            parts = 0
            while (mended or apart[one, 1] < 0) and parts < apart.shape[1] and apart[one, parts] >= 0:
                new_word[n + parts] = apart[one, parts]
                parts += 1
            if parts == 0:
                new_word[n] = one
            n += max(parts, 1)
            j += step
        new_start[d + 1] = n
    return new_start, new_word[:n].copy()


@numba.njit(cache=True)
def _read_at(j: int, run: int, word: Ints, at: Ints, length: Ints, whole: Ints) -> tuple[int, int, int]:
    """The next run to look at, the word at place j of all words, and how many words it takes: the longest run
    read together that begins there."""
    one, step = word[j], 1
    while run < len(at) and at[run] <= j:
        if at[run] == j:
            one, step = whole[run], length[run]
        run += 1
    return run, one, step
