"""What a node is called in a link of the app: its kind and a digest, which tells nobody's number or name."""

from __future__ import annotations

import hashlib
import re

from analytics.network.links.ends import EVERY_NODE
from analytics.network.links.entity_page import NoEntity, find_entity
from analytics.network.links.node_kinds import kind_of_node
from analytics.store import Store

_NAME = re.compile(r"([a-z]+)-([0-9a-f]{16})", re.ASCII)


def name_node(node: str) -> str:
    """'phone-5a...' for 'phone:+447700900123'."""
    return f"{kind_of_node(node)}-{hashlib.sha256(node.encode()).hexdigest()[:16]}"


def find_named_node(store: Store, name: str) -> str:
    """The node of a name of `name_node`; of a person the entity that it is in now. Raises NoEntity."""
    if (found := _NAME.fullmatch(name)) is None:
        raise NoEntity("This is the name of nothing in the network.")
    parameters = {"start": f"{found[1]}:", "digest": found[2]}
    rows = store.rows(
        f"SELECT node FROM (FROM {EVERY_NODE} UNION SELECT mention FROM network_mention)"
        " WHERE starts_with(node, $start) AND sha256(node)[:16] = $digest LIMIT 1",
        parameters,
    )
    if not rows:
        raise NoEntity("It is not in the network any more, or not yet.")
    return find_entity(store, str(rows[0]["node"]))
