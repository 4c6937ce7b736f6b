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
from click.core import ParameterSource

from analytics.formats.parts import AS_FOUND, FileReading
from analytics.ingest import (
    ImportReport,
    Mapping,
    RawTable,
    SourceDetails,
    UnreadableFile,
    import_file,
    propose_mapping,
    quarantine_rows,
    read_file,
    saved_mappings,
)
from analytics.ingest.date_formats import example, read_format
from analytics.ingest.job import ImportMode, find_former
from analytics.ingest.kinds import KINDS
from analytics.ingest.proposal import undeclared_contacts, with_columns
from analytics.ingest.roles import ImportKind
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

    Nothing is half-imported. The command ends with 0 where every row is in, 1 where the file is refused, 2
    where an option cannot be, 3 where some rows were refused or a part of the file was not read, and 4 where
    more than a fifth of the rows were refused or have no place or date."""


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
    maps: tuple[str, ...]
    parts: tuple[str, ...]
    header_row: int | None
    date_format: str | None
    decimal: str | None
    time_zone: str | None
    category: str | None
    is_dry_run: bool
    is_replacing: bool
    accepts_losses: bool

    def mode(self) -> ImportMode:
        """Whether it is added, put in place of what is there, or only tried."""
        if self.is_dry_run:
            return ImportMode.TRY
        return ImportMode.REPLACE if self.is_replacing else ImportMode.ADD

    def reading(self, saved: Mapping | None) -> FileReading:
        """The parts and the header that are stated, else those of a saved mapping."""
        before = saved.reading if saved else AS_FOUND
        row = before.header_row if self.header_row is None else self.header_row
        return FileReading(self.parts or before.parts, row)

    def details(self, former: SourceDetails | None = None) -> SourceDetails:
        """What the source is; where nothing is given, what the `former` source of the file was, or its name
        for a name and the usual for the rest."""
        if former:
            given = click.get_current_context().get_parameter_source
            stated = {
                name: getattr(self, name)
                for name in ("name", "legal_basis", "purpose", "handling")
                if given(name) is ParameterSource.COMMANDLINE
            }
            if self.review_date:
                stated["review_date"] = self.review_date.date()
            return replace(former, **stated)
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
        click.option(
            "--map",
            "maps",
            multiple=True,
            metavar="ROLE=COLUMN",
            help="Which column has a role (time=DATE). Repeated, a role has several; 'ROLE=' leaves it out.",
        ),
        click.option(
            "--sheet",
            "--layer",
            "--folder",
            "--file-in-zip",
            "parts",
            multiple=True,
            help="Which sheet, layer, folder, table, or file of a zip to read; may be repeated.",
        ),
        click.option(
            "--header-row",
            type=click.IntRange(min=0),
            help="The row that names the columns, counted from 1; 0 if there is none (default: found).",
        ),
        click.option(
            "--date-format",
            help="How dates look: DD/MM/YYYY HH:MM, '%d/%m/%Y', 'day first', 'month first' (default: found).",
        ),
        click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign (default: found)."),
        click.option(
            "--zone",
            "--time-zone",
            "time_zone",
            help="Of times without an offset, e.g. Europe/London (default: that of the places or area, else "
            "UTC).",
        ),
        click.option("--category", help="One category for all rows, where no column holds it."),
        click.option("--dry-run", "is_dry_run", is_flag=True, help="Judge every row, and write nothing."),
        click.option(
            "--replace",
            "is_replacing",
            is_flag=True,
            help="Put it in place of the source of the same file, as it was read before.",
        ),
        click.option(
            "--accept-losses",
            "accepts_losses",
            is_flag=True,
            help="Import it even where more than a fifth of the rows are refused or have no place or date.",
        ),
    ):
        run = option(run)
    return run


currency_option = click.option(
    "--currency", help="Of rows that state none, by its ISO 4217 code (default: XXX, not stated)."
)


@import_.command()
@source_options
@click.option("--epsg", type=int, help="Coordinate system of the coordinates, where they are not degrees.")
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
        mapping = replace(mapping, epsg=epsg or mapping.epsg)
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
def premises(options: SourceOptions, currency: str | None) -> None:
    """Import premises from FILE (CSV, Excel, Parquet): lets, bookings, stays, licences or sales."""
    import_source("premises", options, lambda mapping: _with_currency(mapping, currency))


@import_.command()
@source_options
def journeys(options: SourceOptions) -> None:
    """Import journeys from FILE (CSV, Excel, Parquet): tickets, passenger lists or plate reads."""
    import_source("journey", options)


@import_.command()
@source_options
@click.option("--own-number", help="Whose phone a list of calls is of, where the file does not say.")
def communications(options: SourceOptions, own_number: str | None) -> None:
    """Import calls and messages from FILE (CSV, Excel, Parquet): call data records or a phone's call log."""

    def change(mapping: Mapping) -> Mapping:
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
        saved = _saved(store, kind, options.mapping_name) if options.mapping_name else None
        reading = options.reading(saved)
        raw = read_file(options.file, kind=kind, reading=reading)
        proposed = saved or _proposed(raw, kind, options.file.name)
        mapping = replace(change(_with_options(raw, proposed, options)), reading=reading)
        print_mapping(raw, mapping, proposed, "saved" if options.mapping_name else "guessed")
        report = load(
            store,
            Actor(getpass.getuser()),
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


def exit_code(report: ImportReport) -> int:
    """What the command ends with: 0 where every row is in, 3 where it is in and something was lost, 4 where
    it is not, since more than a fifth would be lost. 1 is a file that was refused, 2 an option that cannot
    be."""
    if report.already_imported or report.is_whole:
        return 0
    return 4 if report.losses and not report.is_written else 3


def _saved(store: Store, kind: str, name: str) -> Mapping:
    mapping = saved_mappings(store, kind).get(name)
    if mapping is None:
        raise click.ClickException(f"There is no mapping {name!r} of this kind.")
    return mapping


def _proposed(raw: RawTable, kind: str, file_name: str) -> Mapping:
    mapping = propose_mapping(raw, kind, file_name)
    for note in undeclared_contacts(raw, mapping):
        click.echo(f"Note: {note}")
    return mapping


def _with_options(raw: RawTable, mapping: Mapping, options: SourceOptions) -> Mapping:
    """The mapping as the options that every kind has change it. Raises UsageError."""
    kind = KINDS[mapping.kind]
    if chosen := _chosen_columns(raw, kind, options.maps):
        mapping = with_columns(raw, mapping, chosen)
    if options.date_format:
        time_format = read_format(options.date_format)
        if time_format is None:
            known = ", ".join(
                example(each) for each in ("%d/%m/%Y", "%m/%d/%Y %I:%M %p", "%Y-%m-%d %H:%M:%S")
            )
            raise click.UsageError(
                f"--date-format {options.date_format!r} is not one that is read. Known are DD/MM/YYYY HH:MM "
                f"and its like, 'day first', 'month first', and examples such as {known}."
            )
        mapping = replace(mapping, time_format=time_format)
    if options.category:
        if not kind.has("category"):
            raise click.UsageError(f"--category: {kind.plural} have no category.")
        mapping = replace(mapping.with_role("category", ()), category=options.category)
    return replace(
        mapping,
        decimal=options.decimal or mapping.decimal,
        time_zone=options.time_zone or mapping.time_zone,
    )


def _chosen_columns(raw: RawTable, kind: ImportKind, maps: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The columns that --map gives to roles."""
    chosen: dict[str, tuple[str, ...]] = {}
    by_name = {name.lower(): name for name in reversed(raw.columns)}
    for each in maps:
        role, is_given, name = each.partition("=")
        role, name = role.strip().lower(), name.strip()
        if not is_given or not kind.has(role):
            roles = ", ".join(own.name for own in kind.roles)
            raise click.UsageError(f"--map {each!r}: give ROLE=COLUMN. The roles of {kind.plural}: {roles}.")
        column = name if name in raw.columns else by_name.get(name.lower(), name)
        chosen[role] = (*chosen.get(role, ()), column) if name else ()
    return chosen


def print_mapping(raw: RawTable, mapping: Mapping, proposed: Mapping, origin: str) -> None:
    """How a file is read: its format, the column of each role and who chose it, and what is left out."""
    click.echo(
        f"{raw.format}: {counted(raw.table.num_rows, 'row')}, {counted(len(raw.columns), 'column')}. "
        "Read as follows; change it with --map ROLE=COLUMN and the other options:"
    )
    for role in KINDS[mapping.kind].roles:
        if names := mapping.of(role.name):
            whence = origin if names == proposed.of(role.name) else "stated"
            click.echo(f"  {role.name}: {', '.join(names)} ({whence})")
    for words, value, before in (
        ("dates look like", example(mapping.time_format), example(proposed.time_format)),
        ("decimal sign", mapping.decimal, proposed.decimal),
        ("coordinates", f"EPSG {mapping.epsg}", f"EPSG {proposed.epsg}"),
        ("category of all rows", None if mapping.of("category") else mapping.category, proposed.category),
        ("time zone", mapping.time_zone, proposed.time_zone),
        ("currency", mapping.currency, proposed.currency),
    ):
        if value and _matters(words, mapping):
            click.echo(f"  {words}: {value} ({origin if value == before else 'stated'})")
    if left := [name for name in raw.columns if name not in mapping.names()]:
        click.echo(f"Columns left out: {', '.join(left)}")


def _matters(setting: str, mapping: Mapping) -> bool:
    """Whether a setting says anything about this file."""
    if setting == "dates look like":
        return bool(mapping.of("time"))
    if setting == "coordinates":
        return bool(mapping.of("longitude"))
    if setting in ("decimal sign", "currency"):
        return any(map(mapping.of, ("longitude", "amount", "out", "in", "balance", "price"))) and (
            setting == "decimal sign" or not mapping.of("longitude")
        )
    return True


def _with_currency(mapping: Mapping, currency: str | None) -> Mapping:
    return replace(mapping, currency=currency.upper()) if currency else mapping


def show_progress(text: str, share: float) -> None:
    """The step of an import, on standard error."""
    click.echo(f"{share:4.0%} {text}", err=True)


def print_report(report: ImportReport, is_dry_run: bool = False) -> None:
    """What an import accepted and refused, what was lost, and its notes."""
    if report.already_imported:
        click.echo(
            f"This file is source {report.source_id} already ({'; '.join(report.notes)}): nothing was added. "
            "To read it again with this mapping in place of that source, add --replace. Other sheets or "
            "layers of it are added by --sheet or --layer."
        )
        return
    source = f"Source {report.source_id}" if report.is_written else "Nothing was imported"
    click.echo(
        f"{'Dry run, nothing was written' if is_dry_run else source}: "
        f"{report.accepted:,} of {counted(report.rows_in, 'row')} accepted, "
        f"{report.quarantined:,} refused, {report.unplaced:,} without a place."
    )
    for reason, count in report.reasons:
        click.echo(f"Refused: {counted(count, 'row')}: {reason}")
    for loss in (*report.losses, *report.unread):
        click.echo(f"Warning: {loss}")
    if report.losses and not (report.is_written or is_dry_run):
        click.echo(
            "Correct the mapping with --map and the other options, or import it nevertheless with "
            "--accept-losses."
        )
    for note in report.notes:
        click.echo(f"Note: {note}")


def write_rejects(store: Store, report: ImportReport, rejects: Path | None) -> None:
    """The refused rows of an import as CSV to `rejects`, where the user asked for it."""
    if rejects:
        rejects.write_bytes(safe_csv(quarantine_rows(store, report.source_id)))
        click.echo(f"Refused rows: {rejects}")
