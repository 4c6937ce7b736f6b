"""At which level each field of two mentions agrees, for many pairs at once."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from analytics.resolve.mention_table import MISSING, MentionField

_WORKERS = max(os.cpu_count() or 1, 1)
Levels = dict[str, np.ndarray]  # by name of a field: int8, the position of the level, MISSING where unknown


def compare_pairs(fields: list[MentionField], pairs: np.ndarray) -> Levels:
    """The level of every field for (pairs, 2) positions of mentions."""
    levels = {field.name: _compare(field, pairs) for field in fields}
    _find_swapped(fields, pairs, levels)
    return levels


def _compare(field: MentionField, pairs: np.ndarray) -> np.ndarray:
    one, other = field.codes[pairs[:, 0]], field.codes[pairs[:, 1]]
    last = len(field.role.levels) - 1
    level = np.full(len(pairs), MISSING, np.int8)
    known = (one != MISSING) & (other != MISSING)
    level[known] = last
    level[known & (one == other)] = 0
    unlike = np.flatnonzero(known & (one != other))
    if not len(unlike) or field.role.measure == "exact":
        return level
    low, high = np.minimum(one[unlike], other[unlike]), np.maximum(one[unlike], other[unlike])
    key = low.astype(np.int64) * len(field.values) + high
    distinct, at = np.unique(key, return_inverse=True)
    first, second = np.divmod(distinct, len(field.values))
    level[unlike] = _MEASURES[field.role.measure](field, first, second)[at]
    return level


def _similarity(
    field: MentionField, first: np.ndarray, second: np.ndarray, scorer: Callable[..., float]
) -> np.ndarray:
    return np.asarray(
        process.cpdist(
            field.values[first].tolist(), field.values[second].tolist(), scorer=scorer, workers=_WORKERS
        ),
        dtype=np.float32,
    )


def _name_levels(field: MentionField, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """close and similar by Jaro-Winkler; an initial is similar to a name that begins with it."""
    ratio = _similarity(field, first, second, JaroWinkler.similarity)
    names = list(field.role.levels)
    level = np.full(len(first), len(names) - 1, np.int8)
    level[ratio >= field.role.bounds[1]] = names.index("similar")
    level[ratio >= field.role.bounds[0]] = names.index("close")
    length = np.array([len(value) for value in field.values])
    short = np.minimum(length[first], length[second]) == 1
    if short.any():
        starts = np.array([value[:1] for value in field.values])
        level[short & (starts[first] == starts[second])] = names.index("similar")
    return level


def _fullname_levels(field: MentionField, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    names = list(field.role.levels)
    level = np.full(len(first), len(names) - 1, np.int8)
    ratio = _similarity(field, first, second, fuzz.token_sort_ratio) / 100
    level[ratio >= field.role.bounds[1]] = names.index("similar")
    level[ratio >= field.role.bounds[0]] = names.index("close")
    words = [frozenset(value.split()) for value in field.values]
    ordered = np.array([" ".join(sorted(value.split())) for value in field.values], dtype=object)
    for at in np.flatnonzero(ratio >= 0.5):
        one, other = words[first[at]], words[second[at]]
        fewer, more = (one, other) if len(one) <= len(other) else (other, one)
        if len(fewer) >= 2 and fewer <= more:
            level[at] = names.index("part")
        elif level[at] != len(names) - 1 and not _may_be_one_name(fewer, more):
            level[at] = len(names) - 1
    level[ordered[first] == ordered[second]] = names.index("reordered")
    return level


def _may_be_one_name(fewer: frozenset[str], more: frozenset[str]) -> bool:
    """Whether every word of the shorter name has its like in the other: John and Jane Smith are two people,
    J. Smith may be either."""
    return all(
        any(
            word[0] == another[0]
            and min(len(word), len(another)) == 1
            or JaroWinkler.similarity(word, another) >= 0.75
            for another in more
        )
        for word in fewer
    )


def _text_levels(field: MentionField, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    ratio = _similarity(field, first, second, JaroWinkler.similarity)
    level = np.full(len(first), len(field.role.levels) - 1, np.int8)
    level[ratio >= field.role.bounds[0]] = 1
    return level


def _word_levels(field: MentionField, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """By the words in any order, or by the letters where blanks stand elsewhere; a house number that differs
    is a different address."""
    ratio = _similarity(field, first, second, fuzz.token_sort_ratio) / 100
    joined = MentionField(
        field.name,
        field.role,
        field.codes,
        np.array([value.replace(" ", "") for value in field.values], dtype=object),
        field.counts,
    )
    ratio = np.maximum(ratio, _similarity(joined, first, second, fuzz.ratio) / 100)
    level = np.full(len(first), len(field.role.levels) - 1, np.int8)
    for at in range(len(field.role.bounds) - 1, -1, -1):
        level[ratio >= field.role.bounds[at]] = at + 1
    return level


def _digit_levels(field: MentionField, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """close: one character wrong, missing, or two changed places."""
    distance = _similarity(field, first, second, OSA.distance)
    length = np.array([len(value) for value in field.values])
    near = (distance <= field.role.bounds[0]) & (np.minimum(length[first], length[second]) >= 5)
    return np.where(near, 1, len(field.role.levels) - 1).astype(np.int8)


def _date_levels(field: MentionField, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    distance = _similarity(field, first, second, OSA.distance)
    year = np.array([value[:4] for value in field.values])
    rest = np.array([value[4:] for value in field.values])
    turned = np.array([value[6:] + value[4:6] for value in field.values])
    level = np.full(len(first), 3, np.int8)
    same_year = year[first] == year[second]
    level[same_year] = 2
    part = (rest[first] == "0000") | (rest[second] == "0000")
    level[(distance <= 1) & ~(part & ~same_year)] = 1
    level[same_year & (rest[first] == turned[second])] = 1
    return level


def find_unlike(field: MentionField, pairs: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Which pairs differ in a field beyond a slip; of dates, also two days of one year. A date of which the
    year alone is known differs by its year."""
    names = list(field.role.levels)
    if field.role.measure != "date":
        return np.asarray(level == len(names) - 1)
    partly = np.array([value[4:] == "0000" for value in field.values], dtype=bool)
    unlike = level >= names.index("year")
    same_year = np.flatnonzero(level == names.index("year"))
    ends = field.codes[pairs[same_year]]
    unlike[same_year[partly[ends].any(axis=1)]] = False
    return np.asarray(unlike)


