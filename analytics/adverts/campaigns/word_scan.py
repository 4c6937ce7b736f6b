"""Where the words of texts stand: compiled kernels over code points, for `tokens`."""

from __future__ import annotations

import unicodedata
from functools import cache

import numba
import numpy as np

from analytics.adverts.campaigns.arrays import Flags, Hashes, Int, Ints
from analytics.adverts.disguise.letters import (
    EITHER,
    FOR_A_LETTER,
    FOREIGN,
    HIDDEN,
    INVISIBLE,
    LATIN,
    MARKS,
    OTHER_LETTER,
    classify_letters,
)

SEPARATOR, LETTER, DIGIT, MARK, ALONE, SYMBOL, DROPPED = range(7)
SYMBOLS_DROPPED = 8  # words from which on emoji and other symbols are decoration
NUMBER_HASH = np.uint64(0x23)
_UNSPACED = [
    (0x0E00, 0x0FFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3134F),
]
_VOWEL_SIGNS = [0x0640, 0x0670, *range(0x064B, 0x0660), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE01F0)]
NO_WORDS = 2  # letters together that still make no word beside digits
SERIAL = 3  # runs of digits that make no word of the letters between them
_PASTED, _CHANGED = 8, 0.1  # words of the shortest text pasted twice; share that may differ
_SEVERAL = 3  # words with digits among their letters
FIRST, _STEP = np.uint64(0xCBF29CE484222325), np.uint64(0x9FB21C651E98DF25)
_HTTP, _HTTPS, _WWW, _COM, _NET, _ORG = (
    np.frombuffer(text.encode(), np.uint8) for text in ("http://", "https://", "www.", ".com", ".net", ".org")
)


@cache
def kinds_of_characters() -> np.ndarray:
    """The kind of every character, by its code."""
    kinds = np.zeros(0x110000, np.uint8)
    for code in range(0x32000):
        character = chr(code)
        category = unicodedata.category(character)
        if category in ("Cf", "Me"):
            kinds[code] = DROPPED
        elif category in ("Mn", "Mc"):
            kinds[code] = MARK
        elif category == "Nd":
            kinds[code] = DIGIT
        elif character.isalnum():
            kinds[code] = LETTER
        elif category == "So":
            kinds[code] = SYMBOL
    for low, high in _UNSPACED:
        written = kinds[low : high + 1]
        written[(written == LETTER) | (written == MARK)] = ALONE
    for low, high in (*MARKS, *INVISIBLE):
        kinds[low : high + 1] = DROPPED
    kinds[_VOWEL_SIGNS] = DROPPED
    kinds[ord(EITHER)] = LETTER
    return kinds


def find_disguised_texts(codes: np.ndarray, texts: int) -> np.ndarray:
    """Which of so many texts, parted by NUL, may have disguised words (bool): all that have some."""
    found = np.zeros(texts, np.bool_)
    _find_disguised(codes, classify_letters(), found)
    return found


@numba.njit(cache=True)
def _find_disguised(codes: Ints, classes: Ints, found: Flags) -> None:
    """Letters of two scripts side by side, digits or signs for letters among letters in several words, or
    three single letters in a row."""
    text, leet, single = 0, 0, 0
    last, signs, before = (
        0,
        -1,
        0,
    )  # class of the last letter or sign; signs since a letter; the letter before
    for k in range(len(codes)):
        kind = classes[codes[k]]
        if codes[k] == 0:
            text, leet, single, last, signs = text + 1, 0, 0, 0, -1
            continue
        if kind == HIDDEN:
            continue
        if kind in (LATIN, FOREIGN, OTHER_LETTER):
            if kind != last and kind != OTHER_LETTER and last in (LATIN, FOREIGN):
                found[text] = True
            if 1 <= signs <= 2:
                leet += 1
                found[text] |= leet >= _SEVERAL
            single = single + 1 if k - before == 2 else 0 if k - before == 1 else 1
            found[text] |= single >= _SEVERAL
            before, signs = k, 0
        elif kind == FOR_A_LETTER and signs >= 0:
            signs += 1
        elif kind != FOR_A_LETTER:
            signs = -1
        last = kind


@numba.njit(cache=True)
def find_place(places: Ints, hashes: Hashes, h: np.uint64) -> np.int64:
    mask = len(places) - 1
    at = np.int64(h & np.uint64(mask))
    while places[at] != 0 and hashes[places[at]] != h:
        at = (at + 1) & mask
    return at


