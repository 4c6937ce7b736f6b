"""What a team could have seen: the planted rows that its store has, and every incident of a planted place's
category within its circle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analytics.store import Store
from analytics.training.scoring.answers import find_recorded
from analytics.training.scoring.truth import MINIMUM_ROWS, Reference, SealedTruth, Structure


@dataclass(frozen=True)
class Recorded:
    """`structures` with the rows that the store has, those with too few left out. `circles`: by place, the
    day of every incident of its category in its circle, planted or not. `incidents`: category and day of each
    incident of such a category."""

    structures: tuple[Structure, ...]
    circles: dict[str, dict[Reference, date]]
    incidents: dict[Reference, tuple[str, date]]


def read_recorded(store: Store, truth: SealedTruth) -> Recorded:
    """What of the truth a store could show."""
    rows = find_recorded(store, {row for structure in truth.structures for row in structure.rows})
    limited = tuple(structure.limit_to(rows) for structure in truth.structures)
    structures = tuple(structure for structure in limited if len(structure.rows) >= MINIMUM_ROWS)
    return Recorded(
        structures,
        {structure.name: _read_circle(store, structure) for structure in structures if structure.circle},
        {
            ("incident", row["reference"]): (row["category"], row["local_date"])
            for row in store.rows(
                "SELECT reference, category, local_date FROM incident"
                " WHERE category IN (SELECT unnest(?::VARCHAR[])) AND reference IS NOT NULL",
                [sorted({place.category for place in structures if place.category})],
            )
        },
    )


def _read_circle(store: Store, place: Structure) -> dict[Reference, date]:
    x, y, radius = place.circle or (0.0, 0.0, 0.0)
    rows = store.rows(
        "SELECT reference, local_date FROM incident WHERE category = $category AND reference IS NOT NULL"
        " AND (x - $x) ** 2 + (y - $y) ** 2 <= $radius ** 2",
        {"category": place.category, "x": x, "y": y, "radius": radius},
    )
    return {("incident", row["reference"]): row["local_date"] for row in rows}
