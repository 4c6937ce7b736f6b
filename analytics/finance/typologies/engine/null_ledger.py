"""A shuffled ledger: the same accounts, pairs and rhythms with who meets whom, and when, left to chance."""

from __future__ import annotations

import dataclasses

import numpy as np

from analytics.finance.typologies.engine.timed_ledger import TimedLedger


def shuffle_ledger(ledger: TimedLedger) -> TimedLedger:
    """The null ledger that results are compared with.

    Within each block, every pair keeps its payer, its sums, its number of transactions and the time between
    them; payees and beginnings are dealt out again among the block's pairs. So each account pays and is paid
    by as many as before, and only bursts, paths and meetings are chance. Each block has a seed of its own: it
    comes out the same in any part that holds the whole block."""
    surroundings, path = ledger.surroundings, np.flatnonzero(ledger.path)
    payer, payee, time = ledger.payer[path], ledger.payee[path].copy(), ledger.time[path].copy()
    block = ledger.blocks.of(time)
    for number in np.unique(block):
        inside = np.arange(*np.searchsorted(block, [number, number + 1]))  # in order of time
        key = payer[inside].astype(np.int64) * len(ledger.accounts) + payee[inside]
        _, first, pair = np.unique(key, return_index=True, return_inverse=True)
        random = np.random.default_rng([surroundings.seed, int(number)])
        dealt = payee[inside[first]][random.permutation(len(first))]
        begun = time[inside[first]]
        moved = begun[random.permutation(len(first))] - begun
        start = ledger.begin + int(number) * surroundings.history
        length = min(surroundings.history, ledger.end + 1 - start)
        payee[inside] = dealt[pair]
        time[inside] = start + (time[inside] - start + moved[pair]) % length
    order = np.lexsort((path, time))
    rows = path[order]
    return dataclasses.replace(
        ledger,
        source_id=ledger.source_id[rows],
        row_number=ledger.row_number[rows],
        time=time[order],
        payer=payer[order],
        payee=payee[order],
        amount=None if ledger.amount is None else ledger.amount[rows],
        texts={name: codes[rows] for name, codes in ledger.texts.items()},
        purchase=ledger.purchase[rows],
        path=(payer != payee)[order],
        new=ledger.new[rows],
        first=ledger.first[rows],
        pair_count=ledger.pair_count[rows],
        amount_surprise=ledger.amount_surprise[rows],
    )
