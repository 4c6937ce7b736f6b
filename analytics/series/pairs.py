"""Every pair of incidents whose evidence reaches a threshold, found without weighing the rest."""

from __future__ import annotations

import numba
import numpy as np

from analytics.series.evidence import UNIT_M, Evidence, LinkLimits, days_between, hours_between
from analytics.series.incidents import SeriesIncidents, TooFewIncidents
from analytics.shared.threads import in_threads

MAXIMUM_PAIRS = 3_000_000
_MAXIMUM_COMPARED = 3e10
_STEP = 0.25
_STRICTER = np.log(2.0)


def list_candidate_pairs(
    incidents: SeriesIncidents, evidence: Evidence, limits: LinkLimits, threshold: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Positions of the earlier and the later incident of each pair, its log likelihood ratio, and the
    threshold that was used: raised where more than three million pairs reach the one given.

    Raises TooFewIncidents where so many incidents lie within the limits that the search would not end."""
    _refuse_too_many(incidents, limits)
    best = evidence.attribute_weight * np.maximum(evidence.agreement, 0.0).sum(axis=1)
    given = (
        incidents.x,
        incidents.y,
        incidents.start,
        incidents.end,
        incidents.middle,
        evidence.codes,
        evidence.agreement,
        best,
        _gather_constants(evidence),
        float(limits.days),
    )
    while True:
        reach = _find_reach(incidents, evidence, limits, threshold, 2 * float(best.max(initial=0.0)))
        parts = in_threads(_list_pairs, len(incidents), *given, reach, threshold)
        if sum(len(part[0]) for part in parts) <= MAXIMUM_PAIRS:
            break
        threshold += _STRICTER
    first, second, weight = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return first, second, weight, threshold


def _refuse_too_many(incidents: SeriesIncidents, limits: LinkLimits) -> None:
    ahead = np.searchsorted(incidents.middle, incidents.middle + limits.days, side="right")
    compared = float((ahead - np.arange(len(incidents))).sum())
    if compared > _MAXIMUM_COMPARED:
        raise TooFewIncidents(
            f"{len(incidents):,} incidents make {compared:,.0f} pairs within {limits.days:g} days: choose a "
            "category, a shorter period or fewer days."
        )


def _gather_constants(evidence: Evidence) -> np.ndarray:
    return np.array(
        [
            evidence.place_power,
            evidence.time_power,
            evidence.hour_rate,
            *evidence.constants,
            evidence.disagreement,
            evidence.attribute_weight,
        ]
    )


def _find_reach(
    incidents: SeriesIncidents, evidence: Evidence, limits: LinkLimits, threshold: float, most: float
) -> np.ndarray:
    """The square of the farthest distance (m) at which a pair could still reach the threshold: by whole days
    apart, and by what its attributes could give at best, in steps of `_STEP` up to `most`; -1 where none
    could."""
    longest = float((incidents.end - incidents.start).max(initial=0.0))
    days = np.maximum(np.arange(int(limits.days) + 2) - longest, 0.0)
    attributes = _STEP * (np.arange(int(most / _STEP) + 1) + 1)
    hour = max(evidence.constants[2], 0.0)
    base = evidence.constants[0] + evidence.constants[1] + evidence.constants[3] + hour - threshold
    spare = base + attributes - evidence.time_power * np.log1p(days)[:, None]
    farthest = UNIT_M * np.expm1(np.clip(spare / max(evidence.place_power, 1e-9), -50, 20))
    limited: np.ndarray = np.where(spare < 0, -1.0, np.minimum(farthest, limits.km * 1000) ** 2)
    return limited


@numba.njit(nogil=True, cache=True)
def _list_pairs(
    start_row: int,
    stop_row: int,
    x: np.ndarray,
    y: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    middle: np.ndarray,
    codes: np.ndarray,
    agreement: np.ndarray,
    best: np.ndarray,
    constants: np.ndarray,
    limit_days: float,
    reach: np.ndarray,
    threshold: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs whose earlier incident lies in these rows: both positions and the log likelihood ratio."""
    first, second, weight = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024)
    place, time, hour, c_place, c_time, c_hour, c_rest, disagreement, scale = constants
    k = 0
    for i in range(start_row, stop_row):
        for j in range(i + 1, len(x)):
            apart = middle[j] - middle[i]
            if apart > limit_days:
                break
            squared = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2
            if squared > reach[int(apart), int((best[i] + best[j]) / _STEP)]:
                continue
            z = c_place + c_time + c_rest
            for f in range(codes.shape[1]):
                if codes[i, f] < 0 or codes[j, f] < 0:
                    continue
                if codes[i, f] == codes[j, f]:
                    z += scale * (agreement[i, f] + agreement[j, f])
                else:
                    z += scale * disagreement
            z -= place * np.log1p(np.sqrt(squared) / UNIT_M)
            if z + max(c_hour, 0.0) < threshold:
                continue
            days = days_between(start[i], end[i], start[j], end[j])
            z -= time * np.log1p(days)
            hours = hours_between(start[i], end[i], start[j], end[j])
            if not np.isnan(hours):
                z += c_hour - hour * hours
            if z >= threshold:
                if k == len(first):
                    first, second, weight = _double(first), _double(second), _double(weight)
                first[k], second[k], weight[k] = i, j, z
                k += 1
    return first[:k], second[:k], weight[:k]


@numba.njit(nogil=True, cache=True)
def _double(values: np.ndarray) -> np.ndarray:
    longer = np.empty(2 * len(values), values.dtype)
    longer[: len(values)] = values
    return longer
