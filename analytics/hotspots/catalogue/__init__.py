"""The hotspot methods by name, in the order of the page: what it offers and the command line runs.

To add one: put the statistic into a file of `analytics/hotspots/methods`, and its entry (a function from a
request to a result, and a `Method`) into a file here whose METHODS are listed below.
"""

from analytics.hotspots.catalogue import (
    anchor_area,
    before_after,
    clock_and_trend,
    clusters,
    counts_and_rates,
    density,
    forecasts,
    hotspot_areas,
    linked_series,
    local_statistics,
    spacetime,
    streets,
)
from analytics.hotspots.catalogue.method import GROUPS, Method, Option, refuse_to_run
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.study_area import count_study_area
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.shared.method_result import Curve, Measure, Result

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        *counts_and_rates.METHODS,
        *streets.METHODS,
        *hotspot_areas.METHODS,
        *local_statistics.METHODS,
        *density.METHODS,
        *clusters.METHODS,
        *clock_and_trend.METHODS,
        *spacetime.METHODS,
        *linked_series.METHODS,
        *anchor_area.METHODS,
        *before_after.METHODS,
        *forecasts.METHODS,
    )
}

__all__ = [
    "GROUPS",
    "METHODS",
    "Curve",
    "Measure",
    "Method",
    "Option",
    "Request",
    "Result",
    "Workspace",
    "count_study_area",
    "refuse_to_run",
]
