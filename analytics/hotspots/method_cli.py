"""`achilles hotspots METHOD`: every method of the catalogue as a command, built from its own declaration."""

from __future__ import annotations

import codecs
import glob
import io
import re
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from analytics.hotspots.catalogue import METHODS, Method, Option, Request, Workspace
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.counts import choose_cell_size
from analytics.hotspots.findings.exports import FORMATS, encode_result
from analytics.hotspots.grid.cells import KINDS, Grid
from analytics.hotspots.grid.custom_area import join_polygons
from analytics.hotspots.harm import match_categories, read_harm_weights
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.selection import COMPARED_WITH, Selection
from analytics.oversight import record
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.oversight.exercise import mark_of_sources
from analytics.shared.cli_options import STORE_HELP
from analytics.shared.week_clock import WEEKDAYS
from analytics.shared.wording import counted
from analytics.store import Store
from analytics.store.area_argument import find_asked_area

DATE = click.DateTime(["%Y-%m-%d"])


def build_commands() -> list[click.Command]:
    """One command a method, in the catalogue's order."""
    return [_command(method) for method in METHODS.values()]


def choose_harm_weights(
    store: Store, named: str | None, categories: tuple[str, ...]
) -> tuple[tuple[str, float], ...] | None:
    """The weights of a harm table 'NAME@VERSION' by category; None where none is named. Categories
    without a weight are printed."""
    if named is None:
        return None
    name, _, version = named.rpartition("@")
    try:
        weights, missing = match_categories(categories, read_harm_weights(store, name, version))
    except KeyError as error:
        raise click.ClickException(f"There is no harm table {named!r}; see 'achilles harm list'.") from error
    if missing:
        click.echo(f"Without a weight, and so without harm: {', '.join(missing)}.", err=True)
    return tuple(sorted(weights.items()))


HARM_OPTION = click.Option(
    ["--harm"], metavar="NAME@VERSION", help="Sum the harm of this table instead of counting."
)


def _command(method: Method) -> click.Command:
    return click.Command(
        method.name,
        params=[*_SHARED_OPTIONS, *(_option(option) for option in method.options)],
        callback=lambda **given: _run(method, **given),
        help=f"{method.question}\n\nWhen not to use it: {method.not_when}",
        short_help=method.question,
    )


def _option(option: Option) -> click.Option:
    unit = f" ({option.unit})" if option.unit else ""
    kind = click.Choice(option.choices) if option.choices else type(option.default)
    return click.Option(
        [f"--{option.name.replace('_', '-')}", option.name],
        type=kind,
        default=option.default,
        show_default=option.default != "",
        help=f"{option.help}{unit}",
    )


def _hours(_context: click.Context, _parameter: click.Parameter, text: str | None) -> tuple[int, ...]:
    """The hours from one to another, over midnight where the second is less."""
    if text is None:
        return ()
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text.strip())
    first, last = (int(hour) for hour in match.groups()) if match else (24, 24)
    if max(first, last) > 23:
        raise click.BadParameter("give two hours from 0 to 23, such as 20-23")
    return tuple(sorted((first + k) % 24 for k in range((last - first) % 24 + 1)))


_SHARED_OPTIONS: tuple[click.Parameter, ...] = (
    click.Option(
        ["--out"],
        type=click.Path(dir_okay=False, path_type=Path),
        required=True,
        help=f"File to write; its ending says how: {', '.join(FORMATS)}.",
    ),
    click.Option(
        ["--store", "store_path"],
        type=click.Path(path_type=Path),
        envvar="ACHILLES_STORE",
        help=STORE_HELP,
    ),
    click.Option(["--area"], help="Working area, by name or number; the largest where not given."),
    click.Option(["--category"], multiple=True, help="Only this category; may be repeated."),
    click.Option(
        ["--from", "first"], type=DATE, help="First day, YYYY-MM-DD (default: a year to the last day)."
    ),
    click.Option(["--to", "last"], type=DATE, help="Last day, YYYY-MM-DD (default: the last in the data)."),
    click.Option(
        ["--hours"],
        callback=_hours,
        metavar="FROM-TO",
        help="Only these hours, local time, such as 20-23 or 22-5, both included.",
    ),
    click.Option(
        ["--weekday"],
        type=click.Choice(WEEKDAYS, case_sensitive=False),
        multiple=True,
        help="Only this weekday; may be repeated.",
    ),
    click.Option(
        ["--within"],
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Only within the polygons of this file (GeoJSON, GeoPackage or any other with its CRS).",
    ),
    click.Option(
        ["--compare-with"],
        type=click.Choice(COMPARED_WITH),
        default=COMPARED_WITH[0],
        show_default=True,
        help="What 'before' means.",
    ),
    click.Option(
        ["--cells"],
        type=click.Choice(KINDS),
        default="hexagon",
        show_default=True,
        help="Shape of the cells.",
    ),
    click.Option(
        ["--size"], type=click.IntRange(1), help="Width of a cell in metres; chosen where not given."
    ),
    HARM_OPTION,
)


