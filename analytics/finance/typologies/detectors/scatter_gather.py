"""Scatter-gather: an account pays several, who then pay one and the same."""

from __future__ import annotations

import numba
import numpy as np
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.pair_joins import join_onward
from analytics.finance.typologies.engine.results import Results, best_in_block
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surprise import count_between, poisson_surprise
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.wording import counted


class ScatterGatherParameters(SectionModel):
    """How many middlemen, all of it within how many days."""

    min_middlemen: PositiveInt = 2
    span_days: PositiveFloat = 6


def find(search: Search[ScatterGatherParameters]) -> Results:
    """Pairs of a source and a sink with more middlemen than their new payees and payers would share by
    chance.

    A middleman is new to both, paid by the source within a window and paying the sink afterwards within the
    window of his own, all of it within `span_days`. At most one result a pair and block: the most surprising
    window."""
    ledger, wanted, around = search.ledger, search.parameters, search.ledger.surroundings
    legs = join_onward(ledger, around.window, search.engine)
    source, sink = ledger.payer[legs[:, 0]], ledger.payee[legs[:, 1]]
    middle, begun, ended = ledger.payee[legs[:, 0]], ledger.time[legs[:, 0]], ledger.time[legs[:, 1]]
    order = np.lexsort((legs[:, 1], legs[:, 0], begun, sink, source))
    legs, source, sink, middle, begun, ended = (a[order] for a in (legs, source, sink, middle, begun, ended))
    pair = source.astype(np.int64) * len(ledger.accounts) + sink
    (in_starts, ins), (out_starts, outs) = ledger.firsts_in, ledger.firsts_out
    chance = ledger.baseline.through[ledger.blocks.of(begun)] if len(legs) else begun.astype(float)
    score, stops = np.zeros(len(legs)), np.zeros(len(legs), np.int64)
    span = int(wanted.span_days * DAY)
    pairs = (pair, middle, begun, ended, source, sink)
    indexes = (out_starts, ledger.time[outs], in_starts, ledger.time[ins])
    _score(*pairs, *indexes, chance, wanted.min_middlemen, around.window, span, score, stops)
    strong = np.flatnonzero(score >= around.min_surprise)
    strong = strong[best_in_block(pair[strong], ledger.blocks.of(begun[strong]), score[strong])]
    lists = []
    for k in strong:
        part = slice(k, stops[k])
        inside = (begun[part] <= begun[k] + around.window) & (ended[part] <= begun[k] + span)
        lists.append(np.unique(legs[part][inside]))
    return Results.of(lists, source[strong], score[strong], begun[strong])


@numba.njit(cache=True, nogil=True)
def _score(
    pair: Ints,
    middle: Ints,
    begun: Ints,
    ended: Ints,
    source: Ints,
    sink: Ints,
    out_starts: Ints,
    out_time: Ints,
    in_starts: Ints,
    in_time: Ints,
    chance: Floats,
    min_middlemen: int,
    window: int,
    span: int,
    score: Floats,
    stops: Ints,
) -> None:
    stop = 0
    for k in range(len(pair)):
        stop = max(stop, k)
        while stop < len(pair) and pair[stop] == pair[k] and begun[stop] <= begun[k] + window:
            stop += 1
        stops[k] = stop
        count = 0
        for j in range(k, stop):
            known = ended[j] > begun[k] + span
            for i in range(k, j):
                if middle[i] == middle[j] and ended[i] <= begun[k] + span:
                    known = True
            count += not known
        if count >= min_middlemen:
            paid = count_between(
                out_time, out_starts[source[k]], out_starts[source[k] + 1], begun[k], begun[k] + window
            )
            got = count_between(
                in_time, in_starts[sink[k]], in_starts[sink[k] + 1], begun[k], begun[k] + span
            )
            score[k] = poisson_surprise(count, paid * got * chance[k])


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    out = rows[ledger.payer[rows] == account]
    middle = np.unique(ledger.payee[out])
    onwards = rows[np.isin(ledger.payer[rows], middle)]
    sinks, counts = np.unique(ledger.payee[onwards], return_counts=True)
    sink = int(sinks[np.argmax(counts)])
    roles = {int(who): "middleman" for who in middle} | {int(account): "source"}
    roles |= {sink: "source and sink" if sink == account else "sink"}
    why = (
        f"{ledger.name(account)} paid {counted(len(middle), 'account')} new to it, and each then paid "
        f"{ledger.name(sink)}, also new to them, within {duration(ledger, rows)} in all."
    )
    return Explanation(roles, why)


DETECTOR = Detector("scatter-gather", "scatter_gather", ScatterGatherParameters, find, explain)
