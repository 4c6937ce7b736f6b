"""Options that several methods share."""

from __future__ import annotations

import pandas as pd
import shapely

from analytics.hotspots.catalogue.method import Option, Request, Workspace
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.targets import Target

SEED = Option("seed", "Seed", 0, "The same seed gives the same answer.", least=0, most=2**31 - 1)
TARGET = Option(
    "target",
    "Rate of",
    "",
    "Residents, households or another target; load one under 'Targets'.",
    choices_of=lambda workspace: tuple(target.name for target in workspace.targets()),
)


def chosen_target(workspace: Workspace, request: Request) -> Target:
    named = str(request.option["target"])
    found = [target for target in workspace.targets() if target.name == named]
    if not found:
        raise TooFewData(
            "No residents, households or other targets are held. Load a table of them under 'Targets'."
        )
    return found[0]


def chosen_points(workspace: Workspace, request: Request, target: Target) -> pd.DataFrame:
    """The points of a target that is held as points, in a custom area those within it, as the incidents
    are."""
    points = workspace.target_points(target)
    if request.selection.within:
        area = shapely.from_wkb(request.selection.within)
        points = points[shapely.contains_xy(area, points.x.to_numpy(), points.y.to_numpy())]
    if points.empty:
        raise TooFewData(f"None of the {target.name} are held within the custom area. Choose a larger one.")
    return points
