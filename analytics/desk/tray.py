"""The case tray: things of any page dropped into a case, from which one finding or one brief is made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.desk.own_rows import change_own
from analytics.oversight import Actor, record
from analytics.search.hits import PageLink
from analytics.store import Store, now

KINDS = {
    "place": "Place",
    "operation": "Operation of adverts",
    "account": "Account",
    "lead": "Money lead",
    "advert": "Advert",
    "entity": "Identifier",
    "report": "Report",
    "finding": "Finding",
    "row": "Record",
    "node": "Person or thing",
}
_UNNAMED = "Case without a name"
Row = tuple[str, int, int]  # table, source, row


@dataclass(frozen=True)
class TrayItem:
    """`key` as for a watch; of a lead its name on Money, of a report or finding its number, of a record
    'table-source-row', of a node of the network its name in links. `label` bears no personal data. `opens`:
    what shows it."""

    kind: str
    key: str
    label: str
    opens: PageLink
    item_id: int = 0
    added_at: datetime | None = None


@dataclass(frozen=True)
class TrayCase:
    """One case of a user with what lies in it, in the order it was added."""

    case_id: int
    name: str
    items: tuple[TrayItem, ...]


def open_case(store: Store, actor: Actor) -> TrayCase:
    """The case on the user's desk; its number is 0 until the first thing is added."""
    rows = store.rows(
        "SELECT case_id, name FROM tray_case WHERE owner = ? AND closed_at IS NULL"
        " ORDER BY case_id DESC LIMIT 1",
        [actor.name],
    )
    if rows:
        return TrayCase(rows[0]["case_id"], rows[0]["name"], _list_items(store, rows[0]["case_id"]))
    return TrayCase(0, _UNNAMED, ())


def _list_items(store: Store, case_id: int) -> tuple[TrayItem, ...]:
    rows = store.rows(
        "SELECT kind, key, label, page, CAST(query AS VARCHAR) AS query, item_id, added_at FROM tray_item"
        " WHERE case_id = ? AND removed_at IS NULL ORDER BY item_id",
        [case_id],
    )
    return tuple(
        TrayItem(opens=PageLink(row.pop("page"), json.loads(row.pop("query"))), **row) for row in rows
    )


def add_item(store: Store, actor: Actor, item: TrayItem, rows: Sequence[Row] = ()) -> int:
    """Put a thing into the user's case; returns its number there, that of the present one where it lies in it
    already. `rows` are those of a thing that the store does not name itself, such as a lead. Raises
    ValueError for an unknown kind or an empty label."""
    if item.kind not in KINDS or not item.label.strip():
        raise ValueError(f"A case takes one of {', '.join(KINDS)}, with a name.")
    case = open_case(store, actor)
    for present in case.items:
        if (present.kind, present.key) == (item.kind, item.key):
            return present.item_id
    with store.write(changes_data=False) as cursor:
        case_id = case.case_id
        if not case_id:
            ((case_id,),) = cursor.execute(
                "INSERT INTO tray_case (owner, name, opened_at) VALUES (?, ?, ?) RETURNING case_id",
                [actor.name, _UNNAMED, now()],
            ).fetchall()
        ((item_id,),) = cursor.execute(
            "INSERT INTO tray_item (case_id, kind, key, label, page, query, added_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING item_id",
            [
                case_id,
                item.kind,
                item.key,
                item.label.strip(),
                item.opens.page,
                json.dumps(item.opens.query),
                now(),
            ],
        ).fetchall()
        if rows:
            cursor.executemany(
                "INSERT INTO tray_item_row VALUES (?, ?, ?, ?)", [[item_id, *row] for row in rows]
            ).fetchall()
        record(cursor, actor, "add to case", f"case {case_id}", detail={"kind": item.kind})
    return int(item_id)


def remove_item(store: Store, actor: Actor, item_id: int) -> None:
    """Take a thing out of the user's case; `restore_item` undoes it. Raises KeyError where it is none."""
    change_own(store, actor, "item", item_id, "removed_at", now(), "remove from case")


def restore_item(store: Store, actor: Actor, item_id: int) -> None:
    """Undo `remove_item`."""
    change_own(store, actor, "item", item_id, "removed_at", None, "put back into case")


def name_case(store: Store, actor: Actor, case_id: int, name: str) -> None:
    """Name the user's case. Raises ValueError for an empty name, KeyError where it is not this user's."""
    if not name.strip():
        raise ValueError("A case needs a name.")
    change_own(store, actor, "case", case_id, "name", name.strip(), "name case")


def close_case(store: Store, actor: Actor, case_id: int) -> None:
    """Put the case away: the next thing added begins another. Raises KeyError where it is not this user's."""
    change_own(store, actor, "case", case_id, "closed_at", now(), "close case")


def reopen_case(store: Store, actor: Actor, case_id: int) -> None:
    """Undo `close_case`."""
    change_own(store, actor, "case", case_id, "closed_at", None, "reopen case")
