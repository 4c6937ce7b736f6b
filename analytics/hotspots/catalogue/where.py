"""Where: counts, change, density and local statistics on cells, and counts by beat."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.hotspots.bandwidth import choose_bandwidth
from analytics.hotspots.catalogue.base import (
    Measure,
    Method,
    Option,
    Request,
    Result,
    Workspace,
    with_value,
)
from analytics.hotspots.clusters import ClusterParameters, point_clusters
from analytics.hotspots.concentration import ConcentrationParameters, concentration
from analytics.hotspots.counts import boundary_counts
from analytics.hotspots.density import density_at
from analytics.hotspots.density_ratio import DensityRatio, Scatter, density_ratio
from analytics.hotspots.gistar import gi_star
from analytics.hotspots.moran import QUADRANTS, local_moran
from analytics.hotspots.places import geographic, projected
from analytics.hotspots.points import harm_of, incident_points, weighted_places
from analytics.hotspots.rates import RateParameters, area_rates
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.streets import snap_to_streets, street_counts
from analytics.hotspots.targets import Target


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
    option = request.option
    level, rings = float(option["level"]), int(option["rings"])
    tested = gi_star(
        workspace.cells(request), request.grid, level=level, value="value", rings=rings, null=str(option["null"]),
        seed=int(option["seed"]),
    )  # fmt: skip
    hot, cold = (tested.verdict == "hot").sum(), (tested.verdict == "cold").sum()
    says = (
        f"{hot:,} hot and {cold:,} cold of {len(tested):,} cells at a false-discovery rate of {level:.0%}; uncorrected, "
        f"{(tested.p <= level).sum():,} would have been called.",
        f"Binary weights, the cell itself included, neighbours within {rings} ring{'s' if rings > 1 else ''}; two-sided p: "
        + _NULLS[str(option["null"])],
    )
    return Result(
        "cells", tested[tested.verdict != ""], says, request.words(),
        Measure("z", "Gi* z-score, significant cells", diverging=True),
    )  # fmt: skip


def outliers(workspace: Workspace, request: Request) -> Result:
    option = request.option
    tested = local_moran(
        workspace.cells(request), request.grid, level=float(option["level"]), value="value",
        rings=int(option["rings"]), seed=int(option["seed"]),
    )  # fmt: skip
    called = tested[tested.verdict != ""]
    found = called.verdict.value_counts()
    says = (
        f"Of {len(tested):,} cells "
        + (", ".join(f"{count:,} are {kind}" for kind, count in found.items()) or "none stands out")
        + f" (the cell itself, then its neighbours) at a false-discovery rate of {float(option['level']):.0%}.",
        "Local Moran's I, row-standardised weights, 99,999 conditional permutations shared between cells.",
    )
    return Result(
        "cells", called, says, request.words(), Measure("verdict", "cell - neighbours", kinds=QUADRANTS)
    )


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


def rates(workspace: Workspace, request: Request) -> Result:
    layer, target = str(request.option["layer"]), _target(workspace, request)
    if not layer:
        raise TooFewData("A rate needs beats, wards or districts. Import boundaries on the Data page.")
    try:
        people = workspace.target_of(target, layer)
    except KeyError as error:
        raise TooFewData(f"{error.args[0]} Choose that layer.") from error
    outlines = workspace.outlines("area", layer)
    counts = boundary_counts(workspace.engine, request.selection, outlines.geometry.to_numpy())
    per = float(request.option["per"])
    parameters = RateParameters(per=per)
    told = area_rates(counts["count"].to_numpy(dtype=float), np.nan_to_num(people), parameters)
    table = outlines.join(told.drop(columns=["count"])).assign(
        count=counts["count"].to_numpy(), before=counts.before.to_numpy()
    )
    table = table.dropna(subset=["rate"])
    whole = table["count"].sum() / table.target.sum() * per
    apart = ((table.low > whole) | (table.high < whole)).sum()
    says = (
        f"{whole:,.2f} incidents for {per:,g} {target.name} over all; {apart} of {len(table)} outlines differ from that "
        "beyond chance (95 % exact Poisson interval, each alone).",
        f"{int(table.small.sum())} outlines have fewer than {parameters.small} incidents: rank by 'shrunk', which draws a "
        "rate towards that of the whole where few stand behind it.",
    )
    return Result(
        "outlines", table, says, request.words() | {"target": target.name},
        Measure("shrunk", f"incidents for {per:,g} {target.name} (shrunk)"), layer="area",
    )  # fmt: skip


def risk(workspace: Workspace, request: Request) -> Result:
    """Cases against a population known as points."""
    option, target = request.option, _target(workspace, request)
    people = workspace.target_points(target)
    if people.empty:
        raise TooFewData(
            f"{target.name!r} is held by outline: a risk surface needs it as points (lon, lat, value)."
        )
    points = incident_points(workspace.engine, request.selection)
    cells = workspace.cells(request)
    x, y, bounds = _ground(cells, request)
    radius = float(option["radius"]) or 2.0 * request.grid.size
    ratio = density_ratio(
        Scatter(points.x.to_numpy(), points.y.to_numpy(), harm_of(points, request.harm)),
        Scatter(people.x.to_numpy(), people.y.to_numpy(), people.value.to_numpy()),
        bandwidth=radius, cell=request.grid.size, bounds=bounds, null="population",
        permutations=int(option["permutations"]), seed=int(option["seed"]),
    )  # fmt: skip
    table = _ratio_table(cells, request, x, y, bounds, ratio)
    risen = table[(table.p_map <= 0.05) & (table.log_ratio > 0)]
    says = (
        f"{len(risen):,} cells hold more {request.unit} than their {target.name} would, corrected for the whole map (p at "
        f"most 0.05); {len(cells) - len(table):,} of {len(cells):,} cells have too few of either to say.",
        f"Gaussian kernel of {radius:g} m; each incident drawn at random from the {target.name} under the null.",
    )
    return Result(
        "cells", table, says, request.words() | {"bandwidth_m": radius, "target": target.name},
        Measure("log_ratio", f"log of the share of {request.unit} by the share of {target.name}", diverging=True),
    )  # fmt: skip


def street_segments(workspace: Workspace, request: Request) -> Result:
    layer = str(request.option["layer"])
    if not layer:
        raise TooFewData("No streets are held for this working area. Import a street layer on the Data page.")
    streets = workspace.outlines("street", layer)
    points = incident_points(workspace.engine, request.selection)
    lines = projected(streets.geometry.to_numpy(), workspace.epsg)
    tolerance = float(request.option["tolerance"])
    snapped = snap_to_streets(points.x.to_numpy(), points.y.to_numpy(), lines, tolerance=tolerance)
    harm = harm_of(points, request.harm)
    counted = street_counts(lines, snapped)
    table = streets.join(counted)
    column = "count"
    if harm is not None:
        table["harm"], column = street_counts(lines, snapped, weights=harm)["count"], "harm"
    by_length = request.option["by"] == "per 100 m"
    if by_length:
        column = "per_100m"
    held = table[table["count"] > 0].sort_values(column, ascending=False, kind="stable")
    on = snapped.street >= 0
    members = points.loc[on, ["source_id", "row_number"]].assign(id=streets.id.to_numpy()[snapped.street[on]])
    says = (
        f"{on.sum():,} of {len(points):,} incidents lie within {tolerance:g} m of one of {len(streets):,} segments; "
        f"{snapped.far:,} are farther and are on none. {len(held):,} segments hold all of them, "
        f"{_holding_half(held['count']):,} hold half.",
        "A short segment's rate per 100 m jumps with a single incident."
        if by_length
        else "Long segments hold more.",
    )
    legend = {"count": "incidents", "harm": "harm", "per_100m": "incidents per 100 m"}[column]
    return Result(
        "outlines", held.head(_MOST_STREETS), says, request.words(), Measure(column, legend), members=members,
        layer="street",
    )  # fmt: skip


def _holding_half(counts: pd.Series) -> int:
    """How few segments hold half of what is counted."""
    if counts.sum() == 0:
        return 0
    return int(np.searchsorted(np.sort(counts.to_numpy())[::-1].cumsum(), counts.sum() / 2) + 1)


def _target(workspace: Workspace, request: Request) -> Target:
    named = str(request.option["target"])
    found = [target for target in workspace.targets() if target.name == named]
    if not found:
        raise TooFewData(
            "No residents, households or other targets are held. Load a table of them under 'Targets'."
        )
    return found[0]


def _ground(cells: pd.DataFrame, request: Request) -> tuple[np.ndarray, np.ndarray, tuple[float, ...]]:
    """Cell centres, and bounds a cell wider than they reach, metres."""
    x, y = request.grid.centres(cells.i.to_numpy(), cells.j.to_numpy())
    size = request.grid.size
    return x, y, (x.min() - size, y.min() - size, x.max() + size, y.max() + size)


def _ratio_table(
    cells: pd.DataFrame, request: Request, x: np.ndarray, y: np.ndarray, bounds: tuple[float, ...], ratio: DensityRatio
) -> pd.DataFrame:  # fmt: skip
    """The ratio at each cell's centre; cells where too little is expected are left out."""
    column = ((x - bounds[0]) // request.grid.size).astype(int)
    row = ((y - bounds[1]) // request.grid.size).astype(int)
    surfaces = {"log_ratio": ratio.log_ratio, "p": ratio.p, "p_map": ratio.p_map}
    at = {name: surface.values[row, column] for name, surface in surfaces.items()}
    return cells.assign(**at).dropna(subset=["log_ratio"])


def density(workspace: Workspace, request: Request) -> Result:
    option = request.option
    places = weighted_places(workspace.engine, request.selection, request.harm)
    if len(places) < 3:
        raise TooFewData("A density needs incidents at three places or more. Widen the period or the area.")
    choice = str(option["bandwidth"])
    bandwidth = choose_bandwidth(
        places.x.to_numpy(), places.y.to_numpy(), places.weight.to_numpy(), cell=request.grid.size,
        choice=float(option["radius"]) if choice == "given" else choice, kernel=str(option["kernel"]),
    )  # fmt: skip
    cells = workspace.cells(request)
    x, y = request.grid.centres(cells.i.to_numpy(), cells.j.to_numpy())
    smooth = density_at(
        places.x.to_numpy(), places.y.to_numpy(), places.weight.to_numpy(), x, y, bandwidth=bandwidth.metres,
        kernel=str(option["kernel"]),
    )  # fmt: skip
    if option["edge"] == "uniform":
        # The study area smoothed as if it were incidents: the share of each kernel that lies within it.
        ground = np.full(len(cells), request.grid.cell_km2)
        held = density_at(x, y, ground, x, y, bandwidth=bandwidth.metres, kernel=str(option["kernel"]))
        smooth = smooth / np.clip(held, 0.05, 1)
    table = cells.assign(density=smooth)
    says = (
        f"Smoothed with a {option['kernel']} kernel of {bandwidth.metres:,.0f} m, chosen by {bandwidth.chosen}; the highest "
        f"cell has {smooth.max():,.1f} {request.unit} per km².",
        *bandwidth.warnings,
    )
    return Result(
        "cells", table[table.density > smooth.max() / 1000], says,
        request.words() | {"bandwidth_m": round(bandwidth.metres, 1), "chosen_by": bandwidth.chosen},
        Measure("density", f"{request.unit} per km²"),
        more={"Bandwidths tried": bandwidth.scores} if len(bandwidth.scores) else {},
    )  # fmt: skip


def density_change(workspace: Workspace, request: Request) -> Result:
    """Where the share of incidents rose or fell against the period compared with."""
    option, selection = request.option, request.selection
    earlier = selection.earlier()
    if earlier.first < workspace.first or earlier.last >= selection.first:
        raise TooFewData(
            "The change of a density needs an earlier period that is held and does not overlap: choose a shorter or "
            "later one."
        )
    now, before = (
        incident_points(workspace.engine, chosen, any_period=False) for chosen in (selection, earlier)
    )
    cells = workspace.cells(request)
    size = request.grid.size
    x, y, bounds = _ground(cells, request)
    radius = float(option["radius"]) or 2.0 * size
    ratio = density_ratio(
        Scatter(now.x.to_numpy(), now.y.to_numpy(), harm_of(now, request.harm)),
        Scatter(before.x.to_numpy(), before.y.to_numpy(), harm_of(before, request.harm)),
        bandwidth=radius, cell=size, bounds=bounds, permutations=int(option["permutations"]), seed=int(option["seed"]),
    )  # fmt: skip
    table = _ratio_table(cells, request, x, y, bounds, ratio)
    changed = table[table.p_map <= 0.05]
    says = (
        f"{(changed.log_ratio > 0).sum():,} cells hold a larger and {(changed.log_ratio < 0).sum():,} a smaller share of all "
        f"{request.unit} than in {selection.compared_with}, corrected for the whole map (p at most 0.05, random labelling); "
        f"{(table.p <= 0.05).sum():,} would be called cell by cell.",
        f"Gaussian kernel of {radius:g} m; {len(cells) - len(table):,} of {len(cells):,} cells have too few incidents to say. "
        "A share, not a number: all may have fallen and a share risen.",
    )
    return Result(
        "cells", table, says, request.words() | {"bandwidth_m": radius, "compared_with": f"{earlier.first} to {earlier.last}"},
        Measure("log_ratio", "log of the share now by the share before", diverging=True),
    )  # fmt: skip


def clusters(workspace: Workspace, request: Request) -> Result:
    option = request.option
    points = incident_points(workspace.engine, request.selection)
    parameters = ClusterParameters(
        method=str(option["by"]), eps_m=float(option["distance"]), min_points=float(option["least"]),
        outline=str(option["outline"]),
    )  # fmt: skip
    try:
        found = point_clusters(
            points.x.to_numpy(), points.y.to_numpy(), parameters, weight=harm_of(points, request.harm)
        )
    except ValueError as error:
        raise TooFewData(str(error)) from error
    table = pd.DataFrame(found.table.drop(columns=["geometry", "x", "y"])).rename(columns={"n": "count"})
    named = "cluster " + table.cluster.astype(str)
    table = table.assign(
        id=named, name="Cluster " + table["rank"].astype(str),
        geometry=geographic(found.table.geometry.to_numpy(), workspace.epsg) if len(table) else [],
    ).drop(columns=["cluster"])  # fmt: skip
    table.attrs = {}  # the method's own parameters object, which no table on screen or in a file can hold
    inside = found.labels >= 0
    members = points.loc[inside, ["source_id", "row_number"]].assign(
        id="cluster " + pd.Series(found.labels[inside], index=points.index[inside]).astype(str)
    )
    says = (
        f"{len(table):,} clusters hold {inside.sum():,} of {len(points):,} incidents on "
        f"{table.area_km2.sum():.2f} km².",
        "A cluster is dense by these settings, in patterned data or not: Gi* asks whether there is more than chance.",
    )
    return Result(
        "outlines", table, says, request.words(), Measure("weight", f"{request.unit} in the cluster"), members=members
    )  # fmt: skip


def few_places(workspace: Workspace, request: Request) -> Result:
    option = request.option
    cells = workspace.cells(request)
    harmed = request.weights is not None
    found = concentration(
        cells.value.to_numpy(), ConcentrationParameters(share=float(option["share"]), seed=int(option["seed"])),
        harm=harmed,
    )  # fmt: skip
    smallest = cells.iloc[found.smallest]
    says = [
        f"{len(smallest):,} of {len(cells):,} cells ({found.places:.1%}; 95 % band {found.places_low:.1%} to "
        f"{found.places_high:.1%}) hold {float(option['share']):.0%} of the {request.unit}.",
        f"Gini {found.gini:.2f} ({found.gini_low:.2f} to {found.gini_high:.2f})"
        + (
            f"; generalised for so few incidents {found.generalised_gini:.2f} ({found.generalised_low:.2f} to {found.generalised_high:.2f})."
            if found.generalised_gini is not None
            else "."
        ),
    ]
    curve = (found.curve * 100).rename(columns={"places": "% of cells", "held": f"% of {request.unit}"})
    return Result(
        "cells", smallest, tuple(says), request.words(), Measure("value", request.unit),
        curves={"Concentration curve": curve},
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


_MOST_STREETS = 5_000
_TARGET = Option(
    "target", "Rate of", "", "Residents, households or another target; load one under 'Targets'.",
    choices_of=lambda workspace: tuple(target.name for target in workspace.targets()),
)  # fmt: skip
_LAYER = Option(
    "layer", "Layer", "", "The boundaries to count in.", choices_of=lambda workspace: workspace.layers("area")
)
_LEVEL = Option(
    "level",
    "False-discovery rate",
    0.05,
    "The share of the called cells that may be called wrongly.",
    least=0.001,
    most=0.2,
)
_RINGS = Option(
    "rings",
    "Neighbours",
    1,
    "Rings of cells around a cell that count as its neighbours.",
    least=1,
    most=5,
    unit="rings",
)
_SEED = Option("seed", "Seed", 0, "The same seed gives the same answer.", least=0, most=2**31 - 1)
_NULLS = {
    "total": "all values permuted over all cells, 99,999 times.",
    "conditional": "the cell's own value held, the others permuted 99,999 times.",
    "normal": "the normal approximation, which calls too many where few cells hold most.",
}

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
        hot_and_cold, (_LEVEL, _RINGS, Option("null", "p-values by", "total", "Permuting all cells, all but the cell itself, or the normal approximation.", choices=("total", "conditional", "normal")), _SEED),
    ),
    Method(
        "moran", "Clusters and outliers (Moran)", "Where", "Which cells are like their neighbours, which the exception?",
        "A high cell among low ones may be one address or one mistaken coordinate: look at its rows. Local Moran says "
        "nothing of why.",
        outliers, (_LEVEL, _RINGS, _SEED),
    ),
    Method(
        "density", "Density", "Where", "What is the smoothed picture?",
        "A density is a picture, no test: it draws peaks from noise, and spreads crime over rivers and parks.",
        density,
        (
            Option("bandwidth", "Bandwidth", "rule", "A rule for one bell-shaped cloud (smooths a lot), the one that foretells left-out places best, or yours.", choices=("rule", "cross-validation", "given")),
            Option("radius", "Given bandwidth", 750.0, "Used where the bandwidth is 'given'.", least=10, most=20_000, unit="m"),
            Option("kernel", "Kernel", "quartic", "Quartic ends at the bandwidth; Gaussian has it as standard deviation.", choices=("quartic", "gaussian")),
            Option("edge", "Edge correction", "none", "'uniform' divides by the kernel's share within the study area.", choices=("none", "uniform")),
        ),
    ),
    Method(
        "density-change", "Change of density", "Where", "Where has the share of crime risen or fallen?",
        "It compares shares of the whole: all may have fallen while a share rose. With few incidents it stays blank.",
        density_change,
        (
            Option("radius", "Bandwidth", 0.0, "Standard deviation of the kernel; 0 takes two cells.", least=0, most=20_000, unit="m"),
            Option("permutations", "Permutations", 199, "More make the p-values finer, and take longer.", least=99, most=1999),
            _SEED,
        ),
    ),
    Method(
        "clusters", "Clusters (DBSCAN)", "Where", "Where do incidents lie dense, whatever the grid?",
        "The settings decide what is dense. Clusters appear in data without any pattern too.",
        clusters,
        (
            Option("by", "Method", "dbscan", "One distance everywhere, or (HDBSCAN) one that adapts.", choices=("dbscan", "hdbscan")),
            Option("distance", "Within", 150.0, "Radius that is searched (DBSCAN).", least=5, most=5000, unit="m"),
            Option("least", "At least", 30.0, "Incidents, or harm, within it; the smallest cluster for HDBSCAN.", least=2, most=100_000),
            Option("outline", "Outline", "concave", "Hull drawn round each cluster.", choices=("concave", "convex")),
        ),
    ),
    Method(
        "concentration", "Concentration", "Where", "How few places hold how much?",
        "With fewer incidents than places some concentration is arithmetic: read the generalised Gini. Larger cells "
        "look less concentrated.",
        few_places, (Option("share", "Share held", 0.5, "Of the crime or harm.", least=0.05, most=0.95), _SEED),
    ),
    Method(
        "beats", "Beats and wards", "Where", "Which beat, ward or district holds most?",
        "Outlines differ in size and people, and their borders cut through hotspots: the same crimes look otherwise "
        "on other borders.",
        beats,
        (_LAYER,),
    ),
    Method(
        "rates", "Rates", "Where", "Where is most recorded for the people, homes or targets there?",
        "A rate misleads where those at risk are not those counted: residents of a shopping street, the parked cars of "
        "visitors. Few incidents make wild rates: read the interval.",
        rates, (_LAYER, _TARGET, Option("per", "For each", 1000.0, "Targets that the rate is told for.", least=1, most=1_000_000)),
    ),
    Method(
        "risk", "Risk surface", "Where", "Where is there more than the population would explain?",
        "Only as good as the population: residents are not where people are at night or at work.",
        risk,
        (
            _TARGET, Option("radius", "Bandwidth", 0.0, "Standard deviation of the kernel; 0 takes two cells.", least=0, most=20_000, unit="m"),
            Option("permutations", "Permutations", 199, "More make the p-values finer, and take longer.", least=99, most=1999), _SEED,
        ),
    ),
    Method(
        "streets", "Street segments", "Where", "Which street segments hold most?",
        "Points snapped to anonymous places (police.uk) put a whole neighbourhood's crime on one segment. A segment is "
        "what the street layer says it is.",
        street_segments,
        (
            Option("layer", "Streets", "", "The street layer.", choices_of=lambda workspace: workspace.layers("street")),
            Option("tolerance", "Within", 50.0, "Farther incidents are on no street.", least=1, most=1000, unit="m"),
            Option("by", "Show", "number", "The number, or the number for each 100 metres.", choices=("number", "per 100 m")),
        ),
    ),
)  # fmt: skip
