"""Where: counts by cell, beat and resident; the change, and how concentrated crime is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.catalogue.method import Method, Option
from analytics.hotspots.catalogue.options import (
    SEED,
    TARGET,
    choose_denominator,
    choose_points,
    list_area_layers,
    read_area_outlines,
)
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.study_area import add_value, count_study_area
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.counts import count_by_outline
from analytics.hotspots.denominators import Denominator, sum_by_outline
from analytics.hotspots.grid.cells import index_cells
from analytics.hotspots.methods.concentration import ConcentrationParameters, concentration
from analytics.hotspots.methods.rates import AreaRateParameters, area_rates, count_interval, sum_in_areas
from analytics.hotspots.refusal import TooFewData
from analytics.shared.method_result import Curve, Measure, Result
from analytics.shared.progress import Progress
from analytics.shared.projection import project
from analytics.shared.wording import counted, write_day, write_period


def count_incidents(workspace: Workspace, request: Request, progress: Progress) -> Result:
    cells = count_study_area(workspace, request)
    return Result(
        "cells",
        cells[cells.value > 0],
        _count_says(cells, request),
        request.describe(),
        Measure("value", request.unit),
    )


def compare_periods(workspace: Workspace, request: Request, progress: Progress) -> Result:
    earlier = request.selection.earlier()
    if earlier.first < workspace.extent.first:
        raise TooFewData(
            f"Change needs {write_period(earlier.first, earlier.last)} as well; the data begin on "
            f"{write_day(workspace.extent.first)}. Choose a shorter or later period."
        )
    cells = count_study_area(workspace, request)
    now, before = cells.value.sum(), cells.value_before.sum()
    says = (
        f"{now:,.0f} {request.unit} now, {before:,.0f} from {write_period(earlier.first, earlier.last)} "
        f"({request.selection.compared_with}).",
        "Neither the change of all nor a cell's is tested here: between short periods most of it is chance.",
    )
    return Result(
        "cells",
        cells[(cells.value > 0) | (cells.value_before > 0)],
        says,
        request.describe() | {"compared_with": f"{earlier.first} to {earlier.last}"},
        Measure("change", f"{request.unit} more (+) or fewer (-)", diverging=True),
    )


def count_beats(workspace: Workspace, request: Request, progress: Progress) -> Result:
    layer = str(request.option["layer"])
    if not layer:
        raise TooFewData(
            "This working area has no beats, wards or districts. Import boundaries on the Data page."
        )
    outlines = read_area_outlines(workspace, layer)
    counts = count_by_outline(workspace.engine, request.selection, outlines.geometry.to_numpy(), request.harm)
    reached = _share_within(workspace, request, outlines) > 0
    outlines, counts = (frame[reached].reset_index(drop=True) for frame in (outlines, counts))
    if outlines.empty:
        raise TooFewData(f"No outline of {layer} reaches into the custom area. Choose another layer or area.")
    table = add_value(outlines.join(counts), request)
    squares, largest = _harm_spread(counts, request)
    table["low"], table["high"] = count_interval(table.value.to_numpy(dtype=float), squares, largest)
    table = table.drop(columns="harm_squares", errors="ignore")
    inside, located = int(table["count"].sum()), int(count_study_area(workspace, request)["count"].sum())
    says = (
        f"{inside:,} of {located:,} located incidents lie in {len(table):,} outlines of {layer}; the median "
        f"outline has {np.median(table.value):,.0f} {request.unit}.",
        "A large beat has more because it is large: look at the rate before comparing beats.",
        *(
            ["What reaches outside the custom area is counted within it only."]
            if request.selection.within
            else []
        ),
        f"'low' and 'high' are the 95 % interval of the {request.unit} to be expected there in such a period "
        f"({_INTERVALS[request.unit]}), each alone.",
    )
    return Result("outlines", table, says, request.describe(), Measure("value", request.unit), layer="area")


def rate_places(workspace: Workspace, request: Request, progress: Progress) -> Result:
    layer, target = str(request.option["layer"]), choose_denominator(workspace, request)
    if not layer:
        raise TooFewData("A rate needs beats, wards or districts. Import boundaries on the Data page.")
    on_cells = layer == _CELLS
    count_targets = _count_on_cells if on_cells else _count_in_outlines
    places, counts, people = count_targets(workspace, request, layer, target)
    per = float(request.option["per"])
    parameters = AreaRateParameters(per=per)
    value = counts["count" if request.harm is None else "harm"].to_numpy(dtype=float)
    squares, largest = _harm_spread(counts, request)
    rated = area_rates(value, np.nan_to_num(people), parameters, squares=squares, largest=largest)
    table = places.join(rated.drop(columns=["count"])).assign(
        count=counts["count"].to_numpy(), before=counts.before.to_numpy(), value=value
    )
    table = table.dropna(subset=["rate"])
    overall = table.value.sum() / table.target.sum() * per
    differing = ((table.low > overall) | (table.high < overall)).sum()
    called = "cells" if on_cells else "outlines"
    small, bare = int(table.small.sum()), len(places) - len(table)
    says = [
        f"{overall:,.2f} {request.unit} per {per:,g} {target.name} over all; {differing} of {len(table)} "
        f"{called} differ from that beyond chance (95 % interval, {_INTERVALS[request.unit]}, each alone).",
        f"{counted(small, f'{called[:-1]} has', f'{called} have')} fewer than {parameters.small} incidents"
        + ("" if request.harm is None else " of equal harm behind their sum")
        + ": rank by 'shrunk', which pulls a rate based on few incidents towards the overall rate.",
    ]
    if on_cells:
        says.append(
            f"{counted(bare, 'cell that had an incident has', 'cells that had an incident have')} none of "
            f"the {target.name} and no rate; cells with {target.name} where nothing was ever recorded are "
            "not in the study area."
        )
    return Result(
        "cells" if on_cells else "outlines",
        table,
        tuple(says),
        request.describe() | {"target": target.name},
        Measure("shrunk", f"{request.unit} per {per:,g} {target.name} (shrunk)"),
        layer="" if on_cells else "area",
        titles={
            "target": target.name[:1].upper() + target.name[1:],
            "rate": f"Per {per:,g}",
            "low": "95 % from",
            "high": "95 % to",
            "shrunk": f"Per {per:,g}, shrunk",
            "small": "Few incidents",
        },
    )


_WHOLE = 0.999  # the share of an outline that counts as all of it: a simplified area cuts off slivers
_Counted = tuple[pd.DataFrame, pd.DataFrame, np.ndarray]  # places, what was counted there, and their targets


def _count_in_outlines(workspace: Workspace, request: Request, layer: str, target: Denominator) -> _Counted:
    outlines = read_area_outlines(workspace, layer)
    try:
        people = sum_by_outline(workspace.engine, target, layer, outlines, workspace.epsg)
    except KeyError as error:
        raise TooFewData(f"{error.args[0]} Choose that layer.") from error
    if (
        request.selection.within and target.layer
    ):  # how many of an outline's are within a part of it is not known
        people = np.where(_share_within(workspace, request, outlines) > _WHOLE, people, np.nan)
        if np.isnan(people).all():
            raise TooFewData(
                f"{target.name!r} is known for whole outlines of {layer}, and none lies wholly in the custom "
                "area. Choose a larger area."
            )
    elif request.selection.within:
        points = choose_points(workspace, request, target)
        metres = project(outlines.geometry.to_numpy(), workspace.epsg)
        people = sum_in_areas(points.x.to_numpy(), points.y.to_numpy(), points.value.to_numpy(), metres)[0]
    counts = count_by_outline(workspace.engine, request.selection, outlines.geometry.to_numpy(), request.harm)
    return outlines, counts, people


def _share_within(workspace: Workspace, request: Request, outlines: pd.DataFrame) -> np.ndarray:
    """How much of each outline lies in the custom area, from 0 to 1; all of it where there is none."""
    if not request.selection.within:
        return np.ones(len(outlines))
    metres = shapely.make_valid(project(outlines.geometry.to_numpy(), workspace.epsg))
    inside = shapely.area(shapely.intersection(metres, shapely.from_wkb(request.selection.within)))
    share: np.ndarray = inside / np.maximum(shapely.area(metres), 1e-9)
    return share


def _count_on_cells(workspace: Workspace, request: Request, layer: str, target: Denominator) -> _Counted:
    """The cells of the map, each with the sum of the target's points in it."""
    if target.layer:
        raise TooFewData(
            f"{target.name!r} was loaded by outline: a rate by cell needs it as points (lon, lat, value). "
            "Choose its layer."
        )
    points = choose_points(workspace, request, target)
    cells = count_study_area(workspace, request)
    i, j = index_cells(request.grid, points.x.to_numpy(), points.y.to_numpy())
    sums = points.groupby([i, j]).value.sum()
    people = sums.reindex(pd.MultiIndex.from_frame(cells[["i", "j"]])).to_numpy(dtype=float)
    counts = cells[["count", "before"]]
    if request.harm is not None:
        squared = tuple((name, weight**2) for name, weight in request.weights or ())
        squares = count_study_area(workspace, replace(request, weights=squared)).value
        counts = counts.assign(harm=cells.value, harm_squares=squares.to_numpy())
    return cells[["id", "i", "j"]], counts, people