def _postcode_levels(field: MentionField, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    distance = _similarity(field, first, second, OSA.distance)
    area = np.array([value[: max(len(value) - 3, 2)] for value in field.values])
    level = np.full(len(first), 3, np.int8)
    level[area[first] == area[second]] = 2
    level[distance <= 1] = 1
    return level


_MEASURES: dict[str, Callable[[MentionField, np.ndarray, np.ndarray], np.ndarray]] = {
    "name": _name_levels,
    "fullname": _fullname_levels,
    "text": _text_levels,
    "words": _word_levels,
    "digits": _digit_levels,
    "date": _date_levels,
    "postcode": _postcode_levels,
}


def _find_swapped(fields: list[MentionField], pairs: np.ndarray, levels: Levels) -> None:
    """Given name and surname in each other's column: both get the level 'swapped'."""
    given = next((field for field in fields if field.role.code == "given_name"), None)
    family = next((field for field in fields if field.role.code == "surname"), None)
    if given is None or family is None:
        return
    last = len(given.role.levels) - 1
    unsure = np.flatnonzero((levels[given.name] == last) & (levels[family.name] == last))
    if not len(unsure):
        return
    left, right = pairs[unsure, 0], pairs[unsure, 1]
    near = np.ones(len(unsure), dtype=bool)
    for one, other in ((left, right), (right, left)):
        near &= given.codes[one] != MISSING
        at = np.flatnonzero(near)
        a = given.values[given.codes[one[at]]]
        b = family.values[family.codes[other[at]]]
        similar = process.cpdist(a.tolist(), b.tolist(), scorer=JaroWinkler.similarity, workers=_WORKERS)
        near[at[np.asarray(similar) < given.role.bounds[0]]] = False
    swapped = unsure[near]
    levels[given.name][swapped] = list(given.role.levels).index("swapped")
    levels[family.name][swapped] = list(family.role.levels).index("swapped")
