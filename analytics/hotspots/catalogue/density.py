"""Where, smoothed: the density, its change, and the risk against a population."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.hotspots.catalogue.method import Method, Option, within_step
from analytics.hotspots.catalogue.options import SEED, TARGET, choose_denominator, choose_points
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.study_area import count_study_area
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.incident_points import (
    read_incident_points,
    read_weighted_places,
    weigh_incidents,
)
from analytics.hotspots.methods.bandwidth import choose_bandwidth
from analytics.hotspots.methods.density import density_at
from analytics.hotspots.methods.density_ratio import DensityRatio, Scatter, density_ratio
from analytics.hotspots.refusal import TooFewData
from analytics.shared.method_result import Measure, Result
from analytics.shared.progress import Progress
from analytics.shared.wording import counted

_Bounds = tuple[float, float, float, float]


def map_risk(workspace: Workspace, request: Request, progress: Progress) -> Result:
    """Cases against a population known as points."""
    option, target = request.option, choose_denominator(workspace, request)
    if target.layer:
        raise TooFewData(
            f"{target.name!r} was loaded by outline: a risk surface needs it as points (lon, lat, value)."
        )
    points = read_incident_points(workspace.engine, request.selection)
    cells = count_study_area(workspace, request)
    x, y, bounds = _ground(cells, request)
    people = choose_points(workspace, request, target)
    radius = float(option["radius"]) or 2.0 * request.grid.size
    ratio = density_ratio(
        Scatter(points.x.to_numpy(), points.y.to_numpy(), weigh_incidents(points, request.harm)),
        Scatter(people.x.to_numpy(), people.y.to_numpy(), people.value.to_numpy()),
        bandwidth=radius,
        cell=request.grid.size,
        bounds=bounds,
        null="population",
        permutations=int(option["permutations"]),
        seed=int(option["seed"]),
        progress=within_step(progress, "Permuting", 0.05, 1.0),
    )
    table = _ratio_table(cells, request, x, y, bounds, ratio)
    risen = table[(table.p_map <= 0.05) & (table.log_ratio > 0)]
    says = (
        f"{counted(len(risen), 'cell has', 'cells have')} more {request.unit} than their {target.name} "
        f"would explain, corrected for the whole map (p at most 0.05); {len(cells) - len(table):,} of "
        f"{len(cells):,} cells have too few of either to say.",
        f"Gaussian kernel of {radius:g} m; each incident drawn at random from the {target.name} under the "
        "null.",
    )
    return Result(
        "cells",
        table,
        says,
        request.describe() | {"bandwidth_m": radius, "target": target.name},
        Measure(
            "log_ratio", f"log of the share of {request.unit} by the share of {target.name}", diverging=True
        ),
    )


def _ground(cells: pd.DataFrame, request: Request) -> tuple[np.ndarray, np.ndarray, _Bounds]:
    """Cell centres, and bounds a cell wider than they reach, metres."""
    if cells.empty:
        raise TooFewData("No incident was ever recorded here. Choose a larger area.")
    x, y = request.grid.centres(cells.i.to_numpy(), cells.j.to_numpy())
    size = request.grid.size
    return x, y, (x.min() - size, y.min() - size, x.max() + size, y.max() + size)


def _ratio_table(
    cells: pd.DataFrame,
    request: Request,
    x: np.ndarray,
    y: np.ndarray,
    bounds: _Bounds,
    ratio: DensityRatio,
) -> pd.DataFrame:
    """The ratio at each cell's centre; cells where too little is expected are left out."""
    column = ((x - bounds[0]) // request.grid.size).astype(int)
    row = ((y - bounds[1]) // request.grid.size).astype(int)
    surfaces = {"log_ratio": ratio.log_ratio, "p": ratio.p, "p_map": ratio.p_map}
    at = {name: surface.values[row, column] for name, surface in surfaces.items()}
    return cells.assign(**at).dropna(subset=["log_ratio"])


def map_density(workspace: Workspace, request: Request, progress: Progress) -> Result:
    option = request.option
    places = read_weighted_places(workspace.engine, request.selection, request.harm)
    if len(places) < 3:
        raise TooFewData("A density needs incidents at three places or more. Widen the period or the area.")
    choice = str(option["bandwidth"])
    bandwidth = choose_bandwidth(
        places.x.to_numpy(),
        places.y.to_numpy(),
        places.weight.to_numpy(),
        cell=request.grid.size,
        choice=float(option["radius"]) if choice == "given" else choice,
        kernel=str(option["kernel"]),
    )
    cells = count_study_area(workspace, request)
    x, y = request.grid.centres(cells.i.to_numpy(), cells.j.to_numpy())
    smooth = density_at(
        places.x.to_numpy(),
        places.y.to_numpy(),
        places.weight.to_numpy(),
        x,
        y,
        bandwidth=bandwidth.metres,
        kernel=str(option["kernel"]),
    )
    if option["edge"] == "uniform":
        # The study area smoothed as if it were incidents: the share of each kernel that lies within it.
        ground = np.full(len(cells), request.grid.cell_km2)
        share = density_at(x, y, ground, x, y, bandwidth=bandwidth.metres, kernel=str(option["kernel"]))
        smooth = smooth / np.clip(share, 0.05, 1)
    table = cells.assign(density=smooth)
    says = (
        f"Smoothed with a {option['kernel']} kernel of {bandwidth.metres:,.0f} m, chosen by "
        f"{bandwidth.chosen}; the highest cell has {smooth.max():,.1f} {request.unit} per km².",
        *bandwidth.warnings,
    )
    return Result(
        "cells",
        table[table.density > smooth.max() / 1000],
        says,
        request.describe() | {"bandwidth_m": round(bandwidth.metres, 1), "chosen_by": bandwidth.chosen},
        Measure("density", f"{request.unit} per km²"),
        more={"Bandwidths tried": bandwidth.scores} if len(bandwidth.scores) else {},
    )


def map_density_change(workspace: Workspace, request: Request, progress: Progress) -> Result:
    """Where the share of incidents rose or fell against the period compared with."""
    option, selection = request.option, request.selection
    earlier = selection.earlier()
    if earlier.first < workspace.extent.first or earlier.last >= selection.first:
        raise TooFewData(
            "The change of a density needs an earlier period that the data cover and that does not overlap. "
            "Choose a shorter or later one."
        )
    now, before = (
        read_incident_points(workspace.engine, chosen, any_period=False) for chosen in (selection, earlier)
    )
    cells = count_study_area(workspace, request)
    size = request.grid.size
    x, y, bounds = _ground(cells, request)
    radius = float(option["radius"]) or 2.0 * size
    ratio = density_ratio(
        Scatter(now.x.to_numpy(), now.y.to_numpy(), weigh_incidents(now, request.harm)),
        Scatter(before.x.to_numpy(), before.y.to_numpy(), weigh_incidents(before, request.harm)),
        bandwidth=radius,
        cell=size,
        bounds=bounds,
        permutations=int(option["permutations"]),
        seed=int(option["seed"]),
        progress=within_step(progress, "Permuting", 0.05, 1.0),
    )
    table = _ratio_table(cells, request, x, y, bounds, ratio)
    changed = table.log_ratio[table.p_map <= 0.05]
    larger, smaller = (changed > 0).sum(), (changed < 0).sum()
    says = (
        f"{counted(larger, 'cell has', 'cells have')} a larger and {smaller:,} a "
        f"smaller share of all {request.unit} than in {selection.compared_with}, corrected for the whole map "
        f"(p at most 0.05, random labelling); {(table.p <= 0.05).sum():,} would be called cell by cell.",
        f"Gaussian kernel of {radius:g} m; {len(cells) - len(table):,} of {len(cells):,} cells have too few "
        "incidents to say. A share, not a number: all may have fallen and a share risen.",
    )
    return Result(
        "cells",
        table,
        says,
        request.describe() | {"bandwidth_m": radius, "compared_with": f"{earlier.first} to {earlier.last}"},
        Measure("log_ratio", "log of the share now by the share before", diverging=True),
    )


_BANDWIDTH = Option(
    "radius",
    "Bandwidth",
    0.0,
    "Standard deviation of the kernel; 0 takes two cells.",
    minimum=0,
    maximum=20_000,
    unit="m",
)
_PERMUTATIONS = Option(
    "permutations",
    "Permutations",
    199,
    "More make the p-values finer, and take longer.",
    minimum=99,
    maximum=1999,
)
METHODS = (
    Method(
        "density",
        "Density",
        "Where",
        "What is the smoothed picture?",
        "A density is a visual summary, not a test: it draws peaks from noise, and spreads crime over "
        "rivers and parks.",
        map_density,
        (
            Option(
                "bandwidth",
                "Bandwidth",
                "rule",
                "A rule for one bell-shaped cloud (smooths a lot), the one that predicts left-out places "
                "best, or yours.",
                choices=("rule", "cross-validation", "given"),
            ),
            Option(
                "radius",
                "Given bandwidth",
                750.0,
                "Used where the bandwidth is 'given'.",
                minimum=10,
                maximum=20_000,
                unit="m",
            ),
            Option(
                "kernel",
                "Kernel",
                "quartic",
                "Quartic ends at the bandwidth; Gaussian has it as standard deviation.",
                choices=("quartic", "gaussian"),
            ),
            Option(
                "edge",
                "Edge correction",
                "none",
                "'uniform' divides by the kernel's share within the study area.",
                choices=("none", "uniform"),
            ),
        ),
    ),
    Method(
        "density-change",
        "Change of density",
        "Where",
        "Where has the share of crime risen or fallen?",
        "It compares shares: all counts may have fallen while a share rose. With few incidents it stays "
        "blank.",
        map_density_change,
        (
            _BANDWIDTH,
            _PERMUTATIONS,
            SEED,
        ),
        long=True,
    ),
    Method(
        "risk",
        "Risk surface",
        "Where",
        "Where is there more than the population would explain?",
        "Only as good as the population: residents are not where people are at night or at work.",
        map_risk,
        (
            TARGET,
            _BANDWIDTH,
            _PERMUTATIONS,
            SEED,
        ),
        long=True,
    ),
)
