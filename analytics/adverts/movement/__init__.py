"""Where an operation's adverts were over time. Adverts move, which is not to say that a person did."""

from analytics.adverts.movement.circuits import Circuits, find_circuits
from analytics.adverts.movement.next_place import NextPlace, TooFewMoves, predict_next
from analytics.adverts.movement.visits import (
    MovementParameters,
    distance_km,
    legs,
    places_seen,
    too_fast_pairs,
    visits,
)

__all__ = [
    "Circuits",
    "MovementParameters",
    "NextPlace",
    "TooFewMoves",
    "distance_km",
    "find_circuits",
    "legs",
    "places_seen",
    "predict_next",
    "too_fast_pairs",
    "visits",
]
