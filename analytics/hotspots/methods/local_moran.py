"""Local Moran's I: which cells are like their neighbours, and which are the exception among them?

Form: row-standardised binary weights (the neighbours' mean), the cell itself left out, neighbours those
within so many rings of touching cells; deviations from the mean of the cells given, one period of the study
area. Null hypothesis: with the cell's own value held in place, the others are placed at random among the
other cells. p: conditional permutation, two-sided; Benjamini-Hochberg false-discovery control over the cells
tested. Sources: Anselin (1995), Geographical Analysis 27(2), 93-115; Benjamini & Hochberg (1995), JRSS B
57(1)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analytics.hotspots.grid.cells import CellLookup, Grid
from analytics.hotspots.methods.gi_star import check_values
from analytics.hotspots.methods.permutation import permutation_p

QUADRANTS = ("low-low", "low-high", "high-low", "high-high")


def local_moran(
    cells: pd.DataFrame,
    grid: Grid,
    *,
    level: float = 0.05,
    value: str = "count",
    rings: int = 1,
    permutations: int = 99_999,
    seed: int = 0,
) -> pd.DataFrame:
    """Local Moran's I for each study-area cell (columns i, j, count and `value`: the count, harm or a rate).

    Returns `cells` with moran (I_i, as esda scales it), quadrant (the cell above its mean or not, then its
    neighbours': 'high-low' is a high cell among low ones), p (two-sided), p_adjusted and verdict: the
    quadrant where p_adjusted <= `level`, else ''. A cell without neighbours has I = 0, p = 1 and quadrant ''.
    Raises TooFewData under 30 incidents or 30 cells or where all cells hold the same value, and ValueError
    for a value that is missing. `permutations` and `seed` as in `gi_star`."""
    values = check_values(cells, value, "Local Moran's I")
    n = len(values)
    lookup = CellLookup(cells.i.to_numpy(), cells.j.to_numpy())
    around, neighbours = lookup.sums(values, grid.neighbours(rings))
    deviation = values - values.mean()
    has_any = neighbours > 0
    lag = np.divide(around, neighbours, out=np.full(n, values.mean()), where=has_any) - values.mean()
    p = permutation_p(values, around, neighbours, hold_own=True, permutations=permutations, seed=seed)
    adjusted = stats.false_discovery_control(p, method="bh")
    quadrant = np.where(has_any, 1 + 2 * (deviation > 0) + (lag > 0), 0)
    names = pd.array(["", *QUADRANTS], dtype="str")
    return cells.assign(
        moran=(n - 1) * deviation * lag / (deviation @ deviation),
        quadrant=names.take(quadrant),
        p=p,
        p_adjusted=adjusted,
        verdict=names.take(np.where(adjusted <= level, quadrant, 0)),
    )
