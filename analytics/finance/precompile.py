"""Compile the detectors ahead: the first search after an installation would take some 40 s for it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from analytics.finance.leads import find_leads


def compile_detectors() -> None:
    """Run every detector on a small ledger. What is compiled is stored beside the code, for every later
    process."""
    chance = np.random.default_rng(0)
    size, accounts = 600, 30
    payer = chance.integers(0, accounts, size)
    payee = (payer + chance.integers(1, accounts, size)) % accounts
    names = np.array([f"A{k}" for k in range(accounts)])
    transactions = pa.table(
        {
            "source_id": np.ones(size, np.int32),
            "row_number": np.arange(size),
            "occurred_at": pa.array(chance.integers(0, 200 * 86_400_000_000, size), pa.timestamp("us")),
            "from_account": names[payer],
            "to_account": names[payee],
            "amount_minor": chance.integers(1, 1000, size),
            "currency": ["GBP"] * size,
            "channel": ["cash", "remittance"] * (size // 2),
            "place": ["here", "there", "away"] * (size // 3),
        }
    )
    find_leads(transactions, accounts=pa.table({"reference": names, "phone": names}))
