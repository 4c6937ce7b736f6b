"""The `achilles` command: the app's work without a browser. Each subcommand lives with its room."""

from __future__ import annotations

import importlib
import os
import runpy
import sys
from pathlib import Path

import click
import duckdb

from analytics.oversight import verify
from analytics.shared.cli_options import store_option
from analytics.shared.wording import counted
from analytics.store import UnusableStore, close_store, default_path, open_store

_APP = Path(__file__).parents[1] / "app.py"
_SUBCOMMANDS = {  # loaded only when used, so that `achilles --help` starts at once
    "adverts": ("analytics.adverts.cli", "adverts"),
    "exchange": ("analytics.exchange.cli", "exchange"),
    "finance": ("analytics.finance.cli", "finance"),
    "hotspots": ("analytics.hotspots.cli", "hotspots"),
    "import": ("analytics.intelligence.cli", "import_"),  # which adds reports to what ingest imports
    "receive": ("analytics.exchange.cli", "receive"),
    "scenario": ("analytics.training.cli", "scenario"),
    "brief": ("analytics.tasking.cli", "brief"),
    "responses": ("analytics.tasking.cli", "responses"),
    "evidence": ("analytics.tasking.evidence_cli", "evidence"),
    "harm": ("analytics.hotspots.harm_cli", "harm"),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_SUBCOMMANDS])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in _SUBCOMMANDS:
            module, attribute = _SUBCOMMANDS[name]
            command: click.Command = getattr(importlib.import_module(module), attribute)
            return command
        return super().get_command(ctx, name)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a store or a file that cannot be opened, read or written ends it in words."""
        try:
            return super().invoke(ctx)
        except UnusableStore as error:
            raise click.ClickException(str(error)) from error
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
@click.argument("streamlit_options", nargs=-1, type=click.UNPROCESSED)
def run(store_path: Path | None, streamlit_options: tuple[str, ...]) -> None:
    """Open the app in the browser. STREAMLIT_OPTIONS are those of `streamlit run`, such as
    --server.port 8600."""
    if store_path is not None:
        os.environ["ACHILLES_STORE"] = str(store_path.resolve())
    click.echo(f"Store: {default_path()}")
    sys.argv = ["streamlit", "run", str(_APP), *streamlit_options]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


@cli.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@store_option
def audit_verify(store_path: Path | None) -> None:
    """Check the hash chain; name the first broken link and exit 1 if there is one."""
    count, last_hash, broken = verify(open_store(store_path, create=False))
    if broken:
        raise click.ClickException(f"record {broken.sequence}: {broken.reason}")
    click.echo(f"{counted(count, 'record')}, unbroken; last hash {last_hash}")


def main() -> None:
    try:
        cli(prog_name="achilles")
    finally:
        close_store()


if __name__ == "__main__":
    main()
