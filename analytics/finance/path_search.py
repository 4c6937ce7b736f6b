"""Paths of payments in time order from one account to another: exact within their bounds.

A path is a list of payments, each by the account that the one before paid, each later than it and no more
than so many days after; no account is on it twice. Bounds come first: for every payment and number of hops it
is worked out whether the target can still be reached, so that the search never enters a branch that time
closes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.shared.progress import IsCancelled, never_cancelled


@dataclass(frozen=True)
class TimedEdges:
    """Payments sorted by payer and time, and for each the slice [low, high) of those that may follow it."""

    at: np.ndarray  # position of each payment in the arrays given
    payer: np.ndarray
    payee: np.ndarray
    low: np.ndarray
    high: np.ndarray


def build_timed_edges(
    payer: np.ndarray, payee: np.ndarray, time: np.ndarray, at: np.ndarray, gap: int, same_time: bool
) -> TimedEdges:
    """Whole numbers throughout; `time` and `gap` in one unit. What follows a payment is by its payee, in
    (time, time + gap], or [time, time + gap] with `same_time`."""
    order = np.lexsort((at, time, payer))
    payer, payee, time, at = payer[order], payee[order], time[order], at[order]
    moments = np.unique(time)
    width = len(moments) + 1
    key = payer.astype(np.int64) * width + np.searchsorted(moments, time)
    first = np.searchsorted(moments, time, side="left" if same_time else "right")
    last = np.searchsorted(moments, time + gap, side="right")
    base = payee.astype(np.int64) * width
    return TimedEdges(at, payer, payee, np.searchsorted(key, base + first), np.searchsorted(key, base + last))


def find_reached(edges: TimedEdges, source: int, hops: int) -> np.ndarray:
    """Accounts that money of `source` may have reached by a path of at most so many hops, `source` itself
    apart. Paths may cross themselves here, which reaches no further account."""
    live, found = edges.payer == source, set()
    for _ in range(hops):
        found.update(np.unique(edges.payee[live]).tolist())
        change = np.zeros(len(live) + 1, np.int64)
        np.add.at(change, edges.low[live], 1)
        np.add.at(change, edges.high[live], -1)
        live = np.cumsum(change)[:-1] > 0
    return np.array(sorted(found - {source}), dtype=np.int64)


def find_paths(
    edges: TimedEdges,
    source: int,
    target: int,
    hops: int,
    max_paths: int,
    max_steps: int,
    cancelled: IsCancelled = never_cancelled,
) -> tuple[list[list[int]], bool]:
    """(paths as lists of `at`, whether a bound cut the list short): the shortest first, then the earliest.

    `max_steps` bounds the payments looked at; it, `max_paths` or a cancelled search makes the list
    incomplete."""
    leads = [edges.payee == target]
    for _ in range(hops - 1):
        before = np.concatenate([[0], np.cumsum(leads[-1])])
        leads.append((before[edges.high] > before[edges.low]) & (edges.payee != target))
    starts = np.flatnonzero(edges.payer == source)
    paths: list[list[int]] = []
    steps = 0
    for length in range(1, hops + 1):
        for start in starts[leads[length - 1][starts]]:
            stack: list[tuple[int, ...]] = [(int(start),)]
            while stack:
                path = stack.pop()
                steps += 1
                if steps > max_steps or (steps % 4096 == 0 and cancelled()):
                    return paths, True
                left = length - len(path)
                if left == 0:
                    if len(paths) == max_paths:
                        return paths, True
                    paths.append([int(edges.at[edge]) for edge in path])
                    continue
                last = path[-1]
                following = np.arange(edges.low[last], edges.high[last])
                following = following[leads[left - 1][following]]
                visited = {source, *(int(edges.payee[edge]) for edge in path)}
                stack += [(*path, int(e)) for e in following[::-1] if int(edges.payee[e]) not in visited]
    return paths, False
