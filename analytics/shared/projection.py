"""Between WGS 84 and metres on a projected CRS. No distance is ever measured in degrees."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer


@lru_cache(64)
def find_transformer(source: int, target: int) -> Transformer:
    """From one CRS to another (EPSG codes), longitude or east first. Made once, which takes longer than to
    transform most arrays; threads may share it. Raises CRSError on an unknown code."""
    return Transformer.from_crs(source, target, always_xy=True)


def project(geometries: Any, epsg: int) -> Any:
    """A geometry, or an array of them, from WGS 84 to metres on a projected CRS (an EPSG code)."""
    return _transform(geometries, find_transformer(4326, epsg))


def unproject(geometries: Any, epsg: int) -> Any:
    """A geometry, or an array of them, from metres on a projected CRS (an EPSG code) to WGS 84."""
    return _transform(geometries, find_transformer(epsg, 4326))


def _transform(geometries: Any, transformer: Transformer) -> Any:
    return shapely.transform(
        geometries, lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
    )
