"""What changed in the latest period against what earlier seasons lead one to expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analytics.overview.morning import LatestChange
from analytics.shared.month_dates import say_left_out
from analytics.shared.predictive import predictive
from analytics.store.engine import Engine
from analytics.warnings.alarms import choose_limit
from analytics.warnings.expectation import Model, choose_model, expect_latest, judge_sums
from analytics.warnings.farrington import TooShortHistory
from analytics.warnings.history import CountHistory, read_history
from analytics.warnings.series import judge_sums_of_series

Floats = npt.NDArray[np.float64]

_SHOWN = 13  # periods of the line
_MINIMUM_PERIODS = 5


@dataclass(frozen=True)
class ChangeParameters:
    """`false_alarms`: how many a month all categories together may raise when nothing is new; `interval`: of
    the band."""

    false_alarms: float = 1.0
    interval: float = 0.95


def compare_latest(
    engine: Engine, area_id: int, parameters: ChangeParameters | None = None
) -> LatestChange | None:
    """Compare the latest 7 days (the latest month, where the data are monthly) with what was expected.

    Expected is what earlier seasons give, with the recent weeks left out (`analytics.warnings`); with
    less than half a year of data the level of the first two thirds. Null hypothesis, per category: the
    recent counts come from the process that gave the same season before. The band is negative binomial. A
    category is unusual where the last 1, 2 or 4 weeks (1, 2 or 3 months) hold more, or the last one
    fewer, at a p that lets all categories together raise `false_alarms` a month; not where one day holds
    most of what is more, nor where another name has what is fewer.

    Returns a table of category, count, expected, low, high, line (the counts of the last periods, oldest
    first), since (the first day of the stretch that stands out most), note (what a change of recording did,
    '' for nothing), p_adjusted (two-sided, Benjamini &
    Hochberg 1995 over the categories), unusual ('more', 'fewer' or ''), sorted by p; None where the area has
    fewer than five periods."""
    parameters = parameters or ChangeParameters()
    history = read_history(engine, area_id)
    if history is None or len(history.starts) < _MINIMUM_PERIODS:
        return None
    model = _choose_model(history)
    found = expect_latest(history.counts, history.starts, model, 1)
    mean, latest = np.maximum(found.expected[:, 0], 1e-6), history.counts[:, -1]
    prediction = predictive(mean, mean * found.dispersion + found.variance[:, 0])
    low, high = prediction.interval(parameters.interval)
    more, periods = _judge_rises(history, model)
    fewer = np.asarray(prediction.cdf(latest))
    limit = choose_limit(parameters.false_alarms, 2 * len(more), history.monthly)
    single_days = _describe_single_days(history, model, periods)
    one_day = np.array([bool(words) for words in single_days])
    set_aside = (more <= limit) & one_day
    table = pd.DataFrame(
        {
            "category": history.categories,
            "count": latest.astype(int),
            "expected": mean,
            "low": low.astype(int),
            "high": high.astype(int),
            "line": [tuple(int(n) for n in row[-_SHOWN:]) for row in history.counts],
            "since": [history.starts[-count].astype(object) for count in periods],
            "p_adjusted": stats.false_discovery_control(
                np.minimum(1.0, 2 * np.minimum(more, fewer)), method="bh"
            ),
            "note": [
                " ".join(filter(None, (note, words if aside else "")))
                for note, words, aside in zip(history.notes, single_days, set_aside, strict=True)
            ],
            "unusual": np.select(
                [(more <= limit) & ~one_day, (fewer <= limit) & ~history.continued], ["more", "fewer"], ""
            ),
        }
    )
    table = table.sort_values(["p_adjusted", "count"], ascending=[True, False], ignore_index=True)
    period = "month" if history.monthly else "7 days"
    basis = " ".join((model.describe(), *say_left_out(history.left_out)))
    first_day = history.starts[-1].astype(object)
    return LatestChange(table, first_day, history.last_day, period, basis, parameters.false_alarms)


def _choose_model(history: CountHistory) -> Model:
    """The longest history that is there; of a very short one the level of its first two thirds."""
    try:
        return choose_model(history.starts, history.monthly)
    except TooShortHistory:
        left_out = max(1, len(history.starts) // 3)
        return Model(None, left_out, len(history.starts) - left_out, history.monthly)


def _describe_single_days(history: CountHistory, model: Model, periods: npt.NDArray[np.int64]) -> list[str]:
    """Of each category that one day holds most of what its last `periods` exceed the expectation by, in
    words; '' where none does."""
    expected = expect_latest(history.counts, history.starts, model, int(periods.max())).expected
    return [
        history.describe_one_day(row, int(count), float(expected[row, -count:].sum()))
        for row, count in enumerate(periods)
    ]


def _judge_rises(history: CountHistory, model: Model) -> tuple[Floats, npt.NDArray[np.int64]]:
    """p of as many or more, and over how many of the last periods, by category."""
    try:
        judged = judge_sums_of_series(history.counts, history.starts, monthly=history.monthly)
    except TooShortHistory:
        p, _ = judge_sums(history.counts, expect_latest(history.counts, history.starts, model, 1))
        return p[:, -1], np.ones(len(p), dtype=np.int64)
    return judged.p, judged.periods
