"""`achilles import`: the Data page's work without a browser."""

from __future__ import annotations

import getpass
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import click

from analytics.cli import store_option
from analytics.ingest import (
    ImportReport,
    SourceDetails,
    UnreadableFile,
    import_boundaries,
    import_incidents,
    propose_mapping,
    quarantine_rows,
    read_file,
    saved_mappings,
)
from analytics.intelligence.codes import code_table
from analytics.oversight import Actor
from analytics.store import open_store
from analytics.tables import safe_csv


@click.group("import")
def import_() -> None:
    """Import recorded crime or boundaries. Nothing is half-imported."""


def _details_options(command):
    for option in (
        click.option("--name", help="What to call the source (default: the file's name)."),
        click.option(
            "--area", help="Working area to add to (default: the one around its places, or a new one)."
        ),
        click.option("--legal-basis", default="Not stated", show_default=True),
        click.option("--purpose", default="Crime analysis", show_default=True),
        click.option("--handling", default=str(code_table("handling")["P"]), show_default=True),
        click.option("--review-date", type=click.DateTime(["%Y-%m-%d"]), help="Default: in a year."),
    ):
        command = option(command)
    return command


def _details(path: Path, name, legal_basis, purpose, handling, review_date) -> SourceDetails:
    review = review_date.date() if review_date else date.today() + timedelta(days=365)
    return SourceDetails(
        name or path.name.split(".")[0].replace("_", " "), legal_basis, purpose, handling, review
    )


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
@_details_options
@click.option("--mapping", "mapping_name", help="A mapping saved by name on the Data page.")
@click.option("--epsg", type=int, help="Coordinate system of the coordinates, where they are not degrees.")
@click.option("--time-zone", help="Of a new working area (default: of its middle), e.g. America/Chicago.")
@click.option("--category", help="One category for all rows, where no column holds it.")
@click.option(
    "--exchange-coordinates", is_flag=True, help="Longitude and latitude stand in each other's column."
)
@click.option("--rejects", type=click.Path(path_type=Path), help="Write the refused rows here as CSV.")
def incidents(file, store_path, name, area, legal_basis, purpose, handling, review_date, mapping_name, epsg, time_zone, category, exchange_coordinates, rejects):  # fmt: skip
    """Import recorded crime from FILE (CSV, Excel, Parquet, GeoJSON, GeoPackage, zipped shapefile, KML)."""
    store = open_store(store_path)
    try:
        if mapping_name:
            mapping = saved_mappings(store).get(mapping_name)
            if mapping is None:
                raise click.ClickException(f"There is no mapping {mapping_name!r}.")
        else:
            mapping = propose_mapping(read_file(file), file.name)
        changes = {"epsg": epsg, "time_zone": time_zone, "category_constant": category}
        mapping = replace(mapping, **{key: value for key, value in changes.items() if value})
        if category:
            mapping = replace(mapping, category=None)
        if exchange_coordinates:
            mapping = replace(mapping, longitude=mapping.latitude, latitude=mapping.longitude)
        details = _details(file, name, legal_basis, purpose, handling, review_date)
        report = import_incidents(
            store, Actor(getpass.getuser()), file, mapping, details, area=area,
            progress=_show_progress,
        )  # fmt: skip
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from error
    _say(report)
    if rejects:
        rejects.write_bytes(safe_csv(quarantine_rows(store, report.source_id)))
        click.echo(f"Refused rows: {rejects}")


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
@_details_options
@click.option(
    "--role", type=click.Choice(["area", "street", "water", "green"]), default="area", show_default=True
)
def boundaries(file, store_path, name, area, legal_basis, purpose, handling, review_date, role):
    """Import beats, wards or districts from FILE; or, by --role, streets, water or parks for the map."""
    details = _details(file, name, legal_basis, purpose, handling, review_date)
    try:
        _say(
            import_boundaries(
                open_store(store_path),
                Actor(getpass.getuser()),
                file,
                details,
                role=role,
                area=area,
                progress=_show_progress,
            )
        )
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from error


def _show_progress(text: str, share: float) -> None:
    click.echo(f"{share:4.0%} {text}", err=True)


def _say(report: ImportReport) -> None:
    if report.already_imported:
        click.echo(f"Already held as source {report.source_id}: nothing was added.")
        return
    click.echo(
        f"Source {report.source_id}: {report.accepted:,} of {report.rows_in:,} rows accepted, "
        f"{report.quarantined:,} refused, {report.unplaced:,} without a place."
    )
    for note in report.notes:
        click.echo(f"Note: {note}")
