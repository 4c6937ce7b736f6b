"""How strongly two incidents speak for one series: by field, each against what chance gives in this file.

A pair's evidence is a likelihood ratio: how much likelier what the two share is among linked pairs than among
pairs of the same file. Place and time fall off by the table's powers (`data/series.toml`), scaled so that a
pair drawn at random has a ratio of 1 on average. An attribute speaks by how rare its value is *nearby*, in
place or in time: a value that all of a quarter share says nothing beyond the place itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numba
import numpy as np
from scipy.spatial import cKDTree

from analytics.series.incidents import SeriesIncidents, series_table

_NEIGHBOURS = 100  # whose values say how common a value is where and when an incident happened
_RARE = 1 / 200  # below it no rarity is estimated
_SAMPLE = 1_000_000  # random pairs, for what chance gives
UNIT_M = 100.0
_LONGEST_KNOWN_HOUR = 0.25  # days: a longer interval says little about the hour


@dataclass(frozen=True)
class LinkLimits:
    """How far apart two incidents of a series may be: kilometres and days."""

    km: float = 20.0
    days: float = 365.0

    def __post_init__(self) -> None:
        if not (0 < self.km <= 1000 and 0 < self.days <= 36_500):
            raise ValueError("Limits must lie above 0 and at most at 1,000 km and 36,500 days.")


@dataclass(frozen=True)
class EvidenceWeights:
    """How much of the table's evidence counts: 1 as it stands, or as learned from solved series."""

    place: float = 1.0
    time: float = 1.0
    hour: float = 1.0
    attributes: float = 1.0


@dataclass(frozen=True)
class Evidence:
    """What the kernels need to weigh a pair. Everything is in natural logarithms.

    `place_power`, `time_power`, `hour_rate`: the falls, weighted. `constants`: added by place, time, hour and
    attributes, so that a random pair has a likelihood ratio of 1 on average in each. `codes`, `agreement`
    (incidents x fields): the value of an incident in each field, and half of what agreeing on it gives.
    `disagreement`: of each field."""

    fields: tuple[str, ...]
    place_power: float
    time_power: float
    hour_rate: float
    constants: tuple[float, float, float, float]
    codes: np.ndarray
    agreement: np.ndarray
    disagreement: float
    attribute_weight: float


def weigh_evidence(
    incidents: SeriesIncidents, weights: EvidenceWeights, limits: LinkLimits, *, seed: int = 0
) -> Evidence:
    """The evidence of these incidents, scaled by random pairs within the limits."""
    table = series_table()
    fields = tuple(incidents.values)
    codes = (
        np.column_stack([*incidents.values.values()]) if fields else np.empty((len(incidents), 0), np.int32)
    )
    near = _find_neighbours(incidents) if fields else ()
    agreement = np.column_stack(
        [_measure_agreement(code, near, table.habit) for code in incidents.values.values()]
        or [np.empty((len(incidents), 0))]
    )
    bare = Evidence(
        fields,
        weights.place * table.place,
        weights.time * table.time,
        weights.hour * table.hour,
        (0.0, 0.0, 0.0, 0.0),
        np.ascontiguousarray(codes, np.int32),
        np.ascontiguousarray(agreement),
        float(np.log1p(-table.habit)),
        weights.attributes,
    )
    first, second = draw_pairs(incidents, limits, seed)
    # Each part by itself: linked pairs are too few to bend the mean of one part, but would bend that of the
    # product, where they have all that a random pair lacks.
    place, time, hour, attributes = (-_log_mean(part) for part in weigh_parts(incidents, bare, first, second))
    return replace(bare, constants=(place, time, hour, attributes))


def _log_mean(part: np.ndarray) -> float:
    return float(np.log(np.exp(part).mean())) if len(part) else 0.0


