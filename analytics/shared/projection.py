"""Between WGS 84 and metres on a projected CRS. No distance is ever measured in degrees."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from pyproj import Transformer


def project(geometries: Any, epsg: int) -> Any:
    """A geometry, or an array of them, from WGS 84 to metres on a projected CRS (an EPSG code)."""
    return _transform(geometries, Transformer.from_crs(4326, epsg, always_xy=True))


def unproject(geometries: Any, epsg: int) -> Any:
    """A geometry, or an array of them, from metres on a projected CRS (an EPSG code) to WGS 84."""
    return _transform(geometries, Transformer.from_crs(epsg, 4326, always_xy=True))


def _transform(geometries: Any, transformer: Transformer) -> Any:
    return shapely.transform(
        geometries, lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
    )
