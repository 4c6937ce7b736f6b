"""Stack: two bipartite layers on top of each other: what the first pays out, the second pays on."""

from __future__ import annotations

import numpy as np
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.engine.wording import duration
from analytics.shared.wording import counted


class StackParameters(SectionModel):
    """How many middlemen two layers share, both within how many days."""

    min_middlemen: PositiveInt = 2
    span_days: PositiveFloat = 8


def find(search: Search[StackParameters]) -> Results:
    """Pairs of bipartite results (`search.layers`) of one block where at least `min_middlemen` payees of the
    one, after being paid, are payers of the other, all within `span_days`. Its surprise is that of both
    together."""
    ledger, wanted, layers = search.ledger, search.parameters, search.layers
    if layers is None:
        raise ValueError("A stack is built from bipartite results.")
    block = ledger.blocks.of(layers.anchor)
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
            if (
                block[upper] == block[lower]
                and _count_middlemen(ledger, rows, onward) >= wanted.min_middlemen
            ):
                both = np.unique(np.concatenate([rows, onward]))
                if ledger.time[both[-1]] - ledger.time[both[0]] <= int(wanted.span_days * DAY):
                    lists.append(both)
                    account.append(layers.account[upper])
                    surprise.append(layers.surprise[upper] + layers.surprise[lower])
                    anchor.append(min(layers.anchor[upper], layers.anchor[lower]))
    return Results.of(lists, account, surprise, anchor)


def _count_middlemen(ledger: TimedLedger, rows: np.ndarray, onward: np.ndarray) -> int:
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


def explain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    payers, payees = np.unique(ledger.payer[rows]), np.unique(ledger.payee[rows])
    middle = np.intersect1d(payers, payees)
    roles = {int(who): "source" for who in payers} | {int(who): "sink" for who in payees}
    roles |= {int(who): "middleman" for who in middle}
    why = (
        f"{counted(len(payers) - len(middle), 'account')} paid the same {len(middle)} middlemen, who paid "
        f"the same {counted(len(payees) - len(middle), 'account')}, all of them new to each other, within "
        f"{duration(ledger, rows)}."
    )
    return Explanation(roles, why)


DETECTOR = Detector("stack", "stack", StackParameters, find, explain, builds_on="bipartite")
