"""How a node is written: its kind and its value, masked unless it is revealed."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analytics.adverts.identifiers import kind_of
from analytics.network.links.node_kinds import NODE_KINDS, is_folded, kind_of_node, label_kind, value_of_node
from analytics.oversight.masking import mask

# By table and column of a mention, what a row there says of whom it names.
_NAMED_AS = {
    "account/holder": "holds an account",
    "premises/holder": "rents premises",
    "premises/owner": "owns premises",
    "journey/traveller": "travelled",
    "communication/from_name": "called",
    "communication/to_name": "was called",
    "transaction/from_name": "paid",
    "transaction/to_name": "was paid",
}


def write_mention(mention: str) -> str:
    """What its row says that somebody did: 'rents premises' for 'person:premises/6/206/holder'."""
    table, *_, column = value_of_node(mention).split("/")
    return _NAMED_AS.get(f"{table}/{column}", table)


def write_node(node: str, name: object = None, address: object = None, *, revealed: bool) -> str:
    """'••••123', or the number itself; of a person the `name`, of premises and places the `address` as a row
    has it."""
    kind, value = kind_of_node(node), value_of_node(node)
    if kind == "operation":
        return f"Operation {value}"
    if kind == "report":
        return f"Report {value}"
    if kind == "advert":
        return f"Advert {value.replace('/', '-')}"
    if kind == "person":
        value = str(name) if isinstance(name, str) else "Name not known"
    elif is_folded(kind) and isinstance(address, str):
        value = address
    how = NODE_KINDS[kind].mask if kind in NODE_KINDS else None
    if revealed or how == "":
        return value
    return kind_of(kind).shown(value) if how is None else str(mask(value, how))


def label_nodes(nodes: pd.DataFrame, is_revealed: Callable[[str], bool]) -> dict[str, str]:
    """By node of a table (node, name, address), how it is written: each once, so that two can be told
    apart."""
    labels: dict[str, str] = {}
    taken: dict[str, int] = {}
    for row in nodes.sort_values("node", kind="stable").itertuples():
        text = write_node(row.node, row.name, row.address, revealed=is_revealed(row.node))
        taken[text] = taken.get(text, 0) + 1
        labels[row.node] = text if taken[text] == 1 else f"{text} ({taken[text]})"
    return labels


def write_kind(node: str) -> str:
    return label_kind(kind_of_node(node))
