"""Where incidents are dense, whatever the grid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.hotspots.catalogue.method import Method, Option
from analytics.hotspots.catalogue.place_names import name_outlines
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.incident_points import (
    find_minimum_weight,
    read_incident_points,
    weigh_incidents,
)
from analytics.hotspots.methods.clusters import ClusterParameters, point_clusters
from analytics.hotspots.refusal import TooFewData
from analytics.shared.method_result import Measure, Result
from analytics.shared.progress import Progress
from analytics.shared.projection import unproject


def find_clusters(workspace: Workspace, request: Request, progress: Progress) -> Result:
    option = request.option
    points = read_incident_points(workspace.engine, request.selection)
    harm, by = weigh_incidents(points, request.harm), str(option["by"])
    minimum = float(option["least"])
    parameters = ClusterParameters(
        method=by,
        eps_m=float(option["distance"]),
        outline=str(option["outline"]),
        min_points=find_minimum_weight(minimum, harm) if by == "dbscan" else minimum,
    )
    try:
        found = point_clusters(points.x.to_numpy(), points.y.to_numpy(), parameters, weight=harm)
    except ValueError as error:
        raise TooFewData(str(error)) from error
    table = pd.DataFrame(found.table.drop(columns=["geometry", "x", "y"])).rename(columns={"n": "count"})
    outlines = unproject(found.table.geometry.to_numpy(), workspace.epsg) if len(table) else np.array([])
    table = table.assign(
        id="cluster " + table.cluster.astype(str),
        name=name_outlines(workspace, outlines),
        geometry=outlines,
    ).drop(columns=["cluster"])
    table.attrs = {}  # the method's own parameters object, which no table on screen or in a file can carry
    inside = found.labels >= 0
    members = points.loc[inside, ["source_id", "row_number"]].assign(
        id="cluster " + pd.Series(found.labels[inside], index=points.index[inside]).astype(str)
    )
    largest = table["count"].max() / len(points) if len(table) else 0
    says = (
        f"{len(table):,} cluster{'s have' if len(table) != 1 else ' has'} {inside.sum():,} of "
        f"{len(points):,} incidents on {table.area_km2.sum():.2f} km².",
        *(
            [f"One of them has {largest:.0%} of all: that is a town, not a hotspot. {_TIGHTER[by]}"]
            if largest > 0.5
            else []
        ),
        "A cluster is dense by these settings, in patterned data or not: Gi* asks whether there is more "
        "than chance.",
    )
    return Result(
        "outlines",
        table,
        says,
        request.describe(),
        Measure("weight", f"{request.unit} in the cluster"),
        members=members,
    )


_TIGHTER = {
    "dbscan": "Ask for more incidents, or within a shorter distance.",
    "hdbscan": "Choose DBSCAN, whose distance you set, or ask for a shorter period.",
}


METHODS = (
    Method(
        "clusters",
        "Clusters (DBSCAN)",
        "Where",
        "Where do incidents lie dense, whatever the grid?",
        "The settings decide what is dense. Clusters appear in data without any pattern too.",
        find_clusters,
        (
            Option(
                "by",
                "Method",
                "dbscan",
                "One distance everywhere, or (HDBSCAN) one that adapts.",
                choices=("dbscan", "hdbscan"),
            ),
            Option(
                "distance",
                "Within",
                150.0,
                "Radius that is searched (DBSCAN).",
                minimum=5,
                maximum=5000,
                unit="m",
            ),
            Option(
                "least",
                "At least",
                30.0,
                "Incidents, or harm, within it; the smallest cluster for HDBSCAN.",
                minimum=2,
                maximum=100_000,
            ),
            Option(
                "outline",
                "Outline",
                "concave",
                "Hull drawn round each cluster.",
                choices=("concave", "convex"),
            ),
        ),
    ),
)
