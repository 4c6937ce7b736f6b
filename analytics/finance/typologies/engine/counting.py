"""Windows in which one group (an account, a phone) meets surprisingly many different things (places,
payers)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.finance.typologies.engine.baseline import blocks_of
from analytics.finance.typologies.engine.results import best_in_block, best_of_each
from analytics.finance.typologies.engine.surprise import burst_surprise
from analytics.finance.typologies.engine.timed_ledger import Ledger
from analytics.finance.typologies.parameters import Surroundings


@dataclass(frozen=True)
class Windows:
    """Of each window its `rows`, its `group`, the `surprise` and the moment it `begun`."""

    rows: list[np.ndarray]
    group: np.ndarray
    surprise: np.ndarray
    begun: np.ndarray

    def best(self, allowed: np.ndarray | None = None) -> np.ndarray:
        """Positions of each group's most surprising window (of those `allowed`): whoever does it month after
        month is one lead."""
        at = np.arange(len(self.rows)) if allowed is None else np.flatnonzero(allowed)
        return at[best_of_each(self.group[at], self.surprise[at])]


def surprising_windows(
    ledger: Ledger,
    rows: np.ndarray,
    group: np.ndarray,
    thing: np.ndarray,
    least: int,
    window: int,
    around: Surroundings,
) -> Windows:
    """For each group and block the window with the most surprising number of different things, at least
    `least`.

    `rows`: positions in order of time, `group` and `thing` of each. Judged by how many different things the
    group met within the history before and after the window, and by the average group."""
    if not len(rows):
        return Windows([], np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))
    order = np.lexsort((rows, group))
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) != 0, True])
    everything = len(np.unique(group.astype(np.int64) * (int(thing.max()) + 2) + thing))
    rate = everything / (len(starts) - 1) / max(ledger.end - ledger.begin, window)
    lists, score, key = [], [], []
    for low, high in zip(starts[:-1], starts[1:], strict=True):
        if high - low < least:
            continue
        part = order[low:high]
        time, things = ledger.time[rows[part]], thing[part]
        stops = np.searchsorted(time, time + window, "right")
        for k, stop in enumerate(stops):
            if stop - k < least or (found := len(set(things[k:stop].tolist()))) < least:
                continue
            since, until = (
                max(time[k] - around.history, ledger.begin),
                min(time[k] + window + around.history, ledger.end),
            )
            other = np.r_[
                things[(time >= since) & (time < time[k])],
                things[(time > time[k] + window) & (time <= until)],
            ]
            rest = len(set(other.tolist()))
            exposure = max(until - since - window, window)
            score.append(burst_surprise(found, float(window), rest, float(exposure), rate))
            lists.append(rows[part[k:stop]])
            key.append(int(group[part[0]]))
    score, begun = np.array(score), np.array([ledger.time[found[0]] for found in lists], np.int64)
    strong = np.flatnonzero(score >= around.least_surprise)
    key = np.array(key, np.int64)
    kept = strong[best_in_block(key[strong], blocks_of(begun[strong], ledger), score[strong])]
    return Windows([lists[k] for k in kept], key[kept], score[kept], begun[kept])


def in_channels(ledger: Ledger, channels: tuple[str, ...]) -> np.ndarray:
    """Whether each transaction went through one of the channels, whatever their case."""
    wanted = np.array([name.lower() in channels for name in ledger.words["channel"]] + [False])
    return wanted[ledger.texts["channel"]]
