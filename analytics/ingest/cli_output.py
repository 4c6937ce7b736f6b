"""What `achilles import` prints: how a file is read, its progress, and what became of its rows."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import click

from analytics.formats.readers import RawTable
from analytics.ingest.date_formats import example
from analytics.ingest.import_report import ImportReport
from analytics.ingest.kinds import KINDS
from analytics.ingest.mapping import Mapping
from analytics.ingest.roles import ATTRIBUTE
from analytics.ingest.sources import quarantine_rows
from analytics.oversight.exercise import EXERCISE, find_invented_sources, mark_table
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted
from analytics.store import Store


def print_mapping(
    raw: RawTable, mapping: Mapping, proposed: Mapping, origin: str, chosen: Collection[str] = ()
) -> None:
    """How a file is read: its format, the column of each role and who chose it, and what is left out.
    `chosen`: the roles that the command names; the further columns change where another role gives one up."""
    click.echo(
        f"{raw.format}: {counted(raw.table.num_rows, 'row')}, {counted(len(raw.columns), 'column')}. "
        "Read as follows; change it with --map ROLE=COLUMN and the other options:"
    )
    for role in KINDS[mapping.kind].roles:
        if names := mapping.of(role.name):
            is_changed = names != proposed.of(role.name)
            is_stated = is_changed and (role.name in chosen or role.name != ATTRIBUTE.name)
            whence = "stated" if is_stated else origin
            click.echo(f"  {role.name}: {', '.join(names)} ({whence})")
    for words, value, before in (
        ("dates look like", example(mapping.time_format), example(proposed.time_format)),
        ("decimal sign", mapping.decimal, proposed.decimal),
        ("coordinates", f"EPSG {mapping.epsg}", f"EPSG {proposed.epsg}"),
        ("category of all rows", None if mapping.of("category") else mapping.category, proposed.category),
        ("time zone", mapping.time_zone, proposed.time_zone),
        ("times are", "UTC" if mapping.times_are_utc else "", "UTC" if proposed.times_are_utc else ""),
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
        rejects.write_bytes(
            safe_csv(
                mark_table(
                    store,
                    quarantine_rows(store, report.source_id),
                    EXERCISE if find_invented_sources(store, [report.source_id]) else "",
                )
            )
        )
        click.echo(f"Refused rows: {rejects}")


def exit_code(report: ImportReport) -> int:
    """What the command ends with: 0 where every row is in, 3 where it is in and something was lost, 4 where
    it is not, since more than a fifth would be lost. 1 is a file that was refused, 2 an option that cannot
    be."""
    if report.already_imported or report.is_whole:
        return 0
    return 4 if report.losses and not report.is_written else 3
