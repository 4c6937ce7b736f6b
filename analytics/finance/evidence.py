"""From row positions to the rows of the store, for findings and evidence drawers."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from analytics.finance.tables import Table, to_frame

_KEYS = ["source_id", "row_number"]


def build_evidence(evidence: pd.DataFrame, tables: dict[str, Table]) -> pa.Table:
    """table_name, source_id, row_number of each row, once and in order, as `intelligence.save_finding` takes
    them.

    `evidence` has table and row (positions); `tables` are those that were analysed, by name ('transaction',
    'account', 'advert'), with source_id and row_number. Raises KeyError for a table that is not given.
    """
    parts = []
    for name, rows in evidence.groupby("table", sort=False).row:
        table, at = tables[name], rows.to_numpy(dtype=int)
        keys = to_frame(table.select(_KEYS) if isinstance(table, pa.Table) else table[_KEYS])
        own = keys.iloc[at]
        parts.append(own.assign(table_name=name))
    if not parts:
        return pa.table(
            {
                "table_name": pa.array([], pa.string()),
                "source_id": pa.array([], pa.int32()),
                "row_number": pa.array([], pa.int64()),
            }
        )
    evidence = pd.concat(parts).drop_duplicates()[["table_name", *_KEYS]]
    return pa.Table.from_pandas(evidence, preserve_index=False)
