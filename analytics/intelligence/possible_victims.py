"""Possible victims: a status that takes a node of the network out of every list of targets.

A status is never edited: a later one on the same node counts. Who has it is referred first, and is nobody's
target, substitute, subject or key player, under whichever name, telephone or account."""

from __future__ import annotations

import pandas as pd

from analytics.oversight import Actor, record
from analytics.shared.wording import counted
from analytics.store import Store, now

POSSIBLE_VICTIM, WITHDRAWN = "possible victim", "withdrawn"
_MARKED = "SELECT node FROM victim_status GROUP BY node HAVING arg_max(status, status_id) = 'possible victim'"
# The person whom a marked identifier alone belongs to, and what else nobody but that person uses. Only these
# three kinds of link say who has what (`analytics.network.links.build`), the identifier first.
_PROTECTED = (
    f"WITH marked AS ({_MARKED}),"
    " owned AS (SELECT DISTINCT l.node AS identifier, m.entity FROM network_link l"
    " JOIN network_mention m ON m.mention = l.other WHERE l.kind IN ('uses', 'holds', 'let')),"
    " sole AS (SELECT identifier, any_value(entity) AS entity FROM owned GROUP BY ALL"
    " HAVING count(DISTINCT entity) = 1),"
    " people AS (SELECT entity FROM network_mention WHERE mention IN (FROM marked) OR entity IN (FROM marked)"
    " UNION SELECT entity FROM sole WHERE identifier IN (FROM marked))"
    " SELECT node FROM marked UNION SELECT entity FROM people"
    " UNION SELECT mention FROM network_mention WHERE entity IN (FROM people)"
    " UNION SELECT identifier FROM sole WHERE entity IN (FROM people)"
)


def record_victim_status(store: Store, actor: Actor, node: str, status: str, reason: str) -> int:
    """Record that a node is a 'possible victim', or that this is 'withdrawn', and why; returns the number.

    Raises ValueError for another status, without a reason, and where it stands so already."""
    if status not in (POSSIBLE_VICTIM, WITHDRAWN):
        raise ValueError(f"A status is {POSSIBLE_VICTIM} or {WITHDRAWN}.")
    if not reason.strip():
        raise ValueError("Say why: whoever reads it later must be able to judge it.")
    with store.write(changes_data=False) as cursor:
        before = cursor.execute(
            "SELECT arg_max(status, status_id) FROM victim_status WHERE node = ?", [node]
        ).fetchone()
        if (before[0] if before and before[0] else WITHDRAWN) == status:
            raise ValueError("It stands so already.")
        ((number,),) = cursor.execute(
            "INSERT INTO victim_status (node, status, reason, recorded_by, recorded_at)"
            " VALUES (?, ?, ?, ?, ?) RETURNING status_id",
            [node, status, reason.strip(), actor.name, now()],
        ).fetchall()
        record(cursor, actor, f"network: {status}", node, reason.strip())
    return int(number)


def list_victim_statuses(store: Store, node: str | None = None) -> pd.DataFrame:
    """Every status of one node or of all, the latest first: status_id, node, status, reason, recorded_by,
    recorded_at."""
    return store.query(
        "SELECT * FROM victim_status WHERE $node IS NULL OR node = $node ORDER BY status_id DESC",
        {"node": node},
    ).to_pandas()


def list_marked_nodes(store: Store) -> pd.DataFrame:
    """The nodes that have the status now, the latest first: node, reason, recorded_by, recorded_at."""
    return store.query(
        f"SELECT node, reason, recorded_by, recorded_at FROM victim_status WHERE node IN ({_MARKED})"
        " QUALIFY status_id = max(status_id) OVER (PARTITION BY node) ORDER BY status_id DESC"
    ).to_pandas()


def find_protected_nodes(store: Store) -> frozenset[str]:
    """Every node that is in no list of targets: those marked, the persons they belong to, and what nobody but
    these persons uses."""
    if not store.rows("SELECT 1 AS one FROM victim_status LIMIT 1"):
        return frozenset()
    return frozenset(row["node"] for row in store.rows(_PROTECTED))


def find_protected_identifiers(store: Store, kind: str) -> frozenset[str]:
    """The protected identifiers of one kind of node ('account', 'phone', 'operation') as records have
    them."""
    start = f"{kind}:"
    return frozenset(
        node.removeprefix(start) for node in find_protected_nodes(store) if node.startswith(start)
    )


def leave_out_protected(
    table: pd.DataFrame, column: str, protected: frozenset[str]
) -> tuple[pd.DataFrame, int]:
    """(a list of targets without those that `column` names and who are protected, how many these are)."""
    inside = table[column].isin(protected)
    return table[~inside], int(table.loc[inside, column].nunique())


def write_left_out(count: int, noun: str = "account") -> str:
    """What a list says of those left out; '' where nobody was."""
    if not count:
        return ""
    belongs = "belongs to a possible victim and is" if count == 1 else "belong to possible victims and are"
    targets = "a target" if count == 1 else "targets"
    return f"{counted(count, noun)} {belongs} listed for welfare, not as {targets}."
