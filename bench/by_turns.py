"""Ours and a peer on the same data, run by turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Turns:
    """Seconds by the clock of each round."""

    theirs: list[float]
    ours: list[float]

    @property
    def ratios(self) -> list[float]:
        """How many times faster ours was in each round."""
        return [slow / fast for slow, fast in zip(self.theirs, self.ours, strict=True)]

    @property
    def medians(self) -> tuple[float, float]:
        """Of theirs and of ours."""
        return statistics.median(self.theirs), statistics.median(self.ours)

    def say_ratio(self) -> str:
        ratios = sorted(self.ratios)
        middle = statistics.median(ratios)
        digits = 0 if middle >= 10 else 2
        low, high = (f"{one:.{digits}f}" for one in (ratios[0], ratios[-1]))
        return f"{middle:.{digits}f}" + (f" ({low} to {high})" if len(ratios) > 1 else "")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds by the clock, and the answer."""
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def run_by_turns(theirs: Callable[[], Any], ours: Callable[[], Any], rounds: int) -> Turns:
    """Each in turn, `rounds` times. Compile what is compiled before."""
    pairs = [(timed(theirs)[0], timed(ours)[0]) for _ in range(rounds)]
    return Turns([slow for slow, _ in pairs], [fast for _, fast in pairs])
