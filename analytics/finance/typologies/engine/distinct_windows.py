"""Windows in which one group (an account, a phone) meets surprisingly many different things (places,
payers)."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.results import best_in_block, best_of_each
from analytics.finance.typologies.engine.surprise import burst_surprise
from analytics.finance.typologies.engine.timed_ledger import TimedLedger


@dataclass(frozen=True)
class SurprisingWindows:
    """Of each window its `rows`, its `group`, the `surprise` and the moment it `begun`."""

    rows: list[np.ndarray]
    group: np.ndarray
    surprise: np.ndarray
    begun: np.ndarray

    def best(self, allowed: np.ndarray | None = None) -> np.ndarray:
        """Positions of each group's most surprising window (of those `allowed`): whoever does it month after
        month is one lead."""
        at = np.arange(len(self.rows)) if allowed is None else np.flatnonzero(allowed)
        best: np.ndarray = at[best_of_each(self.group[at], self.surprise[at])]
        return best


def find_surprising_windows(
    ledger: TimedLedger,
    rows: np.ndarray,
    group: np.ndarray,
    thing: np.ndarray,
    min_different: int,
    window: int,
) -> SurprisingWindows:
    """For each group and block the window with the most surprising number of different things, at least
    `min_different`.

    `rows`: positions in order of time, `group` and `thing` of each. Judged by how many different things the
    group met within the history before and after the window, and by the average group."""
    if not len(rows):
        return SurprisingWindows([], np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))
    order = np.lexsort((rows, group))
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) != 0, True])
    meetings = len(np.unique(group.astype(np.int64) * (int(thing.max()) + 2) + thing))
    rate = meetings / (len(starts) - 1) / max(ledger.end - ledger.begin, window)
    time = ledger.time[rows[order]]
    stops, score = np.zeros(len(order), np.int64), np.zeros(len(order))
    periods = (window, ledger.surroundings.history, ledger.begin, ledger.end)
    _score(starts, time, _find_previous(starts, thing[order]), min_different, *periods, rate, stops, score)
    strong = np.flatnonzero((stops > 0) & (score >= ledger.surroundings.min_surprise))
    group_of, begun = group[order[strong]].astype(np.int64), time[strong]
    best = best_in_block(group_of, ledger.blocks.of(begun), score[strong])
    lists = [rows[order[k : stops[k]]] for k in strong[best]]
    return SurprisingWindows(lists, group_of[best], score[strong[best]], begun[best])


def _find_previous(starts: np.ndarray, things: np.ndarray) -> np.ndarray:
    """Where each row's thing was met before by the same group; -1 where never. `things` by group, whose rows
    begin at `starts`."""
    number = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    order = np.lexsort((np.arange(len(things)), things, number))
    again = (np.diff(number[order]) == 0) & (np.diff(things[order]) == 0)
    previous = np.full(len(things), -1)
    previous[order[1:][again]] = order[:-1][again]
    return previous


@numba.njit(cache=True, nogil=True)
def _score(
    starts: Ints,
    time: Ints,
    previous: Ints,
    min_different: int,
    window: int,
    history: int,
    begin: int,
    end: int,
    rate: float,
    stops: Ints,
    score: Floats,
) -> None:
    """Fill in, for the window that begins with each row, the surprise and where it stops; 0 where it has
    fewer than `min_different`."""
    for at in range(len(starts) - 1):
        low, high = starts[at], starts[at + 1]
        first, stop = low, low  # of the rows as late as k, and past the window of k
        for k in range(low, high):
            if time[k] != time[first]:
                first = k
            while stop < high and time[stop] <= time[k] + window:
                stop += 1
            different = 0
            for row in range(k, stop):
                different += previous[row] < k
            if different < min_different:
                continue
            since, until = max(time[k] - history, begin), min(time[k] + window + history, end)
            oldest = low + np.searchsorted(time[low:first], since)
            latest = stop + np.searchsorted(time[stop:high], until, "right")
            others = 0
            for row in range(oldest, first):
                others += previous[row] < oldest
            for row in range(stop, latest):
                known = previous[row]
                while first <= known < stop:  # in the window itself, which does not count here
                    known = previous[known]
                others += known < oldest
            exposure = max(until - since - window, window)
            stops[k] = stop
            score[k] = burst_surprise(different, float(window), others, float(exposure), rate)


def in_channels(ledger: TimedLedger, channels: tuple[str, ...]) -> np.ndarray:
    """Whether each transaction went through one of the channels, whatever their case."""
    among = np.array([name.lower() in channels for name in ledger.words["channel"]] + [False])
    return np.asarray(among[ledger.texts["channel"]])
