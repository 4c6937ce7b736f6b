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
    1: ("day", 28, 364),
    7: ("week", 4, 52),
}  # days of a period: its name, how many are recent, how many before
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
    """The last four weeks (or 28 days) against the year before, at most.

    `trend`: the start of each period and its count, without a gap. A period that ends after `last_day` is
    left out, as is the first, because they may not be whole. None where the periods are no days or weeks, or
    too few even to count."""
    starts = [start for start, _ in trend]
    step = (starts[1] - starts[0]).days if len(starts) > 1 else 0
    if step not in _STEPS or any((b - a).days != step for a, b in zip(starts, starts[1:], strict=False)):
        return None
    unit, recent, longest = _STEPS[step]
    whole = [
        count
        for start, count in trend[1:]
        if last_day is None or start + timedelta(days=step - 1) <= last_day
    ]
    if len(whole) < recent:
        return None
    last = starts[1] + timedelta(days=step * len(whole) - 1)
    before, now = np.array(whole[:-recent][-longest:], dtype=float), sum(whole[-recent:])
    if len(before) < _MINIMUM_BEFORE * recent:
        return RecentTrend(unit, recent, last, now, len(before), None, None)
    mean = max(float(before.mean()), 0.5 / len(before))  # never seen is rare, not impossible
    dispersion = max(1.0, float(before.var(ddof=1)) / mean)
    expected = recent * mean
    variance = dispersion * expected * (1 + recent / len(before))
    p = float(two_sided(predictive(expected, variance), np.array(now)))
    return RecentTrend(unit, recent, last, now, len(before), recent * float(before.mean()), p)
