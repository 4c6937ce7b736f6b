"""The hotspot methods by name: what the page offers and the command line runs."""

from dataclasses import replace

from analytics.hotspots.catalogue.clock_and_trend import METHODS as _WHEN
from analytics.hotspots.catalogue.counts_and_rates import METHODS as _TALLIES
from analytics.hotspots.catalogue.forecasts import METHODS as _WHAT_NEXT
from analytics.hotspots.catalogue.local_statistics import METHODS as _PATTERNS
from analytics.hotspots.catalogue.method import (
    GROUPS,
    Curve,
    Measure,
    Method,
    Option,
    Request,
    Result,
    Workspace,
    counted_cells,
    made_elsewhere,
    told_as_held,
)
from analytics.hotspots.catalogue.spacetime import METHODS as _SPACETIME

METHODS: dict[str, Method] = {
    method.name: replace(method, run=told_as_held(method.run))
    for method in (*_TALLIES, *_PATTERNS, *_WHEN, *_SPACETIME, *_WHAT_NEXT)
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
    "counted_cells",
    "made_elsewhere",
]
