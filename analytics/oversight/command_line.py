"""Who acts on the command line, and which act each command is."""

from __future__ import annotations

import functools
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import click

from analytics.oversight.actor import Actor
from analytics.oversight.acts import demand
from analytics.oversight.visibility import see_store
from analytics.store import Store, open_store

# The act that a command and those below it are, by the longest beginning; '' for what concerns nobody's data.
COMMANDS = {
    "adverts": "make operations",
    "adverts identifiers": "export identifiers",
    "adverts places": "put on map",
    "approvals approve": "approve request",
    "approvals ask": "request approval",
    "approvals list": "list approvals",
    "approvals refuse": "refuse request",
    "audit": "read audit",
    "backup": "backup",
    "brief": "export brief",
    "erase": "erase",
    "export": "export store",
    "evidence": "list evidence",
    "exchange": "export case",
    "exercise": "run exercise",
    "exercise list": "",
    "finance": "export leads",
    "finance trace": "export trace",
    "finance warm": "",
    "findings": "read finding",
    "harm": "load harm weights",
    "hotspots": "export cells",
    "import": "import",
    "network analyse": "",  # files alone: nothing of the store is read
    "network entity": "export entity",
    "network resolve": "",
    "network update": "network: update",
    "people": "",  # who may write the file of a server's store administers it
    "network": "export network",
    "receive": "receive",
    "responses": "",
    "restore": "restore",
    "results": "export results",
    "run": "",
    "scenario": "import",
    "search": "search",
    "series": "export series",
    "serve": "",
    "store move": "move store",
    "strategic": "save strategic assessment",
    "warm": "",
    "warnings": "export warnings",
}
if sys.platform != "win32":
    import pwd
_GUARDED = "achilles_guarded"
_ACTING: ContextVar[Actor | None] = ContextVar("acting", default=None)


def find_actor() -> Actor:
    """The user of the operating system, in the role and for the purpose that the environment names
    (`ACHILLES_ROLE`, an analyst unless set; `ACHILLES_PURPOSE`). Within `acting_as` whoever was given."""
    return _ACTING.get() or Actor(
        name=_find_account(),
        role=os.environ.get("ACHILLES_ROLE", "analyst"),
        purpose=os.environ.get("ACHILLES_PURPOSE", ""),
    )


def open_seen_store(path: Path | None) -> Store:
    """The store as whoever runs the command sees it: the rows that a page would show, and no others. Raises
    as `open_store` does."""
    return see_store(open_store(path, create=False), find_actor())


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Let commands run as `actor`: in the app's process, for a client whose environment is another."""
    token = _ACTING.set(actor)
    try:
        yield
    finally:
        _ACTING.reset(token)


def _find_account() -> str:
    """The account that runs this process, whatever its environment says: a second person has another."""
    if sys.platform == "win32":
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # an account without a name, as in some containers
        return getpass.getuser()


def find_command_act(path: str) -> str:
    """The act of a command ('adverts places'); of one that the table does not know an act that is refused."""
    words = path.split()
    for length in range(len(words), 0, -1):
        if (beginning := " ".join(words[:length])) in COMMANDS:
            return COMMANDS[beginning]
    return f"run {path}"


def guard_command(command: click.Command, path: str) -> click.Command:
    """The same command, and every one below it, refused before it does anything to whoever may not do its
    act."""
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            guard_command(below, f"{path} {name}")
    if command.callback is not None and not hasattr(command.callback, _GUARDED):
        runs = not isinstance(command, click.Group) or command.invoke_without_command
        if runs:
            command.callback = _ask_first(command.callback, path)
    return command


def _ask_first(callback: Callable[..., Any], path: str) -> Callable[..., Any]:
    @functools.wraps(callback)
    def ask_and_run(*args: object, **kwargs: object) -> object:
        context = click.get_current_context(silent=True)
        goes_below = context is not None and context.invoked_subcommand is not None
        if (act := find_command_act(path)) and not goes_below:
            demand(find_actor(), act)
        return callback(*args, **kwargs)

    setattr(ask_and_run, _GUARDED, True)
    return ask_and_run
