"""The options that every `achilles import` of a source has, and how they change its mapping."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from analytics.formats.parts import AS_FOUND, FileReading
from analytics.formats.readers import RawTable
from analytics.ingest.date_formats import example, read_format
from analytics.ingest.import_report import SourceDetails
from analytics.ingest.job import ImportMode
from analytics.ingest.kinds import KINDS
from analytics.ingest.mapping import Mapping
from analytics.ingest.proposal import with_columns
from analytics.ingest.roles import ImportKind
from analytics.shared.cli_options import store_option
from analytics.shared.codes import code_table
from analytics.store import read_today


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
    filled_down: tuple[str, ...]
    is_dry_run: bool
    is_replacing: bool
    accepts_losses: bool

    def roles(self) -> frozenset[str]:
        """The roles that --map names."""
        return frozenset(text.partition("=")[0].strip() for text in self.maps)

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
        review = self.review_date.date() if self.review_date else read_today() + timedelta(days=365)
        name = self.name or self.file.name.split(".")[0].replace("_", " ")
        return SourceDetails(name, self.legal_basis, self.purpose, self.handling, review)


_OPTIONS = (
    click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False)),
    store_option,
    click.option("--name", help="What to call the source (default: the file's name)."),
    click.option("--area", help="Working area to add to (default: the one around its places, or a new one)."),
    click.option("--legal-basis", default="Not stated", show_default=True),
    click.option("--purpose", default="Crime analysis", show_default=True),
    click.option("--handling", default=str(code_table("handling")["P"]), show_default=True),
    click.option("--review-date", type=click.DateTime(["%Y-%m-%d"]), help="Default: in a year."),
    click.option("--mapping", "mapping_name", help="A mapping saved by name on the Data page."),
    click.option("--rejects", type=click.Path(path_type=Path), help="Write the refused rows here as CSV."),
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
    click.option(
        "--fill-down",
        "filled_down",
        multiple=True,
        metavar="COLUMN",
        help="A column that is written once above the rows it is of: its blanks are read as the text above.",
    ),
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
)


def source_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command SourceOptions as its first argument, beside its own options."""

    @wraps(command)
    def run(**given: Any) -> None:
        own = {option.name: given.pop(option.name) for option in fields(SourceOptions)}
        command(SourceOptions(**own), **given)

    for option in _OPTIONS:
        run = option(run)
    return run


value_option = click.option(
    "--value",
    "values",
    multiple=True,
    metavar="ROLE=TEXT",
    help="What stands for every row that leaves a role blank, such as traveller='J. Smith'; may be repeated.",
)


def with_values(mapping: Mapping, values: tuple[str, ...], roles: Collection[str] = ()) -> Mapping:
    """The mapping with the texts that --value gives to roles; only to `roles`, where some are named. Raises
    UsageError."""
    kind = KINDS[mapping.kind]
    for value in values:
        role, _, text = value.partition("=")
        if not kind.has(role) or roles and role not in roles or not text.strip():
            known = ", ".join(roles or [own.name for own in kind.roles])
            raise click.UsageError(
                f"--value {value!r}: give ROLE=TEXT. The roles of {kind.plural} that it can fill: {known}."
            )
        mapping = mapping.with_constant(role, text)
    return mapping


def apply_options(raw: RawTable, mapping: Mapping, options: SourceOptions) -> Mapping:
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
    if options.filled_down:
        repairs = replace(mapping.repairs, filled_down=options.filled_down)
        mapping = replace(mapping, repairs=repairs)
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
