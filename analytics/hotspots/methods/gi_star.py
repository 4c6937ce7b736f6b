"""Getis-Ord Gi*: is a cell with its neighbours more than the study area's average?

Form: binary weights, the cell itself included, neighbours those within so many rings of touching cells; mean
and variance over the cells given, which are one period of the whole study area (never a cube of periods, nor
a neighbourhood); two-sided p by permutation; Benjamini-Hochberg false-discovery control over the cells
tested. Null hypothesis: the cells' values are placed at random among the study area's cells. Sources: Ord &
Getis (1995), Geographical Analysis 27(4), eq. 14; Benjamini & Hochberg (1995), JRSS B 57(1). Tools differ:
esda's default leaves the cell out, standardises rows and gives a one-sided p; sfhotspot corrects only when
asked; ArcGIS corrects as here."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analytics.hotspots.grid.cells import CellLookup, Grid
from analytics.hotspots.methods.permutation import permutation_p
from analytics.hotspots.refusal import TooFewData

MINIMUM_INCIDENTS = 30
MINIMUM_CELLS = 30
NULLS = ("total", "conditional", "normal")
# The adjusted p up to which a cell is called with a confidence, the surest first.
CONFIDENCE = ((0.01, "99 %"), (0.05, "95 %"), (0.10, "90 %"))
NOT_SIGNIFICANT = "not significant"
CLASSES = (*(f"{side}, {sure}" for side in ("hot", "cold") for _, sure in CONFIDENCE), NOT_SIGNIFICANT)


def gi_star(
    cells: pd.DataFrame,
    grid: Grid,
    *,
    level: float = 0.05,
    value: str = "count",
    rings: int = 1,
    null: str = "total",
    permutations: int = 99_999,
    seed: int = 0,
) -> pd.DataFrame:
    """Gi* for each study-area cell (columns i, j, count and `value`: the count itself, harm or a rate).

    `null` says where p comes from; z is the same for all three: 'total': all values permuted over all cells,
    of which z's mean and variance are the moments; 'conditional': the cell's own value held in place and the
    others permuted, as esda does, so that p speaks of the neighbours only; 'normal': the normal approximation
    to z, as ArcGIS uses, which calls too many cells hot and too few cold where a few cells hold most
    incidents. The first two draw `permutations` times with `seed`: no p is less than 2 / (permutations + 1),
    so that false-discovery control calls none unless 2 * cells / (level * permutations) cells reach that
    floor together.

    Returns `cells` with z, p (two-sided), p_adjusted, verdict: 'hot' or 'cold' where p_adjusted <= `level`,
    else '', and confidence: one of CLASSES, by p_adjusted whatever the level. Raises TooFewData under 30
    incidents or 30 cells, or where all cells hold the same value, and ValueError for an unknown null or a
    value that is missing."""
    if null not in NULLS:
        raise ValueError(f"The null distribution is one of {', '.join(NULLS)}, not {null!r}.")
    values = check_values(cells, value, "Gi*")
    n = len(values)
    lookup = CellLookup(cells.i.to_numpy(), cells.j.to_numpy())
    around, neighbours = lookup.sums(values, grid.neighbours(rings))
    local, weight = around + values, neighbours + 1.0
    scale = values.std() * np.sqrt((n * weight - weight**2) / (n - 1))
    # Where every cell is every other's neighbour the sum cannot vary: nothing stands out.
    z = np.divide(local - values.mean() * weight, scale, out=np.zeros(n), where=scale > 0)
    if null == "normal":
        p = 2 * stats.norm.sf(np.abs(z))
    elif null == "total":
        p = permutation_p(values, local, neighbours + 1, hold_own=False, permutations=permutations, seed=seed)
    else:
        p = permutation_p(values, around, neighbours, hold_own=True, permutations=permutations, seed=seed)
    adjusted = stats.false_discovery_control(p, method="bh")
    above = _above(values, local, around, weight, null)
    verdict = np.where(adjusted > level, 0, np.where(above, 1, 2))
    names = pd.array(["", "hot", "cold"], dtype="str")
    confidence = classify_confidence(adjusted, above)
    return cells.assign(z=z, p=p, p_adjusted=adjusted, verdict=names.take(verdict), confidence=confidence)


def classify_confidence(p_adjusted: np.ndarray, above: np.ndarray) -> np.ndarray:
    """For each cell one of CLASSES, by its adjusted p and by whether it lies above its expectation."""
    step = np.searchsorted([limit for limit, _ in CONFIDENCE], p_adjusted)
    steps = len(CONFIDENCE)
    which = np.where(step == steps, len(CLASSES) - 1, step + np.where(above, 0, steps))
    named: np.ndarray = np.array(CLASSES, dtype=object)[which]
    return named


def _above(
    values: np.ndarray, local: np.ndarray, around: np.ndarray, weight: np.ndarray, null: str
) -> np.ndarray:
    """Whether what is tested exceeds its expectation: with its own value held, that of the others' mean."""
    above: np.ndarray = (
        around > (values.sum() - values) / (len(values) - 1) * (weight - 1)
        if null == "conditional"
        else local > values.mean() * weight
    )
    return above


def check_values(cells: pd.DataFrame, value: str, method: str) -> np.ndarray:
    """The column to be tested as floats. Raises TooFewData or ValueError where it cannot carry `method`."""
    values: np.ndarray = cells[value].to_numpy(dtype=float)
    incidents = float(cells["count"].sum())
    if len(values) < MINIMUM_CELLS or incidents < MINIMUM_INCIDENTS:
        raise TooFewData(
            f"{method} needs at least {MINIMUM_CELLS} cells and {MINIMUM_INCIDENTS} incidents; this "
            f"selection has {len(values)} cells and {int(incidents)} incidents. Widen the period or "
            "choose smaller cells."
        )
    if not np.isfinite(values).all():
        raise ValueError(
            f"{method}: {value!r} is missing in {int((~np.isfinite(values)).sum())} cells; leave them out."
        )
    if values.min() == values.max():
        raise TooFewData(f"Every cell holds the same {value}: there is nothing to tell apart.")
    return values
