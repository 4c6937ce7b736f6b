"""The rows behind links, each with its own moment."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.store import Store

_MOMENTS = {
    "transaction": "occurred_at",
    "communication": "started_at",
    "journey": "departed_at",
    "advert": "posted_at",
}


def date_rows(store: Store, links: pd.DataFrame) -> pd.DataFrame:
    """link (position in `links`), moment (UTC; never missing): one row for each imported row that a link
    rests on and that says when. `links`: source_id, table_name, row_numbers."""
    listed = links[["source_id", "table_name", "row_numbers"]].assign(link=np.arange(len(links)))
    listed = listed.explode("row_numbers").rename(columns={"row_numbers": "row_number"})
    listed = listed.dropna(subset="row_number")
    listed = listed.astype({"row_number": "int64", "source_id": "int32", "link": "int64"})
    sql = " UNION ALL ".join(
        f'SELECT link, {moment} AS moment FROM listed JOIN "{table}" t USING (source_id, row_number)'
        f" WHERE table_name = '{table}' AND {moment} IS NOT NULL"
        for table, moment in _MOMENTS.items()
    )
    tables = {"listed": pa.Table.from_pandas(listed, preserve_index=False)}
    return store.query(f"SELECT * FROM ({sql}) ORDER BY link, moment", tables=tables).to_pandas()
