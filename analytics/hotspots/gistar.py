"""Getis-Ord Gi*: is a cell and its neighbours more than the study area's average?

Form: binary weights, the cell itself included, neighbours those that touch it; z-score by the normal
approximation; two-sided p; Benjamini-Hochberg false-discovery control over the cells tested.
Null hypothesis: the counts are placed at random among the study area's cells.
Source: Ord & Getis (1995), Geographical Analysis 27(4), eq. 14; Benjamini & Hochberg (1995).
Tools differ: esda's default leaves the cell out and standardises rows, ArcGIS corrects as here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analytics.hotspots.grid import CellLookup, Grid, shifted_sum
from analytics.hotspots.refusal import TooFewData

LEAST_INCIDENTS = 30
LEAST_CELLS = 30


def gi_star(cells: pd.DataFrame, grid: Grid, *, level: float = 0.05) -> pd.DataFrame:
    """Gi* for each study-area cell (columns i, j, count).

    Returns `cells` with z, p (two-sided), p_adjusted and verdict: 'hot' or 'cold' where p_adjusted <= `level`,
    else ''. Raises TooFewData under 30 incidents or 30 cells, or where all cells hold the same count.
    """
    count = cells["count"].to_numpy(dtype=float)
    n = len(count)
    if n < LEAST_CELLS or count.sum() < LEAST_INCIDENTS:
        raise TooFewData(
            f"Gi* needs at least {LEAST_CELLS} cells and {LEAST_INCIDENTS} incidents; this selection has "
            f"{n} cells and {int(count.sum())} incidents. Widen the period or choose smaller cells."
        )
    spread = count.std()
    if spread == 0:
        raise TooFewData("Every cell holds the same count: there is nothing to tell apart.")
    lookup = CellLookup(cells.i.to_numpy(), cells.j.to_numpy())
    offsets = ((0, 0), *grid.neighbours())
    weight = shifted_sum(np.ones(n), lookup, offsets)
    local = shifted_sum(count, lookup, offsets)
    scale = spread * np.sqrt((n * weight - weight**2) / (n - 1))
    z = (local - count.mean() * weight) / scale
    p = 2 * stats.norm.sf(np.abs(z))
    adjusted = stats.false_discovery_control(p, method="bh")
    verdict = np.where(adjusted > level, "", np.where(z > 0, "hot", "cold"))
    return cells.assign(z=z, p=p, p_adjusted=adjusted, verdict=verdict)
