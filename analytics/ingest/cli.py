"""`achilles import`: the Data page's work without a browser."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypedDict, TypeVar, Unpack

import click

from analytics.ingest import (
    ImportReport,
    SourceDetails,
    UnreadableFile,
    import_boundaries,
    import_incidents,
    import_records,
    propose_mapping,
    propose_record_mapping,
    quarantine_rows,
    read_file,
    saved_mappings,
)
from analytics.ingest.record_mapping import RecordMapping, saved_record_mappings, undeclared_contacts
from analytics.ingest.records import with_currency
from analytics.oversight import Actor
from analytics.shared.cli_options import store_option
from analytics.shared.codes import code_table
from analytics.shared.safe_csv import safe_csv
from analytics.store import Store, open_store

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group("import")
def import_() -> None:
    """Import recorded crime, boundaries, adverts, accounts or transactions. Nothing is half-imported."""


def details_options(command: _Command) -> _Command:
    """The options that say what a source is, for every kind of import."""
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


def build_details(
    path: Path,
    name: str | None,
    legal_basis: str,
    purpose: str,
    handling: str,
    review_date: datetime | None,
) -> SourceDetails:
    """What `details_options` gave of a source; its name is the file's where none was given."""
    review = review_date.date() if review_date else date.today() + timedelta(days=365)
    return SourceDetails(
        name or path.name.split(".")[0].replace("_", " "), legal_basis, purpose, handling, review
    )


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
@details_options
@click.option("--mapping", "mapping_name", help="A mapping saved by name on the Data page.")
@click.option("--epsg", type=int, help="Coordinate system of the coordinates, where they are not degrees.")
@click.option("--time-zone", help="Of a new working area (default: of its middle), e.g. America/Chicago.")
@click.option("--category", help="One category for all rows, where no column holds it.")
@click.option(
    "--exchange-coordinates", is_flag=True, help="Longitude and latitude stand in each other's column."
)
@click.option("--rejects", type=click.Path(path_type=Path), help="Write the refused rows here as CSV.")
def incidents(
    file: Path,
    store_path: Path | None,
    name: str | None,
    area: str | None,
    legal_basis: str,
    purpose: str,
    handling: str,
    review_date: datetime | None,
    mapping_name: str | None,
    epsg: int | None,
    time_zone: str | None,
    category: str | None,
    exchange_coordinates: bool,
    rejects: Path | None,
) -> None:
    """Import recorded crime from FILE (CSV, Excel, Parquet, GeoJSON, GeoPackage, zipped shapefile, KML)."""
    store = open_store(store_path)
    try:
        if mapping_name:
            mapping = saved_mappings(store).get(mapping_name)
            if mapping is None:
                raise click.ClickException(f"There is no mapping {mapping_name!r}.")
        else:
            mapping = propose_mapping(read_file(file), file.name)
        mapping = replace(
            mapping,
            epsg=epsg or mapping.epsg,
            time_zone=time_zone or mapping.time_zone,
            category=None if category else mapping.category,
            category_constant=category or mapping.category_constant,
        )
        if exchange_coordinates:
            mapping = replace(mapping, longitude=mapping.latitude, latitude=mapping.longitude)
        details = build_details(file, name, legal_basis, purpose, handling, review_date)
        report = import_incidents(
            store,
            Actor(getpass.getuser()),
            file,
            mapping,
            details,
            area=area,
            progress=show_progress,
        )
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from error
    print_report(report)
    write_rejects(store, report, rejects)


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
@details_options
@click.option(
    "--role", type=click.Choice(["area", "street", "water", "green"]), default="area", show_default=True
)
def boundaries(
    file: Path,
    store_path: Path | None,
    name: str | None,
    area: str | None,
    legal_basis: str,
    purpose: str,
    handling: str,
    review_date: datetime | None,
    role: str,
) -> None:
    """Import beats, wards or districts from FILE; or, by --role, streets, water or parks for the map."""
    details = build_details(file, name, legal_basis, purpose, handling, review_date)
    try:
        print_report(
            import_boundaries(
                open_store(store_path),
                Actor(getpass.getuser()),
                file,
                details,
                role=role,
                area=area,
                progress=show_progress,
            )
        )
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from error


class _RecordOptions(TypedDict):
    """The options of an import of adverts, accounts or transactions."""

    store_path: Path | None
    name: str | None
    area: str | None
    legal_basis: str
    purpose: str
    handling: str
    review_date: datetime | None
    time_zone: str | None
    rejects: Path | None


