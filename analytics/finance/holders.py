"""Holders of several accounts who may be one person: proposed with their evidence, never merged.

A small Fellegi-Sunter model (Fellegi & Sunter 1969, JASA 64; EM as in Winkler 1988; term frequencies as in
Winkler 2000): each field of two accounts agrees at one of its levels, and each level counts log2(m / u) for
or against one holder, where m is how often it comes among true pairs and u among any two accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from analytics.finance.cross_domain_links import normalise_address, normalise_name
from analytics.finance.tables import Table, to_frame
from analytics.shared.identifier_value import normalise_identifier

# Levels of a field, best first, and how often each is assumed among true pairs before any data.
FIELDS = {
    "name": {"equal": 0.66, "close": 0.22, "similar": 0.11, "different": 0.01},
    "telephone": {"equal": 0.6, "different": 0.4},
    "e-mail": {"equal": 0.6, "different": 0.4},
    "address": {"equal": 0.5, "close": 0.2, "different": 0.3},
    "place": {"equal": 0.8, "different": 0.2},
    "kind": {"equal": 0.95, "different": 0.05},
}
_MISSING = -1
_LIKE_WORDS = 60  # rapidfuzz's ratio of a given name with the same one written otherwise
Fields = dict[str, np.ndarray]  # by name of a field
# Families and shared houses have all of these in common: the strongest counts in full, the others half.
_HOUSE = ("telephone", "e-mail", "address", "place")


@dataclass(frozen=True)
class HolderParameters:
    """`min_probability` of being one holder for a pair to be proposed. `close` and `similar`: rapidfuzz's
    token-sort ratio of names and addresses. `max_in_block`: accounts that share a key with more others are
    not compared by it, and that is reported. `prior_pairs`: how many true pairs the assumed m are worth."""

    min_probability: float = 0.5
    close: float = 90
    similar: float = 78
    max_in_block: int = 100
    prior_pairs: float = 10
    expected_pairs: float = 1.0
    random_pairs: int = 100_000
    seed: int = 0
    region: str = "GB"

    def __post_init__(self) -> None:
        if not 0 <= self.min_probability <= 1 or not 0 < self.similar <= self.close <= 100:
            raise ValueError("The probability lies between 0 and 1, and 0 < similar <= close <= 100.")
        if min(self.max_in_block, self.random_pairs) < 2 or min(self.prior_pairs, self.expected_pairs) <= 0:
            raise ValueError("The numbers of pairs must be above 0.")


@dataclass(frozen=True)
class Proposals:
    """`pairs`: left, right (references, in order), left_row, right_row (positions), weight (bits, the prior
    included), probability, why, and for each field its level (missing where one side has no value) and bits,
    as 'name' and 'name_bits'. `levels`: field, level, m, u, bits. `left_out`: keys shared by too many.
    `compared`: pairs."""

    pairs: pd.DataFrame
    levels: pd.DataFrame
    left_out: int
    compared: int


def propose_holders(accounts: Table, parameters: HolderParameters = HolderParameters()) -> Proposals:
    """Pairs of accounts that may have one holder, the likeliest first.

    `accounts` has reference and any of holder, phone, email, address, place, kind; rows without reference or
    with one used before are left out. u is taken from random pairs (seeded), m by EM on the pairs that share
    a key: a telephone, e-mail, address, name, or the ends of a name. The same table gives the same pairs in
    any order of rows."""
    frame = to_frame(accounts)
    frame = frame.assign(position=range(len(frame)))
    frame = frame[frame.reference.notna()].sort_values(["reference", "position"]).drop_duplicates("reference")
    fields = _normalise(frame.reset_index(drop=True), parameters)
    left, right, left_out = _find_candidates(fields, parameters)
    levels = _levels(fields, left, right, parameters)
    u = _chance_levels(fields, parameters)
    m, prior = _learn(levels, u, len(frame), parameters)
    bits = _evidence(levels, m, u)
    bits["name"] = bits["name"] + _rare(fields["name"], left, levels["name"], u["name"])
    weight = prior + sum(bits.values()) if len(left) else np.zeros(0)
    table = pd.DataFrame(
        {
            "at": np.arange(len(left)),
            "weight": weight,
            "probability": 1 / (1 + 2.0 ** -np.clip(weight, -500, 500)),
        }
    )
    table = table[table.probability >= parameters.min_probability].sort_values(
        ["weight", "at"], ascending=[False, True]
    )
    at = table["at"].to_numpy()
    reference, position = frame.reference.to_numpy(), frame.position.to_numpy()
    pairs = pd.DataFrame(
        {
            "left": reference[left[at]],
            "right": reference[right[at]],
            "left_row": position[left[at]],
            "right_row": position[right[at]],
            "weight": table.weight.to_numpy(),
            "probability": table.probability.to_numpy(),
        }
    )
    for name, named in FIELDS.items():
        words = np.array([*named, None], dtype=object)
        pairs[name] = pd.Series(words[levels[name][at]], dtype=object)
        pairs[f"{name}_bits"] = bits[name][at]
    pairs.insert(6, "why", [_describe_pair(row) for row in pairs.to_dict("records")])
    table_of_levels = [
        (name, level, m[name][at], u[name][at], float(np.log2(m[name][at] / u[name][at])))
        for name, named in FIELDS.items()
        for at, level in enumerate(named)
    ]
    return Proposals(
        pairs,
        pd.DataFrame(table_of_levels, columns=["field", "level", "m", "u", "bits"]),
        left_out,
        len(left),
    )


def _normalise(frame: pd.DataFrame, parameters: HolderParameters) -> dict[str, np.ndarray]:
    """By field, the normalised text of each account; None where it has none."""
    lowered = {"place": "place", "kind": "kind", "e-mail": "email"}
    plain = {
        name: [normalise_identifier(text, None) for text in frame[column]] if column in frame else None
        for name, column in lowered.items()
    }
    plain["telephone"] = (
        [normalise_identifier(text, parameters.region) for text in frame.phone] if "phone" in frame else None
    )
    plain["name"] = [normalise_name(text) for text in frame.holder] if "holder" in frame else None
    plain["address"] = [normalise_address(text) for text in frame.address] if "address" in frame else None
    return {
        name: np.array(values if values is not None else [None] * len(frame), dtype=object)
        for name, values in plain.items()
    }


def _find_candidates(fields: Fields, parameters: HolderParameters) -> tuple[np.ndarray, np.ndarray, int]:
    """(left, right, keys left out): pairs that share a key, each once, left before right."""
    keys = {name: fields[name] for name in ("telephone", "e-mail", "address", "name")}
    keys["ends"] = np.array([_ends(name) for name in fields["name"]], dtype=object)
    found: set[tuple[int, int]] = set()
    left_out = 0
    for values in keys.values():
        series = pd.Series(np.arange(len(values)))[pd.notna(values)]
        for _, group in series.groupby(values[series.to_numpy()], sort=True):
            if len(group) > parameters.max_in_block:
                left_out += 1
            elif len(group) > 1:
                one, other = np.triu_indices(len(group), 1)
                found.update(
                    zip(group.to_numpy()[one].tolist(), group.to_numpy()[other].tolist(), strict=True)
                )
    pairs = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1], left_out


def _ends(name: str | None) -> str | None:
    """The first three letters of the first and last word of a name."""
    if name is None:
        return None
    words = name.split()
    return f"{words[0][:3]} {words[-1][:3]}"


def _levels(
    fields: Fields, left: np.ndarray, right: np.ndarray, parameters: HolderParameters
) -> dict[str, np.ndarray]:
    """By field, the position of each pair's level, or -1 where either side has no value."""
    levels = {}
    for name, named in FIELDS.items():
        one, other = fields[name][left], fields[name][right]
        known = pd.notna(one) & pd.notna(other)
        level = np.where(one == other, 0, len(named) - 1)
        if len(named) > 2:
            for at in np.flatnonzero(known & (level > 0)):
                if name == "name" and not _may_be_one_name(one[at], other[at]):
                    continue
                ratio = fuzz.token_sort_ratio(one[at], other[at])
                if ratio >= parameters.close:
                    level[at] = 1
                elif ratio >= parameters.similar and "similar" in named:
                    level[at] = 2
        levels[name] = np.where(known, level, _MISSING)
    return levels


