"""The `achilles` command: the app's work without a browser. Each subcommand lives with its room."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import runpy
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click
import duckdb

from analytics.handover import follow_client, hand_over
from analytics.oversight import Actor, Refused
from analytics.oversight.command_line import guard_command
from analytics.shared.cli_options import store_option
from analytics.shared.schema import InvalidFile
from analytics.store import UnusableStore, close_store, default_path, open_store
from analytics.subcommands import SUBCOMMANDS

_APP = Path(__file__).parents[1] / "app.py"
_LARGEST_MESSAGE = 200_000_000  # bytes, as Streamlit has it

_COMPILED = (  # the rooms with kernels that somebody would wait for
    ("analytics.finance.precompile", "compile_detectors"),
    ("analytics.network.precompile", "compile_fragmentation"),
    ("analytics.adverts.precompile", "compile_comparison"),
    ("analytics.hotspots.precompile", "compile_pair_counts"),
)


class RefusedCommand(click.ClickException):
    """Who runs the command may not do this."""

    exit_code = 77  # EX_NOPERM of sysexits.h


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *SUBCOMMANDS])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in SUBCOMMANDS:
            found = SUBCOMMANDS[name]
            command = getattr(importlib.import_module(found.module), found.attribute)
            return follow_client(guard_command(command, name))
        command = super().get_command(ctx, name)
        return guard_command(command, name) if command else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click has it, but that a room's command need not be loaded to say what it does."""
        names = self.list_commands(ctx)
        width = formatter.width - 6 - max(map(len, names))
        described = [
            self.commands.get(name) or click.Command(name, help=SUBCOMMANDS[name].says) for name in names
        ]
        with formatter.section("Commands"):
            formatter.write_dl([(one.name or "", one.get_short_help_str(width)) for one in described])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a store or a file that cannot be opened, read or written ends it in words."""
        try:
            return super().invoke(ctx)
        except UnusableStore as error:
            raise click.ClickException(str(error)) from error
        except Refused as error:
            raise RefusedCommand(str(error)) from error
        except duckdb.Error as error:
            raise click.ClickException(f"The store could not be read or written: {error}") from error
        except BrokenPipeError:  # whoever read the output has gone: click ends quietly
            raise
        except OSError as error:
            name = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{name}{error.strerror or error}.") from error


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Achilles: an intelligence-led policing workbench."""


@cli.command(context_settings={"ignore_unknown_options": True})
@store_option
@click.option("--empty", is_flag=True, help="Begin with an empty store, without the invented city.")
@click.argument("streamlit_options", nargs=-1, type=click.UNPROCESSED)
def run(store_path: Path | None, empty: bool, streamlit_options: tuple[str, ...]) -> None:
    """Open the app in the browser. STREAMLIT_OPTIONS are those of `streamlit run`, such as
    --server.port 8600.

    The first time it opens on an invented city at work. A store that is there already, or that --store or
    ACHILLES_STORE names, is never filled."""
    if store_path is not None:
        os.environ["ACHILLES_STORE"] = str(store_path.resolve())
    elif not empty and not default_path().exists():
        _fill(default_path())
    click.echo(f"Store: {default_path()}")
    sys.argv = ["streamlit", "run", str(_APP), *streamlit_options]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


@cli.command()
@click.option(
    "--settings",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=Path("achilles-server.toml"),
    show_default=True,
    help="The TOML file with everything (docs/server.md).",
)
def serve(settings: Path) -> None:
    """Serve the app to several people, who sign in. It refuses to start without a way to sign in.

    The first time it prints a one-time code for the first administrator."""
    import uvicorn

    from analytics.oversight.accounts import ADMINISTRATOR, add_first_administrator, list_people
    from analytics.oversight.server_settings import read_server_settings

    try:
        read = read_server_settings(settings)
    except InvalidFile as error:
        raise click.ClickException(str(error)) from error
    os.umask(0o077)  # what the server writes is its own
    os.environ |= {
        "ACHILLES_STORE": read.store,
        "ACHILLES_SERVER": str(settings.resolve()),
        "STREAMLIT_SERVER_ADDRESS": read.address,
        "STREAMLIT_SERVER_PORT": str(read.port),
    }
    store, starter = open_store(), Actor("first start", ADMINISTRATOR, "administration")
    if read.way_in == "proxy" and not list_people(store):
        click.echo(
            "Nobody may come in yet. Add who the proxy names: achilles people add NAME --role administrator"
        )
    if read.way_in == "password" and (code := add_first_administrator(store, starter)):
        click.echo(f"First administrator: open {read.public_address}/sign-in/code and enter")
        click.echo(f"  name            administrator\n  one-time code   {code}")
    click.echo(f"Store: {default_path()}\nAddress: {read.public_address}")
    os.chdir(_APP.parent)  # where Streamlit finds its settings
    where = {"uds": read.socket} if read.socket else {"host": read.address, "port": read.port}
    uvicorn.run(
        "app:app",
        app_dir=str(_APP.parent),
        proxy_headers=False,  # who asks is whoever connects: the gate alone believes a proxy
        access_log=False,  # addresses name what people look at
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=_LARGEST_MESSAGE,
        timeout_graceful_shutdown=10,
        **where,
    )


def _fill(path: Path) -> None:
    from analytics.training.first_store import make_filled_store

    click.echo("A new store: filling it with the invented city and its unit's work, once, in under a minute.")
    click.echo(
        "(Without it: achilles run --empty, or make run EMPTY=1. To remove it: achilles scenario --remove.)"
    )
    make_filled_store(path, Actor("first start"), lambda step, share: click.echo(f"{share:5.0%}  {step}"))


@cli.command()
def warm() -> None:
    """Compile every search ahead, once, so that the first use of each is not slow: under a minute."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(_COMPILED), os.cpu_count() or 1), mp_context=context) as pool:
        for done in [pool.submit(_compile, module, function) for module, function in _COMPILED]:
            done.result()


def _compile(module: str, function: str) -> None:
    getattr(importlib.import_module(module), function)()


def main() -> None:
    try:
        handed_over = hand_over(cli, sys.argv[1:], default_path())
        if handed_over is not None:
            sys.exit(handed_over)
        cli(prog_name="achilles")
    finally:
        close_store()


if __name__ == "__main__":
    main()
