"""Whether a year holds more of a problem than the year before, with an interval for all problems together.

A log-linear model of the counts: a factor for the month of the year, which is the season, and one for the
year. The ratio of the years is that of their sums; its variance is inflated by Pearson's statistic over its
degrees of freedom, at least 1 (quasi-Poisson), and its interval is one of Student's t on the log scale.
Intervals and p are widened by Bonferroni for the number of problems tested, so that all of them hold together
with 95 %. McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., 4.5 and 6.2."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analytics.shared.wording import counted

Floats = npt.NDArray[np.float64]

LEVEL = 0.05
YEAR = 12
RECENT = 3  # months compared with those before them where there are no two years
_MINIMUM_BEFORE = 6
_MINIMUM_COUNT = 20  # fewer in both spells together say nothing of a trend
RISING, FALLING, STEADY = "rising", "falling", "no change beyond chance"


@dataclass(frozen=True)
class ProblemTrend:
    """`recent` in the last `months` against `before` in the `months_before` (a year against a year, or three
    months against what lies before). `ratio` of their monthly means, `low` to `high` and `p` (two-sided), all
    corrected for the problems tested; None where `refused` says why there is none."""

    recent: int
    before: int
    months: int
    months_before: int
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    refused: str = ""

    @property
    def word(self) -> str:
        """The trend in a word; 'not known' where it cannot be judged."""
        if self.low is None or self.high is None:
            return "not known"
        return RISING if self.low > 1 else FALLING if self.high < 1 else STEADY

    @property
    def allows_for_season(self) -> bool:
        return self.months == YEAR

    def describe(self) -> str:
        """The trend in a sentence, with its interval, or why there is none."""
        if self.ratio is None or self.low is None or self.high is None:
            return f"The trend is not known: {self.refused}"
        if self.allows_for_season:
            against = f"{self.recent:,} in the last 12 months against {self.before:,} in the 12 before"
        else:
            against = (
                f"{self.recent:,} in the last {counted(self.months, 'month')} against {self.before:,} in the "
                f"{self.months_before} before, season not allowed for"
            )
        change = f"{self.ratio - 1:+.0%}, interval {self.low - 1:+.0%} to {self.high - 1:+.0%}"
        return f"{self.word.capitalize()}: {against} ({change})."


def judge_trends(counts: Floats) -> list[ProblemTrend]:
    """The trend of each row of monthly `counts` (problems, months), the latest month last."""
    months = counts.shape[1]
    recent = YEAR if months >= 2 * YEAR else RECENT
    before = YEAR if recent == YEAR else min(YEAR, months - RECENT)
    if before < _MINIMUM_BEFORE:
        needed = RECENT + _MINIMUM_BEFORE
        refused = f"it needs {needed} whole months of data; there are {months}."
        return [ProblemTrend(int(row[-recent:].sum()), 0, recent, 0, refused=refused) for row in counts]
    window = counts[:, -(recent + before) :]
    tested = [row for row in window if not _refuse(row, before)]
    return [_judge(row, before, max(1, len(tested))) for row in window]


def _refuse(row: Floats, before: int) -> str:
    earlier, later = row[:before].sum(), row[before:].sum()
    if earlier + later < _MINIMUM_COUNT:
        return f"only {counted(int(earlier + later), 'incident')}, fewer than {_MINIMUM_COUNT}."
    if not earlier or not later:
        return "none was recorded in one of the two spells."
    return ""


def _judge(row: Floats, before: int, tests: int) -> ProblemTrend:
    recent = len(row) - before
    earlier, later = float(row[:before].sum()), float(row[before:].sum())
    if refused := _refuse(row, before):
        return ProblemTrend(int(later), int(earlier), recent, before, refused=refused)
    dispersion, freedom = _measure_dispersion(row, before)
    ratio = (later / recent) / (earlier / before)
    error = math.sqrt(dispersion * (1 / later + 1 / earlier))
    reach = float(stats.t.ppf(1 - LEVEL / (2 * tests), freedom)) * error
    p = min(1.0, tests * 2 * float(stats.t.sf(abs(math.log(ratio)) / error, freedom)))
    return ProblemTrend(
        int(later),
        int(earlier),
        recent,
        before,
        ratio,
        ratio * math.exp(-reach),
        ratio * math.exp(reach),
        p,
    )


def _measure_dispersion(row: Floats, before: int) -> tuple[float, int]:
    """Pearson's chi-square over its degrees of freedom, at least 1, and these: of months and years where a
    year stands against a year, else of the two levels."""
    if before == YEAR and len(row) == 2 * YEAR:
        table = row.reshape(2, YEAR)
        table = table[:, table.sum(axis=0) > 0]
        fitted = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
        freedom = max(1, table.shape[1] - 1)
        return max(1.0, float(((table - fitted) ** 2 / fitted).sum()) / freedom), freedom
    level = np.r_[np.full(before, row[:before].mean()), np.full(len(row) - before, row[before:].mean())]
    freedom = len(row) - 2
    return max(1.0, float(((row - level) ** 2 / level).sum()) / freedom), freedom
