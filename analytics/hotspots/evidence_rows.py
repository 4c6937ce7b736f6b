"""The rows behind a cell, an outline or a cluster."""

from __future__ import annotations

import ibis
import pandas as pd
import pyarrow as pa
import shapely

from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.grid.point_in_polygon import filter_within
from analytics.hotspots.selection import Selection, select_incidents
from analytics.shared.projection import project
from analytics.store.engine import Engine

_SHOWN = (
    "source_id",
    "row_number",
    "reference",
    "category",
    "occurred_from",
    "occurred_to",
    "time_precision",
    "place",
    "attributes",
)


def select_in_cell(
    selection: Selection, grid: Grid, i: int, j: int, *, any_period: bool = False
) -> ibis.Table:
    """The incidents of a selection in one cell, as an expression."""
    rows = select_incidents(selection, any_period=any_period)
    rows = rows.filter(rows.x.notnull())
    cell_i, cell_j = grid.index(rows.x, rows.y)
    return rows.filter(cell_i == i, cell_j == j)


def select_in_outline(
    selection: Selection, outline: shapely.Geometry, epsg: int, *, any_period: bool = False
) -> ibis.Table:
    """The incidents of a selection within an outline (WGS 84 polygon), as an expression."""
    return filter_within(
        select_incidents(selection, any_period=any_period), shapely.to_wkb(project(outline, epsg))
    )


def select_members(selection: Selection, members: pd.DataFrame) -> ibis.Table:
    """The incidents named by source_id and row_number, as an expression."""
    named = pa.table(
        {
            "source_id": pa.array(members.source_id, pa.int32()),
            "row_number": pa.array(members.row_number, pa.int64()),
        }
    )
    return select_incidents(selection, any_period=True).semi_join(
        ibis.memtable(named), ["source_id", "row_number"]
    )


def list_incidents(engine: Engine, rows: ibis.Table, *, limit: int = 500, offset: int = 0) -> pd.DataFrame:
    """`limit` of the incidents from `offset` on, latest first."""
    latest = rows.order_by(ibis.desc("occurred_from"), "source_id", "row_number").select(_SHOWN)
    return engine.run(latest.limit(limit, offset=offset)).to_pandas()


def read_evidence(engine: Engine, rows: ibis.Table) -> pa.Table:
    """Every row as evidence: table_name, source_id, row_number."""
    return engine.run(
        rows.select(table_name=ibis.literal("incident"), source_id="source_id", row_number="row_number")
    )


def break_down(engine: Engine, rows: ibis.Table) -> dict[str, pd.DataFrame]:
    """The 'category' and 'place' counts of rows, largest first (ten at most)."""
    return {
        column: engine.run(
            rows.group_by(column).aggregate(count=rows.count()).order_by(ibis.desc("count"), column).limit(10)
        ).to_pandas()
        for column in ("category", "place")
    }