def _record_options(command: _Command) -> _Command:
    for option in (
        click.option("--mapping", "mapping_name", help="A mapping saved by name on the Data page."),
        click.option(
            "--time-zone",
            help="Of times without an offset, e.g. Europe/London (default: the area's, else UTC).",
        ),
        click.option(
            "--rejects", type=click.Path(path_type=Path), help="Write the refused rows here as CSV."
        ),
    ):
        command = option(command)
    return command


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
@details_options
@_record_options
@click.option(
    "--contacts",
    help="Columns in which the site declares contacts, separated by commas, or 'none' "
    "(default: those named contact or declared; others that look like it are named in a note).",
)
def adverts(
    file: Path, contacts: str | None, mapping_name: str | None, **options: Unpack[_RecordOptions]
) -> None:
    """Import adverts from FILE (CSV, JSON lines, Parquet, Excel). Texts are read as text; no image is
    fetched."""
    store = open_store(options["store_path"])
    mapping = _record_mapping(store, file, "advert", mapping_name)
    if contacts:
        named = tuple(name.strip() for name in contacts.split(",") if name.strip())
        mapping = mapping.with_role("contact", () if contacts.strip().lower() == "none" else named)
    _import_records(store, file, mapping, **options)


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
@details_options
@_record_options
@click.option("--currency", help="Of balances that state none (default: XXX, not stated).")
def accounts(
    file: Path, currency: str | None, mapping_name: str | None, **options: Unpack[_RecordOptions]
) -> None:
    """Import accounts from FILE (CSV, Parquet, Excel, or camt.053 XML: the account of each statement)."""
    store = open_store(options["store_path"])
    _import_records(
        store, file, with_currency(_record_mapping(store, file, "account", mapping_name), currency), **options
    )


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
@details_options
@_record_options
@click.option("--currency", help="Of rows that state none, by its ISO 4217 code (default: XXX, not stated).")
@click.option(
    "--round-amounts", is_flag=True, help="Round a part of a penny, cent or yen instead of refusing its row."
)
def transactions(
    file: Path,
    currency: str | None,
    round_amounts: bool,
    mapping_name: str | None,
    **options: Unpack[_RecordOptions],
) -> None:
    """Import transactions from FILE (CSV, Parquet, Excel, camt.053 XML, money-remittance CSV)."""
    store = open_store(options["store_path"])
    mapping = with_currency(_record_mapping(store, file, "transaction", mapping_name), currency)
    if round_amounts:
        mapping = replace(mapping, amounts_are_rounded=True)
    _import_records(store, file, mapping, **options)


def _record_mapping(store: Store, file: Path, kind: str, mapping_name: str | None) -> RecordMapping:
    if mapping_name:
        mapping = saved_record_mappings(store, kind).get(mapping_name)
        if mapping is None:
            raise click.ClickException(f"There is no mapping {mapping_name!r} of this kind.")
        return mapping
    try:
        raw = read_file(file, kind=kind)
        mapping = propose_record_mapping(raw, kind)
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from error
    for note in undeclared_contacts(raw, mapping):
        click.echo(f"Note: {note}")
    return mapping


def _import_records(
    store: Store, file: Path, mapping: RecordMapping, **options: Unpack[_RecordOptions]
) -> None:
    area, rejects = options["area"], options["rejects"]
    if time_zone := options["time_zone"]:
        mapping = replace(mapping, time_zone=time_zone)
    details = build_details(
        file,
        options["name"],
        options["legal_basis"],
        options["purpose"],
        options["handling"],
        options["review_date"],
    )
    try:
        report = import_records(
            store, Actor(getpass.getuser()), file, mapping, details, area=area, progress=show_progress
        )
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from error
    print_report(report)
    write_rejects(store, report, rejects)


def show_progress(text: str, share: float) -> None:
    """The step of an import, on standard error."""
    click.echo(f"{share:4.0%} {text}", err=True)


def print_report(report: ImportReport) -> None:
    """What an import accepted and refused, and its notes."""
    if report.already_imported:
        click.echo(f"Already held as source {report.source_id}: nothing was added.")
        return
    click.echo(
        f"Source {report.source_id}: {report.accepted:,} of {report.rows_in:,} rows accepted, "
        f"{report.quarantined:,} refused, {report.unplaced:,} without a place."
    )
    for note in report.notes:
        click.echo(f"Note: {note}")


def write_rejects(store: Store, report: ImportReport, rejects: Path | None) -> None:
    """The refused rows of an import as CSV to `rejects`, where the user asked for it."""
    if rejects:
        rejects.write_bytes(safe_csv(quarantine_rows(store, report.source_id)))
        click.echo(f"Refused rows: {rejects}")
