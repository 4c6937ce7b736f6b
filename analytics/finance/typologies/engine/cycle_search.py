"""The search that cycles and rings share: every way round from a payment back to the account that made it."""

from __future__ import annotations

import numba
import numpy as np

from analytics.finance.typologies.engine.arrays import Flags, Ints
from analytics.finance.typologies.engine.surprise import later_than
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account


def search_cycles(
    ledger: TimedLedger, rows: np.ndarray, max_edges: int, max_steps: int, in_order: bool
) -> tuple[np.ndarray, np.ndarray, tuple[tuple[int, int], ...]]:
    """Every way round of 2 to `max_edges` of the payments `rows` within one window of its first, no account
    twice.

    `in_order`: each payment strictly later than the one before. Otherwise the first is the earliest in the
    ledger, the others follow in any order that is not that of time, and there are 3 at least. Gives the
    positions in `rows`, cycle after cycle; where each begins (one more than cycles); and the stretches of
    time (from, until, microseconds) of which no cycle is listed because a block of time took more than
    `max_steps`."""
    payer, payee, time = ledger.payer[rows], ledger.payee[rows], ledger.time[rows]
    at, n = np.arange(len(rows)), len(ledger.accounts)
    block = ledger.blocks.of(time)
    indexes = (*by_account(payer, at, n), *by_account(payee, at, n))
    bounds = (ledger.surroundings.window, max_edges, max_steps)
    edges, offsets, stopped = _search(payer, payee, time, *indexes, block, *bounds, in_order)
    ends = ledger.blocks.start_of(block[stopped] + 1)
    return edges, offsets, tuple(zip(time[stopped].tolist(), ends.tolist(), strict=True))


# One kernel, long as it is: its inner steps share a dozen arrays and counters, and a call for each step would
# hand them over millions of times.
@numba.njit(cache=True, nogil=True)
def _search(
    payer: Ints,
    payee: Ints,
    time: Ints,
    out_starts: Ints,
    outs: Ints,
    in_starts: Ints,
    ins: Ints,
    block: Ints,
    window: int,
    max_edges: int,
    max_steps: int,
    in_order: bool,
) -> tuple[Ints, Ints, Ints]:
    accounts = len(out_starts) - 1
    far = -1 if in_order else max_edges + 1
    # how home is reached from an account: the latest departure, or (in any order) the fewest payments
    reach = np.full(accounts, far, np.int64)
    touched, queue = np.empty(accounts, np.int64), np.empty(accounts + 1, np.int64)
    queued, on_path = np.zeros(accounts, np.bool_), np.zeros(accounts, np.bool_)
    path, cursor = np.empty(max_edges + 1, np.int64), np.empty(max_edges + 1, np.int64)
    found, offsets, stopped = np.empty(1024, np.int64), np.zeros(256, np.int64), np.empty(0, np.int64)
    size, results, steps = 0, 0, 0
    for root in range(len(time)):
        if root == 0 or block[root] != block[root - 1]:
            steps = 0
        elif steps > max_steps:
            if len(stopped) == 0 or block[stopped[-1]] != block[root]:
                stopped = np.append(stopped, root)
            continue
        home, until, first = payer[root], time[root] + window, payee[root]
        if in_order:
            seen, taken = _latest_departures(
                root, payer, payee, time, in_starts, ins, until, reach, touched, queue, queued
            )
            promising = reach[first] > time[root]
        else:
            seen, taken = _fewest_payments(
                root, payer, time, in_starts, ins, until, max_edges, reach, touched
            )
            promising = reach[first] < max_edges
        steps += taken
        depth = 0
        if promising:
            path[0], depth = root, 1
            on_path[first] = True
            cursor[1] = _first_next(
                root, root, time, outs, out_starts[first], out_starts[first + 1], in_order
            )
        while depth > 0:
            holder = payee[path[depth - 1]]
            deeper = False
            while cursor[depth] < out_starts[holder + 1]:
                edge = outs[cursor[depth]]
                cursor[depth] += 1
                if time[edge] > until:
                    cursor[depth] = out_starts[holder + 1]
                    break
                steps += 1
                to = payee[edge]
                if to == home:
                    path[depth] = edge
                    if not in_order and (depth < 2 or _is_ascending(time, path, depth)):
                        continue
                    if size + depth + 1 > len(found):
                        found = np.concatenate((found, np.empty(len(found) + max_edges, np.int64)))
                    if results + 2 > len(offsets):
                        offsets = np.concatenate((offsets, np.zeros(len(offsets), np.int64)))
                    found[size : size + depth + 1] = path[: depth + 1]
                    size += depth + 1
                    results += 1
                    offsets[results] = size
                elif depth + 1 < max_edges and not on_path[to]:
                    if reach[to] <= time[edge] if in_order else depth + 1 + reach[to] > max_edges:
                        continue
                    path[depth] = edge
                    on_path[to] = True
                    depth += 1
                    cursor[depth] = _first_next(
                        edge, root, time, outs, out_starts[to], out_starts[to + 1], in_order
                    )
                    deeper = True
                    break
            if not deeper:
                depth -= 1
                on_path[payee[path[depth]]] = False
        for j in range(seen):
            reach[touched[j]] = far
    return found[:size].copy(), offsets[: results + 1].copy(), stopped