def _may_be_one_name(one: str, other: str) -> bool:
    """Whether every word of the shorter name has its like in the other: John and Jane Smith are two people,
    J. Smith may be either."""
    fewer, more = sorted((one.split(), other.split()), key=len)
    return all(
        any(
            word[0] == another[0]
            and min(len(word), len(another)) == 1
            or fuzz.ratio(word, another) >= _LIKE_WORDS
            for another in more
        )
        for word in fewer
    )


def _chance_levels(fields: Fields, parameters: HolderParameters) -> dict[str, np.ndarray]:
    """How often each level comes between any two accounts; equality exactly, from how common each value
    is."""
    count = len(fields["name"])
    rng = np.random.default_rng(parameters.seed)
    one, other = rng.integers(0, max(count, 1), (2, min(parameters.random_pairs, count * count)))
    levels = _levels(fields, one[one != other], other[one != other], parameters)
    chance = {}
    for name, named in FIELDS.items():
        seen = levels[name][levels[name] >= 0]
        share = (np.bincount(seen, minlength=len(named)) + 0.5) / (len(seen) + 0.5 * len(named))
        size = pd.Series(fields[name]).value_counts().to_numpy()
        known = size.sum()
        if known > 1:
            equal = max((size * (size - 1)).sum() / (known * (known - 1)), 1 / (known * known))
            share[1:] *= (1 - equal) / share[1:].sum()
            share[0] = equal
        chance[name] = np.maximum(share, 1e-9)
    return chance


