"""Bipartite: several payers who pay the same several payees."""

from __future__ import annotations

import numba
import numpy as np
from pydantic import PositiveInt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.pair_joins import join_shared_payees
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surprise import count_between, poisson_surprise
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.wording import counted


class BipartiteParameters(SectionModel):
    """How many payees two payers must share."""

    min_shared_payees: PositiveInt = 2


def find(search: Search[BipartiteParameters]) -> Results:
    """Groups of payers, any two of whom in a chain of such pairs share more new payees within a window than
    chance.

    Two payers belong together where `min_shared_payees` are paid by both within one window, and that is
    surprising for accounts with so many new payees; pairs of one block that share a transaction are one
    result."""
    ledger, around = search.ledger, search.ledger.surroundings
    met = join_shared_payees(ledger, around.window, search.engine)
    one, two, payee = ledger.payer[met[:, 0]], ledger.payer[met[:, 1]], ledger.payee[met[:, 0]]
    begun = np.minimum(ledger.time[met[:, 0]], ledger.time[met[:, 1]])
    ended = np.maximum(ledger.time[met[:, 0]], ledger.time[met[:, 1]])
    order = np.lexsort((met[:, 1], met[:, 0], begun, two, one))
    met, one, two, payee, begun, ended = (a[order] for a in (met, one, two, payee, begun, ended))
    pair = one.astype(np.int64) * len(ledger.accounts) + two
    starts, outs = ledger.firsts_out
    chance = ledger.baseline.same_payee[ledger.blocks.of(begun)] if len(met) else begun.astype(float)
    score = np.zeros(len(met))
    min_shared = search.parameters.min_shared_payees
    pairs = (pair, payee, begun, ended, one, two)
    _score(*pairs, starts, ledger.time[outs], chance, min_shared, around.window, score)
    strong = np.flatnonzero(score >= around.min_surprise)
    windows = []
    for k in strong:
        stop = np.searchsorted(pair, pair[k], "right")
        inside = ended[k:stop] <= begun[k] + around.window
        windows.append(np.unique(met[k:stop][inside]))
    return _join_windows(windows, score[strong], begun[strong], ledger, ledger.blocks.of(begun[strong]))


@numba.njit(cache=True, nogil=True)
def _score(
    pair: Ints,
    payee: Ints,
    begun: Ints,
    ended: Ints,
    one: Ints,
    two: Ints,
    starts: Ints,
    time: Ints,
    chance: Floats,
    min_shared: int,
    window: int,
    score: Floats,
) -> None:
    for k in range(len(pair)):
        count, j = 0, k
        while j < len(pair) and pair[j] == pair[k] and begun[j] <= begun[k] + window:
            known = ended[j] > begun[k] + window
            for i in range(k, j):
                if payee[i] == payee[j] and ended[i] <= begun[k] + window:
                    known = True
            count += not known
            j += 1
        if count >= min_shared:
            left = count_between(time, starts[one[k]], starts[one[k] + 1], begun[k], begun[k] + window)
            right = count_between(time, starts[two[k]], starts[two[k] + 1], begun[k], begun[k] + window)
            score[k] = poisson_surprise(count, left * right * chance[k])


def _join_windows(
    windows: list[np.ndarray], score: np.ndarray, begun: np.ndarray, ledger: TimedLedger, block: np.ndarray
) -> Results:
    """Windows of one block that share a transaction, joined."""
    if not windows:
        return Results.of([], [], [], [])
    rows = np.concatenate(windows)
    window = np.repeat(np.arange(len(windows)), [len(w) for w in windows])
    _, code = np.unique(block[window] * (len(ledger) + 1) + rows, return_inverse=True)
    links = sparse.coo_matrix(
        (np.ones(len(rows)), (window, code + len(windows))), shape=(len(windows) + code.max() + 1,) * 2
    )
    group = connected_components(links, directed=False)[1][: len(windows)]
    lists, account, surprise, anchor = [], [], [], []
    for found in dict.fromkeys(group.tolist()):
        members = np.flatnonzero(group == found)
        best = members[np.argmax(score[members])]
        lists.append(np.unique(np.concatenate([windows[k] for k in members])))
        payers, counts = np.unique(ledger.payer[lists[-1]], return_counts=True)
        account.append(payers[np.argmax(counts)])
        surprise.append(score[best])
        anchor.append(begun[members].min())
    return Results.of(lists, account, surprise, anchor)


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    payers, payees = np.unique(ledger.payer[rows]), np.unique(ledger.payee[rows])
    roles = {int(who): "payer" for who in payers} | {int(who): "payee" for who in payees}
    roles |= {int(who): "payer and payee" for who in np.intersect1d(payers, payees)}
    why = (
        f"{counted(len(payers), 'account')} paid the same {counted(len(payees), 'account')}, none of whom "
        f"they had paid before, within {duration(ledger, rows)}."
    )
    return Explanation(roles, why)


DETECTOR = Detector("bipartite", "bipartite", BipartiteParameters, find, explain)
