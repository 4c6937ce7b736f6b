"""Time-ordered cycles: money that comes back to where it set out, every payment later than the one before."""

from __future__ import annotations

import math

import numba
import numpy as np

from analytics.finance.typologies.ledger import Ledger, by_account
from analytics.finance.typologies.parameters import Parameters
from analytics.finance.typologies.results import Explanation, Results
from analytics.finance.typologies.surprise import count_between, product_surprise
from analytics.finance.typologies.usual import blocks_of
from analytics.finance.typologies.wording import days


def find(ledger: Ledger, parameters: Parameters) -> Results:
    """Every cycle of 2 to `most_edges` payments, each strictly later than the one before, no account twice, the last
    within a window of the first. Exact, apart from hubs; where `most_steps` were not enough, the note says so.

    Surprising is a cycle whose accounts paid on sooner than they usually pay anybody, and whose payments are not
    between accounts that always deal with each other."""
    around, wanted, n = parameters.surroundings, parameters.cycle, len(ledger.accounts)
    path = np.flatnonzero(ledger.path)
    payer, payee, time = ledger.payer[path], ledger.payee[path], ledger.time[path]
    at = np.arange(len(path))
    out_starts, outs = by_account(payer, at, n)
    in_starts, ins = by_account(payee, at, n)
    edges, offsets, steps = _search(
        payer,
        payee,
        time,
        out_starts,
        outs,
        in_starts,
        ins,
        around.window,
        wanted.most_edges,
        wanted.most_steps,
    )
    note = None
    if steps > wanted.most_steps:
        reached = np.datetime64(int(time[steps - wanted.most_steps - 1]), "us").astype("datetime64[s]")
        note = f"The search for cycles stopped after {wanted.most_steps:,} steps: cycles that begin after {reached} (UTC) are not listed."
    normal = ledger.usual
    blocks = blocks_of(time, ledger)
    first = ledger.first[path]
    in_first_starts, in_first = by_account(payee, at[first], n)
    score = np.zeros(len(offsets) - 1)
    if len(score):
        _score(
            edges, offsets, payer, payee, time, out_starts, time[outs], in_first_starts, time[in_first],
            ledger.new[path], ledger.pair_count[path], normal.flow[blocks], np.maximum(normal.events[blocks], 1),
            around.history, ledger.begin, ledger.end, score,
        )  # fmt: skip
    begun = edges[offsets[:-1]]
    return Results("cycle", offsets, path[edges], payer[begun], score, time[begun], note)


