"""How a finding of the Hotspots page was made, stored with it so that it can be run again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics.hotspots.catalogue import Request
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.selection import Selection

KIND = "hotspot"


@dataclass(frozen=True)
class FindingContext:
    """What every finding of the page names: the working area, the data version and the unit of the trend."""

    area_name: str
    data_version: int
    unit: str


def write_recipe(request: Request, context: FindingContext, **chosen: str) -> dict[str, Any]:
    """The request and what was `chosen` (method, outline, cell) as JSON."""
    selection = request.selection
    return {
        "kind": KIND,
        "area_name": context.area_name,
        "unit": context.unit,
        "area_id": selection.area_id,
        "first": str(selection.first),
        "last": str(selection.last),
        "categories": list(selection.categories),
        "hours": list(selection.hours),
        "weekdays": list(selection.weekdays),
        "within": selection.within.hex(),
        "compared_with": selection.compared_with,
        "cells": request.grid.kind,
        "size": request.grid.size,
        "weights": None if request.weights is None else [list(pair) for pair in request.weights],
        "options": [list(pair) for pair in request.options],
    } | chosen


def read_request(stored: dict[str, Any], *, until: date | None = None) -> Request:
    """The request of a recipe; with `until` its dates end there and are as many as they were."""
    first, last = date.fromisoformat(stored["first"]), date.fromisoformat(stored["last"])
    if until is not None:
        first, last = until - (last - first), until
    selection = Selection(
        stored["area_id"],
        first,
        last,
        tuple(stored["categories"]),
        tuple(stored["hours"]),
        tuple(stored["weekdays"]),
        bytes.fromhex(stored["within"]),
        stored["compared_with"],
    )
    weights = (
        None if stored["weights"] is None else tuple((name, weight) for name, weight in stored["weights"])
    )
    options = tuple((name, value) for name, value in stored["options"])
    return Request(selection, Grid(stored["cells"], stored["size"]), weights, options)
