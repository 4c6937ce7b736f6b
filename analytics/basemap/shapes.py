"""What a base map makes of the shapes of its file: the sea of a coast, and streets named by their labels."""

from __future__ import annotations

import numpy as np
import shapely

from analytics.formats.map_header import Bounds
from analytics.shared.projection import project

_BESIDE = 1e-7  # degrees, about a centimetre: a point beside a coast
_INSIDE_EDGE = 0.01  # of the length of the edge
_LABEL_WITHIN = 5.0  # metres


def close_sea(coasts: np.ndarray, bounds: Bounds) -> np.ndarray:
    """The areas of sea within `bounds` (degrees), of coastlines that have the water on their right, as those
    of OpenStreetMap have. None where no coast tells land from water."""
    if not len(coasts):
        return np.array([], dtype=object)
    edge = shapely.box(*bounds).exterior
    edges = shapely.union_all(np.concatenate([coasts, _reach_edge(coasts, edge), [edge]]))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    starts, ends = _segments(shapely.get_parts(coasts))
    along = ends - starts
    length = np.hypot(*along.T)
    middle, along = ((starts + ends) / 2)[length > 0], along[length > 0] / length[length > 0, None]
    beside = _BESIDE * np.column_stack([along[:, 1], -along[:, 0]])
    tree = shapely.STRtree(faces)
    votes = np.zeros(len(faces))
    for side, sign in ((middle + beside, 1.0), (middle - beside, -1.0)):
        point, face = tree.query(shapely.points(side), predicate="within")
        np.add.at(votes, face, sign * length[length > 0][point])
    return np.asarray(faces[votes > 0], dtype=object)


def _reach_edge(coasts: np.ndarray, edge: shapely.LinearRing) -> np.ndarray:
    """Lines from the loose ends of the coasts to the edge of the extent where that is near: an extract may
    end its lines a little inside."""
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(coasts)))
    merged = merged[~shapely.is_closed(merged)]
    ends = np.concatenate([shapely.get_point(merged, 0), shapely.get_point(merged, -1)])
    reach = _INSIDE_EDGE * shapely.length(edge)
    return np.asarray(shapely.shortest_line(ends, edge)[shapely.distance(ends, edge) < reach], dtype=object)


def name_by_labels(streets: np.ndarray, labels: np.ndarray, names: np.ndarray, epsg: int) -> np.ndarray:
    """The name of the label that lies along each street (lines in degrees), None where none does."""
    found = np.full(len(streets), None, dtype=object)
    if not len(streets) or not len(labels):
        return found
    middle = shapely.line_interpolate_point(_longest_part(project(streets, epsg)), 0.5, normalized=True)
    street, label = shapely.STRtree(project(labels, epsg)).query_nearest(
        middle, max_distance=_LABEL_WITHIN, all_matches=False
    )
    found[street] = names[label]
    return found


def _longest_part(lines: np.ndarray) -> np.ndarray:
    parts, owner = shapely.get_parts(lines, return_index=True)
    order = np.lexsort((-shapely.length(parts), owner))
    first = order[np.unique(owner[order], return_index=True)[1]]
    return np.asarray(parts[first], dtype=object)


def _segments(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ends of each segment of the lines."""
    points, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[1:] == owner[:-1]
    return points[:-1][same], points[1:][same]
