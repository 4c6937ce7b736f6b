"""What a risk terrain may look at of a working area's map and premises: `data/risk_factors.toml`."""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely

from analytics.basemap.layers import read_window
from analytics.hotspots.forecast.risk_terrain import RiskLayer
from analytics.reference import reference_file
from analytics.shared.projection import project
from analytics.shared.schema import FileModel, Text, read_toml
from analytics.store import Store

CORNER_METRES = 50.0  # a line or outline is its corners, no farther apart than this
MINIMUM_PLACES = 3


class FactorRule(FileModel):
    """One factor; the file says what its keys mean."""

    name: Text
    role: Text
    kinds: list[Text] = []
    premises: list[Text] = []


class FactorRules(FileModel):
    """The factors that may be looked at, and no others."""

    factor: list[FactorRule]


@cache
def read_factor_rules() -> list[FactorRule]:
    return read_toml(reference_file("risk_factors.toml"), FactorRules).factor


def read_risk_layers(store: Store, area_id: int, epsg: int) -> dict[str, RiskLayer]:
    """By name of factor, its features in metres on the area's CRS; those with fewer than three places are
    left out. Only what the file names is read."""
    rules = read_factor_rules()
    features = read_window(store, area_id, sorted({rule.role for rule in rules}))
    kinds = sorted({kind for rule in rules for kind in rule.premises})
    premises = store.query(
        "SELECT kind, lon, lat FROM premises WHERE list_contains(?, kind) AND lon IS NOT NULL"
        " AND lat IS NOT NULL ORDER BY ALL",
        [kinds],
    ).to_pandas()
    layers = {}
    for rule in rules:
        wanted = features.role == rule.role
        if rule.kinds:
            wanted &= features.kind.isin(rule.kinds)
        shapes = project(shapely.from_wkb(features.geometry[wanted].to_numpy()), epsg)
        # A shop drawn as its building is a place; a street, a railway or a park is its corners.
        are_points = rule.role == "poi"
        shapes = shapely.centroid(shapes) if are_points else shapely.segmentize(shapes, CORNER_METRES)
        own = premises[premises.kind.isin(rule.premises)]
        there = project(shapely.points(own.lon.to_numpy(), own.lat.to_numpy()), epsg)
        places = shapely.get_coordinates(np.concatenate([shapes, there]))
        places = np.unique(places[np.isfinite(places).all(axis=1)], axis=0)
        if len(places) >= MINIMUM_PLACES:
            layers[rule.name] = RiskLayer(places, are_points)
    return layers