def _find_neighbours(incidents: SeriesIncidents) -> tuple[np.ndarray, np.ndarray]:
    """The positions of the nearest incidents of each: in place, and (they are in order) in time."""
    count = min(_NEIGHBOURS, max(len(incidents) // 3, 1))
    points = np.column_stack([incidents.x, incidents.y])
    in_place = cKDTree(points).query(points, count + 1)[1][:, 1:]
    first = np.clip(np.arange(len(incidents)) - count // 2, 0, len(incidents) - count - 1)
    in_time = first[:, None] + np.arange(count)
    in_time += in_time >= np.arange(len(incidents))[:, None]  # all but the incident itself
    return in_place, in_time


def _measure_agreement(code: np.ndarray, near: tuple[np.ndarray, ...], habit: float) -> np.ndarray:
    """Half of the log likelihood ratio of agreeing on each incident's own value: the two halves of a pair
    are added. The value's share is the largest of all, among the nearest in place and the nearest in time."""
    known = code >= 0
    share = np.bincount(code[known])[np.where(known, code, 0)] / known.sum()
    for neighbours in near:
        values = code[neighbours]
        same = (values == code[:, None]).sum(axis=1)
        share = np.maximum(share, same / np.maximum((values >= 0).sum(axis=1), 1))
    half: np.ndarray = np.log(habit / np.maximum(share, _RARE) + 1 - habit) / 2
    return half


def draw_pairs(incidents: SeriesIncidents, limits: LinkLimits, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of incidents drawn at random, or all of them where they are few, within the limits: positions."""
    n = len(incidents)
    if n * (n - 1) // 2 <= _SAMPLE:
        first, second = np.triu_indices(n, 1)
    else:
        draw = np.random.default_rng(seed)
        first, second = draw.integers(0, n, (2, _SAMPLE))
        first, second = first[first != second], second[first != second]
    near = within_limits(incidents, first, second, limits)
    return first[near], second[near]


def within_limits(
    incidents: SeriesIncidents, first: np.ndarray, second: np.ndarray, limits: LinkLimits
) -> np.ndarray:
    """Whether each pair lies within the limits of place and time."""
    apart = np.hypot(incidents.x[first] - incidents.x[second], incidents.y[first] - incidents.y[second])
    middle = incidents.middle
    near: np.ndarray = (apart <= limits.km * 1000) & (np.abs(middle[first] - middle[second]) <= limits.days)
    return near


def weigh_parts(
    incidents: SeriesIncidents, evidence: Evidence, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The log likelihood ratio of each pair by place, time, hour and all attributes together."""
    distance = np.hypot(incidents.x[first] - incidents.x[second], incidents.y[first] - incidents.y[second])
    days = measure_days(
        incidents.start[first], incidents.end[first], incidents.start[second], incidents.end[second]
    )
    hours = measure_hours(
        incidents.start[first], incidents.end[first], incidents.start[second], incidents.end[second]
    )
    constants = evidence.constants
    attributes = np.full(len(first), constants[3])
    for part in weigh_fields(evidence, first, second).values():
        attributes += part
    return (
        constants[0] - evidence.place_power * np.log1p(distance / UNIT_M),
        constants[1] - evidence.time_power * np.log1p(days),
        np.where(np.isnan(hours), 0.0, constants[2] - evidence.hour_rate * np.nan_to_num(hours)),
        attributes,
    )


def weigh_fields(evidence: Evidence, first: np.ndarray, second: np.ndarray) -> dict[str, np.ndarray]:
    """The log likelihood ratio of each pair by attribute, 0 where either has no value."""
    parts = {}
    for k, name in enumerate(evidence.fields):
        a, b = evidence.codes[first, k], evidence.codes[second, k]
        agreeing = evidence.agreement[first, k] + evidence.agreement[second, k]
        either = np.where(a == b, agreeing, evidence.disagreement)
        parts[name] = evidence.attribute_weight * np.where((a < 0) | (b < 0), 0.0, either)
    return parts


@numba.njit(nogil=True, cache=True)
def measure_days(
    start: np.ndarray, end: np.ndarray, other_start: np.ndarray, other_end: np.ndarray
) -> np.ndarray:
    """Days expected between two moments, each anywhere in its interval with equal chance; an entry a pair."""
    answer = np.empty(len(start))
    for k in range(len(start)):
        answer[k] = days_between(start[k], end[k], other_start[k], other_end[k])
    return answer


@numba.njit(nogil=True, cache=True)
def measure_hours(
    start: np.ndarray, end: np.ndarray, other_start: np.ndarray, other_end: np.ndarray
) -> np.ndarray:
    """Hours between the times of day, the shorter way round, an entry a pair; NaN where either is not
    known."""
    answer = np.empty(len(start))
    for k in range(len(start)):
        answer[k] = hours_between(start[k], end[k], other_start[k], other_end[k])
    return answer


@numba.njit(nogil=True, cache=True)
def days_between(start: float, end: float, other_start: float, other_end: float) -> float:
    """The same of one pair."""
    if end <= other_start or other_end <= start or end - start < 1e-3 or other_end - other_start < 1e-3:
        return abs((start + end) / 2 - (other_start + other_end) / 2)
    total = (
        abs(end - other_start) ** 3
        - abs(end - other_end) ** 3
        - abs(start - other_start) ** 3
        + abs(start - other_end) ** 3
    )
    return total / (6 * (end - start) * (other_end - other_start))


@numba.njit(nogil=True, cache=True)
def hours_between(start: float, end: float, other_start: float, other_end: float) -> float:
    """The same of one pair."""
    if end - start > _LONGEST_KNOWN_HOUR or other_end - other_start > _LONGEST_KNOWN_HOUR:
        return np.nan
    apart = abs((start + end) / 2 % 1 - (other_start + other_end) / 2 % 1)
    return 24 * min(apart, 1 - apart)
