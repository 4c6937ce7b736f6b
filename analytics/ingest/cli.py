"""`achilles import`: the Data page's work without a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import click

from analytics.ingest import (
    ImportReport,
    Mapping,
    RawTable,
    UnreadableFile,
    import_file,
    propose_mapping,
    read_file,
    saved_mappings,
)
from analytics.ingest.cli_output import exit_code, print_mapping, print_report, show_progress, write_rejects
from analytics.ingest.proposal import undeclared_contacts
from analytics.ingest.source_options import (
    SourceOptions,
    apply_options,
    source_options,
    value_option,
    with_values,
)
from analytics.ingest.source_record import find_former
from analytics.ingest.trade_rows import FILLED_ROLES
from analytics.oversight.command_line import find_actor
from analytics.shared.base_layers import BASE_LAYERS
from analytics.store import Store, open_store


@click.group("import")
def import_() -> None:
    """Import recorded crime, boundaries, adverts, accounts, transactions, premises, journeys or calls.

    Nothing is half-imported. The command ends with 0 where every row is in, 1 where the file is refused, 2
    where an option cannot be, 3 where some rows were refused or a part of the file was not read, and 4 where
    more than a fifth of the rows were refused or have no place or date."""


currency_option = click.option(
    "--currency", help="Of rows that state none, by its ISO 4217 code (default: XXX, not stated)."
)


epsg_option = click.option(
    "--epsg", type=int, help="Coordinate system of the coordinates, where they are not degrees."
)


@import_.command()
@source_options
@epsg_option
@click.option(
    "--exchange-coordinates", is_flag=True, help="Longitude and latitude stand in each other's column."
)
def incidents(
    options: SourceOptions,
    epsg: int | None,
    exchange_coordinates: bool,
) -> None:
    """Import recorded crime from FILE (CSV, Excel, Parquet, GeoJSON, GeoPackage, zipped shapefile, KML)."""

    def change(mapping: Mapping) -> Mapping:
        mapping = _with_system(mapping, epsg)
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
@click.option(
    "--contacts",
    help="Columns in which the site declares contacts, separated by commas, or 'none' "
    "(default: those named contact or declared; others that look like it are named in a note).",
)
def adverts(options: SourceOptions, contacts: str | None) -> None:
    """Import adverts from FILE (CSV, JSON lines, Parquet, Excel). Texts are read as text; no image is
    fetched."""

    def change(mapping: Mapping) -> Mapping:
        if contacts:
            named = tuple(name.strip() for name in contacts.split(",") if name.strip())
            mapping = mapping.with_role("contact", () if contacts.strip().lower() == "none" else named)
        return mapping

    import_source("advert", options, change)


@import_.command()
@source_options
@currency_option
def accounts(options: SourceOptions, currency: str | None) -> None:
    """Import accounts from FILE (CSV, Parquet, Excel, or a bank statement in camt, MT940 or OFX)."""
    import_source("account", options, lambda mapping: _with_currency(mapping, currency))


@import_.command()
@source_options
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
    own_account: str | None,
    first_step: str | None,
    step_hours: float | None,
) -> None:
    """Import transactions from FILE (CSV, Parquet, Excel, camt, MT940, OFX, money remittances)."""

    def change(mapping: Mapping) -> Mapping:
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
@epsg_option
@value_option
def premises(options: SourceOptions, currency: str | None, epsg: int | None, values: tuple[str, ...]) -> None:
    """Import premises from FILE (CSV, Excel, Parquet): lets, bookings, stays, licences or sales."""

    def change(mapping: Mapping) -> Mapping:
        mapping = _with_system(_with_currency(mapping, currency), epsg)
        return with_values(mapping, values, FILLED_ROLES["premises"])

    import_source("premises", options, change)


@import_.command()
@source_options
@epsg_option
@value_option
def journeys(options: SourceOptions, epsg: int | None, values: tuple[str, ...]) -> None:
    """Import journeys from FILE (CSV, Excel, Parquet): tickets, passenger lists or plate reads."""

    def change(mapping: Mapping) -> Mapping:
        return with_values(_with_system(mapping, epsg), values, FILLED_ROLES["journey"])

    import_source("journey", options, change)


@import_.command()
@source_options
@epsg_option
@click.option("--own-number", help="Whose phone a list of calls is of, where the file does not say.")
def communications(options: SourceOptions, epsg: int | None, own_number: str | None) -> None:
    """Import calls and messages from FILE (CSV, Excel, Parquet): call data records or a phone's call log."""

    def change(mapping: Mapping) -> Mapping:
        mapping = _with_system(mapping, epsg)
        return replace(mapping, own_account=own_number or mapping.own_account)

    import_source("communication", options, change)


def import_source(
    kind: str,
    options: SourceOptions,
    change: Callable[[Mapping], Mapping] = lambda mapping: mapping,
    load: Callable[..., ImportReport] = import_file,
) -> None:
    """Import a file by the mapping saved under a name or the one proposed, changed by the command's own
    options, and say how it was read and what became of it. Ends with the code of `exit_code`."""
    if options.rejects and options.is_dry_run:
        raise click.UsageError(
            "--rejects needs the refused rows of an import, of which --dry-run makes none."
        )
    store = open_store(options.store_path)
    try:
        saved = _find_saved(store, kind, options.mapping_name) if options.mapping_name else None
        reading = options.reading(saved)
        raw = read_file(options.file, kind=kind, reading=reading)
        proposed = saved or _propose(raw, kind, options.file.name)
        mapping = replace(change(apply_options(raw, proposed, options)), reading=reading)
        print_mapping(raw, mapping, proposed, "saved" if options.mapping_name else "guessed", options.roles())
        report = load(
            store,
            find_actor(),
            options.file,
            mapping,
            options.details(find_former(store, kind, raw) if options.is_replacing else None),
            area=options.area,
            mode=options.mode(),
            accepts_losses=options.accepts_losses,
            progress=show_progress,
        )
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from error
    print_report(report, options.is_dry_run)
    if report.is_written:
        write_rejects(store, report, options.rejects)
    click.get_current_context().exit(exit_code(report))


def _find_saved(store: Store, kind: str, name: str) -> Mapping:
    mapping = saved_mappings(store, kind).get(name)
    if mapping is None:
        raise click.ClickException(f"There is no mapping {name!r} of this kind.")
    return mapping


def _propose(raw: RawTable, kind: str, file_name: str) -> Mapping:
    mapping = propose_mapping(raw, kind, file_name)
    for note in undeclared_contacts(raw, mapping):
        click.echo(f"Note: {note}")
    return mapping


def _with_system(mapping: Mapping, epsg: int | None) -> Mapping:
    return replace(mapping, epsg=epsg) if epsg else mapping


def _with_currency(mapping: Mapping, currency: str | None) -> Mapping:
    return replace(mapping, currency=currency.upper()) if currency else mapping
