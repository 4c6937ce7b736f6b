"""The located incidents of a selection as one frame: what every method on points starts from."""

from __future__ import annotations

import pandas as pd

from analytics.engine import Engine
from analytics.hotspots.selection import Selection, select

COLUMNS = (
    "source_id", "row_number", "x", "y", "local_date", "occurred_from", "occurred_to", "time_precision",
    "category",
)  # fmt: skip


def incident_points(engine: Engine, selection: Selection, *, any_period: bool = False) -> pd.DataFrame:
    """Located incidents, ordered by source and row, with COLUMNS: x and y in metres on the area's CRS,
    local_date as datetime64 at midnight, occurred_from and occurred_to in UTC without a zone."""
    rows = select(selection, any_period=any_period)
    rows = rows.filter(rows.x.notnull()).select(*COLUMNS).order_by("source_id", "row_number")
    frame = engine.run(rows).to_pandas()
    return frame.assign(local_date=pd.to_datetime(frame.local_date))
