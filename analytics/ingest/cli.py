"""`achilles import`: the Data page's work without a browser."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click

from analytics.ingest import (
    ImportReport,
    Mapping,
    SourceDetails,
    UnreadableFile,
    import_file,
    propose_mapping,
    quarantine_rows,
    read_file,
    saved_mappings,
)
from analytics.ingest.proposal import undeclared_contacts
from analytics.oversight import Actor
from analytics.shared.base_layers import BASE_LAYERS
from analytics.shared.cli_options import store_option
from analytics.shared.codes import code_table
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted
from analytics.store import Store, open_store


@click.group("import")
def import_() -> None:
    """Import recorded crime, boundaries, adverts, accounts, transactions, premises, journeys or calls.

    Nothing is half-imported."""


@dataclass(frozen=True)
class SourceOptions:
    """The file, the store, and what is said of a source and of how it is read, for every kind."""

    file: Path
    store_path: Path | None
    name: str | None
    area: str | None
    legal_basis: str
    purpose: str
    handling: str
    review_date: datetime | None
    mapping_name: str | None
    rejects: Path | None

    def details(self) -> SourceDetails:
        """What the source is; its name is the file's where none was given."""
        review = self.review_date.date() if self.review_date else date.today() + timedelta(days=365)
        name = self.name or self.file.name.split(".")[0].replace("_", " ")
        return SourceDetails(name, self.legal_basis, self.purpose, self.handling, review)


def source_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command SourceOptions as its first argument, beside its own options."""

    @wraps(command)
    def run(**given: Any) -> None:
        own = {option.name: given.pop(option.name) for option in fields(SourceOptions)}
        command(SourceOptions(**own), **given)

    for option in (
        click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False)),
        store_option,
        click.option("--name", help="What to call the source (default: the file's name)."),
        click.option(
            "--area", help="Working area to add to (default: the one around its places, or a new one)."
        ),
        click.option("--legal-basis", default="Not stated", show_default=True),
        click.option("--purpose", default="Crime analysis", show_default=True),
        click.option("--handling", default=str(code_table("handling")["P"]), show_default=True),
        click.option("--review-date", type=click.DateTime(["%Y-%m-%d"]), help="Default: in a year."),
        click.option("--mapping", "mapping_name", help="A mapping saved by name on the Data page."),
        click.option(
            "--rejects", type=click.Path(path_type=Path), help="Write the refused rows here as CSV."
        ),
    ):
        run = option(run)
    return run


time_zone_option = click.option(
    "--time-zone",
    help="Of times without an offset, e.g. Europe/London (default: that of the places or area, else UTC).",
)
currency_option = click.option(
    "--currency", help="Of rows that state none, by its ISO 4217 code (default: XXX, not stated)."
)


@import_.command()
@source_options
@click.option("--epsg", type=int, help="Coordinate system of the coordinates, where they are not degrees.")
@time_zone_option
@click.option("--category", help="One category for all rows, where no column holds it.")
@click.option(
    "--exchange-coordinates", is_flag=True, help="Longitude and latitude stand in each other's column."
)
def incidents(
    options: SourceOptions,
    epsg: int | None,
    time_zone: str | None,
    category: str | None,
    exchange_coordinates: bool,
) -> None:
    """Import recorded crime from FILE (CSV, Excel, Parquet, GeoJSON, GeoPackage, zipped shapefile, KML)."""

    def change(mapping: Mapping) -> Mapping:
        mapping = replace(mapping, epsg=epsg or mapping.epsg, time_zone=time_zone or mapping.time_zone)
        if category:
            mapping = replace(mapping.with_role("category", ()), category=category)
        return mapping.with_exchanged_coordinates() if exchange_coordinates else mapping

    import_source("incident", options, change)


@import_.command()
@source_options
@click.option(
    "--role",
    type=click.Choice(BASE_LAYERS),
    default="area",
    show_default=True,
    help="What the outlines are: areas (beats, wards), or a layer of the base map.",
)
def boundaries(options: SourceOptions, role: str) -> None:
    """Import beats, wards or districts from FILE; or, by --role, streets, water or parks for the map."""
    import_source("boundary", options, lambda mapping: replace(mapping, layer=role))


@import_.command()
@source_options
@time_zone_option
@click.option(
    "--contacts",
    help="Columns in which the site declares contacts, separated by commas, or 'none' "
    "(default: those named contact or declared; others that look like it are named in a note).",
)
def adverts(options: SourceOptions, contacts: str | None, time_zone: str | None) -> None:
    """Import adverts from FILE (CSV, JSON lines, Parquet, Excel). Texts are read as text; no image is
    fetched."""

    def change(mapping: Mapping) -> Mapping:
        if contacts:
            named = tuple(name.strip() for name in contacts.split(",") if name.strip())
            mapping = mapping.with_role("contact", () if contacts.strip().lower() == "none" else named)
        return replace(mapping, time_zone=time_zone or mapping.time_zone)

    import_source("advert", options, change)


@import_.command()
@source_options
@time_zone_option
@currency_option
def accounts(options: SourceOptions, currency: str | None, time_zone: str | None) -> None:
    """Import accounts from FILE (CSV, Parquet, Excel, or a bank statement in camt, MT940 or OFX)."""

    def change(mapping: Mapping) -> Mapping:
        mapping = replace(mapping, time_zone=time_zone or mapping.time_zone)
        return _with_currency(mapping, currency)

    import_source("account", options, change)


@import_.command()
@source_options
@time_zone_option
@currency_option
@click.option(
    "--round-amounts", is_flag=True, help="Round a part of a penny, cent or yen instead of refusing its row."
)
@click.option("--own-account", help="Whose account a statement is of, where the file does not say.")
@click.option("--first-step", help="Date and time of step 0, where the file counts steps instead of times.")
@click.option("--step-hours", type=float, help="Hours of a step (default: 1, or as the known file has it).")
def transactions(
    options: SourceOptions,
    currency: str | None,
    round_amounts: bool,
    time_zone: str | None,
    own_account: str | None,
    first_step: str | None,
    step_hours: float | None,
) -> None:
    """Import transactions from FILE (CSV, Parquet, Excel, camt, MT940, OFX, money remittances)."""

    def change(mapping: Mapping) -> Mapping:
        mapping = replace(mapping, time_zone=time_zone or mapping.time_zone)
        mapping = replace(
            mapping,
            amounts_are_rounded=round_amounts or mapping.amounts_are_rounded,
            own_account=own_account or mapping.own_account,
            first_step=first_step or mapping.first_step,
            step_hours=step_hours or mapping.step_hours,
        )
        return _with_currency(mapping, currency)

    import_source("transaction", options, change)


@import_.command()
@source_options
@currency_option
def premises(options: SourceOptions, currency: str | None) -> None:
    """Import premises from FILE (CSV, Excel, Parquet): lets, bookings, stays, licences or sales."""
    import_source("premises", options, lambda mapping: _with_currency(mapping, currency))


@import_.command()
@source_options
@time_zone_option
def journeys(options: SourceOptions, time_zone: str | None) -> None:
    """Import journeys from FILE (CSV, Excel, Parquet): tickets, passenger lists or plate reads."""
    import_source(
        "journey", options, lambda mapping: replace(mapping, time_zone=time_zone or mapping.time_zone)
    )


@import_.command()
@source_options
@time_zone_option
@click.option("--own-number", help="Whose phone a list of calls is of, where the file does not say.")
def communications(options: SourceOptions, time_zone: str | None, own_number: str | None) -> None:
    """Import calls and messages from FILE (CSV, Excel, Parquet): call data records or a phone's call log."""

    def change(mapping: Mapping) -> Mapping:
        return replace(
            mapping,
            time_zone=time_zone or mapping.time_zone,
            own_account=own_number or mapping.own_account,
        )

    import_source("communication", options, change)


