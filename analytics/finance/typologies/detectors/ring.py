"""Ring: payments of new pairs that lead round in a circle within days, in whatever order they were made.

Where a file knows dates only, or the money is fetched before it is sent, a circle is there without being in
order."""

from __future__ import annotations

import math

import numba
import numpy as np

from analytics.finance.typologies.engine.baseline import blocks_of
from analytics.finance.typologies.engine.cycle_search import find_circles
from analytics.finance.typologies.engine.results import Explanation, Results
from analytics.finance.typologies.engine.surprise import count_between
from analytics.finance.typologies.engine.timed_ledger import Ledger
from analytics.finance.typologies.engine.wording import days
from analytics.finance.typologies.parameters import Parameters


def find(ledger: Ledger, parameters: Parameters) -> Results:
    """Every circle of 3 to `most_edges` first payments between new pairs, all within one window, no account
    twice, that is not in order of time (those are cycles). Unless a block takes more than `most_steps`."""
    around, wanted = parameters.surroundings, parameters.ring
    first = np.flatnonzero(ledger.path & ledger.first)
    payer, payee, time = ledger.payer[first], ledger.payee[first], ledger.time[first]
    out_starts, outs = ledger.firsts_out
    in_starts, ins = ledger.firsts_in
    edges, offsets, cut = find_circles(ledger, first, wanted.most_edges, wanted.most_steps, in_order=False)
    blocks = blocks_of(time, ledger)
    score = np.zeros(len(offsets) - 1)
    if len(score):
        _score(
            edges,
            offsets,
            payer,
            payee,
            time,
            out_starts,
            ledger.time[outs],
            in_starts,
            ledger.time[ins],
            ledger.usual.rate[blocks],
            np.maximum(ledger.usual.events[blocks], 1),
            ledger.quiet_payee[first],
            around.window,
            around.history,
            ledger.begin,
            ledger.end,
            score,
        )
    begun = edges[offsets[:-1]]
    order = np.lexsort((edges, np.repeat(np.arange(len(score)), np.diff(offsets))))
    return Results("ring", offsets, first[edges[order]], payer[begun], score, time[begun], cut)


@numba.njit(cache=True, nogil=True)
def _score(
    edges,
    offsets,
    payer,
    payee,
    time,
    out_starts,
    out_time,
    in_starts,
    in_time,
    rate,
    events,
    quiet,
    window,
    history,
    begin,
    end,
    score,
):
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
        f"{len(rows)} accounts, each new to the next, paid each other round in a circle within "
        f"{days(ledger, rows)}, though "
        "not in order of time."
    )
    return Explanation(roles, why)
