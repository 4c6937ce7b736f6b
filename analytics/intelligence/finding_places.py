"""Where findings lie, for the maps that show them."""

from __future__ import annotations

import json

import pandas as pd

from analytics.intelligence.finding_results import read_result
from analytics.store import Store


def locate_findings(store: Store, area_id: int) -> pd.DataFrame:
    """The latest version of each finding of a working area that has a place: finding_id, label (its title),
    lon and lat (degrees, WGS 84)."""
    rows = store.rows(
        "SELECT finding_id, title, CAST(result AS VARCHAR) AS result FROM finding WHERE area_id = ?"
        " QUALIFY version = max(version) OVER (PARTITION BY finding_id) ORDER BY finding_id",
        [area_id],
    )
    found = []
    for row in rows:
        focus = read_result(json.loads(row["result"])).focus
        if focus is not None and focus.lon is not None and focus.lat is not None:
            found.append((row["finding_id"], row["title"], focus.lon, focus.lat))
    return pd.DataFrame(found, columns=["finding_id", "label", "lon", "lat"])
