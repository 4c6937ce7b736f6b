"""What a finding of the Hotspots page was made from, kept with it so that it can be made again."""

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
    """The request and what was `chosen` (method, outline, cell) as JSON can hold them."""
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


def read_request(held: dict[str, Any], *, until: date | None = None) -> Request:
    """The request of a recipe; with `until` its dates end there and are as many as they were."""
    first, last = date.fromisoformat(held["first"]), date.fromisoformat(held["last"])
    if until is not None:
        first, last = until - (last - first), until
    selection = Selection(
        held["area_id"],
        first,
        last,
        tuple(held["categories"]),
        tuple(held["hours"]),
        tuple(held["weekdays"]),
        bytes.fromhex(held["within"]),
        held["compared_with"],
    )
    weights = None if held["weights"] is None else tuple((name, weight) for name, weight in held["weights"])
    options = tuple((name, value) for name, value in held["options"])
    return Request(selection, Grid(held["cells"], held["size"]), weights, options)
