"""`achilles hotspots`: the Hotspots page's work without a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click
import pandas as pd
import shapely

from analytics.hotspots.data_extent import DataExtent, read_extent
from analytics.hotspots.grid.cells import KINDS, Grid
from analytics.hotspots.incident_points import read_incident_points, weigh_incidents
from analytics.hotspots.method_cli import build_commands, choose_harm_weights, read_polygons
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.risk_layers import read_risk_layers
from analytics.hotspots.selection import Selection
from analytics.oversight.command_line import open_seen_store
from analytics.oversight.exercise import mark_of_sources, mark_table
from analytics.shared.cli_options import store_option
from analytics.shared.safe_csv import write_csv
from analytics.shared.wording import counted
from analytics.store.area_argument import find_asked_area
from analytics.store.engine import Engine, open_engine

_DAYS = {"d": 1, "w": 7, "m": 30}


@click.group()
def hotspots() -> None:
    """Where crime is concentrated, and where it is expected next."""


def _horizon(_context: click.Context, _parameter: click.Parameter, value: str) -> int:
    match = re.fullmatch(r"([1-9]\d*)([dwm])", value.strip().lower())
    if match is None:
        raise click.BadParameter("give days, weeks or months of 30 days, such as 7d, 2w or 1m")
    return int(match[1]) * _DAYS[match[2]]


@hotspots.command()
@store_option
@click.option(
    "--train-until",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The last day known at the first forecast; the next day is the first one tested.",
)
@click.option(
    "--horizon",
    default="7d",
    show_default=True,
    callback=_horizon,
    help="How far ahead each forecast looks: 7d, 1w, 30d, 1m (30 days).",
)
@click.option(
    "--cell",
    type=click.FloatRange(10, 20_000),
    default=250.0,
    show_default=True,
    help="Width of a cell, metres.",
)
@click.option(
    "--kind", type=click.Choice(KINDS), default="square", show_default=True, help="Shape of a cell."
)
@click.option(
    "--share",
    "shares",
    type=click.FloatRange(0, 1, min_open=True),
    multiple=True,
    help="Share of the area to choose; may be repeated (default: 0.01, 0.05 and 0.10, or no share with "
    "--area-km2).",
)
@click.option(
    "--area-km2",
    "areas_km2",
    type=click.FloatRange(0, min_open=True),
    multiple=True,
    help="Area to choose in square kilometres, in whole cells; may be repeated.",
)
@click.option(
    "--study",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Outline of the study area (GeoJSON, GeoPackage or any other with its CRS): only incidents in it "
    "count, and PAI is of its whole area.",
)
@click.option(
    "--bandwidth",
    "bandwidths",
    type=click.FloatRange(0, min_open=True),
    multiple=True,
    help="Kernel density: standard deviation in metres; may be repeated (default: one and two cells).",
)
@click.option("--category", "categories", multiple=True, help="Only this category; may be repeated.")
@click.option("--area", help="Working area, by name or number; the largest where not given.")
@click.option("--harm", metavar="NAME@VERSION", help="Sum the harm of this table instead of counting.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="Ignore incidents before this day.")
@click.option(
    "--to",
    "last",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Ignore incidents after this day (default: the last in the data).",
)
@click.option(
    "--half-distance",
    type=float,
    help="Near repeats: metres in which the risk halves (default: 200, or half a cell if more).",
)
@click.option(
    "--trees/--no-trees", default=True, show_default=True, help="Try the learned method too (slower)."
)
@click.option(
    "--terrain/--no-terrain",
    default=True,
    show_default=True,
    help="Try risk terrain where the area has a map or premises.",
)
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same answer.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="FILE.csv")
def backtest(
    store_path: Path | None,
    train_until: datetime,
    horizon: int,
    cell: float,
    kind: str,
    shares: tuple[float, ...],
    areas_km2: tuple[float, ...],
    study: Path | None,
    bandwidths: tuple[float, ...],
    categories: tuple[str, ...],
    area: str | None,
    harm: str | None,
    first: datetime | None,
    last: datetime | None,
    half_distance: float | None,
    trees: bool,
    terrain: bool,
    seed: int,
    out: Path,
) -> None:
    """Backtest every forecast on the store's incidents: hit rate, PAI, PEI, RRI, Brier, log score,
    calibration.

    FILE.csv gets a row for every method, origin (first day forecast), measure and share, each with its 95 %
    interval; origin 'all' is all of them together, method 'recommended' what would have been recommended at
    each origin from what was known by then. The area is the cells that had an incident before the origin.
    With --study the area is that outline. Dates known to the month are forecast by calendar months. What is
    printed says what to use next, and a loss where what was recommended at the time did worse than counting.
    """
    from analytics.hotspots.forecast.backtest import backtest as run
    from analytics.hotspots.forecast.catalogue import DEFAULT_SHARES, BacktestParameters
    from analytics.hotspots.forecast.windows import describe_horizon

    if out.suffix.lower() != ".csv":
        raise click.UsageError("--out must end in .csv")
    store = open_seen_store(store_path)
    engine = open_engine(store)
    area_id = find_asked_area(store, area)
    extent, selection = _select_incidents(engine, area_id, categories, first, last)
    epsg = store.rows("SELECT epsg FROM area WHERE area_id = ?", [area_id])[0]["epsg"]
    study_km2 = None
    if study is not None:
        selection = replace(selection, within=read_polygons(study, epsg))
        study_km2 = shapely.area(shapely.from_wkb(selection.within)) / 1e6
    points = read_incident_points(engine, selection)
    weights = choose_harm_weights(store, harm, extent.categories)
    if weights is not None:
        points = points.assign(weight=weigh_incidents(points, dict(weights)))
    size = int(cell) if cell == int(cell) else cell
    try:
        parameters = BacktestParameters(
            Grid(kind, size),
            train_until.date() + timedelta(days=1),
            selection.last,
            horizon,
            tuple(sorted(set(shares))) or (() if areas_km2 else DEFAULT_SHARES),
            tuple(sorted(set(areas_km2))),
            study_km2,
            bandwidths=tuple(sorted(set(bandwidths))),
            half_distance=half_distance,
            trees=trees,
            seed=seed,
            layers=read_risk_layers(store, area_id, epsg) or None if terrain else None,
        )
        result = run(points, parameters)
    except (TooFewData, ValueError) as error:
        raise click.ClickException(str(error)) from error
    described = _tabulate_scores(result.summary, result.scores).assign(
        horizon_days=horizon,
        horizon=describe_horizon(result.parameters),
        cell_m=size,
        kind=kind,
        train_until=train_until.date().isoformat(),
        categories="; ".join(categories),
        harm=harm or "",
        seed=seed,
    )
    mark = mark_of_sources(store, area_id=selection.area_id)
    write_csv(mark_table(store, described, mark), out)
    click.echo(
        f"{out}: {counted(len(described), 'row')}, {counted(len(points), 'incident')}, "
        f"{counted(result.cells, 'cell')}"
    )
    for sentence in result.recommendation.sentence:
        click.echo(sentence)


def _select_incidents(
    engine: Engine,
    area_id: int,
    categories: tuple[str, ...],
    first: datetime | None,
    last: datetime | None,
) -> tuple[DataExtent, Selection]:
    """What the data cover, and what of them is asked for. Raises ClickException for what they do not hold."""
    try:
        extent = read_extent(engine, area_id)
    except KeyError as error:
        raise click.ClickException(str(error.args[0])) from error
    unknown = set(categories) - set(extent.categories)
    if unknown:
        raise click.ClickException(f"There are no incidents of category {', '.join(sorted(unknown))}.")
    return extent, Selection(area_id, _date(first, extent.first), _date(last, extent.last), categories)


def _tabulate_scores(summary: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Every test window's scores, after those of all windows together."""
    scores = scores.assign(origin=scores.origin.dt.strftime("%Y-%m-%d"))
    table = pd.concat([summary.assign(origin="all"), scores], ignore_index=True)
    return table[scores.columns]


for _command in build_commands():
    if _command.name not in hotspots.commands:
        hotspots.add_command(_command)


def _date(moment: datetime | None, default: date) -> date:
    return moment.date() if moment else default
