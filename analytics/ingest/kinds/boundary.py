"""Boundaries and the layers of the map: what their columns can mean, and how they are usually named."""

from __future__ import annotations

from analytics.ingest.roles import ImportKind, Role

_ROLES = (
    Role(
        "name",
        "Name",
        (),
        several=True,
        help="Of several columns, the first that is filled.",
    ),
    Role(
        "outline",
        "Outline as text",
        ("the_geom", "wkt", "geom", "multipolygon", "shape", "geometry"),
        help="POLYGON (...) in a column, where the file itself is no geographic one.",
    ),
)

KIND = ImportKind(
    "boundary",
    "boundaries",
    _ROLES,
    (),
    "GeoJSON, GeoPackage, zipped shapefile or KML: beats, wards or districts, or streets, water and parks",
)
