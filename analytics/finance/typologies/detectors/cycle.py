"""Time-ordered cycles: money that comes back to where it set out, every payment later than the one before."""

from __future__ import annotations

import math

import numba
import numpy as np
from pydantic import PositiveInt

from analytics.finance.typologies.engine.arrays import Flags, Floats, Ints
from analytics.finance.typologies.engine.cycle_search import search_cycles
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surprise import count_between, product_surprise
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account
from analytics.finance.typologies.engine.wording import duration


class CycleParameters(SectionModel):
    """The longest cycle, and after how many steps the search of a block of time stops."""

    max_edges: PositiveInt = 12
    max_steps: PositiveInt = 400_000_000


def find(search: Search[CycleParameters]) -> Results:
    """Every cycle of 2 to `max_edges` payments, each strictly later than the one before, no account twice,
    the last within a window of the first. Exact, apart from hubs, and unless a block takes more than
    `max_steps`.

    Surprising is a cycle whose accounts paid on sooner than they usually pay anybody, and whose payments are
    not between accounts that always deal with each other."""
    ledger, wanted, n = search.ledger, search.parameters, len(search.ledger.accounts)
    path = np.flatnonzero(ledger.path)
    payer, payee, time = ledger.payer[path], ledger.payee[path], ledger.time[path]
    at = np.arange(len(path))
    out_starts, outs = by_account(payer, at, n)
    edges, offsets, cut = search_cycles(ledger, path, wanted.max_edges, wanted.max_steps, in_order=True)
    baseline, blocks = ledger.baseline, ledger.blocks.of(time)
    first = ledger.first[path]
    in_first_starts, in_first = by_account(payee, at[first], n)
    score = np.zeros(len(offsets) - 1)
    if len(score):
        payments = (payer, payee, time, out_starts, time[outs], in_first_starts, time[in_first])
        pairs = (ledger.new[path], ledger.pair_count[path])
        usual = (baseline.flow[blocks], np.maximum(baseline.events[blocks], 1))
        periods = (ledger.surroundings.history, ledger.begin, ledger.end)
        _score(edges, offsets, *payments, *pairs, *usual, *periods, score)
    begun = edges[offsets[:-1]]
    return Results(offsets, path[edges], payer[begun], score, time[begun], cut)


@numba.njit(cache=True, nogil=True)
def _score(
    edges: Ints,
    offsets: Ints,
    payer: Ints,
    payee: Ints,
    time: Ints,
    out_starts: Ints,
    out_time: Ints,
    in_starts: Ints,
    in_time: Ints,
    new: Flags,
    pair_count: Ints,
    flow: Floats,
    events: Ints,
    history: int,
    begin: int,
    end: int,
    score: Floats,
) -> None:
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


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    roles = {int(who): "member" for who in ledger.payer[rows]} | {int(account): "start and end"}
    why = (
        f"{len(rows)} payments, each later than the one before, lead from {ledger.name(account)} back to it "
        f"within {duration(ledger, rows)}."
    )
    return Explanation(roles, why)


DETECTOR = Detector("cycle", "cycle", CycleParameters, find, explain)
