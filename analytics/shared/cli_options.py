"""Options that the commands of several rooms share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

STORE_HELP = (
    "The DuckDB file to use (default: data/store/achilles.duckdb in a checkout, else in your data folder)."
)
_Command = TypeVar("_Command", bound=Callable[..., Any])


def store_option(command: _Command) -> _Command:
    """`--store PATH`, for every subcommand that opens the store."""
    return click.option(
        "--store",
        "store_path",
        type=click.Path(path_type=Path),
        envvar="ACHILLES_STORE",
        help=STORE_HELP,
    )(command)