@numba.njit(cache=True, nogil=True)
def _search(payer, payee, time, out_starts, outs, in_starts, ins, window, most_edges, most_steps):
    accounts, edges = len(out_starts) - 1, len(time)
    latest = np.full(accounts, -1, np.int64)  # the latest departure from which the root can still be reached
    touched = np.empty(accounts, np.int64)
    queued = np.zeros(accounts, np.bool_)
    on_path = np.zeros(accounts, np.bool_)
    queue = np.empty(accounts + 1, np.int64)
    path, cursor = np.empty(most_edges, np.int64), np.empty(most_edges, np.int64)
    found, offsets = np.empty(1024, np.int64), np.zeros(256, np.int64)
    size, results, steps = 0, 0, 0
    for root in range(edges):
        if steps > most_steps:  # say where: the caller subtracts most_steps and 1
            return found[:size].copy(), offsets[: results + 1].copy(), most_steps + 1 + root
        home, begun = payer[root], time[root]
        until = begun + window
        low, high = in_starts[home], in_starts[home + 1]
        back = np.searchsorted(time[ins[low:high]], until, "right") + low if high - low else low
        if back == low or time[ins[back - 1]] <= begun:
            continue
        # backwards from home: who can still get the money there in time
        head, tail, seen = 0, 0, 0
        for j in range(back - 1, low - 1, -1):
            edge = ins[j]
            if time[edge] <= begun:
                break
            who = payer[edge]
            if latest[who] < time[edge]:
                if latest[who] < 0:
                    touched[seen] = who
                    seen += 1
                latest[who] = time[edge]
                if not queued[who]:
                    queued[who] = True
                    queue[tail % (accounts + 1)] = who
                    tail += 1
        while head < tail:
            reached = queue[head % (accounts + 1)]
            head += 1
            queued[reached] = False
            if reached == payee[root]:
                continue
            for j in range(in_starts[reached], in_starts[reached + 1]):
                edge = ins[j]
                if time[edge] >= latest[reached]:
                    break
                who = payer[edge]
                if time[edge] <= begun or who == home or latest[who] >= time[edge]:
                    continue
                steps += 1
                if latest[who] < 0:
                    touched[seen] = who
                    seen += 1
                latest[who] = time[edge]
                if not queued[who]:
                    queued[who] = True
                    queue[tail % (accounts + 1)] = who
                    tail += 1
        if latest[payee[root]] > begun:
            # forwards from the root payment, only where home can still be reached
            path[0], depth = root, 1
            on_path[payee[root]] = True
            cursor[1] = _after(time, outs, out_starts[payee[root]], out_starts[payee[root] + 1], begun)
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
                        if size + depth + 1 > len(found):
                            found = np.concatenate((found, np.empty(len(found) + most_edges, np.int64)))
                        if results + 2 > len(offsets):
                            offsets = np.concatenate((offsets, np.zeros(len(offsets), np.int64)))
                        found[size : size + depth] = path[:depth]
                        found[size + depth] = edge
                        size += depth + 1
                        results += 1
                        offsets[results] = size
                    elif depth + 1 < most_edges and not on_path[to] and latest[to] > time[edge]:
                        path[depth] = edge
                        on_path[to] = True
                        depth += 1
                        cursor[depth] = _after(time, outs, out_starts[to], out_starts[to + 1], time[edge])
                        deeper = True
                        break
                if not deeper:
                    depth -= 1
                    on_path[payee[path[depth]]] = False
        for j in range(seen):
            latest[touched[j]] = -1
    return found[:size].copy(), offsets[: results + 1].copy(), 0


@numba.njit(cache=True, nogil=True)
def _after(time, order, low, high, moment):
    """The first of order[low:high], ascending in time, that is later than a moment."""
    while low < high:
        middle = (low + high) // 2
        if time[order[middle]] <= moment:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit(cache=True, nogil=True)
def _score(edges, offsets, payer, payee, time, out_starts, out_time, in_starts, in_time, new, pair_count, flow,
           events, history, begin, end, score):  # fmt: skip
    for k in range(len(score)):
        log_sum, steps, likely = 0.0, 0, 0.0
        for j in range(offsets[k], offsets[k + 1]):
            edge = edges[j]
            since, until = max(time[edge] - history, begin), min(time[edge] + history, end)
            who = payer[edge]
            paid = count_between(out_time, out_starts[who], out_starts[who + 1], since, until)
            if j > offsets[k] and new[edge]:
                steps += 1
                rate = paid / (until - since + 1.0 / max(flow[edge], 1e-30))
                gap = time[edge] - time[edges[j - 1]]
                log_sum -= math.log(max(-math.expm1(-rate * gap), 1e-12))
            if new[edge]:
                to = payee[edge]
                got = count_between(in_time, in_starts[to], in_starts[to + 1], since, until)
                likely = max(likely, max(got - 1.0, 0.5) / events[edge])
            else:
                likely = max(likely, min((pair_count[edge] - 1.0) / max(paid - 1.0, 1.0), 1.0))
        score[k] = product_surprise(log_sum, steps) - math.log10(likely)


def explain(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    roles = {int(who): "member" for who in ledger.payer[rows]} | {int(account): "start and end"}
    why = (
        f"{len(rows)} payments, each later than the one before, lead from {ledger.name(account)} back to it within "
        f"{days(ledger, rows)}."
    )
    return Explanation(roles, why)
