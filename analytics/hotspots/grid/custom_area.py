"""Custom areas: named outlines and areas drawn on the map, as one polygon a selection can keep to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from analytics.hotspots.grid.cells import Grid, locate_centres, outline_cells, read_cell_name
from analytics.shared.projection import project

_MAXIMUM_CORNERS = 400


def join_cells(ids: Sequence[str], grid: Grid, epsg: int) -> shapely.Geometry:
    """The union of cells ('x3y-4') in WGS 84; corners that cells share are joined exactly."""
    pairs = np.array([read_cell_name(name) for name in ids])
    rings = outline_cells(epsg, grid, pairs[:, 0], pairs[:, 1])
    return shapely.union_all(shapely.polygons(rings), grid_size=1e-5)


def find_cells_within(
    ids: Sequence[str], grid: Grid, epsg: int, corners: Sequence[tuple[float, float]]
) -> list[str]:
    """The cells whose centre lies in the area with those corners (degrees, WGS 84; a line that crosses itself
    encloses what it goes around once or more)."""
    pairs = np.array([read_cell_name(name) for name in ids]).reshape(-1, 2)
    area = shapely.make_valid(shapely.Polygon(corners))
    inside = shapely.contains_xy(area, *locate_centres(epsg, grid, pairs[:, 0], pairs[:, 1]))
    return [name for name, is_inside in zip(ids, inside, strict=True) if is_inside]


def write_drawn(area: shapely.Geometry) -> str:
    """An area (WGS 84) as text short enough for a link: outer rings only, five decimals, simplified until it
    has at most 400 corners."""
    tolerance, light = 0.0, area
    while shapely.get_num_coordinates(light) > _MAXIMUM_CORNERS:
        tolerance = 2 * tolerance or 2e-5
        light = shapely.simplify(area, tolerance)
    rings = [shapely.get_coordinates(part.exterior)[:-1] for part in shapely.get_parts(light)]
    return "~".join("!".join(f"{lon:.5f},{lat:.5f}" for lon, lat in ring) for ring in rings)


def read_drawn(text: str) -> shapely.Geometry:
    """The area that `write_drawn` wrote. Raises ValueError where the text is not one."""
    try:
        rings = [
            [tuple(map(float, corner.split(","))) for corner in ring.split("!")] for ring in text.split("~")
        ]
        area = shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in rings])
    except (ValueError, TypeError, shapely.errors.ShapelyError) as error:  # the last of nan and inf
        raise ValueError("The link's drawn area cannot be read.") from error
    west, south, east, north = area.bounds if not area.is_empty else (np.nan,) * 4
    if area.geom_type not in ("Polygon", "MultiPolygon") or not (
        -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    ):
        raise ValueError("The link's drawn area is not a polygon on Earth.")
    return area


def join_polygons(outlines: Sequence[shapely.Geometry], epsg: int) -> bytes:
    """The union of outlines (WGS 84 polygons) as WKB on the projected CRS, for `Selection.within`; b'' for
    none."""
    if not len(outlines):
        return b""
    whole = shapely.union_all([shapely.make_valid(outline) for outline in project(np.array(outlines), epsg)])
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    wkb: bytes = shapely.to_wkb(shapely.union_all(parts))
    return wkb
