"""`achilles harm`: harm weights without a browser."""

from __future__ import annotations

from pathlib import Path

import click

from analytics.hotspots.harm import HarmTableRefused, list_harm_tables, load_harm_weights
from analytics.oversight.command_line import find_actor
from analytics.shared.cli_options import store_option
from analytics.shared.wording import counted, write_day
from analytics.store import open_store


@click.group()
def harm() -> None:
    """Harm weights by category: load a table, list the tables."""


@harm.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
def import_(file: Path, store_path: Path | None) -> None:
    """Load harm weights from FILE (.toml or .csv; data/harm_example.toml shows how). A version is never
    changed."""
    try:
        table, new = load_harm_weights(open_store(store_path), find_actor(), file)
    except HarmTableRefused as error:
        raise click.ClickException(str(error)) from error
    if not new:
        click.echo(f"Already loaded: {table.name}, version {table.version}. Nothing was added.")
        return
    click.echo(f"{table.name}, version {table.version}: {len(table.rows):,} categories, in {table.unit}.")


@harm.command("list")
@store_option
def list_(store_path: Path | None) -> None:
    """List the harm tables."""
    sets = list_harm_tables(open_store(store_path, create=False))
    if sets.empty:
        click.echo("No harm weights are loaded. Load a table with: achilles harm import FILE")
    for row in sets.itertuples():
        click.echo(
            f"{row.name}, version {row.version}, from {write_day(row.valid_from)}: "
            f"{counted(row.categories, 'category', 'categories')} in {row.unit}. {row.source}"
        )
