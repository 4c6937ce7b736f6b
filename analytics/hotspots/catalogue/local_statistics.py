"""Where, tested: the cells that stand out (Gi*), and those unlike their neighbours (Moran)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.hotspots.catalogue.method import Method, Option
from analytics.hotspots.catalogue.options import SEED
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.study_area import count_study_area
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.methods.gi_star import CLASSES, NOT_SIGNIFICANT, gi_star
from analytics.hotspots.methods.local_moran import QUADRANTS, local_moran
from analytics.shared.method_result import Measure, Result
from analytics.shared.progress import Progress


def find_hot_and_cold(workspace: Workspace, request: Request, progress: Progress) -> Result:
    option = request.option
    level, rings = float(option["level"]), int(option["rings"])
    tested = gi_star(
        count_study_area(workspace, request),
        request.grid,
        level=level,
        value="value",
        rings=rings,
        null=str(option["null"]),
        seed=int(option["seed"]),
    )
    hot, cold = (tested.verdict == "hot").sum(), (tested.verdict == "cold").sum()
    says = (
        f"{hot:,} hot and {cold:,} cold of {len(tested):,} cells at a false-discovery rate of {level:.0%}; "
        f"uncorrected, {(tested.p <= level).sum():,} would have been called.",
        f"{_count_classes(tested)} The classes are of the p adjusted for all cells tested "
        "(Benjamini-Hochberg). A cell without colour never had an incident and was not tested.",
        f"Binary weights, the cell itself included, neighbours within {rings} "
        f"ring{'s' if rings > 1 else ''}; two-sided p: " + _NULLS[str(option["null"])],
    )
    return Result(
        "cells",
        _surest_first(tested),
        says,
        request.describe(),
        Measure("confidence", "Gi*, confidence after correction", maximum=5, kinds=CLASSES, behind="z"),
    )


def _surest_first(tested: pd.DataFrame) -> pd.DataFrame:
    """By class, and within each by the size of z: what is read of a long table is what was found."""
    rank = tested.confidence.map({name: k for k, name in enumerate(CLASSES)})
    return tested.iloc[np.lexsort((-tested.z.abs(), rank))].reset_index(drop=True)


def _count_classes(tested: pd.DataFrame) -> str:
    counts = tested.confidence.value_counts()
    found = [f"{counts[name]:,} {name}" for name in CLASSES if name in counts and name != NOT_SIGNIFICANT]
    return f"By confidence: {'; '.join(found)}." if found else "No cell reaches 90 %."


def find_outliers(workspace: Workspace, request: Request, progress: Progress) -> Result:
    option = request.option
    tested = local_moran(
        count_study_area(workspace, request),
        request.grid,
        level=float(option["level"]),
        value="value",
        rings=int(option["rings"]),
        seed=int(option["seed"]),
    )
    called = tested[tested.verdict != ""]
    found = called.verdict.value_counts()
    says = (
        f"Of {len(tested):,} cells "
        + (", ".join(f"{count:,} are {kind}" for kind, count in found.items()) or "none stands out")
        + f" (the cell itself, then its neighbours) at a false-discovery rate of "
        f"{float(option['level']):.0%}.",
        "Local Moran's I, row-standardised weights, 99,999 conditional permutations shared between cells.",
    )
    return Result(
        "cells",
        called,
        says,
        request.describe(),
        Measure("verdict", "cell - neighbours", kinds=QUADRANTS[::-1]),
    )


LEVEL = Option(
    "level",
    "False-discovery rate",
    0.05,
    "The share of the called cells that may be called wrongly.",
    minimum=0.001,
    maximum=0.2,
)
RINGS = Option(
    "rings",
    "Neighbours",
    1,
    "Rings of cells around a cell that count as its neighbours.",
    minimum=1,
    maximum=5,
    unit="rings",
)
NULL = Option(
    "null",
    "p-values by",
    "total",
    "Permuting all cells, all but the cell itself, or the normal approximation.",
    choices=("total", "conditional", "normal"),
)
_NULLS = {
    "total": "all values permuted over all cells, 99,999 times.",
    "conditional": "the cell's own value fixed, the others permuted 99,999 times.",
    "normal": "the normal approximation, which calls too many where few cells hold most.",
}


METHODS = (
    Method(
        "gi-star",
        "Hot and cold spots (Gi*)",
        "Where",
        "Which places stand out more than chance would make them?",
        "Gi* says that a cell and its neighbours are high among the cells of the study area, not why. "
        "Neighbouring cells share incidents, so one cluster lights several. Points snapped to anonymous "
        "places can put a whole street's crime into one cell.",
        find_hot_and_cold,
        (
            LEVEL,
            RINGS,
            NULL,
            SEED,
        ),
    ),
    Method(
        "moran",
        "Clusters and outliers (Moran)",
        "Where",
        "Which cells are like their neighbours, which the exception?",
        "A high cell among low ones may be one address or one mistaken coordinate: look at its rows. Local "
        "Moran says nothing of why.",
        find_outliers,
        (LEVEL, RINGS, SEED),
    ),
)