def import_source(
    kind: str,
    options: SourceOptions,
    change: Callable[[Mapping], Mapping] = lambda mapping: mapping,
    load: Callable[..., ImportReport] = import_file,
) -> None:
    """Import a file by the mapping saved under a name or the one proposed, changed by the command's own
    options, and say what became of it."""
    store = open_store(options.store_path)
    try:
        mapping = change(_mapping(store, kind, options))
        report = load(
            store,
            Actor(getpass.getuser()),
            options.file,
            mapping,
            options.details(),
            area=options.area,
            progress=show_progress,
        )
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from error
    print_report(report)
    write_rejects(store, report, options.rejects)


def _mapping(store: Store, kind: str, options: SourceOptions) -> Mapping:
    if options.mapping_name:
        mapping = saved_mappings(store, kind).get(options.mapping_name)
        if mapping is None:
            raise click.ClickException(f"There is no mapping {options.mapping_name!r} of this kind.")
        return mapping
    raw = read_file(options.file, kind=kind)
    mapping = propose_mapping(raw, kind, options.file.name)
    for note in undeclared_contacts(raw, mapping):
        click.echo(f"Note: {note}")
    return mapping


def _with_currency(mapping: Mapping, currency: str | None) -> Mapping:
    return replace(mapping, currency=currency.upper()) if currency else mapping


def show_progress(text: str, share: float) -> None:
    """The step of an import, on standard error."""
    click.echo(f"{share:4.0%} {text}", err=True)


def print_report(report: ImportReport) -> None:
    """What an import accepted and refused, and its notes."""
    if report.already_imported:
        click.echo(f"Already held as source {report.source_id}: nothing was added.")
        return
    click.echo(
        f"Source {report.source_id}: {report.accepted:,} of {counted(report.rows_in, 'row')} accepted, "
        f"{report.quarantined:,} refused, {report.unplaced:,} without a place."
    )
    for note in report.notes:
        click.echo(f"Note: {note}")


def write_rejects(store: Store, report: ImportReport, rejects: Path | None) -> None:
    """The refused rows of an import as CSV to `rejects`, where the user asked for it."""
    if rejects:
        rejects.write_bytes(safe_csv(quarantine_rows(store, report.source_id)))
        click.echo(f"Refused rows: {rejects}")
