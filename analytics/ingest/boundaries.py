"""Beats, wards and districts, or streets and water for the map, into the store."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import shapely

from analytics.figures.basemap import ROLES
from analytics.ingest.area import choose_area
from analytics.ingest.incidents import ImportReport, SourceDetails, already_held
from analytics.ingest.readers import RawTable, UnreadableFile, read_file
from analytics.oversight import Actor, record
from analytics.store import Store

_GEOMETRY = "geometry (WKB)"


def import_boundaries(
    store: Store, actor: Actor, path: Path, details: SourceDetails, *, role: str = "area",
    name_column: str | None = None, area: str | None = None,
) -> ImportReport:  # fmt: skip
    """Import a geographic file as one layer of a working area. The same content twice adds nothing.

    `role`: area, street, water or green. Raises UnreadableFile where there is nothing to draw.
    """
    raw = read_file(path)
    if _GEOMETRY not in raw.columns:
        raise UnreadableFile(
            "This file holds no outlines. Boundaries are GeoJSON, GeoPackage, shapefile or KML."
        )
    if role not in ROLES:
        raise UnreadableFile(f"A layer is one of {', '.join(ROLES)}.")
    if held := already_held(store, "boundary", raw.sha256):
        return held
    geometries = shapely.from_wkb(raw.table.column(_GEOMETRY).to_numpy(zero_copy_only=False))
    usable = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    if not usable.any():
        raise UnreadableFile("The file holds no outline that can be drawn.")
    outlines = shapely.to_wkb(shapely.force_2d(shapely.make_valid(geometries[usable])))
    centres = shapely.get_coordinates(shapely.centroid(geometries[usable]))
    points = pa.table({"lon": centres[:, 0], "lat": centres[:, 1]})
    label = name_column or _name_column(raw)
    names = (
        raw.table.column(label).filter(pa.array(usable)) if label else pa.nulls(len(outlines), pa.string())
    )
    numbers = raw.table.column("row_number").filter(pa.array(usable))
    with store.write() as cursor:
        area_id, _, _ = choose_area(cursor, area, details.name, points, None)
        ((source_id,),) = cursor.execute("SELECT nextval('source_id_sequence')").fetchall()
        rows = pa.table({"row_number": numbers, "name": names, "geometry": pa.array(outlines, pa.binary())})
        cursor.register("outlines", rows)
        cursor.execute(
            "INSERT INTO boundary SELECT ?, row_number, ?, ?, ?, NULL, name, geometry FROM outlines",
            [source_id, area_id, details.name, role],
        ).fetchall()
        cursor.unregister("outlines")
        refused = int((~usable).sum())
        cursor.execute(
            "INSERT INTO source VALUES (?, 'boundary', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false)",
            [
                source_id, details.name, Path(path).name, raw.sha256, raw.format, json.dumps({"role": role}), area_id,
                datetime.now(UTC).replace(tzinfo=None), actor.name, details.legal_basis, details.purpose,
                details.handling, details.review_date, len(geometries), len(outlines), refused,
            ],
        ).fetchall()  # fmt: skip
        record(
            cursor,
            actor,
            "import",
            f"source {source_id}",
            details.purpose,
            {"file": Path(path).name, "role": role},
        )
    return ImportReport(source_id, len(geometries), len(outlines), refused, 0, False, area_id)


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
