"""The links of some nodes, each from the end that is one of them.

Every link is stored twice, in the order of a number made of either end's name (migration 0047). Read by that
number, a few rows of ten million are touched; so whoever asks what touches a node asks here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.store import Store

_COLUMNS = "SELECT {end} AS me, {far} AS them, * EXCLUDE ({end}, {far}, {end}_key) FROM {table}"
_FORWARD = _COLUMNS.format(end="node", far="other", table="network_link")
_BACK = _COLUMNS.format(end="other", far="node", table="network_link_back")
# Every link from either end: me, them and the columns of `network_link`. A link is in it twice.
ALL_ENDS = f"({_FORWARD} UNION ALL {_BACK})"
EVERY_NODE = "(SELECT node FROM network_link UNION SELECT other FROM network_link)"


@dataclass(frozen=True)
class NodeEnds:
    """`members`: the nodes asked for and, of an entity, its mentions. `sql`: a part of FROM with the links
    that touch a member, as ALL_ENDS has them; a link of two members is in it from both. Give the query
    `parameters`."""

    members: tuple[str, ...]
    sql: str

    @property
    def parameters(self) -> dict[str, list[str]]:
        return {"members": list(self.members)}


def find_ends(store: Store, nodes: Iterable[str], *, persons: bool = True) -> NodeEnds:
    """Where the links of these nodes stand. `persons`: an entity means all its mentions."""
    mentions = " UNION SELECT mention FROM network_mention WHERE entity IN (SELECT unnest($nodes))"
    found = store.rows(
        f"SELECT me, md5_number_lower(me) AS key FROM (SELECT unnest($nodes::VARCHAR[]) AS me"
        f"{mentions if persons else ''}) ORDER BY me",
        {"nodes": sorted(set(nodes))},
    )
    keys = ", ".join(str(int(row["key"])) for row in found) or "NULL"  # literals, or every block is read
    near = "{0}_key IN (" + keys + ") AND {0} IN (SELECT unnest($members::VARCHAR[]))"
    return NodeEnds(
        tuple(row["me"] for row in found),
        f"({_FORWARD} WHERE {near.format('node')} UNION ALL {_BACK} WHERE {near.format('other')})",
    )
