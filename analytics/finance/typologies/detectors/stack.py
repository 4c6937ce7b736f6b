"""Stack: two bipartite layers on top of each other: what the first pays out, the second pays on."""

from __future__ import annotations

import numpy as np

from analytics.finance.typologies.engine.baseline import blocks_of
from analytics.finance.typologies.engine.results import Explanation, Results
from analytics.finance.typologies.engine.timed_ledger import DAY, Ledger
from analytics.finance.typologies.engine.wording import days
from analytics.finance.typologies.parameters import Parameters


def find(ledger: Ledger, parameters: Parameters, layers: Results) -> Results:
    """Pairs of bipartite results (`layers`) of one block where at least `least_middlemen` payees of the one,
    after being paid, are payers of the other, all within `span_days`. Its surprise is that of both
    together."""
    wanted = parameters.stack
    block = blocks_of(layers.anchor, ledger)
    paying: dict[int, list[int]] = {}
    for layer in range(len(layers)):
        for who in np.unique(ledger.payer[layers.rows_of(layer)]).tolist():
            paying.setdefault(who, []).append(layer)
    lists, account, surprise, anchor = [], [], [], []
    for upper in range(len(layers)):
        rows = layers.rows_of(upper)
        below = sorted({k for who in set(ledger.payee[rows].tolist()) for k in paying.get(who, ())} - {upper})
        for lower in below:
            onward = layers.rows_of(lower)
            if block[upper] == block[lower] and _middlemen(ledger, rows, onward) >= wanted.least_middlemen:
                both = np.unique(np.concatenate([rows, onward]))
                if ledger.time[both[-1]] - ledger.time[both[0]] <= int(wanted.span_days * DAY):
                    lists.append(both)
                    account.append(layers.account[upper])
                    surprise.append(layers.surprise[upper] + layers.surprise[lower])
                    anchor.append(min(layers.anchor[upper], layers.anchor[lower]))
    return Results.of("stack", lists, account, surprise, anchor)


def _middlemen(ledger: Ledger, rows: np.ndarray, onward: np.ndarray) -> int:
    """Accounts paid in `rows` that pay in `onward` later than they were first paid."""
    paid: dict[int, int] = {}
    for row in rows:  # in order of time
        paid.setdefault(int(ledger.payee[row]), int(ledger.time[row]))
    return len(
        {
            int(ledger.payer[row])
            for row in onward
            if ledger.time[row] > paid.get(int(ledger.payer[row]), np.iinfo(np.int64).max)
        }
    )


def explain(ledger: Ledger, rows: np.ndarray, account: int) -> Explanation:
    payers, payees = np.unique(ledger.payer[rows]), np.unique(ledger.payee[rows])
    middle = np.intersect1d(payers, payees)
    roles = {int(who): "source" for who in payers} | {int(who): "sink" for who in payees}
    roles |= {int(who): "middleman" for who in middle}
    why = (
        f"{len(payers) - len(middle)} accounts paid the same {len(middle)} middlemen, who paid the same "
        f"{len(payees) - len(middle)} accounts, all of them new to each other, within {days(ledger, rows)}."
    )
    return Explanation(roles, why)
