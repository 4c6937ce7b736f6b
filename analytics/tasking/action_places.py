"""Where actions are taken, for the maps that show them."""

from __future__ import annotations

import pandas as pd

from analytics.intelligence.finding_places import locate_findings
from analytics.store import Store
from analytics.tasking.results import BRIEFS


def locate_actions(store: Store, area_id: int) -> pd.DataFrame:
    """Actions whose brief rests on a finding with a place in a working area: action_id, label (what is done,
    and its status), lon and lat (degrees, WGS 84) of the first such finding."""
    places = locate_findings(store, area_id).set_index("finding_id")
    found = []
    for row in store.rows(
        f"SELECT action_id, description, status, finding_ids FROM {BRIEFS} ORDER BY action_id"
    ):
        number = next((number for number in row["finding_ids"] if number in places.index), None)
        if number is not None:
            label = f"{row['description']} ({row['status']})"
            found.append((row["action_id"], label, places.lon[number], places.lat[number]))
    return pd.DataFrame(found, columns=["action_id", "label", "lon", "lat"])
