"""Where the towns lie that adverts name, for the maps that show them."""

from __future__ import annotations

import pandas as pd

from analytics.adverts.positions import find_position, read_stored_positions
from analytics.store import Store

MAXIMUM_SHOWN = 200


def locate_towns(store: Store) -> pd.DataFrame:
    """The towns with most adverts that are on a map: label, count, lon and lat (degrees, WGS 84)."""
    stored = read_stored_positions(store)
    found = []
    for row in store.rows(
        "SELECT place, count(*) AS count FROM advert WHERE place IS NOT NULL GROUP BY place"
        " ORDER BY count DESC, place LIMIT ?",
        [MAXIMUM_SHOWN],
    ):
        position = find_position(row["place"], stored)
        if position is not None:
            found.append((f"{row['place']}: adverts", row["count"], *position))
    return pd.DataFrame(found, columns=["label", "count", "lon", "lat"])