def _zip_parts(path: Path) -> bytes:
    """A shapefile with the other parts that lie beside it, as one zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part in path.parent.glob(f"{glob.escape(path.stem)}.*"):
            archive.write(part, part.name)
    return buffer.getvalue()


def read_polygons(path: Path | None, epsg: int) -> bytes:
    """The polygons of a file as a custom area."""
    if path is None:
        return b""
    import geopandas as gpd

    from analytics.formats.readers import read_features

    try:
        data = _zip_parts(path) if path.suffix.lower() == ".shp" else path.read_bytes()
        frame = gpd.GeoDataFrame.from_arrow(read_features(data))
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path.name} is no file of outlines that can be read.") from error
    if frame.crs is None or not frame.geom_type.isin(["Polygon", "MultiPolygon"]).any():
        raise click.ClickException(f"{path.name} has no polygon, or does not say in which coordinates.")
    return join_polygons(frame.geometry.to_crs(4326).to_numpy(), epsg)


def _run(
    method: Method,
    /,
    out: Path,
    store_path: Path | None,
    area: str | None,
    category: tuple[str, ...],
    first: datetime | None,
    last: datetime | None,
    hours: tuple[int, ...],
    weekday: tuple[str, ...],
    within: Path | None,
    compare_with: str,
    cells: str,
    size: int | None,
    harm: str | None,
    **options: str | int | float,
) -> None:
    ending = out.suffix.lstrip(".").lower()
    if ending not in FORMATS:
        raise click.ClickException(f"{out.name}: write to a file ending in {', '.join(FORMATS)}.")
    store = open_seen_store(store_path)
    area_id = find_asked_area(store, area)
    workspace = open_workspace(store, area_id)
    categories = workspace.extent.categories
    unknown = set(category) - set(categories)
    if unknown:
        raise click.ClickException(f"No incident has the category {', '.join(sorted(unknown))}.")
    begin, final = _choose_period(workspace, first, last)
    grid = Grid(cells, size or choose_cell_size(workspace.engine, area_id, cells))
    try:
        given = tuple(
            (option.name, _given(option, options[option.name], workspace)) for option in method.options
        )
        request = Request(
            Selection(
                area_id,
                begin,
                final,
                category,
                hours,
                tuple(sorted({WEEKDAYS.index(day) + 1 for day in weekday})),
                read_polygons(within, workspace.epsg),
                compare_with,
            ),
            grid,
            choose_harm_weights(store, harm, categories),
            given,
        )
        result = method.run(workspace, request)
        body = encode_result(result, request, workspace.epsg, ending, mark_of_sources(store, area_id=area_id))
    except (TooFewData, ValueError, KeyError) as error:
        raise click.ClickException(str(error.args[0] if error.args else error)) from error
    # A byte-order mark is taken for a part of the first column's name.
    out.write_bytes(body.removeprefix(codecs.BOM_UTF8))
    _record_export(store, f"{method.name} of area {area_id}", ending, len(result.table))
    for sentence in result.says:
        click.echo(sentence)
    click.echo(f"{counted(len(result.table), 'row')} written to {out}.")


def _record_export(store: Store, what: str, ending: str, rows: int) -> None:
    with store.write(changes_data=False) as cursor:
        detail = {"format": ending, "rows": rows}
        record(cursor, find_actor(), "export cells", what, detail=detail)


def _choose_period(workspace: Workspace, first: datetime | None, last: datetime | None) -> tuple[date, date]:
    """The days asked for, else the last year of the data."""
    final = last.date() if last else workspace.extent.last
    begin = first.date() if first else max(workspace.extent.first, final - timedelta(days=364))
    if begin > final:
        raise click.ClickException(f"The period ends ({final}) before it begins ({begin}).")
    return begin, final


def _given(option: Option, value: object, workspace: Workspace) -> str | int | float:
    if option.choices_of is None:
        return option.read(value)
    choices = option.choices_of(workspace)
    if value in choices or not choices:
        return str(value)
    if value == option.default:
        return "" if option.placeholder else choices[0]
    raise ValueError(f"{option.label}: {value!r} is not one of {', '.join(choices)}.")
