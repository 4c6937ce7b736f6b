"""Beats, wards and districts, or streets and water for the map, into the store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable, read_file
from analytics.ingest.area import choose_area
from analytics.ingest.job import (
    ImportReport,
    SourceDetails,
    Steps,
    already_held,
    failures_recorded,
    insert_source,
    new_source_id,
)
from analytics.oversight import Actor
from analytics.shared.base_layers import BASE_LAYERS
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled
from analytics.store import Store

_GEOMETRY = "geometry (WKB)"


def import_boundaries(
    store: Store,
    actor: Actor,
    path: Path,
    details: SourceDetails,
    *,
    role: str = "area",
    name_column: str | None = None,
    area: str | None = None,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> ImportReport:
    """Import a geographic file as one layer of a working area. The same content twice adds nothing.

    `role`: area, street, water or green. Raises UnreadableFile where there is nothing to draw, also recorded
    as a failed import, or Cancelled; either way nothing is kept."""
    step, file_name = Steps(progress, cancelled), Path(path).name
    with failures_recorded(store, actor, file_name, "boundary", details.purpose):
        step("Reading the file", 0.05)
        raw = read_file(path)
        if _GEOMETRY not in raw.columns:
            raise UnreadableFile(
                "This file holds no outlines. Boundaries are GeoJSON, GeoPackage, shapefile or KML."
            )
        if role not in BASE_LAYERS:
            raise UnreadableFile(f"A layer is one of {', '.join(BASE_LAYERS)}.")
        if held := already_held(store, "boundary", raw.sha256):
            return held
        step("Checking the outlines", 0.5)
        rows, refused, middle = _outlines(raw, name_column or _name_column(raw))
        with store.write() as cursor, step.interrupting(cursor):
            if held := already_held(
                store, "boundary", raw.sha256
            ):  # by another session while this one waited
                return held
            step("Writing", 0.75)
            area_id, _, _ = choose_area(cursor, area, details.name, middle, None)
            source_id = new_source_id(cursor)
            cursor.register("outlines", rows)
            cursor.execute(
                "INSERT INTO boundary SELECT ?, row_number, ?, ?, ?, NULL, name, geometry FROM outlines",
                [source_id, area_id, details.name, role],
            ).fetchall()
            cursor.unregister("outlines")
            cursor.execute(
                "INSERT INTO quarantine SELECT ?, unnest(?::BIGINT[]), 'it has no outline', NULL",
                [source_id, refused],
            ).fetchall()
            report = ImportReport(
                source_id, len(rows) + len(refused), len(rows), len(refused), 0, False, area_id, raw.notes
            )
            insert_source(cursor, actor, "boundary", file_name, raw, details, {"role": role}, report)
            step("Committing", 0.95)
    return report


def _outlines(raw: RawTable, label: str | None) -> tuple[pa.Table, list[int], tuple[float, float]]:
    """Row number, name and WKB of what can be drawn; the numbers of the other rows; the middle in degrees."""
    geometries = shapely.from_wkb(raw.table.column(_GEOMETRY).to_numpy(zero_copy_only=False))
    usable = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    if not usable.any():
        raise UnreadableFile("The file holds no outline that can be drawn.")
    kept = raw.table.filter(pa.array(usable))
    names = kept.column(label) if label else pa.nulls(kept.num_rows, pa.string())
    wkb = shapely.to_wkb(shapely.force_2d(shapely.make_valid(geometries[usable])))
    lon, lat = np.median(shapely.get_coordinates(shapely.centroid(geometries[usable])), axis=0)
    rows = pa.table(
        {"row_number": kept.column("row_number"), "name": names, "geometry": pa.array(wkb, pa.binary())}
    )
    refused = raw.table.column("row_number").filter(pa.array(~usable)).to_pylist()
    return rows, refused, (float(lon), float(lat))


def _name_column(raw: RawTable) -> str | None:
    """The column most likely to name an outline."""
    for wanted in (
        "name",
        "neighbourhood",
        "district",
        "precinct",
        "ward",
        "beat",
        "nombre",
        "label",
        "dist",
    ):
        for column in raw.columns:
            if wanted in column.lower() and column != _GEOMETRY:
                return column
    return None
