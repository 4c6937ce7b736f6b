"""`achilles people`: who may sign in to a server."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from analytics.oversight import Actor, Refused
from analytics.oversight.accounts import (
    ADMINISTRATOR,
    NoSuchPerson,
    add_first_administrator,
    add_person,
    describe_grant,
    list_people,
    reset_person,
    set_disabled,
    set_roles,
)
from analytics.oversight.approvals import request_approval
from analytics.oversight.sessions import end_sessions
from analytics.shared.cli_options import store_option
from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.store import Store, open_store

_ROLE = click.option(
    "--role", "roles", multiple=True, required=True, metavar="ROLE", help="A role; repeat it for several."
)


_REASON = click.option(
    "--reason", help="Why, where another administrator must approve the roles first: asks for it."
)


class _PeopleGroup(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (NoSuchPerson, KeyError) as error:
            raise click.ClickException(str(error.args[0])) from error


@click.group(cls=_PeopleGroup)
def people() -> None:
    """Who may sign in: add, list, disable, give roles, reset. All of it is recorded."""


@people.command()
@store_option
@click.argument("name")
@_ROLE
@_REASON
def add(store_path: Path | None, name: str, roles: tuple[str, ...], reason: str | None) -> None:
    """Add NAME, and print the one-time code to hand over."""
    store = open_store(store_path, create=False)
    try:
        _print_code(name, add_person(store, _actor(), name, roles))
    except Refused as refused:
        _ask_for_grant(store, name, roles, reason, refused)


@people.command("list")
@store_option
def list_command(store_path: Path | None) -> None:
    """List everybody with their roles."""
    labels = {entry.code: entry.label for entry in code_table("roles").entries}
    for person in list_people(open_store(store_path, create=False)):
        notes = [
            *(["disabled"] if person.is_disabled else []),
            *([] if person.has_password else ["no password yet"]),
            *(["second factor"] if person.has_second_factor else []),
        ]
        roles = ", ".join(labels.get(role, role) for role in person.roles)
        click.echo(f"{person.name}: {roles}" + (f" ({', '.join(notes)})" if notes else ""))


@people.command()
@store_option
@click.argument("name")
@click.option("--again", is_flag=True, help="Let the person sign in again.")
def disable(store_path: Path | None, name: str, again: bool) -> None:
    """Shut NAME out, and end the sessions."""
    set_disabled(open_store(store_path, create=False), _actor(), name, not again)
    click.echo(f"{name} may {'sign in again' if again else 'no longer sign in'}.")


@people.command()
@store_option
@click.argument("name")
@_ROLE
@_REASON
def role(store_path: Path | None, name: str, roles: tuple[str, ...], reason: str | None) -> None:
    """Give NAME these roles and no others, and end the sessions."""
    store = open_store(store_path, create=False)
    try:
        set_roles(store, _actor(), name, roles)
    except Refused as refused:
        _ask_for_grant(store, name, roles, reason, refused)
    else:
        click.echo(f"{name}: {', '.join(roles)}")


@people.command()
@store_option
@click.argument("name")
def reset(store_path: Path | None, name: str) -> None:
    """Take NAME's password and second factor away, and print a new one-time code."""
    _print_code(name, reset_person(open_store(store_path, create=False), _actor(), name))


@people.command("end-sessions")
@store_option
@click.argument("name")
def end_sessions_command(store_path: Path | None, name: str) -> None:
    """Sign NAME out everywhere."""
    count = end_sessions(open_store(store_path, create=False), name, "signed out", _actor())
    click.echo(f"{counted(count, 'session')} of {name} ended.")


@people.command("first-code")
@store_option
@click.option("--name", default=ADMINISTRATOR, show_default=True, help="What the administrator is called.")
def first_code(store_path: Path | None, name: str) -> None:
    """Print a one-time code for the first administrator, as long as none has signed in."""
    code = add_first_administrator(open_store(store_path, create=False), _actor(), name)
    if code is None:
        raise click.ClickException("There is an administrator already, who can add people.")
    _print_code(name, code)


def _ask_for_grant(
    store: Store, name: str, roles: tuple[str, ...], reason: str | None, refused: Refused
) -> None:
    """Ask another administrator for the grant, where a reason is given; the command then ends unsuccessfully,
    for nothing is granted yet."""
    if not reason:
        raise click.ClickException(f"{refused} With --reason this command asks for it.") from refused
    number = request_approval(store, _actor(), "grant role", describe_grant(name, roles), reason)
    raise click.ClickException(
        f"Request {number} waits for another administrator (page People). Once it is approved, run the same "
        "command again."
    ) from refused


def _actor() -> Actor:
    return Actor(getpass.getuser(), ADMINISTRATOR, "administration")


def _print_code(name: str, code: str) -> None:
    click.echo(f"One-time code of {name}, for three days: {code}")