def _harm_spread(counts: pd.DataFrame, request: Request) -> tuple[np.ndarray | None, float]:
    """What an interval of harm needs: each outline's sum of squared weights, and the largest weight that
    occurs."""
    if request.harm is None:
        return None, 1.0
    asked = request.selection.categories or tuple(request.harm)
    largest = max((request.harm[name] for name in asked if name in request.harm), default=0.0)
    return counts.harm_squares.to_numpy(dtype=float), largest or 1.0


def measure_concentration(workspace: Workspace, request: Request, progress: Progress) -> Result:
    option = request.option
    cells = count_study_area(workspace, request)
    harmed = request.weights is not None
    found = concentration(
        cells.value.to_numpy(),
        ConcentrationParameters(share=float(option["share"]), seed=int(option["seed"])),
        harm=harmed,
    )
    smallest = cells.iloc[found.smallest]
    says = [
        f"{len(smallest):,} of {len(cells):,} cells ({found.places:.1%}; 95 % band {found.places_low:.1%} to "
        f"{found.places_high:.1%}) have {float(option['share']):.0%} of the {request.unit}.",
        f"Gini {found.gini:.2f} ({found.gini_low:.2f} to {found.gini_high:.2f})"
        + (
            f"; generalised for so few incidents {found.generalised_gini:.2f} ({found.generalised_low:.2f} "
            f"to {found.generalised_high:.2f})."
            if found.generalised_gini is not None
            else "."
        ),
    ]
    curve = Curve(
        (found.curve * 100).rename(columns={"places": "x", "share": "value"}),
        "% of cells, fullest first",
        f"% of {request.unit}",
        "share",
        "95 % band (bootstrap)",
    )
    return Result(
        "cells",
        smallest,
        tuple(says),
        request.describe(),
        Measure("value", request.unit),
        curves={"Concentration curve": curve},
    )


