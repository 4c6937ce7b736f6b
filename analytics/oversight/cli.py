"""`achilles audit`: check the record, sign a head, hand it to an inspector."""

from __future__ import annotations

from pathlib import Path

import click

from analytics.oversight.audit import record
from analytics.oversight.command_line import find_actor
from analytics.oversight.heads import describe_head, publish_head
from analytics.oversight.inspection_export import export_audit
from analytics.oversight.seal import verify_store
from analytics.oversight.signing import UnusableKey, heads_path
from analytics.shared.cli_options import store_option
from analytics.shared.wording import counted
from analytics.store import open_store

_MAX_FAULTS = 200


@click.group()
def audit() -> None:
    """The sealed record: who did what, and whether anything was altered since."""


@audit.command("verify")
@store_option
@click.option(
    "--expect",
    metavar="HEAD",
    help="A head that you hold: the code at the foot of a brief (57-K7QF-2M9X-PD4T), or a root in hex.",
)
def audit_verify(store_path: Path | None, expect: str | None) -> None:
    """Check the audit chain, the digests of everything that was written, and the signed heads.

    Names each record and object that was changed, added, removed or cut off, and exits 1 if there is one."""
    try:
        found = verify_store(open_store(store_path, create=False), expect)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--expect") from error
    for note in found.notes:
        click.echo(f"Note: {note}", err=True)
    if found.faults:
        for fault in found.faults[:_MAX_FAULTS]:
            click.echo(str(fault))
        if len(found.faults) > _MAX_FAULTS:
            click.echo(f"and {counted(len(found.faults) - _MAX_FAULTS, 'more fault')}")
        raise click.ClickException(f"{counted(len(found.faults), 'fault')} in the sealed record")
    click.echo(
        f"{counted(found.records, 'record')}, unbroken; {counted(found.sealed_parts, 'sealed part')} as"
        f" written; {counted(found.heads, 'signed head')} outside the store fit; head {found.code}"
    )


@audit.command("head")
@store_option
def audit_head(store_path: Path | None) -> None:
    """Sign the present head and print it: write it down, and check the store against it later."""
    try:
        head = publish_head(open_store(store_path, create=False))
    except UnusableKey as error:
        raise click.ClickException(str(error)) from error
    if head is None:
        raise click.ClickException("The store has no audit record yet.")
    click.echo(describe_head(head))
    click.echo(f"root {head.root}\nalso in {heads_path()}")


@audit.command("export")
@store_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def audit_export(store_path: Path | None, file: Path) -> None:
    """Write the record for an external inspector to FILE (ZIP): records, heads, proofs, and a script that
    checks them without Achilles."""
    store = open_store(store_path, create=False)
    with store.write(changes_data=False) as cursor:
        record(cursor, find_actor(), "export audit", file.name)
    try:
        head = export_audit(store, file)
    except UnusableKey as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Wrote {file}; head {head.code if head else 'none'}")
