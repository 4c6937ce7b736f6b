"""The hotspot methods by name: what the page offers and the command line runs."""

from analytics.hotspots.catalogue.clock_and_trend import METHODS as _WHEN
from analytics.hotspots.catalogue.counts_and_rates import METHODS as _COUNTS
from analytics.hotspots.catalogue.forecasts import METHODS as _FORECASTS
from analytics.hotspots.catalogue.local_statistics import METHODS as _LOCAL
from analytics.hotspots.catalogue.method import GROUPS, Method, Option, refuse_to_run
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.result import Curve, Measure, Result
from analytics.hotspots.catalogue.spacetime import METHODS as _SPACETIME
from analytics.hotspots.catalogue.study_area import count_study_area
from analytics.hotspots.catalogue.workspace import Workspace

METHODS: dict[str, Method] = {
    method.name: method for method in (*_COUNTS, *_LOCAL, *_WHEN, *_SPACETIME, *_FORECASTS)
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
