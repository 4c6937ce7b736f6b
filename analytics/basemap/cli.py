"""`achilles import map`: the Data page's base map without a browser."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import click

from analytics.basemap.imports import MapChoice, import_map
from analytics.formats.header import UnreadableFile
from analytics.formats.map_header import Bounds
from analytics.ingest.cli_output import show_progress
from analytics.ingest.import_report import SourceDetails
from analytics.oversight.command_line import find_actor
from analytics.shared.base_layers import MAP_LAYERS
from analytics.shared.cli_options import store_option
from analytics.store import open_store, read_today


@click.command("map")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
@click.option("--name", help="What to call the map (default: the file's name).")
@click.option("--area", help="Working area it belongs to (default: the one it lies around, or a new one).")
@click.option(
    "--extent",
    default="area",
    show_default=True,
    help="What is taken: 'area' (about the incidents of the working area), 'whole', or W,S,E,N in degrees.",
)
@click.option(
    "--layer",
    "layers",
    multiple=True,
    type=click.Choice(MAP_LAYERS),
    help="Only this layer; may be given again (default: all).",
)
@click.option("--without", multiple=True, type=click.Choice(MAP_LAYERS), help="Leave this layer out.")
@click.option("--replace", "existing", flag_value="replace", help="Remove the area's map of these layers.")
@click.option("--add", "existing", flag_value="add", help="Keep the area's map, and add this one beside it.")
@click.option("--attribution", help="Whose map it is, where the file does not say.")
@click.option("--review-date", type=click.DateTime(["%Y-%m-%d"]), help="Default: in a year.")
def map_(
    file: Path,
    store_path: Path | None,
    name: str | None,
    area: str | None,
    extent: str,
    layers: tuple[str, ...],
    without: tuple[str, ...],
    existing: Literal["replace", "add"] | None,
    attribution: str | None,
    review_date: datetime | None,
) -> None:
    """Import the base map of a working area from FILE: an OpenStreetMap extract (.osm.pbf, .osm) or vector
    tiles (MBTiles, PMTiles). Streets, water or parks as GeoPackage, GeoJSON or shapefile: `import boundaries
    --role`."""
    review = review_date.date() if review_date else read_today() + timedelta(days=365)
    details = SourceDetails(
        name or file.name.split(".")[0].replace("_", " "), "Open data", "Base map", "P", review
    )
    choice = MapChoice(
        area,
        _read_extent(extent),
        frozenset(layers or MAP_LAYERS) - frozenset(without),
        existing or "refuse",
        attribution,
    )
    store = open_store(store_path)
    try:
        report = import_map(store, find_actor(), file, details, choice, progress=show_progress)
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Source {report.source_id}.")
    for sentence in report.sentences():
        click.echo(sentence)


def _read_extent(text: str) -> Literal["area", "whole"] | Bounds:
    if text == "area":
        return "area"
    if text == "whole":
        return "whole"
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise click.BadParameter(
            "It is 'area', 'whole', or four numbers W,S,E,N.", param_hint="--extent"
        ) from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise click.BadParameter(
            "West lies before east and south before north, in degrees.", param_hint="--extent"
        )
    return west, south, east, north
