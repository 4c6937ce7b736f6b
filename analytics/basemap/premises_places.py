"""Where premises lie, for the maps that show them."""

from __future__ import annotations

import pandas as pd

from analytics.basemap.naming import name_places
from analytics.store import Store

MAXIMUM_SHOWN = 500


def locate_premises(store: Store, area_id: int) -> pd.DataFrame:
    """Premises with coordinates about the incidents of a working area, at most so many places: label (street
    and crossing, never an address), count, lon and lat (degrees, WGS 84)."""
    found = store.query(
        "WITH area AS (SELECT min(lon) AS west, max(lon) AS east, min(lat) AS south, max(lat) AS north"
        " FROM incident WHERE area_id = ?)"
        " SELECT round(lon, 4) AS lon, round(lat, 4) AS lat, count(*) AS count FROM premises, area"
        " WHERE lon BETWEEN west AND east AND lat BETWEEN south AND north"
        " GROUP BY ALL ORDER BY count DESC, lon, lat LIMIT ?",
        [area_id, MAXIMUM_SHOWN],
    ).to_pandas()
    names = name_places(store, area_id, found.lon.to_numpy(), found.lat.to_numpy()) if len(found) else []
    return found.assign(label=[f"Premises, {name}" for name in names])
