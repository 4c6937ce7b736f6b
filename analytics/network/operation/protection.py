"""Possible victims, as links of the app and stored findings name nodes."""

from __future__ import annotations

from analytics.intelligence.possible_victims import find_protected_nodes
from analytics.network.links.node_names import name_node
from analytics.store import Store


def list_protected_digests(store: Store) -> frozenset[str]:
    """Possible victims and all that is theirs alone, by the digest of `name_node`."""
    return frozenset(map(name_node, find_protected_nodes(store)))
