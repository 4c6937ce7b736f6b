"""Windows in which one group (an account, a phone) meets surprisingly many different things (places,
payers)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
    lists: list[np.ndarray] = []
    scores: list[float] = []
    groups: list[int] = []
    for low, high in zip(starts[:-1], starts[1:], strict=True):
        if high - low < min_different:
            continue
        own = order[low:high]
        time, things = ledger.time[rows[own]], thing[own]
        for k, stop in enumerate(np.searchsorted(time, time + window, "right")):
            different = _count_different(things[k:stop])
            if different >= min_different:
                scores.append(_score(ledger, time, things, k, different, window, rate))
                lists.append(rows[own[k:stop]])
                groups.append(int(group[own[0]]))
    score, group_of = np.array(scores), np.array(groups, np.int64)
    begun = np.array([ledger.time[own[0]] for own in lists], np.int64)
    strong = np.flatnonzero(score >= ledger.surroundings.min_surprise)
    best = strong[best_in_block(group_of[strong], ledger.blocks.of(begun[strong]), score[strong])]
    return SurprisingWindows([lists[k] for k in best], group_of[best], score[best], begun[best])


def _score(
    ledger: TimedLedger,
    time: np.ndarray,
    things: np.ndarray,
    k: int,
    different: int,
    window: int,
    rate: float,
) -> float:
    """The surprise of a group's window that begins with its k-th row."""
    history = ledger.surroundings.history
    since = max(time[k] - history, ledger.begin)
    until = min(time[k] + window + history, ledger.end)
    before = things[(time >= since) & (time < time[k])]
    after = things[(time > time[k] + window) & (time <= until)]
    exposure = max(until - since - window, window)
    others = _count_different(np.r_[before, after])
    return float(burst_surprise(different, float(window), others, float(exposure), rate))


def _count_different(things: np.ndarray) -> int:
    return len(set(things.tolist()))


def in_channels(ledger: TimedLedger, channels: tuple[str, ...]) -> np.ndarray:
    """Whether each transaction went through one of the channels, whatever their case."""
    among = np.array([name.lower() in channels for name in ledger.words["channel"]] + [False])
    return np.asarray(among[ledger.texts["channel"]])
