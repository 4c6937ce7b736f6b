"""Where next? The moves from the present place weighed with the base rate, and how often that was right so
far."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import pandas as pd
from scipy import stats

from analytics.adverts.movement.visits import DEFAULTS, MovementParameters

NEW = "a place not seen before"
_FIRST_TRIED = 3  # moves of history before the first prediction that is scored
_SHOWN = 10


class TooFewMoves(ValueError):
    """Too little history to say where next."""


@dataclass(frozen=True)
class NextPlace:
    """The prediction from `present`.

    `table`: place, probability, low, high (90 % of the belief), base_rate; the likeliest first. Its own
    record: `tried` moves were each predicted from what was known before them; `right` first guesses and
    `right_of_three` were right, `base_right` where the commonest other place was guessed instead; `low`,
    `high` are Wilson's 95 % limits of the share right; `p` is McNemar's exact two-sided p of right against
    base_right. `stay_days` is the lower quartile, median and upper quartile of the days from one arrival to
    the next."""

    present: str
    table: pd.DataFrame
    tried: int
    right: int
    right_of_three: int
    base_right: int
    low: float
    high: float
    p: float
    stay_days: tuple[float, float, float]


class _History:
    """Counts over the visits so far; reads one visit at a time, so that every past prediction is cheap."""

    def __init__(self, prior_moves: float):
        self._prior = prior_moves
        self._seen: Counter[str] = Counter()
        self._from: dict[str, Counter[str]] = defaultdict(Counter)
        self._present = ""

    def add(self, place: str) -> None:
        if self._present:
            self._from[self._present][place if place in self._seen else NEW] += 1
        self._seen[place] += 1
        self._present = place

    def base_rate(self) -> dict[str, float]:
        """The share of each other place among all visits, and of a place not seen before: Good and Turing's
        estimate, the share of visits to places visited once, drawn a little towards a half."""
        new = (sum(n == 1 for n in self._seen.values()) + 0.5) / (self._seen.total() + 1)
        others = {place: n for place, n in self._seen.items() if place != self._present}
        total = sum(others.values())
        return {place: (1 - new) * n / total for place, n in others.items()} | {NEW: new}

    def weights(self) -> dict[str, float]:
        """Dirichlet weights of the next place: moves seen from here, and the base rate worth
        `prior_moves`."""
        seen = self._from[self._present]
        return {place: seen[place] + self._prior * rate for place, rate in self.base_rate().items()}


def predict_next(visited: pd.DataFrame, parameters: MovementParameters = DEFAULTS) -> NextPlace:
    """Predict the place after the last of `visited` (as `visits` gives them) by a smoothed first-order Markov
    chain.

    The moves seen from the present place are smoothed with the base rate of all places (a Dirichlet prior
    worth `prior_moves` moves, as in MacKay and Peto 1995), and some weight is kept for a place never seen.
    Raises TooFewMoves under `minimum_moves` moves."""
    places = visited.place.tolist()
    moves = len(places) - 1
    if moves < parameters.minimum_moves:
        raise TooFewMoves(
            f"{max(moves, 0)} moves are known; a next place is not named under {parameters.minimum_moves}."
        )
    history, outcomes, seen = _History(parameters.prior_moves), [], set()
    for step, place in enumerate(places):
        if step >= _FIRST_TRIED:
            actual = place if place in seen else NEW
            guesses = _rank(history.weights())
            outcomes.append(
                (guesses[0] == actual, actual in guesses[:3], _rank(history.base_rate())[0] == actual)
            )
        history.add(place)
        seen.add(place)
    weights, base = history.weights(), history.base_rate()
    total = sum(weights.values())
    table = pd.DataFrame(
        [
            {
                "place": place,
                "probability": weights[place] / total,
                "low": stats.beta.ppf(0.05, weights[place], total - weights[place]),
                "high": stats.beta.ppf(0.95, weights[place], total - weights[place]),
                "base_rate": base[place],
            }
            for place in _rank(weights)[:_SHOWN]
        ]
    )
    right, of_three, base_right = (sum(column) for column in zip(*outcomes, strict=True))
    only, only_base = (
        sum(ours and not theirs for ours, _, theirs in outcomes),
        sum(theirs and not ours for ours, _, theirs in outcomes),
    )
    limits = stats.binomtest(right, len(outcomes)).proportion_ci(0.95, method="wilson")
    p = stats.binomtest(only, only + only_base).pvalue if only + only_base else 1.0
    days = visited["first"].diff().dt.total_seconds().dropna() / 86400
    return NextPlace(
        places[-1],
        table,
        len(outcomes),
        right,
        of_three,
        base_right,
        limits.low,
        limits.high,
        float(p),
        (float(days.quantile(0.25)), float(days.quantile(0.5)), float(days.quantile(0.75))),
    )


def _rank(weights: dict[str, float]) -> list[str]:
    return sorted(weights, key=lambda place: (-weights[place], place))
