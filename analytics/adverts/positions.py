"""Where places lie that no gazetteer has: a local name, an invented town. They come with a source, or by
hand.

They stand in the table `place_position`, from which the maps of money take them too.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

from analytics.adverts.identifiers.normalise import fold_word
from analytics.adverts.identifiers.places import locate
from analytics.oversight import Actor, record
from analytics.store import Store

Position = tuple[float, float]  # longitude and latitude, degrees, WGS 84


def read_stored_positions(store: Store) -> dict[str, Position]:
    """Positions by folded name; what was put down by hand comes before what came with a source."""
    rows = store.rows(
        "SELECT name, lon, lat FROM place_position WHERE level = 'place'"
        " ORDER BY source_id NULLS LAST, name, lon, lat"
    )
    return {fold_word(row["name"].strip()): (row["lon"], row["lat"]) for row in rows}


def read_manual_positions(store: Store) -> dict[str, Position]:
    """Those put down by hand, by their names as given."""
    rows = store.rows("SELECT name, lon, lat FROM place_position WHERE source_id IS NULL ORDER BY name")
    return {row["name"]: (row["lon"], row["lat"]) for row in rows}


def find_position(place: str, stored: Mapping[str, Position]) -> Position | None:
    """Where a place lies: a normalised name ('Leeds, GB') by the gazetteer, any other by `stored`; None:
    on no map."""
    known = locate(place)
    return (known.lon, known.lat) if known else stored.get(fold_word(place.strip()))


def save_positions(store: Store, actor: Actor, positions: Mapping[str, Position]) -> None:
    """Keep where places lie; one put down by hand before is replaced. Raises ValueError where a name or a
    degree is unclear; nothing is then saved."""
    for name, (lon, lat) in positions.items():
        _check(name, lon, lat, "")
    rows = [(name.strip(), lon, lat) for name, (lon, lat) in positions.items()]
    with store.write() as cursor:
        for name, lon, lat in rows:
            cursor.execute(
                "DELETE FROM place_position WHERE source_id IS NULL AND level = 'place'"
                " AND lower(name) = lower(?)",
                [name],
            ).fetchall()
            cursor.execute(
                "INSERT INTO place_position VALUES (NULL, 'place', ?, ?, ?)", [name, lon, lat]
            ).fetchall()
        record(cursor, actor, "put on map", "places", "", {name: [lon, lat] for name, lon, lat in rows})


def read_positions_file(path: Path) -> dict[str, Position]:
    """The places of a CSV file with name, lon and lat. Raises ValueError, naming the line, where one is not
    clear."""
    found: dict[str, Position] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            where = f"{path.name}, line {number}: "
            try:
                name, lon, lat = row["name"].strip(), float(row["lon"]), float(row["lat"])
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ValueError(f"{where}name, lon and lat are needed.") from error
            _check(name, lon, lat, where)
            found[name] = (lon, lat)
    return found


def _check(name: str, lon: float, lat: float, where: str) -> None:
    if not name.strip():
        raise ValueError(f"{where}a place has a name.")
    if not (math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"{where}longitude is from -180 to 180 degrees, latitude from -90 to 90.")
