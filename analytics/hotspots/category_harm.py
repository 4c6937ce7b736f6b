"""How grave what is recorded is: each category's harm against the area's usual incident."""

from __future__ import annotations

import pandas as pd

from analytics.hotspots.harm import list_harm_tables, match_incidents, read_harm_weights
from analytics.store import Store


def weigh_categories(store: Store, area_id: int) -> dict[str, float]:
    """By category, how many times the harm of the area's mean incident one of it weighs, with the weights in
    force, else those that the incidents were imported with. Without weights, or for a category without one,
    nothing."""
    table = store.query(
        "SELECT category, count(*) AS n, avg(harm_weight) AS weight FROM incident"
        " WHERE area_id = ? AND category IS NOT NULL GROUP BY category",
        [area_id],
    ).to_pandas()
    if weights := harm_in_force(store):
        table["weight"] = match_incidents(table.category, read_harm_weights(store, *weights)).weight
    known = table[pd.to_numeric(table.weight).notna()]
    mean = float((known.n * known.weight).sum() / known.n.sum()) if len(known) else 0.0
    if mean <= 0:
        return {}
    return {row.category: float(row.weight) / mean for row in known.itertuples()}


def harm_in_force(store: Store) -> tuple[str, str] | None:
    """Name and version of the harm weights last put in force; None where none are loaded: then the weight
    that an incident was imported with counts, if any."""
    sets = list_harm_tables(store)
    if sets.empty:
        return None
    latest = sets.sort_values(["valid_from", "loaded_at"]).iloc[-1]
    return str(latest["name"]), str(latest.version)