@numba.njit(cache=True, nogil=True)
def _latest_departures(
    root: int,
    payer: Ints,
    payee: Ints,
    time: Ints,
    in_starts: Ints,
    ins: Ints,
    until: int,
    latest: Ints,
    touched: Ints,
    queue: Ints,
    queued: Flags,
) -> tuple[int, int]:
    """Backwards from home: when each account must pay at the latest for the money to be home in time. Gives
    how many accounts were touched and how many payments looked at."""
    home, begun, size = payer[root], time[root], len(queue)
    head, tail, seen, steps = 0, 1, 0, 0
    queue[0] = home
    while head < tail:
        reached = queue[head % size]
        head += 1
        queued[reached] = False
        if reached == payee[root]:
            continue
        low, high = in_starts[reached], in_starts[reached + 1]
        for j in range(later_than(time, ins, low, high, begun), high):
            edge = ins[j]
            if time[edge] > until if reached == home else time[edge] >= latest[reached]:
                break
            who = payer[edge]
            if who == home or latest[who] >= time[edge]:
                continue
            steps += 1
            if latest[who] < 0:
                touched[seen] = who
                seen += 1
            latest[who] = time[edge]
            if not queued[who]:
                queued[who] = True
                queue[tail % size] = who
                tail += 1
    return seen, steps


@numba.njit(cache=True, nogil=True)
def _fewest_payments(
    root: int,
    payer: Ints,
    time: Ints,
    in_starts: Ints,
    ins: Ints,
    until: int,
    max_edges: int,
    away: Ints,
    touched: Ints,
) -> tuple[int, int]:
    """Backwards from home, breadth first: by how few later payments each account reaches it; `touched` is the
    queue."""
    away[payer[root]], touched[0] = 0, payer[root]
    head, tail, steps = 0, 1, 0
    while head < tail:
        reached = touched[head]
        head += 1
        if away[reached] + 1 >= max_edges:
            continue
        low, high = in_starts[reached], in_starts[reached + 1]
        for j in range(_first_beyond(ins, low, high, root), high):
            edge = ins[j]
            if time[edge] > until:
                break
            steps += 1
            if away[payer[edge]] > max_edges:
                away[payer[edge]] = away[reached] + 1
                touched[tail] = payer[edge]
                tail += 1
    return tail, steps


@numba.njit(cache=True, nogil=True)
def _is_ascending(time: Ints, path: Ints, last: int) -> bool:
    rising = True
    for j in range(1, last + 1):
        rising &= time[path[j]] > time[path[j - 1]]
    return rising


@numba.njit(cache=True, nogil=True)
def _first_next(edge: int, root: int, time: Ints, order: Ints, low: int, high: int, in_order: bool) -> int:
    """The first of order[low:high] that may follow a payment."""
    return (
        later_than(time, order, low, high, time[edge]) if in_order else _first_beyond(order, low, high, root)
    )


@numba.njit(cache=True, nogil=True)
def _first_beyond(order: Ints, low: int, high: int, root: int) -> int:
    """The first of order[low:high], ascending, that comes after the root in the ledger."""
    while low < high:
        middle = (low + high) // 2
        if order[middle] <= root:
            low = middle + 1
        else:
            high = middle
    return low
