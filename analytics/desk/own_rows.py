"""What a user may change of the desk: rows of their own, each change with its audit record."""

from __future__ import annotations

from analytics.oversight import Actor, record
from analytics.store import Store

# The table of each thing, and which of its rows are the user's.
_OWNED = {
    "watch": ("watch", "owner = ?"),
    "view": ("saved_view", "owner = ?"),
    "case": ("tray_case", "owner = ?"),
    "item": ("tray_item", "case_id IN (SELECT case_id FROM tray_case WHERE owner = ?)"),
}


def change_own(
    store: Store, actor: Actor, thing: str, number: int, column: str, value: object, act: str
) -> None:
    """Set a column of the user's own watch, view, case or item of a case, and record the act. Raises KeyError
    where the user has none of this number."""
    table, is_own = _OWNED[thing]
    with store.write(changes_data=False) as cursor:
        found = cursor.execute(
            f"UPDATE {table} SET {column} = ? WHERE {thing}_id = ? AND {is_own} RETURNING {thing}_id",
            [value, number, actor.name],
        ).fetchall()
        if not found:
            raise KeyError(f"There is no {thing} {number} of {actor.name}.")
        record(cursor, actor, act, f"{thing} {number}")
