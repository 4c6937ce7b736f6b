"""The hotspot methods by name: what the page offers and the command line runs."""

from dataclasses import replace

from analytics.hotspots.catalogue.base import (
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
from analytics.hotspots.catalogue.patterns import METHODS as _PATTERNS
from analytics.hotspots.catalogue.spacetime import METHODS as _SPACETIME
from analytics.hotspots.catalogue.tallies import METHODS as _TALLIES
from analytics.hotspots.catalogue.what_next import METHODS as _WHAT_NEXT
from analytics.hotspots.catalogue.when import METHODS as _WHEN

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
