"""Where and when together: near repeats, series, emerging hotspots."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.catalogue.method import Method, Option
from analytics.hotspots.catalogue.near_repeat_pairs import NEAR_REPEATS
from analytics.hotspots.catalogue.place_names import name_outlines
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.study_area import count_study_area
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.incident_points import (
    count_month_dated,
    find_minimum_weight,
    read_incident_points,
    weigh_incidents,
)
from analytics.hotspots.methods.emerging import (
    CubeParameters,
    RecurrenceParameters,
    build_cube,
    classify_emerging,
    classify_recurrence,
    split_steps,
)
from analytics.hotspots.methods.st_dbscan import StDbscanParameters, st_dbscan
from analytics.hotspots.refusal import TooFewData
from analytics.shared.method_result import Measure, Result
from analytics.shared.month_dates import leave_out_months, say_left_out
from analytics.shared.progress import Progress
from analytics.shared.projection import unproject

_SIDES = ("hot", "cold")
_EMERGING = tuple(
    f"{kind} {side}"
    for side in _SIDES
    for kind in (
        "new",
        "consecutive",
        "intensifying",
        "persistent",
        "diminishing",
        "sporadic",
        "oscillating",
        "historical",
    )
)
_RECURRENT = (
    *(f"{kind} {side}" for side in _SIDES for kind in ("persistent", "emerging", "former", "intermittent")),
    "mixed",
)
_CUBE_TITLES = {
    "kind": "Kind",
    "total": "In the steps",
    "hot_steps": "Steps hot",
    "cold_steps": "Steps cold",
    "last_z": "Gi* z, last step",
    "trend_z": "Trend z",
    "trend_p": "Trend p",
    "trend_p_adjusted": "Trend p (adjusted)",
    "hot_share": "Share of steps hot",
    "cold_share": "Share of steps cold",
    "recent_hot_share": "Of recent steps, hot",
    "recent_cold_share": "Of recent steps, cold",
}


def find_series(workspace: Workspace, request: Request, progress: Progress) -> Result:
    option = request.option
    read = read_incident_points(workspace.engine, request.selection)
    points = leave_out_months(read)
    harm = weigh_incidents(points, request.harm)
    minimum = find_minimum_weight(float(option["least"]), harm)
    found = st_dbscan(
        points.x.to_numpy(),
        points.y.to_numpy(),
        points.local_date.to_numpy(),
        StDbscanParameters(float(option["distance"]), float(option["days"]), minimum),
        weight=harm,
        category=points.category.to_numpy(),
        time_precision=points.time_precision.to_numpy(),
    )
    labels = found.points.series.to_numpy()
    outlines = _hulls(points.x.to_numpy(), points.y.to_numpy(), labels, float(option["distance"]) / 2)
    geometry = unproject(np.array(outlines, dtype=object), workspace.epsg) if outlines else np.array([])
    table = found.table.assign(
        id="series " + found.table.series.astype(str),
        name=name_outlines(workspace, geometry),
        geometry=geometry,
    )
    table = table.rename(columns={"n": "count"}).drop(columns=["series", "x", "y"])
    table.attrs = {}  # the method's own parameters object, which no table on screen or in a file can carry
    inside = points[labels >= 0]
    members = pd.DataFrame(
        {
            "id": "series " + pd.Series(labels[labels >= 0], index=inside.index).astype(str),
            "source_id": inside.source_id,
            "row_number": inside.row_number,
        }
    )
    says = (
        f"{len(table):,} series have {len(inside):,} of {len(points):,} incidents: at least "
        f"{option['least']:g} within {option['distance']:g} m and {option['days']:g} days of one another.",
        "A series is dense by these settings, which is no proof of one offender, nor a test against chance.",
        *say_left_out(len(read) - len(points)),
    )
    return Result(
        "outlines",
        table.sort_values("count", ascending=False, kind="stable"),
        says,
        request.describe(),
        Measure("count", "incidents in the series"),
        members=members,
    )


def find_emerging(workspace: Workspace, request: Request, progress: Progress) -> Result:
    option = request.option
    days = (
        None
        if option["step"] == "month"
        else {"week": 7, "two weeks": 14, "four weeks": 28}[str(option["step"])]
    )
    edges = split_steps(request.selection.first, request.selection.last, days)
    if len(edges) < 11:
        raise TooFewData(
            f"Emerging hotspots need at least 10 whole steps; this period has {max(len(edges) - 1, 0)}. "
            "Choose a longer period or shorter steps."
        )
    left_out = 0 if days is None else count_month_dated(workspace.engine, request.selection)
    cells = count_study_area(workspace, request)
    cube = build_cube(
        workspace.engine,
        request.selection,
        request.grid,
        cells[["i", "j"]],
        edges,
        request.harm,
        dated=days is not None,
    )
    if option["classes"] == "Esri":
        classes = classify_emerging(
            cube, request.grid, CubeParameters("cube" if option["baseline"] == "cube" else "slice")
        )
        kinds = _EMERGING
    else:
        classes = classify_recurrence(cube, request.grid, RecurrenceParameters())
        kinds = _RECURRENT
    table = classes.merge(cells[["i", "j", "id", "count", "before"]], on=["i", "j"]).rename(
        columns={"class": "kind"}
    )
    table = table[table.kind.isin(kinds)]
    found = table.kind.value_counts()
    says = (
        f"{len(table):,} of {len(cells):,} cells {'shows' if len(table) == 1 else 'show'} a pattern over "
        f"{len(edges) - 1} steps: "
        + (", ".join(f"{count:,} {kind}" for kind, count in found.items()) or "none")
        + ".",
        "Gi* of each cell and step against the "
        f"{'whole cube' if option['baseline'] == 'cube' else 'same steps'}, false-discovery rate 5 % over "
        "all of them; trends by Mann-Kendall.",
        *say_left_out(left_out),
    )
    return Result(
        "cells",
        table,
        says,
        request.describe(),
        Measure("kind", "kind of hotspot", kinds=kinds),
        titles=_CUBE_TITLES,
    )


def _hulls(x: np.ndarray, y: np.ndarray, labels: np.ndarray, margin: float) -> list[shapely.Geometry]:
    """A rounded convex hull round each label from 0 on, so that a series at one address has an outline."""
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] >= 0]
    groups = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(order) else []
    return [
        shapely.buffer(shapely.convex_hull(shapely.multipoints(np.c_[x[g], y[g]])), margin, quad_segs=4)
        for g in groups
    ]


METHODS = (
    NEAR_REPEATS,
    Method(
        "series",
        "Series (ST-DBSCAN)",
        "Where and when",
        "Which incidents lie close together in space and time?",
        "Series depend on the three settings, and busy streets make series by chance: ask near repeats "
        "first whether there are more than chance.",
        find_series,
        (
            Option(
                "distance",
                "Within",
                150.0,
                "Farthest that two neighbours may be apart.",
                minimum=10,
                maximum=5000,
                unit="m",
            ),
            Option(
                "days",
                "and within",
                7.0,
                "Most days between two neighbours.",
                minimum=0.5,
                maximum=120,
                unit="days",
            ),
            Option(
                "least",
                "At least",
                5.0,
                "Neighbours, itself included, that make the core of a series.",
                minimum=2,
                maximum=500,
            ),
        ),
    ),
    Method(
        "emerging",
        "Emerging hotspots",
        "Where and when",
        "Which hotspots are new, lasting, growing or gone?",
        "Classes follow from many tests on few incidents a step: with short steps or small cells most are "
        "noise. A class is a description of the past, not a forecast.",
        find_emerging,
        (
            Option(
                "step",
                "Steps of",
                "month",
                "Length of a time step.",
                choices=("week", "two weeks", "four weeks", "month"),
            ),
            Option(
                "baseline",
                "Compared with",
                "cube",
                "All steps together, or only the same steps.",
                choices=("cube", "slice"),
            ),
            Option(
                "classes",
                "Classes",
                "Esri",
                "Esri's eight hot and eight cold classes, or sfhotspot's four.",
                choices=("Esri", "sfhotspot"),
            ),
        ),
    ),
)
