"""`achilles import reports`: the import command with the kind of file that this room reads."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path

import click

from analytics.ingest import UnreadableFile
from analytics.ingest.cli import (
    build_details,
    details_options,
    import_,
    print_report,
    show_progress,
    write_rejects,
)
from analytics.intelligence.report_import import import_reports
from analytics.oversight import Actor
from analytics.shared.cli_options import store_option
from analytics.store import open_store


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
@details_options
@click.option("--rejects", type=click.Path(path_type=Path), help="Write the refused rows here as CSV.")
def reports(
    file: Path,
    store_path: Path | None,
    name: str | None,
    area: str | None,
    legal_basis: str,
    purpose: str,
    handling: str,
    review_date: datetime | None,
    rejects: Path | None,
) -> None:
    """Import graded intelligence reports from FILE (CSV, Excel): one line of a report a row."""
    store = open_store(store_path)
    details = build_details(file, name, legal_basis, purpose, handling, review_date)
    try:
        report = import_reports(store, Actor(getpass.getuser()), file, details, progress=show_progress)
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from error
    print_report(report)
    write_rejects(store, report, rejects)
