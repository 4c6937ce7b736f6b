"""A result as a file: CSV, GeoJSON, GeoPackage or Parquet, each with the parameters it came from."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analytics.formats.gdal import restrict_gdal
from analytics.hotspots.catalogue import Request, Result
from analytics.hotspots.grid.cells import outline_cells
from analytics.oversight.exercise import COLUMN
from analytics.shared.safe_csv import safe_csv

FORMATS = {
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}


class NotAMap(ValueError):
    """The result has no geometry, so it has no GeoJSON or GeoPackage."""


def encode_result(result: Result, request: Request, epsg: int, ending: str, mark: str = "") -> bytes:
    """The result's table in a format of FORMATS; cells get their outlines, in WGS 84.

    A column `parameters` (CSV, GeoJSON) or the file's own metadata (Parquet) or a layer `parameters`
    (GeoPackage) says how it was made; a column `exercise` bears `mark`, where it is one. Raises NotAMap for
    geometry that is not there, ValueError for another ending."""
    if ending not in FORMATS:
        raise ValueError(f"A result is written as {', '.join(FORMATS)}, not as {ending!r}.")
    made_by = json.dumps(dict(result.parameters), default=str, ensure_ascii=False)
    table = _flat(result.table).assign(**{COLUMN: mark} if mark else {})
    if ending == "csv":
        return safe_csv(
            pd.DataFrame(table.drop(columns="geometry", errors="ignore")).assign(parameters=made_by)
        )
    geometry = _geometry(result, request, epsg)
    if geometry is None and ending == "parquet":
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "result.parquet"
            table.assign(parameters=made_by).to_parquet(path, index=False)
            return path.read_bytes()
    if geometry is None:
        raise NotAMap("This result is no map: it can be written as CSV or Parquet.")
    frame = gpd.GeoDataFrame(table.drop(columns="geometry", errors="ignore"), geometry=geometry, crs=4326)
    restrict_gdal()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"result.{ending}"
        if ending == "geojson":
            frame.assign(parameters=made_by).to_file(path, driver="GeoJSON", engine="pyogrio")
        elif ending == "gpkg":
            frame.to_file(path, layer="result", driver="GPKG", engine="pyogrio")
            settings = pd.DataFrame(_as_text(result.parameters), columns=["name", "value"])
            gpd.GeoDataFrame(settings).to_file(path, layer="parameters", driver="GPKG", engine="pyogrio")
        else:
            frame.assign(parameters=made_by).to_parquet(path, index=False)
        return path.read_bytes()


def _geometry(result: Result, request: Request, epsg: int) -> np.ndarray | None:
    if result.shape == "cells":
        rings = outline_cells(epsg, request.grid, result.table.i.to_numpy(), result.table.j.to_numpy())
        outlines: np.ndarray = shapely.polygons(rings)
    elif "geometry" in result.table:
        outlines = result.table.geometry.to_numpy()
    else:
        return None
    return outlines


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Lists become text: no format but Parquet has them."""
    nested = [
        name
        for name in table.columns
        if name != "geometry" and any(isinstance(value, (list, tuple, dict)) for value in table[name])
    ]
    flat = table.assign(**{name: table[name].map(str) for name in nested})
    flat.attrs = {}  # a method's own parameters object, which the writers cannot write
    return flat


def _as_text(parameters: Mapping[str, object]) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in parameters.items()]
