"""Incidents that place, time and the way they were done tie to one another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.catalogue.method import Method, Option
from analytics.hotspots.catalogue.place_names import name_outlines
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.incident_points import read_incident_points
from analytics.hotspots.refusal import TooFewData
from analytics.series import (
    LinkedSeries,
    LinkLimits,
    SeriesIncidents,
    SeriesParameters,
    TooFewIncidents,
    find_series,
    read_series_incidents,
    tabulate_members,
    tabulate_pairs,
)
from analytics.series.anchor_area import MINIMUM_INCIDENTS
from analytics.shared.method_result import Measure, Result
from analytics.shared.progress import Progress
from analytics.shared.projection import unproject
from analytics.shared.wording import counted

_MARGIN_M = 75.0  # a series of one address is still an area
_LISTED_PAIRS = 1000


def find_linked(
    workspace: Workspace, request: Request, progress: Progress
) -> tuple[SeriesIncidents, LinkedSeries]:
    """The incidents that a request selects and their series, by the options of `link_options`. Raises
    TooFewData."""
    selection, option = request.selection, request.option
    chosen = read_incident_points(workspace.engine, selection)[["source_id", "row_number"]]
    parameters = SeriesParameters(
        LinkLimits(float(option["km"]), float(option["days"])),
        float(option["probability"]) / 100,
        int(option["least"]),
    )
    try:
        incidents = read_series_incidents(
            workspace.engine,
            workspace.area_id,
            workspace.time_zone,
            categories=selection.categories,
            first=selection.first,
            last=selection.last,
            among=chosen,
        )
        return incidents, find_series(incidents, parameters, progress=progress)
    except TooFewIncidents as error:
        raise TooFewData(str(error)) from error


def link_series(workspace: Workspace, request: Request, progress: Progress) -> Result:
    incidents, found = find_linked(workspace, request, progress)
    members = tabulate_members(incidents, found)
    table = _outline_series(workspace, incidents, found)
    return Result(
        "outlines",
        table,
        (
            _count_series(found, incidents),
            *_compare_with_distance(found),
            *found.says,
            *_offer_area(found),
            *(["Pairs are weighed whatever their harm."] if request.harm is not None else []),
        ),
        request.describe(),
        Measure("count", "incidents in the series"),
        members=pd.DataFrame(
            {
                "id": "series " + members.series.astype(str),
                "source_id": members.source,
                "row_number": members.row,
            }
        ),
        titles={"bits": "Evidence (bits, mean pair)", "days": "Days from first to last"},
        more={
            "Members, and why": members,
            "Strongest pairs": tabulate_pairs(incidents, found).head(_LISTED_PAIRS),
        },
    )


def _outline_series(workspace: Workspace, incidents: SeriesIncidents, found: LinkedSeries) -> pd.DataFrame:
    """Each series as the hull of its incidents with a margin, WGS 84."""
    hulls = []
    for number in found.series.series:
        position = found.members.position[found.members.series == number]
        points = shapely.multipoints(np.column_stack([incidents.x[position], incidents.y[position]]))
        hulls.append(shapely.buffer(shapely.convex_hull(points), _MARGIN_M))
    outlines = unproject(np.array(hulls, dtype=object), workspace.epsg) if hulls else np.array([])
    series = found.series
    return pd.DataFrame(
        {
            "id": "series " + series.series.astype(str),
            "name": name_outlines(workspace, outlines),
            "geometry": outlines,
            "count": series.members,
            "days": (series["last"] - series["first"]).round(1),
            "bits": series.bits.round(1),
            "probability": series.probability.round(3),
        }
    )


def _count_series(found: LinkedSeries, incidents: SeriesIncidents) -> str:
    linked = len(found.members)
    return (
        f"{counted(len(found.series), 'series', 'series')} with {linked:,} of "
        f"{counted(len(incidents), 'incident')}: likelier linked than not by the average of their pairs."
    )


def _offer_area(found: LinkedSeries) -> tuple[str, ...]:
    long = found.series.series[found.series.members >= MINIMUM_INCIDENTS].tolist()
    if not long:
        return ()
    named = ", ".join(map(str, long[:8])) + (" and more" if len(long) > 8 else "")
    return (f"Anchor area of a series can say where to search first for series {named}.",)


def _compare_with_distance(found: LinkedSeries) -> tuple[str, ...]:
    """How much of the evidence is place alone: a hotspot brings incidents together without any series."""
    of = pd.Series(found.members.series.to_numpy(), index=found.members.position)
    pairs = found.pairs
    inside = pairs["first"].map(of).eq(pairs["second"].map(of))
    if not inside.any():
        return ()
    own = pairs[inside]
    return (
        f"By distance alone the same pairs would be linked with a probability of "
        f"{own.probability_by_distance.median():.0%} instead of {own.probability.median():.0%} (medians).",
    )


def link_options() -> tuple[Option, ...]:
    """What makes a series."""
    return (
        Option(
            "probability",
            "Linked with at least",
            50.0,
            "What the average pair of a series must reach.",
            minimum=5,
            maximum=99,
            unit="%",
        ),
        Option("least", "Members", 3, "Smallest series shown.", minimum=2, maximum=50),
        Option("km", "Within", 20.0, "Farthest pair.", minimum=0.1, maximum=1000, unit="km"),
        Option("days", "Days", 365, "Longest time between a pair.", minimum=1, maximum=3650, unit="days"),
    )


METHODS = (
    Method(
        "linked-series",
        "Linked series",
        "Where and when",
        "Which incidents are likely to be one series, and why?",
        "Not on points snapped to anonymous places. A link is evidence about incidents, never about a "
        "person; an area that is often hit in one way looks like a series.",
        link_series,
        link_options(),
        long=True,
    ),
)
