"""EvidenceWeights and base rate from solved series; the base rate alone where none is solved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, logit

from analytics.series.evidence import EvidenceWeights, LinkLimits, weigh_evidence, weigh_parts, within_limits
from analytics.series.incidents import SeriesIncidents

MINIMUM_SOLVED_PAIRS = 20
_SHRINKAGE = 50.0  # how many standard units of evidence the table's own weights stand for
_HIGHEST_BASE_RATE = 0.05
_MAXIMUM_SOLVED = 2000


@dataclass(frozen=True)
class SolvedSeries:
    """Which incidents are known to be linked. `incident`: positions; `series`: the number of a series; an
    incident may stand in several."""

    incident: np.ndarray
    series: np.ndarray

    def find_linked(self, count: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Whether both incidents of each pair stand in one series."""
        members = pd.DataFrame({"incident": self.incident, "series": self.series}).drop_duplicates()
        together = members.merge(members, on="series")
        linked = np.unique(together.incident_x.to_numpy() * count + together.incident_y.to_numpy())
        return np.isin(np.asarray(first) * count + np.asarray(second), linked)


def learn_weights(
    incidents: SeriesIncidents, solved: SolvedSeries, limits: LinkLimits, *, seed: int = 0
) -> EvidenceWeights | None:
    """The weights of the evidence from solved series: logistic regression on the table's likelihood ratios,
    drawn towards weights of 1, in which every series counts alike. At most 2,000 solved incidents are used,
    drawn by series. None where fewer than twenty pairs of them are linked."""
    known = _choose_known(solved, seed)
    first, second = (known[k] for k in np.triu_indices(len(known), 1))
    near = within_limits(incidents, first, second, limits)
    first, second = first[near], second[near]
    linked = solved.find_linked(len(incidents), first, second)
    if linked.sum() < MINIMUM_SOLVED_PAIRS or linked.all():
        return None
    evidence = weigh_evidence(incidents, EvidenceWeights(), limits, seed=seed)
    parts = np.column_stack(weigh_parts(incidents, evidence, first, second))
    learned = _fit_towards_one(parts, linked, _weigh_by_series(solved, first, linked))
    place, time, hour, attributes = (float(max(weight, 0.0)) for weight in learned)
    return EvidenceWeights(place, time, hour, attributes)


def _choose_known(solved: SolvedSeries, seed: int) -> np.ndarray:
    """The positions of the solved incidents, of whole series drawn at random until there are enough."""
    series = np.unique(solved.series)
    np.random.default_rng(seed).shuffle(series)
    rank = pd.Series(np.arange(len(series)), index=series)
    members = pd.DataFrame({"incident": solved.incident, "rank": rank[solved.series].to_numpy()})
    return np.sort(members.sort_values("rank").incident.unique()[:_MAXIMUM_SOLVED])


def _weigh_by_series(solved: SolvedSeries, first: np.ndarray, linked: np.ndarray) -> np.ndarray:
    """1 for each unlinked pair; the linked pairs of a series share a weight, so that the longest does not
    decide. Together linked pairs weigh as many as they are."""
    series = pd.Series(solved.series).groupby(solved.incident).min()
    of_pair = pd.Series(first[linked]).map(series)
    weight = np.ones(len(linked))
    shared = (1 / of_pair.map(of_pair.value_counts())).to_numpy() ** 0.5
    weight[linked] = shared * len(shared) / shared.sum()
    return weight


def _fit_towards_one(parts: np.ndarray, linked: np.ndarray, weight: np.ndarray) -> np.ndarray:
    target = linked.astype(float)

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        z = parts @ b[1:] + b[0]
        rest = weight * (expit(z) - target)
        apart = b[1:] - 1
        value = (weight * (np.logaddexp(0, z) - target * z)).sum() + _SHRINKAGE * (apart**2).sum()
        return float(value), np.r_[rest.sum(), parts.T @ rest + 2 * _SHRINKAGE * apart]

    start = np.r_[logit(linked.mean()), np.ones(parts.shape[1])]
    fitted: np.ndarray = minimize(loss, start, jac=True, method="L-BFGS-B").x[1:]
    return fitted


def estimate_base_rate(weight: np.ndarray, compared: float, rest: float) -> float:
    """The share of pairs within the limits that are linked: the mixing proportion under which the likelihood
    ratios are likeliest (EM). `weight`: the candidates' log likelihood ratios; `compared`: how many pairs
    there are; `rest`: the mean likelihood ratio of a pair, those of candidates counted as 0. At most 5 %."""
    rate, ratio = 1e-3, np.exp(np.minimum(weight, 50.0))
    for _ in range(500):
        listed = (rate * ratio / (1 - rate + rate * ratio)).sum() / max(compared, 1.0)
        previous, rate = rate, float(min(listed + rate * rest, _HIGHEST_BASE_RATE))
        if abs(rate - previous) <= 1e-4 * previous:
            break
    return max(rate, 1e-9)


def calibrate_odds(
    incidents: SeriesIncidents,
    solved: SolvedSeries,
    first: np.ndarray,
    second: np.ndarray,
    ratio: np.ndarray,
) -> tuple[float, float]:
    """Slope and intercept that turn a candidate's log likelihood ratio into log odds, fitted on the pairs of
    solved incidents (Platt 1999). The intercept is moved to the whole file: links grow with the number of
    incidents, pairs with its square, so that among more incidents fewer pairs are linked."""
    known = np.unique(solved.incident)
    among = np.isin(first, known) & np.isin(second, known)
    linked = solved.find_linked(len(incidents), first[among], second[among]).astype(float)
    given = ratio[among]

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        z = b[0] * given + b[1]
        rest = expit(z) - linked
        value = (np.logaddexp(0, z) - linked * z).sum() + (b[0] - 1) ** 2
        return float(value), np.array([(rest * given).sum() + 2 * (b[0] - 1), rest.sum()])

    slope, intercept = minimize(loss, np.array([1.0, -6.0]), jac=True, method="L-BFGS-B").x
    return float(max(slope, 0.1)), float(intercept - np.log(len(incidents) / len(known)))
