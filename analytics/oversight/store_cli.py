"""`achilles backup`, `restore`, `export` and `store move`."""

from __future__ import annotations

from pathlib import Path

import click

from analytics.oversight.backup import BackupRefused, back_up, export_store, manifest_path
from analytics.oversight.backup import restore as restore_store
from analytics.oversight.command_line import find_actor
from analytics.oversight.relocation import move_store
from analytics.oversight.signing import UnusableKey
from analytics.shared.cli_options import store_option
from analytics.shared.wording import counted
from analytics.store import default_path, open_store
from analytics.store.gate import StillRead
from analytics.store.rewrite import NotTheSame

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@store_option
@click.argument("file", type=_FILE)
def backup(store_path: Path | None, file: Path) -> None:
    """Copy the store to FILE, with FILE.json beside it that says what it is. You alone may read them."""
    try:
        head = back_up(open_store(store_path, create=False), find_actor(), file)
    except (BackupRefused, UnusableKey) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Wrote {file} and {manifest_path(file).name}; head {head.code if head else 'none'}")


@click.command()
@click.option(
    "--to",
    "store_path",
    type=_FILE,
    help="The store to restore; ACHILLES_STORE, or the usual one, unless named.",
)
@click.option("--replace", is_flag=True, help="Move a store that is there aside, as <name>.before-restore.")
@click.option("--despite-faults", is_flag=True, help="Restore although the sealed record has faults.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(store_path: Path | None, replace: bool, despite_faults: bool, file: Path) -> None:
    """Put the backup FILE in the place of the store. Checks the file, its sealed record, and that nobody has
    the store open."""
    target = store_path or default_path()
    try:
        found = restore_store(file, target, find_actor(), replace=replace, accepts_faults=despite_faults)
    except (BackupRefused, UnusableKey) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored {target} from {file}: {found.records} records, head then {found.code}")


@click.command("export")
@store_option
@click.option("--all", "everything", is_flag=True, required=True, help="Every table.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export_command(store_path: Path | None, everything: bool, folder: Path) -> None:
    """Write every table as Parquet into the new FOLDER, with manifest.json: digests and the audit head. It
    takes two persons: achilles approvals ask "export store" "every table" --reason WHY."""
    try:
        head = export_store(open_store(store_path, create=False), find_actor(), folder)
    except (BackupRefused, UnusableKey) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Wrote {folder}; head {head.code if head else 'none'}")


@click.group("store")
def store_group() -> None:
    """Where the bulk of the data lies: in the store itself, or in Parquet files beside it."""


@store_group.command("move")
@store_option
@click.option("--to", "where", type=click.Choice(["parquet", "duckdb"]), required=True, help="Where to.")
def move(store_path: Path | None, where: str) -> None:
    """Move incidents, adverts, payments and the like, with what links them, into Parquet files beside the
    store (another engine can read them there), or back into it. Every row is compared. If the command is
    stopped, run it again."""
    try:
        counts = move_store(open_store(store_path, create=False), find_actor(), where)
    except (NotTheSame, StillRead) as error:
        raise click.ClickException(str(error)) from error
    for table, rows in counts.items():
        click.echo(f"{table}: {counted(rows, 'row')}")
    click.echo("Everything is there." if counts else "Nothing was to be moved: it is there already.")