def _learn(levels: Fields, u: Fields, count: int, parameters: HolderParameters) -> tuple[Fields, float]:
    """(m by field, prior in bits) by EM: u stays, and pairs that share no key count as different holders."""
    m = {name: np.array(list(named.values())) for name, named in FIELDS.items()}
    assumed = {name: share * parameters.prior_pairs for name, share in m.items()}
    total = max(count * (count - 1) / 2, 2)
    matches = min(parameters.expected_pairs, total / 2)
    for _ in range(200):
        prior = np.log2(matches / (total - matches))
        weight = prior + sum(_evidence(levels, m, u).values())
        posterior = 1 / (1 + 2.0 ** -np.clip(weight, -500, 500))
        found = min(posterior.sum() + parameters.expected_pairs, total / 2)
        new = {}
        for name in FIELDS:
            known = levels[name] >= 0
            share = (
                np.bincount(levels[name][known], weights=posterior[known], minlength=len(m[name]))
                + assumed[name]
            )
            if name == "name":  # or families who share a house would teach it that names may differ
                new[name] = np.append(share[:-1] / share[:-1].sum() * (1 - m[name][-1]), m[name][-1])
            else:
                new[name] = share / share.sum()
        change = max(abs(found - matches), *(np.abs(new[name] - m[name]).max() for name in FIELDS))
        m, matches = new, found
        if change < 1e-8:
            break
    return m, float(np.log2(matches / (total - matches)))


def _evidence(levels: Fields, m: Fields, u: Fields) -> Fields:
    """Bits by field; of what a house has in common, all but the strongest halved."""
    bits = {name: _bits(levels[name], m[name], u[name]) for name in FIELDS}
    house = np.array([bits[name] for name in _HOUSE])
    if house.size:
        strongest = np.arange(len(_HOUSE))[:, None] == house.argmax(axis=0)
        house = np.where((house > 0) & ~strongest, house / 2, house)
    return bits | dict(zip(_HOUSE, house, strict=True))


def _bits(level: np.ndarray, m: np.ndarray, u: np.ndarray) -> np.ndarray:
    bits = np.append(np.log2(m / u), 0.0)  # what is not known counts nothing
    return np.asarray(bits[level])


def _rare(names: np.ndarray, left: np.ndarray, level: np.ndarray, u: np.ndarray) -> np.ndarray:
    """What an equal name says beyond the average one: a rare name more, a common one less."""
    common = pd.Series(names).value_counts()
    share = np.array([common.get(names[at], 1) for at in left], dtype=float) / max(common.sum(), 1)
    return np.where(level == 0, np.log2(u[0] / share), 0.0)


def _describe_pair(row: dict[Any, Any]) -> str:
    parts = [
        f"{name} {row[name]} ({round(row[f'{name}_bits'], 1) + 0.0:+.1f})"
        for name in FIELDS
        if row[name] is not None
    ]
    return "; ".join(parts)
