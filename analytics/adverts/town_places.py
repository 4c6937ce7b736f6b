"""Where the towns lie that adverts name, for the maps that show them."""

from __future__ import annotations

import pandas as pd

from analytics.adverts.positions import find_position, read_stored_positions
from analytics.adverts.queries import PLACED
from analytics.store import Store

MAXIMUM_SHOWN = 200


def list_towns(store: Store) -> pd.DataFrame:
    """The towns with most adverts that are on a map: place (normalised where it could be), adverts, lon and
    lat (degrees, WGS 84)."""
    stored = read_stored_positions(store)
    found = []
    for row in store.rows(
        f"WITH p AS ({PLACED}) SELECT coalesce(p.named, a.place) AS place, count(*) AS count FROM advert a"
        " LEFT JOIN p USING (source_id, row_number) WHERE coalesce(p.named, a.place) IS NOT NULL GROUP BY ALL"
        " ORDER BY count DESC, place LIMIT ?",
        [MAXIMUM_SHOWN],
    ):
        position = find_position(row["place"], stored)
        if position is not None:
            found.append((row["place"], row["count"], *position))
    return pd.DataFrame(found, columns=["place", "adverts", "lon", "lat"])


def has_adverts(store: Store) -> bool:
    """Whether there is any advert, so that there may be towns to show."""
    return bool(store.rows("SELECT 1 FROM advert LIMIT 1"))


def locate_towns(store: Store) -> pd.DataFrame:
    """The same as marks of a map: label, count, lon and lat."""
    towns = list_towns(store)
    marks = towns.assign(label=[f"{place}: adverts" for place in towns.place], count=towns.adverts)
    return marks[["label", "count", "lon", "lat"]]
