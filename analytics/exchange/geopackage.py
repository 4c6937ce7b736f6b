"""A case's places as a GeoPackage (OGC 12-128), WGS 84: incidents, premises, and the outlines of findings."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pandas as pd
import shapely

from analytics.exchange.case import CaseExport
from analytics.exchange.values import convert_value
from analytics.formats.gdal import restrict_gdal
from analytics.intelligence.finding_results import Focus


def to_geopackage(case: CaseExport) -> bytes:
    """Layers 'incident', 'premises' (points; rows without a place are left out) and 'finding' (polygons or
    points, with what it says); each row names its file and row number, or its finding, and its handling.
    Raises ValueError where nothing has a place."""
    layers = _layers(case)
    if not layers:
        raise ValueError("Nothing in this case has a place on the map.")
    restrict_gdal()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.gpkg"
        for name, frame in layers.items():
            frame.to_file(path, layer=name, driver="GPKG")
        return path.read_bytes()


def has_places(case: CaseExport) -> bool:
    """Whether anything in the case can be put on a map."""
    return bool(_layers(case))


def _layers(case: CaseExport) -> dict[str, gpd.GeoDataFrame]:
    layers: dict[str, gpd.GeoDataFrame] = {
        table: _points(case, table) for table in ("incident", "premises") if table in case.rows
    }
    layers["finding"] = _findings(case)
    return {name: frame for name, frame in layers.items() if len(frame)}


def _points(case: CaseExport, table: str) -> gpd.GeoDataFrame:
    frame = case.rows[table].merge(
        case.sources[["source_id", "file_name", "sha256", "handling"]], on="source_id"
    )
    frame = frame[frame.lon.notna() & frame.lat.notna()]
    columns = {
        name: [convert_value(value) for value in frame[name]]
        for name in frame
        if name not in ("lon", "lat", "source_id")
    }
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(frame.lon, frame.lat), crs=4326)


def _findings(case: CaseExport) -> gpd.GeoDataFrame:
    rows = []
    for found in case.findings:
        focus = found.finding.result.focus or Focus()
        if focus.outline is not None:
            shape = focus.outline
        elif focus.lon is not None and focus.lat is not None:
            shape = shapely.Point(focus.lon, focus.lat)
        else:
            continue
        rows.append(
            {
                "finding": found.finding_id,
                "version": found.version,
                "title": found.finding.title,
                "statement": found.finding.statement,
                "method": found.finding.method,
                "confidence": found.finding.confidence,
                "handling": found.finding.handling,
                "geometry": shape,
            }
        )
    return gpd.GeoDataFrame(rows, crs=4326) if rows else gpd.GeoDataFrame(pd.DataFrame())
