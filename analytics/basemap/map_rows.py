"""The features of a map as rows of the store, in the order in which they are drawn."""

from __future__ import annotations

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from analytics.basemap.rules import STREET_LABEL
from analytics.basemap.shapes import close_sea, name_by_labels
from analytics.formats.map_header import Bounds
from analytics.shared.base_layers import MAP_LAYERS


def prepare_rows(features: pd.DataFrame, bounds: Bounds, epsg: int) -> pd.DataFrame:
    """The rows of the store: with the sea of `bounds` (degrees), streets named by labels (measured on the CRS
    `epsg`), in the order of their layers and of where they lie, so that what is drawn together stands
    together."""
    shapes = shapely.from_wkb(features.geometry.to_numpy())
    frame = features.assign(geometry=shapes)
    labels = frame[frame.role == STREET_LABEL]
    if len(labels):
        frame = frame[frame.role != STREET_LABEL].reset_index(drop=True)
        nameless = np.flatnonzero((frame.role == "street") & frame.name.isna())
        names = name_by_labels(
            frame.geometry.to_numpy()[nameless],
            labels.geometry.to_numpy(),
            labels.name.to_numpy(),
            epsg,
        )
        frame["name"] = frame.name.astype(object)
        frame.loc[nameless, "name"] = names
    sea = close_sea(frame.geometry[frame.role == "coast"].to_numpy(), bounds)
    if len(sea):
        water = pd.DataFrame({"role": "water", "kind": "sea", "name": None, "level": 0, "geometry": sea})
        frame = pd.concat([frame, water.astype({"name": object})], ignore_index=True)
    if frame.empty:
        return frame
    west, south, east, north = shapely.bounds(frame.geometry.to_numpy()).T
    frame = frame.assign(west=west, south=south, east=east, north=north)
    order = frame.role.map({role: k for k, role in enumerate(MAP_LAYERS)})
    place = gpd.GeoSeries(frame.geometry.to_numpy()).hilbert_distance(total_bounds=bounds)
    return frame.iloc[np.lexsort((place.to_numpy(), order.to_numpy()))].reset_index(drop=True)


def write_rows(
    cursor: duckdb.DuckDBPyConnection, rows: pd.DataFrame, source_id: int, area_id: int, layer: str
) -> None:
    """Insert the rows of a map as outlines of this layer, with what the base map asks of each."""
    table = pa.table(
        {
            "row_number": pa.array(np.arange(1, len(rows) + 1), pa.int64()),
            "role": pa.array(rows.role.tolist(), pa.string()),
            "kind": pa.array(rows.kind.tolist(), pa.string()),
            "name": pa.array([name or None for name in rows.name], pa.string(), from_pandas=True),
            "level": pa.array(rows.level.astype("int8"), pa.int8()),
            "geometry": pa.array(shapely.to_wkb(rows.geometry.to_numpy()), pa.binary()),
            **{side: pa.array(rows[side], pa.float64()) for side in ("west", "south", "east", "north")},
        }
    )
    cursor.register("map_rows", table)
    cursor.execute(
        "INSERT INTO boundary (source_id, row_number, area_id, layer, role, code, name, geometry)"
        " SELECT ?, row_number, ?, ?, role, kind, name, geometry FROM map_rows",
        [source_id, area_id, layer],
    ).fetchall()
    cursor.execute(
        "INSERT INTO base_feature SELECT ?, row_number, kind, level, west, south, east, north FROM map_rows",
        [source_id],
    ).fetchall()
    cursor.unregister("map_rows")
