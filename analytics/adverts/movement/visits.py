"""Sightings (an advert, a time, a place) as visits, the legs between them, and what no traveller could do.

A sighting frame has the columns `seen_at` (UTC), `place` (a name), and `lon`, `lat` (WGS 84 degrees, NaN
where the place is on no map). Rows without a time or a place are left out by every function here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

_EARTH_KM = 6371.0088


@dataclass(frozen=True)
class MovementParameters:
    """What counts as too fast and too little.

    `fastest_kmh`: faster than this between two places is not one traveller by road or rail; `apart_km`:
    nearer places than this are one for that question; `new_days`: a place first seen within the operation's
    last so many days is new; `minimum_moves`: under so many moves nothing is predicted; `prior_moves`: how
    many moves the base rate is worth against what was seen from the same place; `permutations` and `seed` of
    the test of circuits."""

    fastest_kmh: float = 130.0
    apart_km: float = 40.0
    new_days: int = 28
    minimum_moves: int = 8
    prior_moves: float = 1.0
    permutations: int = 199
    seed: int = 1


DEFAULTS = MovementParameters()


def measure_km(
    lon1: npt.ArrayLike, lat1: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike
) -> np.ndarray:
    """Great-circle distance in kilometres on a sphere (haversine; within 0.6 % of the ellipsoid)."""
    west, south, east, north = (
        np.radians(np.asarray(value, dtype=float)) for value in (lon1, lat1, lon2, lat2)
    )
    across = np.cos(south) * np.cos(north) * np.sin((east - west) / 2) ** 2
    half = np.sin((north - south) / 2) ** 2 + across
    km: np.ndarray = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return km


def find_visits(sightings: pd.DataFrame) -> pd.DataFrame:
    """Runs of sightings in one place, in order of time: place, lon, lat, first, last, adverts.

    Sightings at the same moment are ordered by place, so that the answer does not depend on the order of
    rows."""
    known = sightings.dropna(subset=["seen_at", "place"]).sort_values(["seen_at", "place"], kind="stable")
    if known.empty:
        return pd.DataFrame(columns=["place", "lon", "lat", "first", "last", "adverts"])
    run = (known.place != known.place.shift()).cumsum()
    return (
        known.groupby(run, sort=True)
        .agg(
            place=("place", "first"),
            lon=("lon", "first"),
            lat=("lat", "first"),
            first=("seen_at", "min"),
            last=("seen_at", "max"),
            adverts=("place", "size"),
        )
        .reset_index(drop=True)
    )


def find_legs(visited: pd.DataFrame, parameters: MovementParameters = DEFAULTS) -> pd.DataFrame:
    """The steps from each visit to the next: origin, destination, left, arrived, hours, km, kmh, too_fast.

    `km` and `kmh` are NaN where either place is on no map. Times given to the day are taken to be a day
    uncertain, so that two adverts of one date are not called impossible."""
    before, after = visited.iloc[:-1].reset_index(drop=True), visited.iloc[1:].reset_index(drop=True)
    hours = (
        (after["first"] - before["last"]).dt.total_seconds() / 3600 if len(before) else pd.Series(dtype=float)
    )
    km = measure_km(before.lon, before.lat, after.lon, after.lat)
    allowed = hours + _uncertain_hours(visited)
    with np.errstate(divide="ignore", invalid="ignore"):
        kmh = np.where(allowed > 0, km / allowed, np.where(km > 0, np.inf, 0.0))
    return pd.DataFrame(
        {
            "origin": before.place,
            "destination": after.place,
            "left": before["last"],
            "arrived": after["first"],
            "hours": hours,
            "km": km,
            "kmh": np.where(np.isnan(km), np.nan, kmh),
            "too_fast": (km >= parameters.apart_km) & (kmh > parameters.fastest_kmh),
        }
    )


def find_too_fast_pairs(steps: pd.DataFrame) -> pd.DataFrame:
    """Pairs of distant towns in which the operation was seen at once, or nearly: one, other, km, times,
    shortest_hours, first, last; the most frequent first. One person cannot have been in both; an advert
    can."""
    fast = steps[steps.too_fast]
    ends = np.sort(fast[["origin", "destination"]].to_numpy(dtype=str), axis=1).reshape(-1, 2)
    pairs = fast.assign(one=ends[:, 0], other=ends[:, 1])
    return (
        pairs.groupby(["one", "other"])
        .agg(
            km=("km", "first"),
            times=("km", "size"),
            shortest_hours=("hours", "min"),
            first=("left", "min"),
            last=("arrived", "max"),
        )
        .reset_index()
        .sort_values(["times", "one", "other"], ascending=[False, True, True], ignore_index=True)
    )


def list_places(
    sightings: pd.DataFrame, visited: pd.DataFrame, parameters: MovementParameters = DEFAULTS
) -> pd.DataFrame:
    """One row a place: place, lon, lat, adverts, visits, first, last, is_new; the most adverts first.

    A place is new where it was first seen in the last `new_days` of an operation that is older than that.
    """
    known = sightings.dropna(subset=["seen_at", "place"])
    if known.empty:
        return pd.DataFrame(columns=["place", "lon", "lat", "adverts", "visits", "first", "last", "is_new"])
    table = known.groupby("place").agg(
        lon=("lon", "first"),
        lat=("lat", "first"),
        adverts=("place", "size"),
        first=("seen_at", "min"),
        last=("seen_at", "max"),
    )
    table["visits"] = visited.groupby("place").size()
    start_of_new = known.seen_at.max() - pd.Timedelta(days=parameters.new_days)
    table["is_new"] = (table["first"] > start_of_new) & (known.seen_at.min() <= start_of_new)
    ordered = table.reset_index().sort_values(
        ["adverts", "place"], ascending=[False, True], ignore_index=True
    )
    return ordered[["place", "lon", "lat", "adverts", "visits", "first", "last", "is_new"]]


def _uncertain_hours(visited: pd.DataFrame) -> float:
    """24 where every time is a bare date, else 0."""
    times = pd.concat([visited["first"], visited["last"]])
    return 24.0 if len(times) and bool((times == times.dt.normalize()).all()) else 0.0
