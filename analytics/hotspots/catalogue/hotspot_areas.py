"""Hotspots as areas: what Gi* calls, joined where it touches."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.catalogue.area_profiles import profile_areas
from analytics.hotspots.catalogue.local_statistics import LEVEL, NULL, RINGS
from analytics.hotspots.catalogue.method import Method, Option
from analytics.hotspots.catalogue.options import SEED
from analytics.hotspots.catalogue.place_names import name_cell_places
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.study_area import count_study_area
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.grid.cells import Grid, index_cells, locate_centres, name_cells
from analytics.hotspots.grid.custom_area import join_cells
from analytics.hotspots.incident_points import read_incident_points
from analytics.hotspots.methods.gi_star import gi_star
from analytics.hotspots.methods.hotspot_areas import fill_small_holes, label_areas, summarise_areas
from analytics.shared.method_result import Measure, Result
from analytics.shared.progress import Progress
from analytics.shared.wording import counted

_HOLE = 3  # cells: a larger hole is a place of its own, which was tested and not called


def find_hotspot_areas(workspace: Workspace, request: Request, progress: Progress) -> Result:
    option, grid = request.option, request.grid
    side, level = str(option["side"]), float(option["level"])
    tested = gi_star(
        count_study_area(workspace, request),
        grid,
        level=level,
        value="value",
        rings=int(option["rings"]),
        null=str(option["null"]),
        seed=int(option["seed"]),
    )
    called = tested[tested.verdict == side].reset_index(drop=True)
    labels = label_areas(called, grid)
    outlines = _outline(called, labels, grid, workspace.epsg)
    called, labels = _add_enclosed(called, labels, outlines, tested, grid, workspace.epsg)
    areas = summarise_areas(called, labels, grid)
    areas = areas.assign(
        id="area around " + areas.core,
        name=name_cell_places(workspace, grid, areas.core),
        share=areas["count"] / max(int(tested["count"].sum()), 1),
        geometry=[outlines[label] for label in areas.index],
    )
    area_of = dict(zip(called.id, areas.id.reindex(labels), strict=True))
    members = _find_members(workspace, request, area_of)
    areas = areas.join(profile_areas(workspace, request, area_of), on="id")
    return Result(
        "outlines",
        areas.drop(columns="core").reset_index(drop=True),
        _describe(areas, tested, side, level),
        request.describe(),
        Measure("value", f"{request.unit} in the area"),
        members=members,
    )


def _outline(called: pd.DataFrame, labels: np.ndarray, grid: Grid, epsg: int) -> dict[int, shapely.Geometry]:
    """By label, the outline of each area (WGS 84): its cells dissolved, its small holes filled."""
    outlines = {}
    for label, ids in called.id.groupby(labels):
        joined = join_cells(ids.tolist(), grid, epsg)
        outlines[int(label)] = fill_small_holes(joined, _HOLE * joined.area / len(ids))
    return outlines


def _add_enclosed(
    called: pd.DataFrame,
    labels: np.ndarray,
    outlines: dict[int, shapely.Geometry],
    tested: pd.DataFrame,
    grid: Grid,
    epsg: int,
) -> tuple[pd.DataFrame, np.ndarray]:
    """With the cells in the holes that were filled: what an area encloses belongs to it, and is counted."""
    others = tested[~tested.id.isin(called.id)]
    centres = shapely.points(*locate_centres(epsg, grid, others.i.to_numpy(), others.j.to_numpy()))
    which = np.array(list(outlines), dtype=np.int64)
    shapes = np.array(list(outlines.values()), dtype=object)
    row, area = shapely.STRtree(shapes).query(centres, predicate="within")
    enclosed = pd.concat([called, others.iloc[row]], ignore_index=True)
    return enclosed, np.concatenate([labels, which[area]])


def _find_members(workspace: Workspace, request: Request, area_of: dict[str, str]) -> pd.DataFrame:
    """The incidents in the areas: id, source_id, row_number."""
    points = read_incident_points(workspace.engine, request.selection)
    cells = name_cells(*index_cells(request.grid, points.x.to_numpy(), points.y.to_numpy()))
    areas = pd.Series(cells, index=points.index, dtype="str").map(area_of)
    inside = areas.notna()
    return points.loc[inside, ["source_id", "row_number"]].assign(id=areas[inside])


def _describe(areas: pd.DataFrame, tested: pd.DataFrame, side: str, level: float) -> tuple[str, ...]:
    if areas.empty:
        found = f"No cell of {len(tested):,} is {side} at a false-discovery rate of {level:.0%}: no area is."
    else:
        found = (
            f"{counted(len(areas), f'{side} area')} of {counted(int(areas.cells.sum()), 'cell')} "
            f"{'has' if len(areas) == 1 else 'have'} {int(areas['count'].sum()):,} of "
            f"{int(tested['count'].sum()):,} incidents ({areas.share.sum():.0%}) on "
            f"{areas.area_km2.sum():.2f} km²."
        )
    return (
        found,
        f"An area is cells that touch, called {side} by Gi* at a false-discovery rate of {level:.0%}. The "
        "rate holds for cells; an area is as sure as its surest cell. Its edge is the grid's; holes of up to "
        f"{_HOLE} cells are filled and counted.",
        "An area is chosen because it was high: part of a later fall is chance.",
    )


METHODS = (
    Method(
        "hotspot-areas",
        "Hotspot areas",
        "Where",
        "Which whole places stand out more than chance would make them?",
        "Cells of another size or kind give other edges, and two places joined by one cell become one. An "
        "area says where, not why. For an edge that does not follow a grid use clusters.",
        find_hotspot_areas,
        (
            Option(
                "side",
                "Areas that are",
                "hot",
                "Hot: more than elsewhere. Cold: less.",
                choices=("hot", "cold"),
            ),
            LEVEL,
            RINGS,
            NULL,
            SEED,
        ),
    ),
)
