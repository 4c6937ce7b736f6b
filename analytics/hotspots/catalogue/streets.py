"""Where, along streets: the segments with the most incidents."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.hotspots.catalogue.method import Method, Option
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.grid.outlines import list_layers, read_outlines
from analytics.hotspots.incident_points import read_incident_points, weigh_incidents
from analytics.hotspots.methods.streets import count_on_streets, snap_to_streets
from analytics.hotspots.refusal import TooFewData
from analytics.shared.method_result import Measure, Result
from analytics.shared.progress import Progress
from analytics.shared.projection import project


def count_segments(workspace: Workspace, request: Request, progress: Progress) -> Result:
    layer = str(request.option["layer"])
    if not layer:
        raise TooFewData("This working area has no streets. Import a street layer on the Data page.")
    streets = read_outlines(workspace.engine, workspace.area_id, "street", layer)
    points = read_incident_points(workspace.engine, request.selection)
    lines = project(streets.geometry.to_numpy(), workspace.epsg)
    tolerance = float(request.option["tolerance"])
    snapped = snap_to_streets(points.x.to_numpy(), points.y.to_numpy(), lines, tolerance=tolerance)
    harm = weigh_incidents(points, request.harm)
    counted = count_on_streets(lines, snapped)
    table = streets.join(counted)
    column = "count"
    if harm is not None:
        weighed, column = count_on_streets(lines, snapped, weights=harm), "harm"
        table = table.assign(harm=weighed["count"], per_100m=weighed.per_100m)
    by_length = request.option["by"] == "per 100 m"
    if by_length:
        column = "per_100m"
    ranked = table[table["count"] > 0].sort_values(column, ascending=False, kind="stable")
    on = snapped.street >= 0
    members = points.loc[on, ["source_id", "row_number"]].assign(id=streets.id.to_numpy()[snapped.street[on]])
    says = (
        f"{on.sum():,} of {len(points):,} incidents lie within {tolerance:g} m of one of {len(streets):,} "
        f"segments; {snapped.far:,} are farther away and on none. {len(ranked):,} segments have all of "
        f"{'them' if harm is None else 'their harm'}, "
        f"{_count_half(ranked['count' if harm is None else 'harm']):,} have half.",
        "A short segment's rate per 100 m jumps with a single incident."
        if by_length
        else "Long segments have more.",
    )
    legend = {"count": "incidents", "harm": "harm", "per_100m": f"{request.unit} per 100 m"}[column]
    return Result(
        "outlines",
        ranked.head(_MAX_STREETS),
        says,
        request.describe(),
        Measure(column, legend),
        members=members,
        layer="street",
    )


def _count_half(counts: pd.Series) -> int:
    """How many of the highest segments have half of what is counted."""
    if counts.sum() == 0:
        return 0
    return int(np.searchsorted(np.sort(counts.to_numpy())[::-1].cumsum(), counts.sum() / 2) + 1)


_MAX_STREETS = 5_000


METHODS = (
    Method(
        "streets",
        "Street segments",
        "Where",
        "Which street segments have the most?",
        "Points snapped to anonymous places (police.uk) put a whole neighbourhood's crime on one segment. A "
        "segment is what the street layer says it is.",
        count_segments,
        (
            Option(
                "layer",
                "Streets",
                "",
                "The street layer.",
                choices_of=lambda workspace: list_layers(workspace.engine, workspace.area_id, "street"),
            ),
            Option(
                "tolerance",
                "Within",
                50.0,
                "Farther incidents are on no street.",
                minimum=1,
                maximum=1000,
                unit="m",
            ),
            Option(
                "by",
                "Show",
                "number",
                "The number, or the number for each 100 metres.",
                choices=("number", "per 100 m"),
            ),
        ),
    ),
)
