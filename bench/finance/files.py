"""The files with known laundering attempts, as the store would hold them, and their truth apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

FOLDER = Path(__file__).parents[2].parent / "shared/data/transactions"


@dataclass(frozen=True)
class Truth:
    """By row number: `attempt` (None in the background) and, by attempt, its `kind`."""

    attempt: pd.Series
    kind: dict[str, str]


def read(file: Path) -> tuple[pa.Table, Truth]:
    """A Parquet file with tx_id, ts, src, dst, amount, pattern_id, pattern_type: what a detector sees, and
    the truth."""
    table = pq.read_table(file)
    rows = table["tx_id"].cast(pa.int64())
    seen = pa.table(
        {
            "source_id": pa.array(np.ones(len(table), np.int32)),
            "row_number": rows,
            "occurred_at": table["ts"],
            "from_account": table["src"].cast(pa.string()),
            "to_account": table["dst"].cast(pa.string()),
            "amount_minor": pc.round(pc.multiply(table["amount"], 100.0)).cast(pa.int64()),
            "currency": pa.array(["USD"] * len(table)),
        }
    )
    attempt = pd.Series(table["pattern_id"].to_pylist(), index=rows.to_numpy(), dtype=object)
    kind = dict(zip(table["pattern_id"].to_pylist(), table["pattern_type"].to_pylist(), strict=True))
    kind.pop(None, None)
    return seen, Truth(attempt, kind)
