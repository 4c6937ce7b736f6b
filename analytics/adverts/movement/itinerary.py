"""Where an operation's adverts were, all readings of it together, and what they say in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analytics.adverts.movement.circuits import Circuits
from analytics.adverts.movement.visits import find_legs, find_visits, list_places
from analytics.adverts.positions import Position, find_position
from analytics.shared.wording import counted


@dataclass(frozen=True)
class Itinerary:
    """Where an operation's adverts were: sightings, visits, steps, places."""

    sightings: pd.DataFrame
    visits: pd.DataFrame
    steps: pd.DataFrame
    places: pd.DataFrame


_NOWHERE = (float("nan"), float("nan"))


def build_itinerary(adverts: pd.DataFrame, positions: Mapping[str, Position]) -> Itinerary:
    """Sightings keep the index of `adverts`, so that a point of a chart leads back to its advert;
    `positions`: where places lie that no gazetteer has (`positions.held_positions`)."""
    at = {place: find_position(place, positions) or _NOWHERE for place in adverts.place.dropna().unique()}
    sightings = pd.DataFrame(
        {
            "seen_at": adverts.posted_at,
            "place": adverts.place,
            "lon": adverts.place.map(lambda name: at.get(name, _NOWHERE)[0]).astype(float),
            "lat": adverts.place.map(lambda name: at.get(name, _NOWHERE)[1]).astype(float),
        },
        index=adverts.index,
    )
    visited = find_visits(sightings)
    return Itinerary(sightings, visited, find_legs(visited), list_places(sightings, visited))


def describe_movement(seen: Itinerary, circuits: Circuits) -> list[str]:
    """The movement in plain sentences, for the page and for a finding; names of places as the adverts have
    them."""
    new = seen.places[seen.places.is_new].place
    says = [
        f"{counted(len(seen.places), 'place')}, {counted(max(len(seen.visits) - 1, 0), 'move')} between them."
    ]
    if len(new):
        says.append(f"New in its last four weeks: {'; '.join(new[:5])}.")
    known = seen.steps.km.notna().sum()
    if seen.steps.too_fast.any():
        says.append(
            f"{seen.steps.too_fast.sum()} of {known} moves with known distance are faster than a traveller: "
            f"the adverts were in "
            "distant towns at once, so that more than one person or none travelled."
        )
    sure = circuits.table.query("p <= 0.05")
    if len(sure):
        top = sure.iloc[0]
        says.append(f"A circuit recurs: {top.towns}, {top.rounds} rounds (adjusted p = {top.p:.2g}).")
    return says
