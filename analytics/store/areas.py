"""The working areas: which hold incidents, and what each is called."""

from __future__ import annotations

import pandas as pd

from analytics.store import Store


def list_working_areas(store: Store) -> pd.DataFrame:
    """One row an area with incidents: area_id, name, epsg, time_zone, incidents, last_day; most incidents
    first."""
    return store.query(
        "SELECT area_id, name, epsg, time_zone, count(*) AS incidents, max(local_date) AS last_day"
        " FROM incident JOIN area USING (area_id) GROUP BY ALL ORDER BY incidents DESC, name, area_id"
    ).to_pandas()


def list_area_names(store: Store) -> list[str]:
    """The names of every working area, also of those without incidents, in alphabetical order."""
    return [str(row["name"]) for row in store.rows("SELECT name FROM area ORDER BY name")]


def name_area(store: Store, area_id: int) -> str | None:
    """The name of a working area; None where there is none of this number."""
    rows = store.rows("SELECT name FROM area WHERE area_id = ?", [area_id])
    return str(rows[0]["name"]) if rows else None


class UnknownArea(ValueError):
    """No working area of that name or number; the message says which there are."""


def find_working_area(store: Store, named: str | None) -> int:
    """The number of the working area of a name or number; the one with most incidents where none is named.
    Raises UnknownArea."""
    areas = list_working_areas(store)
    if areas.empty:
        raise UnknownArea("The store has no incidents. Run 'achilles import incidents FILE' first.")
    if named is None:
        return int(areas.area_id.iloc[0])
    found = areas[(areas.name == named) | (areas.area_id.astype(str) == named)]
    if found.empty:
        raise UnknownArea(f"There is no working area {named!r}; there are {', '.join(areas.name)}.")
    return int(found.area_id.iloc[0])
