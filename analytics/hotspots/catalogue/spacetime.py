"""Where and when together: near repeats, series, emerging hotspots."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from analytics.basemap import describe_places
from analytics.hotspots.catalogue.method import Method, Option, within_step
from analytics.hotspots.catalogue.place_names import name_outlines
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.study_area import count_study_area
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.incident_points import find_minimum_weight, read_incident_points, weigh_incidents
from analytics.hotspots.methods.emerging import (
    CubeParameters,
    RecurrenceParameters,
    build_cube,
    classify_emerging,
    classify_recurrence,
    split_steps,
)
from analytics.hotspots.methods.knox import KnoxParameters, knox_table
from analytics.hotspots.methods.near_repeats import NearRepeatParameters, NearRepeats, near_repeats
from analytics.hotspots.methods.st_dbscan import StDbscanParameters, st_dbscan
from analytics.hotspots.refusal import TooFewData
from analytics.shared.method_result import Measure, Result
from analytics.shared.progress import Progress
from analytics.shared.projection import unproject
from analytics.shared.wording import counted

_AS_LABELLED = "nrc, as labelled"
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


def tabulate_near_repeats(workspace: Workspace, request: Request, progress: Progress) -> Result:
    option = request.option
    progress("Reading the incidents", 0.0)
    points = read_incident_points(workspace.engine, request.selection)
    distance, days = float(option["band"]), int(option["days"])
    parameters = _read_knox_parameters(request)
    given = (points.x.to_numpy(), points.y.to_numpy(), points.local_date.to_numpy())
    precision = points.time_precision.to_numpy()
    permuting = within_step(progress, "Counting pairs, and again with the dates permuted", 0.02, 0.9)
    table = knox_table(*given, parameters, time_precision=precision, progress=permuting)
    labels = [
        f"{row.observed:,} ({row.ratio:.2f}{'*' if row.p_fdr <= 0.05 else ''})"
        if row.expected > 0
        else "none"
        for row in table.itertuples()
    ]
    shown = pd.DataFrame(
        {"distance": table.distance, "days": table.days, "ratio": table.ratio, "observed (ratio)": labels}
    ).join(table[["observed", "expected", "p", "p_fdr"]])
    progress("Listing the pairs", 0.9)
    pairs = near_repeats(
        *given,
        NearRepeatParameters(distance, days, parameters.metric, parameters.same_place_m),
        time_precision=precision,
    )
    events = pairs.events.assign(
        source_id=points.source_id.to_numpy()[pairs.events.row],
        row_number=points.row_number.to_numpy()[pairs.events.row],
        date=points.local_date.to_numpy()[pairs.events.row],
        category=points.category.to_numpy()[pairs.events.row],
        place=_name_events(workspace, points.iloc[pairs.events.row]),
    )
    columns = [
        "chain",
        "role",
        "date",
        "category",
        "place",
        "source_id",
        "row_number",
        "earlier",
        "later",
        "same_day",
    ]
    listed = events[columns].sort_values(["chain", "date"], kind="stable")
    return Result(
        "matrix",
        shown,
        tuple(
            [
                *_describe_knox(table, parameters),
                _describe_pairs(pairs, distance, days),
                *_warn_of_knox(table, request),
            ]
        ),
        request.describe(),
        titles={
            "ratio": "Observed by expected",
            "observed": "Pairs observed",
            "expected": "Pairs expected",
            "p": "p (more than chance)",
            "p_fdr": "p (whole table)",
        },
        members=events.assign(id="near repeats")[["id", "source_id", "row_number"]],
        more={"Originators and near repeats": listed},
    )


def _name_events(workspace: Workspace, points: pd.DataFrame) -> list[str | None]:
    """Where each incident of a pair was, by street and crossing; incidents at one crossing share its name."""
    if points.empty:
        return []
    lonlat = shapely.get_coordinates(unproject(shapely.points(points[["x", "y"]]), workspace.epsg))
    return list(describe_places(workspace.store, workspace.area_id, *lonlat.T).name)


def _read_knox_parameters(request: Request) -> KnoxParameters:
    option = request.option
    parameters = KnoxParameters(
        distance_edges_m=tuple(float(option["band"]) * k for k in range(1, 6)),
        day_edges=tuple(int(option["days"]) * k for k in range(1, 6)),
        metric=str(option["metric"]),
        same_place_m=float(option["same_place"]),
        permutations=int(option["permutations"]),
        seed=int(option["seed"]),
        labels="nrc" if option["labels"] == "nrc" else "intervals",
    )
    return parameters.with_labels_true() if option["labels"] == _AS_LABELLED else parameters


def _describe_knox(table: pd.DataFrame, parameters: KnoxParameters) -> list[str]:
    closest = table[table.day_from == 0].sort_values("distance_from_m")
    raised = closest[closest.p_fdr <= 0.05]
    distances = "; ".join(f"{row.distance} ({row.ratio:.2f} times)" for row in raised.itertuples())
    named = ", but is named as the Near Repeat Calculator names it" if parameters.labels == "nrc" else ""
    return [
        f"Within the first days, pairs are more frequent than chance at: {distances or 'no distance'}. "
        f"One-sided p from {parameters.permutations} permutations of the dates, false-discovery rate 5 % "
        "over the table (*).",
        "Days are the difference of the local dates, 0 the same date; a band includes its lower edge and not "
        f"its upper one{named}.",
    ]


def _describe_pairs(pairs: NearRepeats, distance: float, days: int) -> str:
    if not len(pairs.pairs):
        return f"No pair lies under {distance:g} m and {days} days."
    roles = ", ".join(f"{count:,} {role}" for role, count in pairs.events.role.value_counts().items())
    return (
        f"{counted(len(pairs.pairs), 'pair')} under {distance:g} m and {days} days, in "
        f"{counted(pairs.events.chain.nunique(), 'chain')}: {roles}. Such pairs occur by chance too."
    )


def _warn_of_knox(table: pd.DataFrame, request: Request) -> list[str]:
    says = []
    if table.expected.between(0, 1, inclusive="neither").any():
        says.append("Where fewer than one pair is expected the cell has no colour: one pair makes the ratio.")
    if request.harm is not None:
        says.append("Pairs of incidents are counted here, whatever their harm: a pair has none.")
    return says


def find_series(workspace: Workspace, request: Request, progress: Progress) -> Result:
    option = request.option
    points = read_incident_points(workspace.engine, request.selection)
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
    if workspace.extent.monthly and days is not None:
        raise TooFewData("These data give months only: choose steps of a month.")
    edges = split_steps(request.selection.first, request.selection.last, days)
    if len(edges) < 11:
        raise TooFewData(
            f"Emerging hotspots need at least 10 whole steps; this period has {max(len(edges) - 1, 0)}. "
            "Choose a longer period or shorter steps."
        )
    cells = count_study_area(workspace, request)
    cube = build_cube(
        workspace.engine, request.selection, request.grid, cells[["i", "j"]], edges, request.harm
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
    Method(
        "near-repeats",
        "Near repeats",
        "Where and when",
        "Does one offence raise the risk next door soon after?",
        "Not on points snapped to anonymous places, nor on months: both make or hide pairs. Pairs are "
        "counted whoever committed them; a season or a growing city also makes pairs close in time.",
        tabulate_near_repeats,
        (
            Option(
                "band",
                "Distance bands",
                100.0,
                "Width of each of five bands.",
                minimum=10,
                maximum=2000,
                unit="m",
            ),
            Option(
                "days", "Day bands", 7, "Length of each of five bands.", minimum=1, maximum=60, unit="days"
            ),
            Option(
                "same_place",
                "Same place within",
                0.0,
                "How far apart two records of one address may lie.",
                minimum=0,
                maximum=100,
                unit="m",
            ),
            Option(
                "metric",
                "Distance",
                "euclidean",
                "Straight line, or along a street grid.",
                choices=("euclidean", "manhattan"),
            ),
            Option(
                "labels",
                "Labels",
                "intervals",
                "True intervals; the Near Repeat Calculator's words for them; or the intervals that its "
                "words say ('1 to 100' with 100).",
                choices=("intervals", "nrc", _AS_LABELLED),
            ),
            Option(
                "permutations", "Permutations", 999, "More make the p-values finer.", minimum=99, maximum=9999
            ),
            Option("seed", "Seed", 0, "The same seed gives the same p-values.", minimum=0, maximum=2**31 - 1),
        ),
        long=True,
    ),
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
