"""The narrowest window of a cycle that holds a share of what is counted: hours of a day, days of a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class CycleWindow:
    """Neighbouring parts of a cycle: `length` of them from part `start` on, past the last to the first.

    `inside` is the count within them, `total` that of the whole cycle, which has `parts` parts."""

    start: int
    length: int
    inside: float
    total: float
    parts: int

    @property
    def last(self) -> int:
        """The last part within the window."""
        return (self.start + self.length - 1) % self.parts

    @property
    def share(self) -> float:
        return self.inside / self.total

    def contains(self, part: int) -> bool:
        return (part - self.start) % self.parts < self.length


def find_narrowest_window(counts: Sequence[float], share: float = 0.8) -> CycleWindow | None:
    """The shortest run of neighbouring parts that holds at least `share` of the counts; None where nothing is
    counted.

    Of runs as short, the one that holds most; of those, the one that begins first. Raises ValueError for a
    share that is not above 0 and at most 1, and for a negative count."""
    if not 0 < share <= 1:
        raise ValueError("The share of a window lies above 0 and is at most 1.")
    cycle = np.asarray(counts, dtype=float)
    if (cycle < 0).any():
        raise ValueError("A count cannot be negative.")
    parts, total = len(cycle), float(cycle.sum())
    if not total:
        return None
    run = np.r_[0.0, np.cumsum(np.r_[cycle, cycle])]
    enough = share * total * (1 - 1e-12)  # a sum of fractions may end a hair below
    for length in range(1, parts):
        inside = run[length : length + parts] - run[:parts]
        if inside.max() >= enough:
            # Sums that differ by rounding alone are equal.
            start = int(np.argmax(inside >= inside.max() - 1e-9 * total))
            return CycleWindow(start, length, float(inside[start]), total, parts)
    return CycleWindow(0, parts, total, total, parts)


def write_hours(window: CycleWindow) -> str:
    """'17:00 to 21:59', or 'the whole day'."""
    if window.length == window.parts:
        return "the whole day"
    return f"{window.start:02d}:00 to {window.last:02d}:59"
