"""The very rows behind a cell."""

from __future__ import annotations

import ibis
import pandas as pd
import pyarrow as pa

from analytics.engine import Engine
from analytics.hotspots.grid import Grid
from analytics.hotspots.selection import Selection, select


def cell_incidents(
    selection: Selection, grid: Grid, i: int, j: int, *, any_period: bool = False
) -> ibis.Table:
    """The incidents of a selection in one cell, as an expression."""
    rows = select(selection, any_period=any_period)
    rows = rows.filter(rows.x.notnull())
    cell_i, cell_j = grid.index(rows.x, rows.y)
    return rows.filter(cell_i == i, cell_j == j)


def cell_rows(
    engine: Engine, selection: Selection, grid: Grid, i: int, j: int, *, limit: int = 500
) -> pd.DataFrame:
    """The latest `limit` incidents of a cell, latest first."""
    rows = cell_incidents(selection, grid, i, j)
    columns = [
        "source_id",
        "row_number",
        "reference",
        "category",
        "occurred_from",
        "occurred_to",
        "time_precision",
        "place",
    ]
    latest = rows.order_by(ibis.desc("occurred_from"), "source_id", "row_number").select(columns).limit(limit)
    return engine.run(latest).to_pandas()


def cell_evidence(engine: Engine, selection: Selection, grid: Grid, i: int, j: int) -> pa.Table:
    """Every row of a cell as evidence: table_name, source_id, row_number."""
    rows = cell_incidents(selection, grid, i, j)
    return engine.run(
        rows.select(table_name=ibis.literal("incident"), source_id="source_id", row_number="row_number")
    )


def cell_breakdown(
    engine: Engine, selection: Selection, grid: Grid, i: int, j: int
) -> dict[str, pd.DataFrame]:
    """A cell's 'category' and 'place' counts, largest first (ten at most)."""
    rows = cell_incidents(selection, grid, i, j)
    return {
        column: engine.run(
            rows.group_by(column).aggregate(count=rows.count()).order_by(ibis.desc("count"), column).limit(10)
        ).to_pandas()
        for column in ("category", "place")
    }
