"""`achilles scenario`: write the invented city's files, and load them on request."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from analytics.oversight.command_line import find_actor
from analytics.shared.cli_options import store_option
from analytics.shared.wording import counted, write_day
from analytics.store import open_store


@click.command()
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same city.")
@click.option(
    "--scale",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 1000, min_open=True),
    help="1 is about 60,000 rows.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Write the files and the truth here."
)
@click.option("--load", "into_store", is_flag=True, help="Load the files (never the truth) into the store.")
@click.option(
    "--casework",
    is_flag=True,
    help="With --load: let an invented unit work in the city, with findings, a meeting, actions and results.",
)
@click.option(
    "--advance",
    metavar="DAYS",
    help="Let time pass, for example 28d: what is recorded until then, with the effects of tasked actions.",
)
@click.option(
    "--remove",
    is_flag=True,
    help="Take everything invented out of the store: the city, and what was found and decided about it.",
)
@click.option("--yes", is_flag=True, help="With --remove: do not ask.")
@click.option("--if-empty", is_flag=True, help="Do nothing when the store already has sources.")
@store_option
def scenario(
    seed: int,
    scale: float,
    out: Path | None,
    into_store: bool,
    casework: bool,
    advance: str | None,
    remove: bool,
    yes: bool,
    if_empty: bool,
    store_path: Path | None,
) -> None:
    """Generate the invented city, let time pass in it, or remove it."""
    from analytics.training.scenario import generate, load

    if remove:
        _remove(store_path, yes)
        return
    if advance:
        _advance(advance, seed, scale, out, store_path)
        return
    if casework and not into_store:
        raise click.UsageError("--casework works in the store: give --load too.")
    if out is None and not into_store:
        raise click.UsageError("Give --out DIR to write the files, --load to load them, or both.")
    if if_empty and open_store(store_path).rows("SELECT count(*) AS n FROM source")[0]["n"]:
        click.echo("The store already has data; nothing done.")
        return
    with TemporaryDirectory() as temporary:
        directory = out or Path(temporary)
        generate(seed, scale, directory, _print_step)
        if casework:
            from analytics.training.casework import load_with_casework

            _refuse_work(store_path)
            load_with_casework(open_store(store_path), directory, find_actor(), seed, _print_step)
        elif into_store:
            load(open_store(store_path), directory, find_actor(), _print_step)
    click.echo("Done.")


def _refuse_work(store_path: Path | None) -> None:
    """Invented findings never stand among real ones."""
    if open_store(store_path).rows("SELECT count(*) AS n FROM source")[0]["n"]:
        raise click.ClickException(
            "The store already has data. Invented casework goes into an empty store only: name a new file "
            "with --store."
        )


def _remove(store_path: Path | None, yes: bool) -> None:
    from analytics.training.removal import has_invented, remove_invented

    store = open_store(store_path)
    if not has_invented(store):
        click.echo("The store has nothing invented; nothing done.")
        return
    if not yes:
        click.confirm(
            "Remove the invented city, with every finding, brief, meeting and action that is about it alone?",
            abort=True,
        )
    removed = remove_invented(store, find_actor())
    click.echo(f"Removed: {', '.join(counted(number, kind) for kind, number in removed.items())}.")


def _print_step(step: str, share: float, /) -> None:
    click.echo(step)


def _advance(text: str, seed: int, scale: float, out: Path | None, store_path: Path | None) -> None:
    from analytics.training.advance import advance

    days = text.lower().removesuffix("d")
    if not days.isdigit() or not 0 < int(days) <= 366:
        raise click.UsageError("--advance takes days from 1 to 366, such as 28d.")
    if out is None:
        raise click.UsageError("Give --out DIR: the truth of what was planted is written there.")
    try:
        last = advance(open_store(store_path), find_actor(), int(days), seed, scale, out)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Recorded up to {write_day(last)}. What was planted is in {out / 'truth'}.")
