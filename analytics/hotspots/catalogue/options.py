"""Options that several methods share."""

from __future__ import annotations

import pandas as pd
import shapely

from analytics.hotspots.catalogue.method import Option
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.denominators import Denominator, list_denominators, read_points
from analytics.hotspots.grid.outlines import list_layers, read_outlines
from analytics.hotspots.refusal import TooFewData

SEED = Option("seed", "Seed", 0, "The same seed gives the same answer.", minimum=0, maximum=2**31 - 1)
TARGET = Option(
    "target",
    "Rate of",
    "",
    "Residents, households or another denominator; load one under 'Denominators'.",
    choices_of=lambda workspace: tuple(found.name for found in _list(workspace)),
)


def choose_denominator(workspace: Workspace, request: Request) -> Denominator:
    named = str(request.option["target"])
    found = [loaded for loaded in _list(workspace) if loaded.name == named]
    if not found:
        raise TooFewData(
            "No residents, households or other denominators are loaded. "
            "Load a table of them under 'Denominators'."
        )
    return found[0]


def choose_points(workspace: Workspace, request: Request, denominator: Denominator) -> pd.DataFrame:
    """The points of a denominator that was loaded as points, in a custom area those within it, as the
    incidents are."""
    points = read_points(workspace.engine, denominator)
    if request.selection.within:
        area = shapely.from_wkb(request.selection.within)
        points = points[shapely.contains_xy(area, points.x.to_numpy(), points.y.to_numpy())]
    if points.empty:
        raise TooFewData(f"None of the {denominator.name} lie within the custom area. Choose a larger one.")
    return points


def list_area_layers(workspace: Workspace) -> tuple[str, ...]:
    """The layers of beats, wards or districts that a method may count in."""
    return list_layers(workspace.engine, workspace.area_id, "area")


def read_area_outlines(workspace: Workspace, layer: str) -> pd.DataFrame:
    """The outlines of one of `area_layers`: id, name, geometry (WGS 84)."""
    return read_outlines(workspace.engine, workspace.area_id, "area", layer)


def _list(workspace: Workspace) -> list[Denominator]:
    return list_denominators(workspace.engine, workspace.area_id)
