"""`achilles exchange` exports a case; `achilles receive` checks, and takes in, what others send."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from analytics.exchange import (
    FORMATS,
    NotStix,
    Sharing,
    gather_case,
    read_stix_file,
    record_export,
    write_case,
)
from analytics.exchange.received import (
    ReceivedBundle,
    describe_received_before,
    find_received_before,
    leave_out,
    list_counts,
    list_grades,
    save_received,
)
from analytics.intelligence.reports import find_review_date
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.shared.cli_options import store_option
from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.store import open_store, read_today


@click.command()
@click.argument("case", type=int)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    required=True,
    help="provn is the chain for people to read.",
)
@click.option("--version", type=int, help="Of the brief (default: the latest).")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option(
    "--personal-data", metavar="REASON", default="", help="Do not mask personal data; the reason is audited."
)
@click.option(
    "--conditions-met",
    metavar="REASON",
    default="",
    help="Hand on what is marked C too; how its conditions are met is audited.",
)
@store_option
def exchange(
    case: int,
    form: str,
    version: int | None,
    out: Path,
    personal_data: str,
    conditions_met: str,
    store_path: Path | None,
) -> None:
    """Write CASE, the number of a brief, with all it rests on: STIX 2.1, W3C PROV or GeoPackage.

    Personal data is masked, and what is marked with conditions withheld, unless a reason is given.
    """
    store = open_seen_store(store_path)
    try:
        export = gather_case(store, case, version, Sharing(personal_data, conditions_met))
        data = write_case(export, form)
    except (KeyError, ValueError) as error:
        raise click.ClickException(str(error.args[0])) from error
    record_export(store, find_actor(), export, form)
    out.write_bytes(data)
    click.echo(f"{out}: {export.title}, version {export.version}. {export.in_words()}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--save", is_flag=True, help="Take it in as a report, each statement a line to be graded.")
@click.option(
    "--with-findings",
    is_flag=True,
    help="With --save: keep findings of another Achilles as findings, marked as received.",
)
@click.option("--again", is_flag=True, help="With --save: take in too what was received before.")
@click.option("--sent-by", help="Who sent it; needed with --save.")
@click.option("--legal-basis", help="On what basis it is stored; needed with --save.")
@click.option("--purpose", help="What for; needed with --save.")
@click.option(
    "--retention-group",
    type=click.Choice(code_table("retention_groups").codes),
    default="3",
    show_default=True,
)
@click.option("--review-date", type=click.DateTime(["%Y-%m-%d"]), help="Default: by the retention group.")
@store_option
def receive(
    file: Path,
    save: bool,
    with_findings: bool,
    again: bool,
    sent_by: str | None,
    legal_basis: str | None,
    purpose: str | None,
    retention_group: str,
    review_date: datetime | None,
    store_path: Path | None,
) -> None:
    """Check FILE, a STIX 2.1 bundle, and say what it holds; with --save, take its statements in as a
    report."""
    try:
        received = read_stix_file(file)
    except NotStix as error:
        raise click.ClickException(str(error)) from error
    _show_received(received)
    if not save:
        return
    if not (sent_by and legal_basis and purpose):
        raise click.UsageError("--save needs --sent-by, --legal-basis and --purpose.")
    due = review_date.date() if review_date else find_review_date(retention_group, read_today())
    if due is None:
        raise click.UsageError("This retention group has no set period: give --review-date.")
    store = open_store(store_path)
    before = find_received_before(store, received)
    if before:
        click.echo(f"{describe_received_before(before, len(received.statements))}.")
    kept = received if again else leave_out(received, before)
    try:
        number, findings = save_received(
            store,
            find_actor(),
            received,
            file_name=file.name,
            sent_by=sent_by,
            legal_basis=legal_basis,
            purpose=purpose,
            retention_group=retention_group,
            review_date=due,
            with_findings=with_findings,
            again=again,
        )
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"Report {number}: {counted(len(kept.statements), 'line')}, {list_grades(kept)}, until an analyst "
        "grades them."
    )
    if with_findings:
        click.echo(
            f"{counted(len(findings), 'finding')} received: {', '.join(map(str, findings)) or 'none'}."
        )


def _show_received(received: ReceivedBundle) -> None:
    """Print what a bundle holds, what is left out or set aside, and what was refused."""
    for kind, count in sorted(received.counts.items()):
        click.echo(f"{count:>8}  {kind}")
    for identifier, reason in received.refused[:20]:
        click.echo(f"refused {identifier}: {reason}")
    if len(received.refused) > 20:
        click.echo(f"and {len(received.refused) - 20} more refused")
    for note in received.notes:
        click.echo(note)
    for words, counts in (
        ("Left out, for they say nothing of their own", received.left_out),
        ("Properties that STIX does not know, set aside beside their statement", received.custom),
    ):
        if counts:
            click.echo(f"{words}: {list_counts(counts)}")
    click.echo(
        f"{counted(len(received.statements), 'statement')}, {counted(len(received.records), 'record')} of "
        f"this product"
    )
