"""Ring: payments of new pairs that lead round in a circle within days, in whatever order they were made.

Where a file knows dates only, or the money is fetched before it is sent, a circle is there without being in
order."""

from __future__ import annotations

import math

import numba
import numpy as np
from pydantic import PositiveInt

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.cycle_search import search_cycles
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surprise import count_between
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.engine.wording import duration


class RingParameters(SectionModel):
    """The longest ring, and after how many steps the search of a block of time stops."""

    max_edges: PositiveInt = 12
    max_steps: PositiveInt = 10_000_000


def find(search: Search[RingParameters]) -> Results:
    """Every circle of 3 to `max_edges` first payments between new pairs, all within one window, no account
    twice, that is not in order of time (those are cycles). Unless a block takes more than `max_steps`."""
    ledger, wanted, around = search.ledger, search.parameters, search.ledger.surroundings
    first = np.flatnonzero(ledger.path & ledger.first)
    payer, payee, time = ledger.payer[first], ledger.payee[first], ledger.time[first]
    out_starts, outs = ledger.firsts_out
    in_starts, ins = ledger.firsts_in
    edges, offsets, cut = search_cycles(ledger, first, wanted.max_edges, wanted.max_steps, in_order=False)
    blocks = ledger.blocks.of(time)
    score = np.zeros(len(offsets) - 1)
    if len(score):
        payments = (payer, payee, time, out_starts, ledger.time[outs], in_starts, ledger.time[ins])
        usual = (ledger.baseline.rate[blocks], np.maximum(ledger.baseline.events[blocks], 1))
        periods = (around.window, around.history, ledger.begin, ledger.end)
        _score(edges, offsets, *payments, *usual, ledger.payee_quietness[first], *periods, score)
    begun = edges[offsets[:-1]]
    order = np.lexsort((edges, np.repeat(np.arange(len(score)), np.diff(offsets))))
    return Results(offsets, first[edges[order]], payer[begun], score, time[begun], cut)


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
    rate: Floats,
    events: Ints,
    quiet: Floats,
    window: int,
    history: int,
    begin: int,
    end: int,
    score: Floats,
) -> None:
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


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    roles = {int(who): "member" for who in ledger.payer[rows]}
    why = (
        f"{len(rows)} accounts, each new to the next, paid each other round in a circle within "
        f"{duration(ledger, rows)}, though not in order of time."
    )
    return Explanation(roles, why)


DETECTOR = Detector("ring", "ring", RingParameters, find, explain)
