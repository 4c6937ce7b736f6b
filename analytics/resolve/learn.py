"""What each level of each field says: m by EM, u by how common values are (Fellegi & Sunter 1969).

u of equality is counted exactly on all pairs, u of the other levels on random ones; the pairs that are
thought to be true are taken out of both, or a document that only true pairs share would be thought common.
No truth is used: the same file gives the same weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.resolve.compare import Levels, compare_pairs, find_unlike
from analytics.resolve.mention_table import MISSING, MentionField

_ROUNDS = 60
_PRIOR_PAIRS = 20.0  # true pairs that the assumed m are worth
_RANDOM_PAIRS = 200_000
_MOST_BITS = 40.0
_HOUSEMATES = 0.5  # pairs of one house for each mention, before any data,
_TYPED_WRONG = 0.02  # of the pairs thought true, above which a field that differs is a slip,
_SHOWN = 50.0  # in so many pairs or more
_SMALL = 200  # as if the file had no more mentions than this


@dataclass(frozen=True)
class LearntWeights:
    """`m`, `u`: by field, by level. `prior`: bits of any two mentions being of one entity; `house`: of them
    being of two people of one house. `common`: by field, the mean share of a value among pairs that share
    one, with which a value's own share is compared. `decisive`: the fields in which one entity never has two
    values that differ."""

    m: Levels
    u: Levels
    prior: float
    house: float
    common: dict[str, float]
    decisive: frozenset[str]


def learn_weights(
    fields: list[MentionField], pairs: np.ndarray, levels: Levels, *, factor: float = 1.0, seed: int = 0
) -> LearntWeights:
    """Learn on candidate pairs and their levels; `factor`: all candidate pairs for each of these."""
    count = len(fields[0].codes)
    total = max(count * (count - 1) / 2, 1.0)
    rng = np.random.default_rng(seed)
    whole = len(pairs) >= total
    chance_counts = {} if whole else _random_levels(fields, rng)
    equal = {field.name: _equal_pairs(field) for field in fields}
    known = {field.name: max(field.known * (field.known - 1) / 2, 1.0) for field in fields}
    assumed = {field.name: np.array(list(field.role.levels.values())) for field in fields}
    m: Levels = {name: share / share.sum() for name, share in assumed.items()}
    matches = min(max(0.2 * count, 1.0), total / 2)
    assumed_houses = housemates = _HOUSEMATES * min(count, _SMALL)
    posterior: np.ndarray = np.zeros(len(next(iter(levels.values()))))
    u = m
    for turn in range(_ROUNDS):
        u = {
            field.name: _chance(
                field,
                levels[field.name],
                posterior * factor,
                factor,
                chance_counts.get(field.name),
                equal[field.name],
                known[field.name],
            )
            for field in fields
        }
        prior = np.log2(matches / (total - matches))
        house = np.log2(housemates / total)
        bits = {field.name: level_bits(levels[field.name], m[field.name], u[field.name]) for field in fields}
        one, two = join_evidence(fields, levels, bits, m, house)
        weight = prior + one
        posterior = probability_of(weight)
        if turn == 0:  # before any data, only what agrees on nearly everything is believed
            posterior = posterior * (weight > 5)
        alike = (1 - posterior) * probability_of(two)
        housemates = float(alike.sum()) * factor + assumed_houses
        found = float(np.clip(posterior.sum() * factor, 0.5, total / 2))
        new = {}
        for field in fields:
            there = levels[field.name] != MISSING
            seen = np.bincount(
                levels[field.name][there], weights=posterior[there] * factor, minlength=len(m[field.name])
            )
            counts = seen + assumed[field.name] * _PRIOR_PAIRS
            share = counts / counts.sum()
            if share[-1] > field.role.unlikely:  # or families and twins would teach that names may differ
                share[:-1] *= (1 - field.role.unlikely) / share[:-1].sum()
                share[-1] = field.role.unlikely
            new[field.name] = share
        change = max(abs(np.log(found / matches)), *(np.abs(new[name] - m[name]).max() for name in m))
        m, matches = new, found
        if change < 1e-4:
            break
    common = {field.name: _mean_share(field) for field in fields}
    decisive = _find_decisive(fields, pairs, levels, posterior * factor)
    prior = float(np.log2(matches / (total - matches)))
    return LearntWeights(m, u, prior, float(np.log2(housemates / total)), common, decisive)


def _find_decisive(
    fields: list[MentionField], pairs: np.ndarray, levels: Levels, posterior: np.ndarray
) -> frozenset[str]:
    """The fields that exclude (documents, birth dates), without those that the file shows to be typed wrong:
    where many pairs that agree on all else differ in one, it is no proof."""
    found = set()
    for field in fields:
        if field.role.excludes:
            there = levels[field.name] != MISSING
            known = float(posterior[there].sum())
            unlike = float(posterior[find_unlike(field, pairs, levels[field.name])].sum())
            if known < _SHOWN or unlike <= _TYPED_WRONG * known:
                found.add(field.name)
    return frozenset(found)


def probability_of(weight: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + 2.0 ** -np.clip(weight, -500, 500)))


def join_evidence(
    fields: list[MentionField], levels: Levels, bits: dict[str, np.ndarray], m: Levels, house: float
) -> tuple[np.ndarray, np.ndarray]:
    """(bits of every pair for one entity, bits for two people of one house), the first against the two other
    explanations, the second against any two people. Housemates have surname, address and telephone in common
    and sometimes a birthday. `bits`, by field and against any two people, is tempered (see `temper`);
    `house`: bits of any two mentions being of housemates."""
    stranger = temper(fields, bits)
    relative = np.zeros(len(stranger))
    for field in fields:
        if field.role.relatives:
            relative += level_bits(levels[field.name], m[field.name], np.array(field.role.relatives))
    return np.asarray(-np.logaddexp2(-stranger, house - relative)), house + stranger - relative


def level_bits(level: np.ndarray, m: np.ndarray, u: np.ndarray) -> np.ndarray:
    table = np.append(np.clip(np.log2(m / u), -_MOST_BITS, _MOST_BITS), 0.0)  # unknown says nothing
    return np.asarray(table[level])


def temper(fields: list[MentionField], bits: dict[str, np.ndarray]) -> np.ndarray:
    """The sum of bits, where of what one house shares (address, postcode, telephone ...) the strongest
    agreement counts in full and the others half: they are not independent. `bits` is changed so."""
    home = [field.name for field in fields if field.role.shared_home]
    if len(home) > 1:
        table = np.array([bits[name] for name in home])
        strongest = np.arange(len(home))[:, None] == table.argmax(axis=0)
        table = np.where((table > 0) & ~strongest, table / 2, table)
        bits.update(zip(home, table, strict=True))
    return np.asarray(sum(bits.values()))


def _random_levels(fields: list[MentionField], rng: np.random.Generator) -> dict[str, np.ndarray]:
    count = len(fields[0].codes)
    pairs = rng.integers(0, count, (_RANDOM_PAIRS, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    levels = compare_pairs(fields, pairs)
    return {
        field.name: np.bincount(
            levels[field.name][levels[field.name] != MISSING], minlength=len(field.role.levels)
        ).astype(float)
        for field in fields
    }


def _equal_pairs(field: MentionField) -> float:
    size = field.counts.astype(float)
    return float((size * (size - 1) / 2).sum())


def _mean_share(field: MentionField) -> float:
    size = field.counts.astype(float)
    pairs = size * (size - 1)
    if not pairs.sum():
        return 1 / max(field.known, 1)
    return float((pairs * size / field.known).sum() / pairs.sum())


def _chance(
    field: MentionField,
    level: np.ndarray,
    posterior: np.ndarray,
    factor: float,
    random: np.ndarray | None,
    equal: float,
    known: float,
) -> np.ndarray:
    """The share of each level among any two mentions that are not of one entity. `random`: levels of random
    pairs; None where `level` is of all pairs."""
    there = level != MISSING
    size = len(field.role.levels)
    true = np.bincount(level[there], weights=posterior[there], minlength=size)
    if random is None:
        seen = np.bincount(level[there], minlength=size) * factor
        left = np.maximum(seen - true, 0.0) + _default_chance(field) * 10
        share = left / left.sum()
    else:
        expected = random / max(random.sum(), 1) * known
        left = np.maximum(expected - true, random.clip(max=0.5) / max(random.sum(), 1) * known)
        left += 0.1 * known / max(random.sum(), 1)
        left[0] = max(equal - true[0], 0.5, 0.02 * equal)
        left[1:] *= max(known - true.sum() - left[0], 0.1 * known) / left[1:].sum()
        share = left / left.sum()
    return np.asarray(np.maximum(share, 1e-9))


def _default_chance(field: MentionField) -> np.ndarray:
    """What chance would give where a file is too small to show it."""
    size = len(field.role.levels)
    share = np.full(size, 0.02)
    share[0] = 0.002 if field.role.identifies else 0.01
    share[-1] = 1 - share[:-1].sum()
    return share
