"""The outlines held for a working area: beats, wards, districts, streets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from analytics.store import Store


def layers(store: Store, area_id: int, role: str) -> tuple[str, ...]:
    """Names of the layers of a role ('area', 'street', 'water', 'green'), in alphabetical order."""
    found = store.rows(
        "SELECT DISTINCT layer FROM boundary WHERE area_id = ? AND role = ? ORDER BY layer", [area_id, role]
    )
    return tuple(row["layer"] for row in found)


def outlines(store: Store, area_id: int, role: str, layer: str) -> pd.DataFrame:
    """The outlines of one layer: id ('source_row'), name, geometry (shapely, WGS 84); a nameless one gets
    its code or its number. Raises KeyError where the layer is not held."""
    frame = store.query(
        "SELECT source_id || '_' || row_number AS id, coalesce(nullif(trim(name), ''), nullif(trim(code),"
        " ''),"
        " layer || ' ' || row_number) AS name, geometry FROM boundary"
        " WHERE area_id = ? AND role = ? AND layer = ? ORDER BY source_id, row_number",
        [area_id, role, layer],
    ).to_pandas()
    if frame.empty:
        raise KeyError(f"No layer {layer!r} of the role {role!r} is held for this working area.")
    return frame.assign(geometry=shapely.from_wkb(frame.geometry.to_numpy()))


def base_layers(store: Store, area_id: int) -> dict[str, list[bytes]]:
    """Every outline of a working area as WKB (WGS 84) by role: what a printed map draws around its places."""
    by_role: dict[str, list[bytes]] = {}
    for row in store.rows("SELECT role, geometry FROM boundary WHERE area_id = ?", [area_id]):
        by_role.setdefault(row["role"], []).append(row["geometry"])
    return by_role


def projected(geometries: object, epsg: int) -> object:
    """Geometries from WGS 84 to metres on a projected CRS (an EPSG code)."""
    return _transformed(geometries, Transformer.from_crs(4326, epsg, always_xy=True))


def geographic(geometries: object, epsg: int) -> object:
    """Geometries from metres on a projected CRS (an EPSG code) to WGS 84."""
    return _transformed(geometries, Transformer.from_crs(epsg, 4326, always_xy=True))


def _transformed(geometries: object, transformer: Transformer) -> object:
    return shapely.transform(
        geometries, lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
    )
