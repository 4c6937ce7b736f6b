"""Kernel density on a grid's cells: a smoothed picture, not a test."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analytics.hotspots.grid import CellLookup, Grid


def kernel_density(cells: pd.DataFrame, grid: Grid, bandwidth: float) -> np.ndarray:
    """Incidents per square kilometre at each cell's centre, by the quartic kernel of radius `bandwidth` (m).

    Incidents are taken at their cell's centre, so the answer is coarse where the bandwidth is under two
    cells; `ValueError` is raised under one. No edge correction: density falls towards the study area's edge.
    Kernel: 3 / (pi h^2) * (1 - (d/h)^2)^2 for d < h (Silverman 1986, eq. 4.5), as CrimeStat and ArcGIS use.
    """
    if bandwidth < grid.size:
        raise ValueError(f"The bandwidth ({bandwidth:g} m) is smaller than a cell ({grid.size} m).")
    lookup = CellLookup(cells.i.to_numpy(), cells.j.to_numpy())
    padded = np.append(cells["count"].to_numpy(dtype=float), 0.0)
    reach = math.ceil(bandwidth / grid.size * 2 / math.sqrt(3)) + 1
    origin = np.array(grid.centres(np.array([0]), np.array([0])))[:, 0]
    density = np.zeros(len(cells))
    for di in range(-reach, reach + 1):
        for dj in range(-reach, reach + 1):
            centre = np.array(grid.centres(np.array([di]), np.array([dj])))[:, 0]
            distance = math.dist(centre, origin)
            if distance < bandwidth:
                kernel = 3 / (math.pi * bandwidth**2) * (1 - (distance / bandwidth) ** 2) ** 2
                density += kernel * padded[lookup.shifted(di, dj)]
    return density * 1e6
