"""Ring: payments of new pairs that lead round in a circle within days, in whatever order they were made.

Where a file knows dates only, or the money is fetched before it is sent, a circle is there without being in order.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from analytics.finance.typologies.ledger import Ledger
from analytics.finance.typologies.parameters import Parameters
from analytics.finance.typologies.results import Explanation, Results
from analytics.finance.typologies.surprise import count_between
from analytics.finance.typologies.usual import blocks_of
from analytics.finance.typologies.wording import days


def find(ledger: Ledger, parameters: Parameters) -> Results:
    """Every circle of 3 to `most_edges` first payments between new pairs, all within one window, no account twice,
    that is not in order of time (those are cycles). Where `most_steps` were not enough, the note says so."""
    around, wanted = parameters.surroundings, parameters.ring
    first = np.flatnonzero(ledger.path & ledger.first)
    payer, payee, time = ledger.payer[first], ledger.payee[first], ledger.time[first]
    place = np.full(len(ledger), -1, np.int64)
    place[first] = np.arange(len(first))
    out_starts, outs = ledger.firsts_out
    in_starts, ins = ledger.firsts_in
    outs, came = place[outs], place[ins]
    edges, offsets, stopped = _search(
        payer,
        payee,
        time,
        out_starts,
        outs,
        in_starts,
        came,
        around.window,
        wanted.most_edges,
        wanted.most_steps,
    )
    note = None
    if stopped >= 0:
        reached = np.datetime64(int(time[stopped]), "us").astype("datetime64[s]")
        note = f"The search for rings stopped after {wanted.most_steps:,} steps: rings that begin after {reached} (UTC) are not listed."
    blocks = blocks_of(time, ledger)
    score = np.zeros(len(offsets) - 1)
    if len(score):
        _score(
            edges, offsets, payer, payee, time, out_starts, time[outs], in_starts, ledger.time[ins], ledger.usual.rate[blocks],
            np.maximum(ledger.usual.events[blocks], 1), ledger.quiet_payee[first], around.window, around.history,
            ledger.begin, ledger.end, score,
        )  # fmt: skip
    begun = edges[offsets[:-1]]
    order = np.lexsort((edges, np.repeat(np.arange(len(score)), np.diff(offsets))))
    return Results("ring", offsets, first[edges[order]], payer[begun], score, time[begun], note)


@numba.njit(cache=True, nogil=True)
def _search(payer, payee, time, out_starts, outs, in_starts, ins, window, most_edges, most_steps):
    accounts = len(out_starts) - 1
    away = np.full(accounts, most_edges + 1, np.int64)  # fewest payments from an account back home
    queue = np.empty(accounts + 1, np.int64)
    on_path = np.zeros(len(out_starts) - 1, np.bool_)
    path, cursor = np.empty(most_edges, np.int64), np.empty(most_edges, np.int64)
    found, offsets = np.empty(1024, np.int64), np.zeros(256, np.int64)
    size, results, steps = 0, 0, 0
    for root in range(len(time)):  # the earliest payment; all others come after it in the ledger
        if steps > most_steps:
            return found[:size].copy(), offsets[: results + 1].copy(), root
        home, until = payer[root], time[root] + window
        away[home], queue[0], head, tail = 0, home, 0, 1
        while head < tail:
            reached = queue[head]
            head += 1
            if away[reached] + 1 >= most_edges:
                continue
            for j in range(
                _beyond(ins, in_starts[reached], in_starts[reached + 1], root), in_starts[reached + 1]
            ):
                edge = ins[j]
                if time[edge] > until:
                    break
                steps += 1
                if away[payer[edge]] > most_edges:
                    away[payer[edge]] = away[reached] + 1
                    queue[tail] = payer[edge]
                    tail += 1
        if away[payee[root]] >= most_edges:
            for j in range(tail):
                away[queue[j]] = most_edges + 1
            continue
        path[0], depth = root, 1
        on_path[payee[root]] = True
        cursor[1] = _beyond(outs, out_starts[payee[root]], out_starts[payee[root] + 1], root)
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
                    ordered = time[edge] > time[path[depth - 1]]
                    for j in range(1, depth):
                        ordered &= time[path[j]] > time[path[j - 1]]
                    if depth + 1 < 3 or ordered:
                        continue
                    if size + depth + 1 > len(found):
                        found = np.concatenate((found, np.empty(len(found) + most_edges, np.int64)))
                    if results + 2 > len(offsets):
                        offsets = np.concatenate((offsets, np.zeros(len(offsets), np.int64)))
                    found[size : size + depth] = path[:depth]
                    found[size + depth] = edge
                    size += depth + 1
                    results += 1
                    offsets[results] = size
                elif depth + 1 + away[to] <= most_edges and not on_path[to]:
                    path[depth] = edge
                    on_path[to] = True
                    depth += 1
                    cursor[depth] = _beyond(outs, out_starts[to], out_starts[to + 1], root)
                    deeper = True
                    break
            if not deeper:
                depth -= 1
                on_path[payee[path[depth]]] = False
        for j in range(tail):
            away[queue[j]] = most_edges + 1
    return found[:size].copy(), offsets[: results + 1].copy(), -1


@numba.njit(cache=True, nogil=True)
def _beyond(order, low, high, root):
    """The first of order[low:high], ascending, that comes after the root."""
    while low < high:
        middle = (low + high) // 2
        if order[middle] <= root:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit(cache=True, nogil=True)
def _score(edges, offsets, payer, payee, time, out_starts, out_time, in_starts, in_time, rate, events, quiet, window,
           history, begin, end, score):  # fmt: skip
    for k in range(len(score)):
        digits, likely = 0.0, 0.0
        for j in range(offsets[k], offsets[k + 1]):
            edge = edges[j]
            since, until = max(time[edge] - history, begin), min(time[edge] + history, end)
            who, to = payer[edge], payee[edge]
            got = count_between(in_time, in_starts[to], in_starts[to + 1], since, until)
            likely = max(likely, max(got - 1.0, 0.5) / events[edge])
            if j > offsets[k]:
                paid = count_between(out_time, out_starts[who], out_starts[who + 1], since, until)
                own = paid / (until - since + 1.0 / max(rate[edge], 1e-30))
                digits += quiet[edges[j - 1]] - math.log10(-math.expm1(-own * window))
        score[k] = max(digits - math.log10(likely), 0.0)


def explain(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    roles = {int(who): "member" for who in ledger.payer[rows]}
    why = (
        f"{len(rows)} accounts, each new to the next, paid each other round in a circle within {days(ledger, rows)}, though "
        "not in order of time."
    )
    return Explanation(roles, why)
