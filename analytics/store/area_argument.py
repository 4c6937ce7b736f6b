"""The working area that a command names."""

from __future__ import annotations

import click

from analytics.store.areas import UnknownArea, find_working_area
from analytics.store.database import Store


def find_asked_area(store: Store, named: str | None) -> int:
    """The working area of a name or number; the one with most incidents where none is named. Raises
    ClickException where there is none of that name."""
    try:
        return find_working_area(store, named)
    except UnknownArea as error:
        raise click.ClickException(str(error)) from error
