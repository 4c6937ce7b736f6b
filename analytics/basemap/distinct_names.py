"""Places of one list that would share a name, told apart: by neighbourhood, by side, else by number."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

_AT = 10.0  # metres: a point nearer to a crossing lies on no side of it
_SIDES = (
    "north side",
    "north-east corner",
    "east side",
    "south-east corner",
    "south side",
    "south-west corner",
    "west side",
    "north-west corner",
)


def tell_apart(places: pd.DataFrame) -> list[str]:
    """A name for each of `places` (those of `describe_places`), different wherever the points are. Of places
    that share a name, the first keeps it where nothing else tells them apart."""
    names = places.name.to_numpy(dtype=object).copy()
    point = places.groupby(["x", "y"], dropna=False, sort=False).ngroup().to_numpy()
    neighbourhoods = places.neighbourhood.to_numpy(dtype=object)
    on_street = pd.notna(places.street.to_numpy(dtype=object))
    sides, from_town = _sides(places), _measure_from_town(places)
    for rows in _alike(names, point):
        if on_street[rows[0]] and len({neighbourhoods[row] for row in rows}) > 1:
            for row in rows:
                if neighbourhoods[row] is not None:
                    names[row] = f"{names[row]}, {neighbourhoods[row]}"
    for rows in _alike(names, point):
        for row in rows:
            if sides[row]:
                names[row] = f"{names[row]}, {sides[row]}"
            elif from_town[row]:
                names[row] = from_town[row]
    taken = set(names)
    for rows in _alike(names, point):
        given = {point[rows[0]]: names[rows[0]]}
        for row in rows:
            if point[row] not in given:
                given[point[row]] = _number(names[row], taken)
            names[row] = given[point[row]]
    return list(names)


def _alike(names: np.ndarray, point: np.ndarray) -> Iterable[np.ndarray]:
    """The rows of each name that more than one point has, in their order."""
    for rows in pd.Series(np.arange(len(names))).groupby(names, sort=False).indices.values():
        if len(rows) > 1 and len(set(point[rows])) > 1:
            yield rows


def _sides(places: pd.DataFrame) -> np.ndarray:
    """On which side of its crossing each place lies, '' where it has none or lies upon it."""
    east, north = places.x - places.crossing_x, places.y - places.crossing_y
    beside = (np.hypot(east, north) > _AT).to_numpy()
    eighth = np.round(np.degrees(np.arctan2(east, north)) / 45).fillna(0).astype(int).to_numpy() % 8
    return np.where(beside, np.array(_SIDES, dtype=object)[eighth], "")


def _measure_from_town(places: pd.DataFrame) -> np.ndarray:
    """Where each place lies from its town to ten metres, '' where something nearer names it."""
    by_town = places[["street", "recorded", "neighbourhood"]].isna().all(axis=1) & places.town.notna()
    texts = [
        f"{metres / 1000:.2f} km {direction} of {town}" if named else ""
        for named, metres, direction, town in zip(
            by_town, places.town_m, places.direction, places.town, strict=True
        )
    ]
    return np.array(texts, dtype=object)


def _number(name: str, taken: set[str]) -> str:
    """The name with the first number that no place has yet."""
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    taken.add(f"{name} ({number})")
    return f"{name} ({number})"
