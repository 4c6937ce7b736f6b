"""Saved views: any link under a name, a user's own or for everybody who uses the store."""

from __future__ import annotations

import json
from dataclasses import dataclass

from analytics.desk.own_rows import change_own
from analytics.oversight import Actor, record
from analytics.search.hits import PageLink
from analytics.store import Store, now

_LONGEST_NAME = 80


@dataclass(frozen=True)
class SavedView:
    """`opens`: the page and all that its link says. `own`: whether it is the reader's, to be changed."""

    view_id: int
    name: str
    opens: PageLink
    owner: str
    shared: bool
    own: bool


def save_view(store: Store, actor: Actor, name: str, opens: PageLink, *, shared: bool = False) -> int:
    """Save a link under a name; returns its number. Raises ValueError where the name is empty or longer than
    80 characters."""
    named = _check_name(name)
    with store.write(changes_data=False) as cursor:
        ((view_id,),) = cursor.execute(
            "INSERT INTO saved_view (owner, name, page, query, shared, saved_at)"
            " VALUES (?, ?, ?, ?, ?, ?) RETURNING view_id",
            [actor.name, named, opens.page, json.dumps(opens.query), shared, now()],
        ).fetchall()
        record(cursor, actor, "save view", f"view {view_id}", detail={"shared": shared, "page": opens.page})
    return int(view_id)


def list_views(store: Store, actor: Actor) -> list[SavedView]:
    """The user's own views and those that others share, by name."""
    rows = store.rows(
        "SELECT view_id, name, page, CAST(query AS VARCHAR) AS query, owner, shared FROM saved_view"
        " WHERE removed_at IS NULL AND (owner = ? OR shared) ORDER BY lower(name), view_id",
        [actor.name],
    )
    return [
        SavedView(
            opens=PageLink(row.pop("page"), json.loads(row.pop("query"))),
            own=row["owner"] == actor.name,
            **row,
        )
        for row in rows
    ]


def rename_view(store: Store, actor: Actor, view_id: int, name: str) -> None:
    """Raises ValueError as `save_view` does, and KeyError where the view is not the user's own."""
    change_own(store, actor, "view", view_id, "name", _check_name(name), "rename view")


def share_view(store: Store, actor: Actor, view_id: int, shared: bool) -> None:
    """Show the user's own view to everybody, or to nobody else."""
    change_own(
        store, actor, "view", view_id, "shared", shared, "share view" if shared else "share view no longer"
    )


def remove_view(store: Store, actor: Actor, view_id: int) -> None:
    """Remove the user's own view; `restore_view` undoes it."""
    change_own(store, actor, "view", view_id, "removed_at", now(), "remove view")


def restore_view(store: Store, actor: Actor, view_id: int) -> None:
    """Undo `remove_view`."""
    change_own(store, actor, "view", view_id, "removed_at", None, "restore view")


def _check_name(name: str) -> str:
    named = " ".join(name.split())
    if not named or len(named) > _LONGEST_NAME:
        raise ValueError(f"A view needs a name of at most {_LONGEST_NAME} characters.")
    return named