def _count_says(cells: pd.DataFrame, request: Request) -> tuple[str, ...]:
    total = cells.value.sum()
    unit = "incident" if total == 1 and request.harm is None else request.unit
    highest = np.sort(cells.value.to_numpy())[::-1]
    tenth = max(1, round(len(cells) / 10))
    sentences = [
        f"{total:,.0f} {unit} in {len(cells):,} cells that ever had an incident; the highest tenth "
        f"of them has {highest[:tenth].sum() / total:.0%}."
        if total
        else "Nothing was recorded in this selection.",
    ]
    if request.weights is not None and (missing := int(cells["count"].sum())) and not cells.harm.any():
        sentences.append(
            f"None of the {missing:,} incidents has a harm weight: load weights for these categories."
        )
    return tuple(sentences)


_INTERVALS = {"incidents": "exact Poisson", "harm": "Fay and Feuer's gamma for a sum of weights"}
_CELLS = "the cells of the map"
_LAYER = Option("layer", "Layer", "", "The boundaries to count in.", choices_of=list_area_layers)
_LAYER_OR_CELLS = Option(
    "layer",
    "By",
    "",
    "The boundaries to count in, or the cells of the map for a denominator loaded as points.",
    choices_of=lambda workspace: (*list_area_layers(workspace), _CELLS),
)


METHODS = (
    Method(
        "count",
        "Count",
        "Where",
        "Where was most recorded?",
        "A count favours places with many people, many targets or much recording. It is not a risk, and not "
        "a test.",
        count_incidents,
    ),
    Method(
        "change",
        "Change",
        "Where",
        "Where is more or less recorded than before?",
        "Between two short periods most change is chance, and a high count falls back by itself (regression "
        "to the mean). Ask for a longer period, and look at the trend.",
        compare_periods,
    ),
    Method(
        "concentration",
        "Concentration",
        "Where",
        "How concentrated is it, and where?",
        "With fewer incidents than places some concentration is arithmetic: read the generalised Gini. "
        "Larger cells look less concentrated.",
        measure_concentration,
        (Option("share", "Share", 0.5, "Of the crime or harm.", minimum=0.05, maximum=0.95), SEED),
    ),
    Method(
        "beats",
        "Beats and wards",
        "Where",
        "Which beat, ward or district has the most?",
        "Outlines differ in size and people, and their borders cut through hotspots: the same crimes look "
        "otherwise on other borders.",
        count_beats,
        (_LAYER,),
    ),
    Method(
        "rates",
        "Rates",
        "Where",
        "Where is the rate highest for the people, homes or vehicles there?",
        "A rate misleads where those at risk are not those counted: residents of a shopping street, the "
        "parked cars of visitors. Few incidents make wild rates: read the interval.",
        rate_places,
        (
            _LAYER_OR_CELLS,
            TARGET,
            Option(
                "per",
                "Per",
                1000.0,
                "The number of residents, homes or vehicles that the rate is per.",
                minimum=1,
                maximum=1_000_000,
            ),
        ),
    ),
)
