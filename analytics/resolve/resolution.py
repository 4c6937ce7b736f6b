"""A table of mentions in, entities with their evidence out. See docs/methods/network.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.resolve.blocking import find_candidates
from analytics.resolve.calibration import Calibration, fit_calibration
from analytics.resolve.cluster import cluster_mentions, forbid
from analytics.resolve.compare import compare_pairs, find_unlike
from analytics.resolve.learn import (
    LearntWeights,
    join_evidence,
    learn_weights,
    level_bits,
)
from analytics.resolve.mention_table import MentionField, read_fields
from analytics.resolve.roles import FieldRole
from analytics.shared.progress import Progress, ignore_progress

_CHUNK = 1_000_000  # pairs compared at once
_FLOOR = -16.0  # bits below which a pair is compared and forgotten
_SAMPLE = 400_000  # candidate pairs learnt on
NAME_ALONE = 0.5  # how likely a pair for which nothing but the name speaks is of one entity, at most
_BEYOND_NAME = 1.0  # bits that other fields must bring
APART = 0.02  # how likely a pair that is kept apart is of one entity, at most
_RARER = 1 / 3  # of a mention: no value counts as rarer than this share of all mentions
MODEL = "resolve 1"


@dataclass(frozen=True)
class ResolveParameters:
    """`max_in_block`: keys shared by more mentions bring no pair. `min_bits`: pairs with fewer are not
    stored."""

    max_in_block: int = 120
    min_bits: float = -6.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.max_in_block < 2:
            raise ValueError("A key is shared by 2 mentions or more.")


@dataclass(frozen=True)
class Resolution:
    """`entity`: by mention, the position of the first mention of its entity. `probability`: by mention, that
    it belongs to that entity (of one alone: that none of the mentions compared belongs to it).
    `pairs`: left, right (positions), bits (prior included), probability, and by field its bits, as
    '<field> bits'. `prior`: bits of any two mentions. `levels`: field, level, m, u, bits. `fields`: as they
    were read. `left_out`: keys shared by too many. `compared`."""

    entity: np.ndarray
    probability: np.ndarray
    pairs: pd.DataFrame
    prior: float
    levels: pd.DataFrame
    fields: list[MentionField]
    left_out: int
    compared: int


def resolve_mentions(
    table: pd.DataFrame,
    fields: Sequence[tuple[FieldRole, str]],
    parameters: ResolveParameters = ResolveParameters(),
    *,
    progress: Progress = ignore_progress,
) -> Resolution:
    """Group the rows of a table of text by whom they mean, with the fields given as (role, column).

    Rows that agree on nothing rare stay alone. Raises ValueError without a field or with one that the table
    lacks."""
    missing = [column for _, column in fields if column not in table]
    if missing or not fields:
        raise ValueError(
            f"The table has no column {', '.join(missing)}." if missing else "No field is given."
        )
    count = len(table)
    if count == 0:
        raise ValueError("The table has no rows.")
    progress("Reading the fields", 0.0)
    columns = read_fields(table, fields)
    progress("Finding pairs worth comparing", 0.1)
    pairs, left_out = find_candidates(columns, parameters.max_in_block)
    progress("Comparing", 0.3)
    learnt = learn_from(columns, pairs, parameters)
    progress("Weighing", 0.6)
    compared = len(pairs)
    pairs, bits = weigh_likely(columns, pairs, learnt, _FLOOR)
    weight, apart = bits.pop("bits"), bits.pop("apart").astype(bool)
    kept = weight > parameters.min_bits
    progress("Grouping", 0.8)
    entity, bold = cluster_mentions(
        count, pairs, forbid(weight, apart, count), lambda asked: weigh_joins(columns, asked, learnt)
    )
    together = bold[pairs[:, 0]] == bold[pairs[:, 1]]
    scale = fit_calibration(weight[~apart], together[~apart])
    chance = np.where(apart, np.minimum(scale.probability(weight), APART), scale.probability(weight))
    found = pd.DataFrame(
        {
            "left": pairs[kept, 0],
            "right": pairs[kept, 1],
            "bits": weight[kept],
            "probability": chance[kept],
            **{f"{name} bits": value[kept] for name, value in bits.items()},
        }
    )
    return Resolution(
        entity,
        belonging(entity, pairs, forbid(weight, apart, 1), scale),
        found,
        learnt.prior,
        _level_table(columns, learnt),
        columns,
        left_out,
        compared,
    )


def learn_from(
    columns: list[MentionField], pairs: np.ndarray, parameters: ResolveParameters
) -> LearntWeights:
    """The weights, learnt on all candidate pairs, or on 400,000 of them (seeded) where there are more."""
    rng = np.random.default_rng(parameters.seed)
    sample = pairs
    if len(pairs) > _SAMPLE:
        sample = pairs[np.sort(rng.choice(len(pairs), _SAMPLE, replace=False))]
    levels = compare_pairs(columns, sample)
    return learn_weights(
        columns, sample, levels, factor=max(len(pairs), 1) / max(len(sample), 1), seed=parameters.seed
    )


def weigh_pairs(
    columns: list[MentionField], pairs: np.ndarray, learnt: LearntWeights
) -> dict[str, np.ndarray]:
    """By field its bits, 'bits', their sum with the prior, and 'apart', whether documents or birth dates keep
    the two apart, for (pairs, 2) positions."""
    parts = []
    for start in range(0, max(len(pairs), 1), _CHUNK):
        chunk = pairs[start : start + _CHUNK]
        levels = compare_pairs(columns, chunk)
        bits = {}
        for field in columns:
            own = level_bits(levels[field.name], learnt.m[field.name], learnt.u[field.name])
            equal = levels[field.name] == 0
            if equal.any() and len(field.values):
                share = np.maximum(field.counts, _RARER) / max(field.known, 1)
                rarer = np.log2(learnt.common[field.name] / share)
                own = own + np.where(equal, rarer[field.codes[chunk[:, 0]]], 0.0)
            bits[field.name] = own
        total = join_evidence(columns, levels, bits, learnt.m, learnt.house)[0] + learnt.prior
        apart = np.zeros(len(chunk), dtype=bool)
        for field in columns:
            if field.name in learnt.decisive:
                apart |= find_unlike(field, chunk, levels[field.name])
        own_bits = {name: value.astype(np.float32) for name, value in bits.items()}
        parts.append({**own_bits, "bits": total, "apart": apart})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def weigh_joins(columns: list[MentionField], pairs: np.ndarray, learnt: LearntWeights) -> np.ndarray:
    """The bits by which pairs join groups: none across a pair that is kept apart."""
    parts = weigh_pairs(columns, pairs, learnt)
    return forbid(parts["bits"], parts["apart"], len(columns[0].codes))


def weigh_likely(
    columns: list[MentionField], pairs: np.ndarray, learnt: LearntWeights, floor: float
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """(the pairs of more than `floor` bits, what `weigh_pairs` gives of them), with no more than a chunk of
    the others in memory at once."""
    likely, parts = [], []
    for start in range(0, max(len(pairs), 1), _CHUNK):
        chunk = pairs[start : start + _CHUNK]
        bits = weigh_pairs(columns, chunk, learnt)
        above = bits["bits"] > floor
        likely.append(chunk[above])
        parts.append({name: value[above] for name, value in bits.items()})
    return np.concatenate(likely), {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def find_name_alone(bits: Mapping[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    """Which pairs nothing speaks for but the fields `names`, by the bits of every field."""
    others = [np.maximum(value, 0) for name, value in bits.items() if name not in names]
    beyond = np.sum(others, axis=0) if others else np.zeros(len(next(iter(bits.values()))))
    return np.asarray(beyond < _BEYOND_NAME)


def belonging(entity: np.ndarray, pairs: np.ndarray, weight: np.ndarray, scale: Calibration) -> np.ndarray:
    """By mention, the probability that it belongs with the rest of its entity, by the mean weight of its
    compared pairs within; of one alone, that it belongs to no other entity, by the mean weight of its pairs
    with the nearest."""
    count = len(entity)
    inside = entity[pairs[:, 0]] == entity[pairs[:, 1]]
    total, number = np.zeros(count), np.zeros(count)
    for side in (0, 1):
        np.add.at(total, pairs[inside, side], weight[inside])
        np.add.at(number, pairs[inside, side], 1)
    within = scale.probability(total / np.maximum(number, 1))
    alone = np.bincount(entity, minlength=count)[entity] == 1
    one, other = pairs[~inside].T if len(pairs) else (np.zeros(0, int), np.zeros(0, int))
    own = np.r_[one, other]
    near = pd.DataFrame(
        {"own": own, "entity": entity[np.r_[other, one]], "bits": np.tile(weight[~inside], 2)}
    )
    mean = near[alone[own]].groupby(["own", "entity"]).bits.mean().groupby(level=0).max()
    nearest = np.full(count, -50.0)
    nearest[mean.index.to_numpy(dtype=np.int64)] = mean.to_numpy()
    return np.where(alone, 1 - scale.probability(nearest), within)


def _level_table(columns: list[MentionField], learnt: LearntWeights) -> pd.DataFrame:
    rows = [
        (field.name, level, learnt.m[field.name][at], learnt.u[field.name][at])
        for field in columns
        for at, level in enumerate(field.role.levels)
    ]
    table = pd.DataFrame(rows, columns=["field", "level", "m", "u"])
    return table.assign(bits=np.log2(table.m / table.u))
