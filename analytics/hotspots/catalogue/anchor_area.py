"""The area to search first for what a linked series was worked from: never an address, never a person."""

from __future__ import annotations

import pandas as pd
import shapely

from analytics.hotspots.catalogue.linked_series import find_linked, link_options
from analytics.hotspots.catalogue.method import Method, Option
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.refusal import TooFewData
from analytics.series import LinkedSeries
from analytics.series.anchor_area import MINIMUM_INCIDENTS, AnchorArea, NoAnchorArea, find_anchor_area
from analytics.shared.method_result import Measure, Result
from analytics.shared.progress import Progress
from analytics.shared.projection import unproject
from analytics.shared.wording import counted

# Up to which share of the box, the first to search before the others.
_BANDS = {"Search first": 0.02, "Search next": 0.05, "Search then": 0.10}


def show_anchor_area(workspace: Workspace, request: Request, progress: Progress) -> Result:
    incidents, found = find_linked(workspace, request, progress)
    number = _choose_series(found, int(request.option["number"]))
    position = found.members.position[found.members.series == number].to_numpy()
    try:
        area = find_anchor_area(incidents.x[position], incidents.y[position])
    except NoAnchorArea as error:
        raise TooFewData(f"Series {number}: {error}") from error
    rows = incidents.rows.iloc[position]
    table = _outline_bands(area, workspace.epsg).assign(count=len(position))
    probability = float(found.series.set_index("series").probability[number])
    return Result(
        "outlines",
        table,
        (
            f"Series {number}: {counted(len(position), 'incident')}, linked with a probability of "
            f"{probability:.0%}.",
            *area.says,
            "Do not use it for somebody who travels in, for several anchors or for a doubtful series.",
            *(["Pairs are weighed whatever their harm."] if request.harm is not None else []),
        ),
        request.describe(),
        Measure("name", "Where to search", kinds=tuple(table.name)),
        members=pd.concat(
            pd.DataFrame(
                {"id": band, "source_id": rows.source_id.to_numpy(), "row_number": rows.row_number.to_numpy()}
            )
            for band in table.id
        ),
        titles={"km2": "Area (km²)", "share": "Of the box (%)", "count": "Incidents of the series"},
    )


def _choose_series(found: LinkedSeries, asked: int) -> int:
    """The series of that number; of 0 the first that is long enough. Raises TooFewData."""
    sizes = dict(zip(found.series.series.tolist(), found.series.members.tolist(), strict=True))
    if asked in sizes:
        return asked
    enough: list[int] = [number for number, size in sizes.items() if size >= MINIMUM_INCIDENTS]
    if asked == 0 and enough:
        return enough[0]
    if asked:
        raise TooFewData(f"There is no series {asked} among {counted(len(sizes), 'series', 'series')} found.")
    raise TooFewData(
        f"None of {counted(len(sizes), 'series', 'series')} found has {MINIMUM_INCIDENTS} incidents."
    )


def _outline_bands(area: AnchorArea, epsg: int) -> pd.DataFrame:
    """One row a band, what to search first at the top: id and name, geometry (WGS 84), share (per cent of the
    box, with the bands before), km2 (of that band alone)."""
    rows, before = [], 0.0
    for name, share in _BANDS.items():
        inside = area.cells[(area.cells.rank_share > before) & (area.cells.rank_share <= share)]
        if len(inside):
            shape = _join_cells(inside, area.cells.attrs["cell_m"])
            rows.append((name, name, shape, round(100 * share), round(len(inside) * area.cell_km2, 3)))
        before = share
    table = pd.DataFrame(rows, columns=["id", "name", "geometry", "share", "km2"])
    return table.assign(geometry=unproject(table.geometry.to_numpy(object), epsg))


def _join_cells(cells: pd.DataFrame, size: tuple[float, float]) -> shapely.Geometry:
    across, up = size[0] / 2, size[1] / 2
    boxes = shapely.box(cells.x - across, cells.y - up, cells.x + across, cells.y + up)
    return shapely.make_valid(shapely.union_all(boxes, grid_size=0.01))


METHODS = (
    Method(
        "anchor-area",
        "Anchor area of a series",
        "Where and when",
        "Where is it best to search first for what a series was worked from?",
        "Not for somebody who travels in, for several anchors or for a doubtful series. An area to search, "
        "never an address or a person.",
        show_anchor_area,
        (
            Option(
                "number",
                "Series",
                0,
                "Its number in Linked series under the same filters; 0: the first of five or more.",
                minimum=0,
                maximum=10_000,
            ),
            *link_options(),
        ),
        long=True,
    ),
)
