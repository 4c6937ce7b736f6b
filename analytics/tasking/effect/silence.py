"""Whether records stopped coming from around a place: a station that delivers nothing looks like an action
that worked.

The place itself may fall to nothing by the action; all that lies within hundreds of metres of it does not. So
the longest stretch of days without any incident around the place is compared with what the rest of the town
leads one to expect in those days. A gap of the whole town is none, for nothing is expected in it then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from analytics.shared.predictive import predictive
from analytics.shared.wording import counted, write_day

Floats = npt.NDArray[np.float64]

_REACHES = (
    500.0,
    1000.0,
    2000.0,
)  # metres around the place: how far one station's records reach is not known
_LEVEL = 1e-4  # one stretch is the longest of many, at three distances
_MINIMUM_EXPECTED, _MINIMUM_DAYS = 15.0, 14  # a shorter one changes no verdict, and a quiet week is no gap
_WEEK = 7


@dataclass(frozen=True)
class Silence:
    """Days from `first` to `last` without an incident within `reach` metres, where `expected` were."""

    first: date
    last: date
    reach: float
    expected: float

    def in_words(self) -> str:
        days = (self.last - self.first).days + 1
        return (
            f"From {write_day(self.first)} to {write_day(self.last)} ({counted(days, 'day')}) nothing at all "
            f"is recorded within {self.reach:,.0f} m of the place, where {self.expected:.0f} incidents would "
            "be expected. Records seem not to have been delivered from there, which looks like a fall. "
            "Import what is missing and measure again."
        )

    def as_check(self) -> dict[str, Any]:
        """A row beside those of `comparability`."""
        return {
            "check": f"Records from within {self.reach:,.0f} m of the place",
            "found": f"none from {write_day(self.first)} to {write_day(self.last)}",
            "needed": f"about {self.expected:.0f}, by the rest of the town",
            "met": False,
        }


def find_silence(
    xy: Floats, day: npt.NDArray[np.datetime64], treated: shapely.Geometry, first: date, last: date
) -> Silence | None:
    """The least likely silence around `treated` from `first` to `last`; None where chance explains each.

    `xy`: metres, shape (n, 2); `day`: of each, shape (n,)."""
    days = (last - first).days + 1
    at = (day - np.datetime64(first)).astype(int)
    within = (at >= 0) & (at < days) & ~shapely.contains_xy(treated, *xy.T)
    away = shapely.distance(treated, shapely.points(xy[within]))
    found: list[tuple[float, Silence]] = []
    for reach in _REACHES:
        near, rest = (np.bincount(at[within][part], minlength=days) for part in (away <= reach, away > reach))
        if stretch := find_silent_days(near.astype(float), rest.astype(float)):
            begin, end, expected, p = stretch
            bounds = (first + timedelta(days=begin), first + timedelta(days=end - 1))
            found.append((p, Silence(*bounds, reach, expected)))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def find_silent_days(near: Floats, rest: Floats) -> tuple[int, int, float, float] | None:
    """The first day without anything near, the day after the last, how many were expected in them and p; None
    where chance explains it. `near`, `rest`: daily counts around the place and further off, shape (days,).

    Null hypothesis: what is recorded near is a constant share of the rest, negative binomial with the
    dispersion of its weeks and what estimating the share adds."""
    begin, end = _longest_stretch(near, rest)
    outside = np.concatenate([np.arange(begin), np.arange(end, len(near))])
    if end - begin < _MINIMUM_DAYS or not near.any() or not rest[outside].any():
        return None
    share = near.sum() / rest[outside].sum()
    expected = float(share * rest[begin:end].sum())
    if expected < _MINIMUM_EXPECTED:
        return None
    dispersion = _measure_dispersion(near[outside], share * rest[outside])
    variance = dispersion * (expected + expected**2 / near.sum())
    p = float(predictive(expected, variance).cdf(np.array(0.0)))
    return (begin, end, expected, p) if p <= _LEVEL else None


def _longest_stretch(near: Floats, rest: Floats) -> tuple[int, int]:
    """First day and the day after the last of the stretch without anything near in which most happened
    elsewhere."""
    edges: Sequence[int] = [-1, *np.flatnonzero(near).tolist(), len(near)]
    so_far = np.concatenate([[0.0], np.cumsum(rest)])
    gaps = [(before + 1, after) for before, after in zip(edges[:-1], edges[1:], strict=True)]
    return max(gaps, key=lambda gap: so_far[gap[1]] - so_far[gap[0]])


def _measure_dispersion(near: Floats, expected: Floats) -> float:
    """Pearson's chi-square by weeks over its degrees of freedom, at least 1; weeks with nothing expected are
    left out."""
    weeks = len(near) // _WEEK
    if weeks < 2:
        return 1.0
    cut = weeks * _WEEK
    seen, hoped = (part[-cut:].reshape(weeks, _WEEK).sum(axis=1) for part in (near, expected))
    known = hoped > 0
    chi = ((seen[known] - hoped[known]) ** 2 / hoped[known]).sum()
    return float(max(1.0, chi / max(known.sum() - 1, 1)))
