"""Where: counts, change, density and local statistics on cells, and counts by beat."""

from __future__ import annotations

import numpy as np

from analytics.hotspots.catalogue.base import (
    Measure,
    Method,
    Option,
    Request,
    Result,
    Workspace,
    with_value,
)
from analytics.hotspots.counts import boundary_counts
from analytics.hotspots.density import kernel_density
from analytics.hotspots.gistar import gi_star
from analytics.hotspots.refusal import TooFewData

SMALL = 10


def count(workspace: Workspace, request: Request) -> Result:
    cells = workspace.cells(request)
    return Result(
        "cells",
        cells[cells.value > 0],
        _count_says(cells, request),
        request.words(),
        Measure("value", request.unit),
    )


def change(workspace: Workspace, request: Request) -> Result:
    earlier = request.selection.earlier()
    if earlier.first < workspace.first:
        raise TooFewData(
            f"Change needs {earlier.first:%d %b %Y} to {earlier.last:%d %b %Y} as well; the data begin on "
            f"{workspace.first:%d %b %Y}. Choose a shorter or later period."
        )
    cells = workspace.cells(request)
    now, before = cells.value.sum(), cells.value_before.sum()
    says = (
        f"{now:,.0f} {request.unit} now, {before:,.0f} from {earlier.first:%d %b %Y} to {earlier.last:%d %b %Y} "
        f"({request.selection.compared_with}).",
        "A cell's change is not tested here: between short periods most of it is chance.",
    )
    return Result(
        "cells", cells[(cells.value > 0) | (cells.value_before > 0)], says,
        request.words() | {"compared_with": f"{earlier.first} to {earlier.last}"},
        Measure("change", f"{request.unit} more (+) or fewer (-)", diverging=True),
    )  # fmt: skip


def hot_and_cold(workspace: Workspace, request: Request) -> Result:
    cells = workspace.cells(request)
    tested = gi_star(cells.assign(count=cells.value), request.grid, level=request.option["level"])
    tested["count"] = cells["count"]
    hot, cold = (tested.verdict == "hot").sum(), (tested.verdict == "cold").sum()
    says = (
        f"{hot:,} hot and {cold:,} cold of {len(tested):,} cells at a false-discovery rate of "
        f"{request.option['level']:.0%}; uncorrected, {(tested.p <= request.option['level']).sum():,} would have been called.",
        "Binary weights, the cell itself included, neighbours that touch, two-sided p by the normal approximation.",
    )
    return Result(
        "cells", tested[tested.verdict != ""], says, request.words(),
        Measure("z", "Gi* z-score, significant cells", diverging=True),
    )  # fmt: skip


def beats(workspace: Workspace, request: Request) -> Result:
    layer = str(request.option["layer"])
    if not layer:
        raise TooFewData(
            "No beats, wards or districts are held for this working area. Import boundaries on the Data page."
        )
    outlines = workspace.outlines("area", layer)
    counts = boundary_counts(workspace.engine, request.selection, outlines.geometry.to_numpy(), request.harm)
    table = with_value(outlines.join(counts), request)
    inside, held = int(table["count"].sum()), int(workspace.cells(request)["count"].sum())
    says = (
        f"{inside:,} of {held:,} located incidents lie in {len(table):,} outlines of {layer}; the median outline "
        f"holds {np.median(table.value):,.0f} {request.unit}.",
        "A large beat holds more because it is large: look at the rate before comparing beats.",
    )
    return Result(
        "outlines", table, says, request.words(), Measure("value", request.unit), layer="area"
    )  # fmt: skip


def density(workspace: Workspace, request: Request) -> Result:
    cells = workspace.cells(request)
    radius = float(request.option["radius"]) or 3.0 * request.grid.size
    smooth = kernel_density(cells.assign(count=cells.value), request.grid, radius)
    table = cells.assign(density=smooth)
    says = (f"Smoothed with a quartic kernel of {radius:,.0f} m; no test.",)
    return Result(
        "cells", table[table.density > 0], says, request.words() | {"radius": radius},
        Measure("density", f"{request.unit} per km²"),
    )  # fmt: skip


def _count_says(cells, request: Request) -> tuple[str, ...]:
    total = cells.value.sum()
    highest = np.sort(cells.value.to_numpy())[::-1]
    tenth = max(1, round(len(cells) / 10))
    said = [
        f"{total:,.0f} {request.unit} in {len(cells):,} cells that ever had an incident; the highest tenth of them "
        f"hold {highest[:tenth].sum() / total:.0%}." if total else "Nothing was recorded in this selection.",
    ]  # fmt: skip
    if request.weights is not None and (missing := int(cells["count"].sum())) and not cells.harm.any():
        said.append(
            f"None of the {missing:,} incidents has a harm weight: load weights for these categories."
        )
    return tuple(said)


METHODS = (
    Method(
        "count", "Count", "Where", "Where was most recorded?",
        "A count favours places with many people, many targets or much recording. It is not a risk, and not a test.",
        count,
    ),
    Method(
        "change", "Change", "Where", "Where is more or less recorded than before?",
        "Between two short periods most change is chance, and a high count falls back by itself (regression to the "
        "mean). Ask for a longer period, and look at the trend.",
        change,
    ),
    Method(
        "gi-star", "Hot and cold spots (Gi*)", "Where", "Which places stand out more than chance would make them?",
        "Gi* says that a cell and its neighbours are high among the cells of the study area, not why. Neighbouring "
        "cells share incidents, so one cluster lights several. Points snapped to anonymous places can put a whole "
        "street's crime into one cell.",
        hot_and_cold,
        (Option("level", "False-discovery rate", 0.05, "The share of the called cells that may be called wrongly.", least=0.001, most=0.2),),
    ),
    Method(
        "density", "Density", "Where", "What is the smoothed picture?",
        "A density is a picture, no test: it draws peaks from noise, and spreads crime over rivers and parks.",
        density,
        (Option("radius", "Radius", 0, "Metres that each incident is spread over; 0 takes three cells.", least=0, most=20_000, unit="m"),),
    ),
    Method(
        "beats", "Beats and wards", "Where", "Which beat, ward or district holds most?",
        "Outlines differ in size and people, and their borders cut through hotspots: the same crimes look otherwise "
        "on other borders.",
        beats,
        (Option("layer", "Layer", "", "The boundaries to count in.", choices_of=lambda workspace: workspace.layers("area")),),
    ),
)  # fmt: skip
