"""Aoristic analysis: offences with a start and an end, spread over the hours of the week they may fall in.

Each offence's weight is spread evenly over its possible interval, by the elapsed minute, and each part is
given to the local hour and weekday it falls in, daylight saving included.
Source: Ratcliffe & McCullagh (1998), IJGIS 12(7); Ratcliffe (2000), IJGIS 14(7); Ratcliffe (2002), Journal
of Quantitative Criminology 18(1). The default rules are those of the R package aoristic 1.1.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numba
import numpy as np
import pandas as pd

from analytics.hotspots.refusal import TooFewData

_HOUR, _WEEK = 3600, 168 * 3600
_MONDAY = 4 * 86_400  # 1 January 1970 was a Thursday: seconds from the epoch to its first Monday


@dataclass(frozen=True)
class AoristicParameters:
    """What to do with intervals that say little. The defaults are the R package's rules.

    `no_end`: an offence without an end, or with one that is not after its start, is given to the hour of its
    'start', or counted as 'unknown'. `too_long`: one of `longest_days` or more is spread 'evenly' over the
    168 hours, or counted as 'unknown'.
    """

    no_end: Literal["start", "unknown"] = "start"
    too_long: Literal["evenly", "unknown"] = "evenly"
    longest_days: int = 7


@dataclass(frozen=True)
class AoristicClock:
    """`weights`: shape (7, 24), Monday first, local hours. The other three add up, with rounding, to the
    total: `known` lies within one hour, `spread` over several, `unknown` is not on the clock."""

    weights: np.ndarray
    known: float
    spread: float
    unknown: float

    @property
    def known_share(self) -> float:
        """Share of all weight whose hour the records themselves give."""
        return self.known / (self.known + self.spread + self.unknown)


def aoristic_clock(
    occurred_from: np.ndarray,
    occurred_to: np.ndarray,
    zone: str,
    parameters: AoristicParameters | None = None,
    *,
    weights: np.ndarray | None = None,
    time_precision: np.ndarray | None = None,
) -> AoristicClock:
    """Spread each offence over the hours of the local week.

    `occurred_from`, `occurred_to`: UTC, datetime64 without a zone, NaT where not known; the interval is
    half-open. `zone`: an IANA name. `weights`: one per offence (harm), default 1. `time_precision`: the
    store's column. 'day' needs no rule of its own, for its interval is the local day: 1/24 to each of its
    hours (1/23 or 1/25 on the days the clocks change). 'month' rows are unknown, whatever their length.
    An offence without a start is unknown. Raises TooFewData where nothing can be put on the clock.
    """
    parameters = parameters or AoristicParameters()
    start, end = _seconds(occurred_from), _seconds(occurred_to)
    weight = np.ones(len(start)) if weights is None else np.asarray(weights, dtype=float)
    total = weight.sum()
    usable = ~np.isnat(np.asarray(occurred_from, dtype="datetime64[s]"))
    if time_precision is not None:
        usable &= np.asarray(time_precision) != "month"
    ended = ~np.isnat(np.asarray(occurred_to, dtype="datetime64[s]")) & (end > start)
    end = np.where(ended, end, start)
    if parameters.no_end == "unknown":
        usable &= ended
    long = end - start >= parameters.longest_days * 86_400
    if parameters.too_long == "unknown":
        usable &= ~long
    if not usable.any():
        raise TooFewData(
            "No offence here says more about its time than the month. The hours of the week need a date, "
            "and are worth reading only where most records give a time of day."
        )
    start, end, weight, long = start[usable], end[usable], weight[usable], long[usable]
    changes, offsets = _zone_offsets(zone, int(start.min()), int(end.max()))
    cells, known = _spread(start[~long], end[~long], weight[~long], changes, offsets)
    cells += weight[long].sum() / 168
    return AoristicClock(cells.reshape(7, 24), known, weight.sum() - known, total - weight.sum())


def _seconds(moments: np.ndarray) -> np.ndarray:
    return np.asarray(moments, dtype="datetime64[s]").astype(np.int64)


def _zone_offsets(zone: str, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """Moments (UTC seconds) from which an offset from UTC (seconds) holds, over [first, last]."""
    day = 86_400
    days = np.arange(first // day - 1, last // day + 3) * day
    by_day = _offsets(days, zone)
    changes, offsets = [days[0]], [by_day[0]]
    for k in np.flatnonzero(np.diff(by_day)):
        minutes = np.arange(days[k], days[k + 1] + 1, 60)
        by_minute = _offsets(minutes, zone)
        at = np.flatnonzero(np.diff(by_minute)) + 1
        changes.extend(minutes[at])
        offsets.extend(by_minute[at])
    return np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64)


def _offsets(seconds: np.ndarray, zone: str) -> np.ndarray:
    utc = pd.DatetimeIndex(seconds.astype("datetime64[s]"))
    local = utc.tz_localize("UTC").tz_convert(zone).tz_localize(None)
    offsets: np.ndarray = ((local - utc) // pd.Timedelta(seconds=1)).to_numpy(dtype=np.int64)
    return offsets


@numba.njit(cache=True)
def _spread(
    start: np.ndarray, end: np.ndarray, weight: np.ndarray, changes: np.ndarray, offsets: np.ndarray
) -> tuple[np.ndarray, float]:
    """Weight by hour of the local week (168 cells), and the weight of those that lie within one local
    hour."""
    cells = np.zeros(168)
    known = 0.0
    for k in range(len(start)):
        at, last = start[k], end[k]
        rate = weight[k] / max(last - at, 1)
        segment = np.searchsorted(changes, at, side="right") - 1
        hours = 0
        while True:
            local = at + offsets[segment]
            until = at + _HOUR - local % _HOUR
            if segment + 1 < len(changes) and changes[segment + 1] <= until:
                segment += 1
                until = changes[segment]
            until = min(until, last)
            hours += 1
            cells[(local - _MONDAY) % _WEEK // _HOUR] += (
                weight[k] if last == start[k] else rate * (until - at)
            )
            at = until
            if at >= last:
                break
        if hours == 1:
            known += weight[k]
    return cells, known
