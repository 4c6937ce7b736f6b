"""Whether the last weeks hold more or less than the weeks before them would lead one to expect.

The last weeks together are predicted from the mean of those before: a negative binomial whose variance is
that of the counts (over-dispersion by Pearson's statistic, at least 1) and that of the mean itself. There is
no season in it: a year is compared with itself only where a year lies behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.shared.predictive import predictive, two_sided
from analytics.shared.wording import counted, write_day

LEVEL = 0.05
_STEPS = {
    "D": ("day", 28, 364),
    "W": ("week", 4, 52),
    "M": ("month", 3, 24),
}  # of a period: its name, how many are recent, how many before
_MINIMUM_BEFORE = 3  # times as many as are recent


@dataclass(frozen=True)
class RecentTrend:
    """`recent` of the `periods` (a `unit` each) up to `last`, against what the `before` periods led one to
    expect; `p` is two-sided, None where they are too few to test."""

    unit: str
    periods: int
    last: date
    recent: int
    before: int
    expected: float | None
    p: float | None

    @property
    def is_beyond_chance(self) -> bool:
        return self.p is not None and self.p < LEVEL

    def describe(self, counted_thing: str) -> str:
        """The trend in a sentence, with its test in words: 'within chance' where it shows nothing."""
        thing = counted_thing.removesuffix("s")
        spell = f"the {counted(self.periods, self.unit)} to {write_day(self.last)}"
        begun = f"{counted(self.recent, thing, counted_thing)} in {spell}"
        if self.expected is None:
            return f"{begun}; too few {self.unit}s lie before to say what was expected."
        past = f"{begun}, where the {self.before} {self.unit}s before led one to expect {self.expected:.1f}"
        if not self.is_beyond_chance:
            return f"{past}: within chance."
        return f"{past}: {'more' if self.recent > self.expected else 'fewer'} than chance would give."


def measure_recent_trend(
    trend: Sequence[tuple[date, int]], last_day: date | None = None
) -> RecentTrend | None:
    """The last four weeks (28 days, three months) against the year before at most, months against two.

    `trend`: the start of each period and its count, without a gap. A period that ends after `last_day` is
    left out, as is the first, because they may not be whole. None where the periods are no days, weeks or
    months, or too few even to count."""
    starts = [start for start, _ in trend]
    step = _find_step(starts)
    if step is None:
        return None
    unit, recent, longest = _STEPS[step]
    ends = [_end(start, step) for start in starts]
    whole = [
        count
        for (_, count), end in zip(trend[1:], ends[1:], strict=True)
        if last_day is None or end <= last_day
    ]
    if len(whole) < recent:
        return None
    last = ends[len(whole)]
    before, now = np.array(whole[:-recent][-longest:], dtype=float), sum(whole[-recent:])
    if len(before) < _MINIMUM_BEFORE * recent:
        return RecentTrend(unit, recent, last, now, len(before), None, None)
    mean = max(float(before.mean()), 0.5 / len(before))  # never seen is rare, not impossible
    dispersion = max(1.0, float(before.var(ddof=1)) / mean)
    expected = recent * mean
    variance = dispersion * expected * (1 + recent / len(before))
    p = float(two_sided(predictive(expected, variance), np.array(now)))
    return RecentTrend(unit, recent, last, now, len(before), recent * float(before.mean()), p)


def _find_step(starts: Sequence[date]) -> str | None:
    """'D', 'W' or 'M' where each period begins the day after the one before it ends; None otherwise."""
    if len(starts) < 2:
        return None
    return next(
        (
            step
            for step in _STEPS
            if (step != "M" or starts[0].day == 1)
            and all(_end(a, step) + timedelta(days=1) == b for a, b in zip(starts, starts[1:], strict=False))
        ),
        None,
    )


def _end(start: date, step: str) -> date:
    """The last day of a period."""
    if step == "M":
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return start + timedelta(days=6 if step == "W" else 0)