@numba.njit(cache=True)
def settle_words(places: Ints, hashes: Hashes, size: int) -> None:
    for number in range(1, size):
        places[find_place(places, hashes, hashes[number])] = number


@numba.njit(cache=True)
def mix_letter(h: np.uint64, code: Int) -> np.uint64:
    """The hash of a word with one letter more."""
    h = (h ^ np.uint64(code)) * _STEP
    return h ^ (h >> np.uint64(29))


@numba.njit(cache=True)
def _is_plain(code: int) -> bool:
    """An ASCII letter (lower case) or digit."""
    return 97 <= code <= 122 or 48 <= code <= 57


@numba.njit(cache=True)
def _to_the_gap(codes: Ints, k: int) -> int:
    """The end of what runs on without a space, a quotation mark, a comma, a semicolon or a bracket."""
    while k < len(codes) and codes[k] > 32 and codes[k] < 0x250:
        if codes[k] in (34, 39, 40, 41, 44, 59, 60, 62, 91, 93, 123, 124, 125):
            break
        k += 1
    return k


@numba.njit(cache=True)
def _starts(codes: Ints, k: int, text: Ints) -> bool:
    if k + len(text) > len(codes):
        return False
    for i in range(len(text)):  # noqa: SIM110 - numba has no all() of a generator
        if codes[k + i] != text[i]:
            return False
    return True


@numba.njit(cache=True)
def _address_end(codes: Ints, k: int) -> int:
    """Where the e-mail or web address, host or path that begins at k ends; k where none does.

    An address has a sign @ and a dot, begins with http:// or www., has three parts with dots between them and
    ends in two to six letters, or has two and ends in one of the old top-level domains. A path begins with a
    slash and has two."""
    if codes[k] == 47:  # /
        end, slashes = _to_the_gap(codes, k), 0
        for i in range(k, end - 1):
            slashes += codes[i] == 47 and _is_plain(codes[i + 1])
        return end if slashes >= 2 else k
    if _starts(codes, k, _HTTP) or _starts(codes, k, _HTTPS):
        return _to_the_gap(codes, k)
    i, at, dots, last = k, -1, 0, -1
    while i < len(codes) and (_is_plain(codes[i]) or codes[i] in (43, 45, 46, 64, 95)):  # + - . @ _
        if codes[i] == 46:
            if i + 1 == len(codes) or not _is_plain(codes[i + 1]):
                break
            dots, last = dots + 1, i
        elif codes[i] == 64:
            at = i
        i += 1
    if dots == 0:
        return k
    for j in range(last + 1, i):
        if codes[j] < 97 or codes[j] > 122:
            return k
    label = i - last - 1
    known = label == 3 and (
        _starts(codes, last, _COM) or _starts(codes, last, _NET) or _starts(codes, last, _ORG)
    )
    if not (k < at < last or _starts(codes, k, _WWW) or known or (dots >= 2 and 2 <= label <= 6)):
        return k
    if i + 1 < len(codes) and codes[i] == 58 and 48 <= codes[i + 1] <= 57:  # :
        i += 1
        while i < len(codes) and 48 <= codes[i] <= 57:
            i += 1
    return _to_the_gap(codes, i) if i < len(codes) and codes[i] == 47 else i


@numba.njit(cache=True)
def _next_word(codes: Ints, kinds: Ints, k: int) -> tuple[int, int, bool]:
    """Begin and end of the next word at or after k, and whether it is an address. Begin is the length where
    none is; it ends before a NUL."""
    while k < len(codes) and codes[k] != 0:
        kind = kinds[codes[k]]
        if kind in (ALONE, SYMBOL):
            return k, k + 1, False
        if kind in (LETTER, DIGIT) or (codes[k] == 47 and (k == 0 or not _is_plain(codes[k - 1]))):
            end = _address_end(codes, k)
            if end > k:
                return k, end, True
        if kind in (LETTER, DIGIT):
            end = k + 1
            while (
                end < len(codes) and codes[end] != 0 and kinds[codes[end]] in (LETTER, DIGIT, MARK, DROPPED)
            ):
                end += 1
            return k, end, False
        k += 1
    return k, k, False


