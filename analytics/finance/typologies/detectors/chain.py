"""Chain: money handed on from account to account, each new to the next, sooner than each usually pays
anybody."""

from __future__ import annotations

import math

import numba
import numpy as np
from pydantic import PositiveInt

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surprise import count_between, later_than, product_surprise
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, by_account
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.wording import counted


class ChainParameters(SectionModel):
    """How many payments a chain has."""

    min_edges: PositiveInt = 4
    max_edges: PositiveInt = 12


def find(search: Search[ChainParameters]) -> Results:
    """For each last payment the most surprising chain of `min_edges` to `max_edges` that leads up to it,
    of payments between new pairs, each within a window after the one before, no account twice. Chains that
    are part of a more surprising one of the same block are left out."""
    ledger, wanted, around = search.ledger, search.parameters, search.ledger.surroundings
    first = np.flatnonzero(ledger.path & ledger.first)
    payer, payee, time = ledger.payer[first], ledger.payee[first], ledger.time[first]
    at = np.arange(len(first))
    in_starts, ins = by_account(payee, at, len(ledger.accounts))
    out_starts, outs = by_account(payer, at, len(ledger.accounts))
    blocks = ledger.blocks.of(time)
    log_sum = np.full((len(first), wanted.max_edges), -1.0)
    before = np.full((len(first), wanted.max_edges), -1, np.int64)
    if len(first):
        indexes = (in_starts, ins, out_starts, time[outs])
        periods = (around.window, around.history, ledger.begin, ledger.end)
        quiet = math.log(10) * ledger.payee_quietness[first]
        _reach(payer, time, *indexes, ledger.baseline.rate[blocks], *periods, quiet, log_sum, before)
    score = np.zeros((len(first), wanted.max_edges))
    _judge(log_sum, wanted.min_edges, score)
    best = score.max(axis=1, initial=0.0)
    ends = np.flatnonzero(best >= around.min_surprise)
    ends = ends[np.lexsort((ends, -best[ends]))]
    taken: set[tuple[int, int]] = set()
    lists, surprise = [], []
    for end in ends:
        edges = _trace(int(end), int(score[end].argmax()), before)
        accounts = np.append(payer[edges], payee[end])
        keys = {(int(blocks[edges[0]]), int(edge)) for edge in edges}
        if len(np.unique(accounts)) == len(accounts) and not keys & taken:
            taken |= keys
            lists.append(first[edges])
            surprise.append(best[end])
    begun = [int(rows[0]) for rows in lists]
    return Results.of(lists, ledger.payer[begun], surprise, ledger.time[begun])


def _trace(end: int, steps: int, before: np.ndarray) -> np.ndarray:
    edges = [end]
    for k in range(steps, 0, -1):
        edges.append(int(before[edges[-1], k]))
    return np.array(edges[::-1])


@numba.njit(cache=True, nogil=True)
def _reach(
    payer: Ints,
    time: Ints,
    in_starts: Ints,
    ins: Ints,
    out_starts: Ints,
    out_time: Ints,
    rate: Floats,
    window: int,
    history: int,
    begin: int,
    end: int,
    quiet: Floats,
    log_sum: Floats,
    before: Ints,
) -> None:
    max_edges = log_sum.shape[1]
    for edge in range(len(payer)):  # in order of time
        who = payer[edge]
        log_sum[edge, 0] = 0.0
        since, until = max(time[edge] - history, begin), min(time[edge] + history, end)
        paid = count_between(out_time, out_starts[who], out_starts[who + 1], since, until)
        own = paid / (until - since + 1.0 / max(rate[edge], 1e-30))
        low, high = in_starts[who], in_starts[who + 1]
        for j in range(later_than(time, ins, low, high, time[edge] - window - 1), high):
            came = ins[j]
            gap = time[edge] - time[came]
            if gap <= 0:
                break
            step = -math.log(max(-math.expm1(-own * gap), 1e-12)) + quiet[came]
            for k in range(1, max_edges):
                if log_sum[came, k - 1] >= 0 and log_sum[came, k - 1] + step > log_sum[edge, k]:
                    log_sum[edge, k] = log_sum[came, k - 1] + step
                    before[edge, k] = came


@numba.njit(cache=True, nogil=True)
def _judge(log_sum: Floats, min_edges: int, score: Floats) -> None:
    for edge in range(log_sum.shape[0]):
        for k in range(min_edges - 1, log_sum.shape[1]):
            if log_sum[edge, k] >= 0:
                score[edge, k] = product_surprise(log_sum[edge, k], k)


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    roles = {int(who): "middleman" for who in ledger.payer[rows]}
    roles |= {int(account): "source", int(ledger.payee[rows[-1]]): "sink"}
    why = (
        f"Money went on from {ledger.name(account)} through {counted(len(rows) - 1, 'account')} to "
        f"{ledger.name(ledger.payee[rows[-1]])} "
        f"within {duration(ledger, rows)}, every payment to an account not paid before and sooner than usual."
    )
    return Explanation(roles, why)


DETECTOR = Detector("chain", "chain", ChainParameters, find, explain)
