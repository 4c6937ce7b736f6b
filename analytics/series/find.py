"""From incidents to series: candidates, what speaks for each, and the groups they form."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analytics.series.chains import find_weakest_links
from analytics.series.evidence import (
    Evidence,
    EvidenceWeights,
    LinkLimits,
    draw_pairs,
    measure_days,
    measure_hours,
    weigh_evidence,
    weigh_fields,
    weigh_parts,
    within_limits,
)
from analytics.series.groups import group_incidents
from analytics.series.incidents import SeriesIncidents, series_table
from analytics.series.learn import SolvedSeries, calibrate_odds, estimate_base_rate, learn_weights
from analytics.series.pairs import list_candidate_pairs
from analytics.shared.progress import Progress, ignore_progress

_NO_LINKS = 1e-8  # a base rate below it is the estimate of none
_INCIDENTS_LISTED_WHOLE = (
    400  # in a file of so many or fewer, each pair likelier linked than not by its evidence
)
_BITS = np.log(2)


@dataclass(frozen=True)
class SeriesParameters:
    """`limits`: how far apart two incidents of a series may be. `probability`: what the average pair of a
    series must reach. `minimum_members`: of a series that is shown. `seed`: of the random pairs."""

    limits: LinkLimits = field(default_factory=LinkLimits)
    probability: float = 0.5
    minimum_members: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        if not (0 < self.probability < 1 and self.minimum_members >= 2):
            raise ValueError("The probability lies between 0 and 1, and a series has at least two members.")


@dataclass(frozen=True)
class LinkedSeries:
    """`series`: series (numbered from 1 by strength), members, first, last (days since 1970, local), bits
    (mean over its pairs), probability (of the mean pair). `members`: series, position, bits (mean
    evidence for belonging to the others), bayes_factor, probability, strongest (bits of the best link).
    `pairs`: first, second (positions), distance_m, days, hours, bits_place, bits_time, bits_hour, a column
    `bits: NAME` for each attribute, bits, bits_with_chain, probability, probability_by_distance.
    `base_rate`: share of pairs within the limits that are linked. `learned`: whether solved series set the
    weights. `says`: how sure, in sentences."""

    series: pd.DataFrame
    members: pd.DataFrame
    pairs: pd.DataFrame
    base_rate: float
    weights: EvidenceWeights
    learned: bool
    says: tuple[str, ...]


def find_series(
    incidents: SeriesIncidents,
    parameters: SeriesParameters = SeriesParameters(),
    solved: SolvedSeries | None = None,
    progress: Progress = ignore_progress,
) -> LinkedSeries:
    """The linked series among incidents. Raises TooFewIncidents where there are too many to compare.

    Not a test: with a low base rate even strong evidence is often chance, which is why every pair, member and
    series carries its probability."""
    progress("Weighing the evidence", 0.05)
    learned = learn_weights(incidents, solved, parameters.limits, seed=parameters.seed) if solved else None
    weights = learned or EvidenceWeights()
    evidence = weigh_evidence(incidents, weights, parameters.limits, seed=parameters.seed)
    progress("Comparing incidents", 0.2)
    first, second, own, threshold = list_candidate_pairs(
        incidents, evidence, parameters.limits, _choose_threshold(len(incidents))
    )
    progress("Following chains", 0.7)
    chain = find_weakest_links(len(incidents), first, second, own)
    ratio = own + series_table().support * (chain - own)
    progress("Forming series", 0.8)
    if solved is not None and learned is not None:
        slope, intercept = calibrate_odds(incidents, solved, first, second, ratio)
    else:
        compared, rest = _count_compared(incidents, evidence, parameters.limits, threshold)
        slope, intercept = 1.0, float(logit(estimate_base_rate(own, compared, rest)))
    ratio, base_rate = slope * ratio, float(expit(intercept))
    odds = ratio + intercept
    label = group_incidents(
        len(incidents), first, second, odds - logit(parameters.probability), slope * threshold + intercept
    )
    pairs = _describe_pairs(incidents, evidence, first, second, own, ratio, base_rate)
    members = _describe_members(label, first, second, ratio, base_rate, slope * threshold)
    series, members = _rank_series(incidents, members, parameters.minimum_members)
    return LinkedSeries(
        series, members, pairs, base_rate, weights, learned is not None, _say(incidents, base_rate, learned)
    )


def _choose_threshold(count: int) -> float:
    """The least log likelihood ratio of a pair that is listed. Among more incidents a pair needs more to be a
    link at all: where each incident had one link, a pair below this would be one with less than 1 in 200."""
    return float(np.log(max(count / _INCIDENTS_LISTED_WHOLE, 1.0)))


def _count_compared(
    incidents: SeriesIncidents, evidence: Evidence, limits: LinkLimits, threshold: float
) -> tuple[float, float]:
    """How many pairs lie within the limits (counted in time, estimated in place from random pairs), and the
    mean likelihood ratio of a pair below the threshold, those above it counted as 0."""
    ahead = np.searchsorted(incidents.middle, incidents.middle + limits.days, side="right")
    in_time = float((ahead - np.arange(len(incidents)) - 1).sum())
    first, second = draw_pairs(incidents, LinkLimits(1000, limits.days), 0)
    near = within_limits(incidents, first, second, limits)
    ratio = sum(weigh_parts(incidents, evidence, first[near], second[near]))
    rest = np.where(ratio < threshold, np.exp(ratio), 0.0).mean() if near.any() else 1.0
    return in_time * float(near.mean()), float(rest)


def _describe_pairs(
    incidents: SeriesIncidents,
    evidence: Evidence,
    first: np.ndarray,
    second: np.ndarray,
    own: np.ndarray,
    ratio: np.ndarray,
    base_rate: float,
) -> pd.DataFrame:
    place, time, hour, _ = weigh_parts(incidents, evidence, first, second)
    start, end = incidents.start, incidents.end
    fields = weigh_fields(evidence, first, second)
    return pd.DataFrame(
        {
            "first": first,
            "second": second,
            "distance_m": np.hypot(
                incidents.x[first] - incidents.x[second], incidents.y[first] - incidents.y[second]
            ),
            "days": measure_days(start[first], end[first], start[second], end[second]),
            "hours": measure_hours(start[first], end[first], start[second], end[second]),
            "bits_place": place / _BITS,
            "bits_time": time / _BITS,
            "bits_hour": hour / _BITS,
            **{f"bits: {name}": part / _BITS for name, part in fields.items()},
            "bits": own / _BITS,
            "bits_with_chain": ratio / _BITS,
            "probability": expit(ratio + logit(base_rate)),
            "probability_by_distance": expit(place + logit(base_rate)),
        }
    ).sort_values(["bits_with_chain", "first", "second"], ascending=[False, True, True], ignore_index=True)


def _describe_members(
    label: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    ratio: np.ndarray,
    base_rate: float,
    least: float,
) -> pd.DataFrame:
    """Each member's evidence for belonging to the others of its series: the mean of its pairs, those that are
    no candidates counted as the least."""
    position = np.flatnonzero(label >= 0)
    size = np.bincount(label[position], minlength=1)[label[position]]
    inside = (label[first] >= 0) & (label[first] == label[second])
    ends = np.r_[first[inside], second[inside]]
    total = np.bincount(ends, np.tile(ratio[inside], 2), len(label))[position]
    listed = np.bincount(ends, minlength=len(label))[position]
    strongest = np.full(len(label), -np.inf)
    np.maximum.at(strongest, ends, np.tile(ratio[inside], 2))
    mean = (total + (size - 1 - listed) * least) / (size - 1)
    return pd.DataFrame(
        {
            "series": label[position],
            "position": position,
            "bits": mean / _BITS,
            "bayes_factor": np.exp(np.minimum(mean, 50.0)),
            "probability": expit(mean + logit(base_rate)),
            "strongest": strongest[position] / _BITS,
        }
    )


def _rank_series(
    incidents: SeriesIncidents, members: pd.DataFrame, minimum: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The series with enough members, numbered from 1: the most evidence in all first."""
    size = members.groupby("series").position.transform("size")
    members = members[size >= minimum]
    dated = members.assign(start=incidents.start[members.position], end=incidents.end[members.position])
    series = dated.groupby("series", as_index=False).agg(
        members=("position", "size"),
        first=("start", "min"),
        last=("end", "max"),
        bits=("bits", "mean"),
        probability=("probability", "mean"),
    )
    order = (series.bits * (series.members - 1)).sort_values(ascending=False, kind="stable").index
    series = series.loc[order].reset_index(drop=True)
    number = pd.Series(np.arange(1, len(series) + 1), index=series.series)
    members = members.assign(series=members.series.map(number)).sort_values(["series", "position"])
    return series.assign(series=number.to_numpy()), members.reset_index(drop=True)


def _say(incidents: SeriesIncidents, base_rate: float, weights: EvidenceWeights | None) -> tuple[str, ...]:
    rarity = (
        "No pair within the limits is estimated to be linked."
        if base_rate < _NO_LINKS
        else f"One pair in {1 / base_rate:,.0f} within the limits is estimated to be linked."
    )
    source = (
        "The evidence is weighed as solved series show it."
        if weights
        else "No solved series were given: the evidence is weighed by the table that ships, and its "
        "probabilities are a ranking rather than a measurement."
    )
    fields = [name for name in incidents.values if name != "category"]
    compared = (
        f"Attributes compared: {', '.join(fields)}."
        if fields
        else "No attribute says how an offence was done: place and time alone are compared, which a hotspot "
        "also makes alike."
    )
    return (rarity, source, compared, *incidents.left_out)
