"""How far the network follows the data: when it was last updated, and whether anything came since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analytics.store import Store

_UPDATE = "network: update"
_JUDGES = ("network: judge", "holders: same", "holders: different", "holders: open")
LINKS_MADE = 3  # rises when links are made another way: what was made before is then stale
# What changes who is named or what links them.
_CHANGES = ("import", "import again", "remove source", "remove invented city", "erase", "make operations")
_TABLES = ("account", "premises", "journey", "communication", "transaction", "advert")


@dataclass(frozen=True)
class NetworkState:
    """`version`: rises with every update, 0 before the first. `is_stale`: data or operations came since, or
    links were made another way then.
    `judged`: judgements that the next update will follow. `has_rows`: there is something to make a network
    of."""

    version: int
    updated_at: datetime | None
    is_stale: bool
    judged: int
    has_rows: bool
    mentions: int
    entities: int
    links: int


def read_network_state(store: Store) -> NetworkState:
    """The state as the audit trail and the tables have it."""
    any_row = " OR ".join(f'EXISTS (SELECT 1 FROM "{table}")' for table in _TABLES)
    (row,) = store.rows(
        "SELECT coalesce(max(sequence) FILTER (act = $update), 0) AS version,"
        " max(recorded_at) FILTER (act = $update) AS updated_at,"
        " coalesce(max(sequence) FILTER (list_contains($changes, act)), 0) AS changed,"
        " coalesce((max_by(detail, sequence) FILTER (act = $update) ->> '$.links_made')::INTEGER, 1) AS made,"
        f" ({any_row}) AS has_rows,"
        " count(*) FILTER (list_contains($judges, act) AND sequence > coalesce((SELECT max(sequence)"
        " FROM audit WHERE act = $update), 0)) AS judged,"
        " (SELECT count(*) FROM network_mention) AS mentions,"
        " (SELECT count(DISTINCT entity) FROM network_mention) AS entities,"
        " (SELECT count(*) FROM network_link) AS links FROM audit",
        {"update": _UPDATE, "judges": list(_JUDGES), "changes": list(_CHANGES)},
    )
    return NetworkState(
        row["version"],
        row["updated_at"],
        row["changed"] > row["version"] or (row["version"] > 0 and row["made"] < LINKS_MADE),
        row["judged"],
        row["has_rows"],
        row["mentions"],
        row["entities"],
        row["links"],
    )
