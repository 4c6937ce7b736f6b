"""Where an operation's adverts were over time. Adverts move, which is not to say that a person did."""

from analytics.adverts.movement.circuits import Circuits, find_circuits
from analytics.adverts.movement.next_place import NextPlace, TooFewMoves, predict_next
from analytics.adverts.movement.visits import (
    MovementParameters,
    find_legs,
    find_too_fast_pairs,
    find_visits,
    list_places,
    measure_km,
)

__all__ = [
    "Circuits",
    "MovementParameters",
    "NextPlace",
    "TooFewMoves",
    "measure_km",
    "find_circuits",
    "find_legs",
    "list_places",
    "predict_next",
    "find_too_fast_pairs",
    "find_visits",
]