@numba.njit(cache=True)
def find_word_spans(codes: Ints, kinds: Ints) -> Ints:
    """(words, 3) int64 of one text: begin, end, 1 for an address."""
    spans, n, k = np.empty((len(codes), 3), np.int64), 0, 0
    while k < len(codes):
        begin, end, address = _next_word(codes, kinds, k)
        if end == begin:
            k = begin + 1  # past a NUL
            continue
        spans[n, 0], spans[n, 1], spans[n, 2] = begin, end, address
        n += 1
        k = end
    return spans[:n]


@numba.njit(cache=True)
def _hash_of(codes: Ints, kinds: Ints, begin: int, end: int) -> np.uint64:
    """The hash of a word in which each run of digits is one number sign, and of a serial number that of any
    number."""
    h, length, digits, runs, letters, longest, hexadecimal, in_digits = FIRST, 0, 0, 0, 0, 0, True, False
    for k in range(begin, end):
        kind = kinds[codes[k]]
        if kind == DROPPED:
            continue
        length += 1
        if kind == DIGIT:
            if not in_digits:
                h = mix_letter(h, np.uint32(0x23))
                runs += 1
            in_digits, letters = True, 0
            digits += 1
        else:
            h = mix_letter(h, codes[k])
            in_digits = False
            letters += 1
            longest = max(longest, letters)
            hexadecimal &= 97 <= codes[k] <= 102
    if digits > 0 and (2 * digits >= length or longest <= NO_WORDS or runs >= SERIAL or hexadecimal):
        return NUMBER_HASH
    return h


@numba.njit(cache=True)
def scan_texts(
    codes: Ints,
    kinds: Ints,
    places: Ints,
    hashes: Hashes,
    size: int,
    letters: Ints,
    letter_end: Ints,
    word: Ints,
    ends: Ints,
) -> tuple[int, int]:
    """Number the words of texts parted by NUL: how many words there are, and how many different ones are
    known now. `letters` to `letter_end` of each different word: its characters as hashed."""
    n, text, k, begin_of_text, others = 0, 0, 0, 0, 0
    symbols = np.zeros(len(codes), np.bool_)
    while text < len(ends):
        begin, end, address = _next_word(codes, kinds, k)
        k = end
        if end == begin:
            if others >= SYMBOLS_DROPPED:
                n = _drop_symbols(word, symbols, begin_of_text, n)
            n = _end_of_first(word, begin_of_text, n)
            ends[text] = begin_of_text = n
            text += 1
            k, others = begin + 1, 0
            continue
        h = NUMBER_HASH if address else _hash_of(codes, kinds, begin, end)
        if h == NUMBER_HASH:
            if n == begin_of_text or word[n - 1] != 0:
                word[n], symbols[n] = 0, False
                n += 1
            continue
        at = find_place(places, hashes, h)
        if places[at] == 0:
            hashes[size] = h
            places[at] = size
            letter_end[size] = _store_letters(codes, kinds, begin, end, letters, letter_end[size - 1])
            size += 1
        symbols[n] = kinds[codes[begin]] == SYMBOL
        others += not symbols[n]
        word[n] = places[at]
        n += 1
    return n, size


@numba.njit(cache=True)
def _store_letters(codes: Ints, kinds: Ints, begin: int, end: int, letters: Ints, at: int) -> int:
    """The characters of a word as hashed, from `at` on; where they end."""
    for k in range(begin, end):
        kind = kinds[codes[k]]
        if kind == DIGIT:
            if at == 0 or k == begin or letters[at - 1] != 0x23:
                letters[at] = 0x23
                at += 1
        elif kind != DROPPED:
            letters[at] = codes[k]
            at += 1
    return at


@numba.njit(cache=True)
def _drop_symbols(word: Ints, symbols: Flags, begin: int, end: int) -> int:
    """Take the symbols out of the words of one text; numbers that then follow one another are one."""
    n = begin
    for j in range(begin, end):
        if symbols[j] or (word[j] == 0 and n > begin and word[n - 1] == 0):
            continue
        word[n] = word[j]
        n += 1
    return n


@numba.njit(cache=True)
def _end_of_first(word: Ints, begin: int, end: int) -> int:
    """Where the words of a text end when it is read once, however often it was pasted."""
    for period in range(_PASTED, (end - begin) // 2 + 1):
        first = begin + period
        if word[first] != word[begin] and word[first + 1] != word[begin + 1]:
            continue
        changed, allowed = 0, int(_CHANGED * (end - first))
        for j in range(first, end):
            changed += word[j] != word[j - period]
            if changed > allowed:
                break
        if changed <= allowed:
            return first
    return end
