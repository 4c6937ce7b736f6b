"""`achilles approvals`: what takes two persons, asked for and decided."""

from __future__ import annotations

from pathlib import Path

import click

from analytics.oversight.acts import TWO_PERSONS
from analytics.oversight.approvals import (
    approve_request,
    list_approvals,
    refuse_request,
    request_approval,
)
from analytics.oversight.command_line import find_actor
from analytics.shared.cli_options import store_option
from analytics.shared.wording import write_moment
from analytics.store import open_store


@click.group()
def approvals() -> None:
    """What takes two persons: releases, erasure, role grants, bulk exports with personal data."""


@approvals.command("list")
@store_option
@click.option("--all", "every", is_flag=True, help="Those decided, used or expired too.")
def list_command(store_path: Path | None, every: bool) -> None:
    """List the requests that wait."""
    found = list_approvals(open_store(store_path, create=False), waiting=not every)
    for one in found:
        click.echo(
            f"{one.approval_id}  {one.act}: {one.object}. Asked by {one.asked_by}, "
            f"{write_moment(one.asked_at)} UTC: {one.reason} [{one.state}]"
        )
    if not found:
        click.echo("No request waits.")


@approvals.command("ask")
@store_option
@click.argument("act", type=click.Choice(sorted(TWO_PERSONS)))
@click.argument("object_", metavar="OBJECT")
@click.option("--reason", required=True, help="Why it is needed.")
def ask_command(store_path: Path | None, act: str, object_: str, reason: str) -> None:
    """Ask for ACT on OBJECT, such as 'release edition' 'product 3 version 2 to Harbour Police'."""
    try:
        number = request_approval(open_store(store_path, create=False), find_actor(), act, object_, reason)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"Request {number}. Another person decides: achilles approvals approve {number}")


@approvals.command("approve")
@store_option
@click.argument("number", type=int)
def approve_command(store_path: Path | None, number: int) -> None:
    """Approve request NUMBER, which somebody else made."""
    try:
        approve_request(open_store(store_path, create=False), find_actor(), number)
    except (KeyError, ValueError) as error:
        raise click.ClickException(error.args[0]) from error
    click.echo(f"Request {number} is approved, for one use.")


@approvals.command("refuse")
@store_option
@click.argument("number", type=int)
@click.option("--why", required=True, help="Why it is refused.")
def refuse_command(store_path: Path | None, number: int, why: str) -> None:
    """Refuse request NUMBER."""
    try:
        refuse_request(open_store(store_path, create=False), find_actor(), number, why)
    except (KeyError, ValueError) as error:
        raise click.ClickException(error.args[0]) from error
    click.echo(f"Request {number} is refused.")
