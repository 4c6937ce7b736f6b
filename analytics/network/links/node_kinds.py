"""The kinds of node of a network, each once: what it is called, how it is hidden, how it is looked up.

Marks of the chart and schemas of exports know nothing of the network: a test compares them with this."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NodeKind:
    """`mask`: how its value is hidden (a kind of `oversight.masking`); '' where it tells of nobody, None
    where the registry of identifiers in adverts says. `by_value`: somebody may type its value to find it.
    `folded`: its value is written as `fold_text` gives it."""

    code: str
    label: str
    mask: str | None = None
    by_value: bool = True
    folded: bool = False


NODE_KINDS = {
    kind.code: kind
    for kind in (
        NodeKind("person", "Person or organisation", "name", by_value=False),
        NodeKind("phone", "Telephone", "phone"),
        NodeKind("email", "E-mail"),
        NodeKind("account", "Account", "account"),
        NodeKind("document", "Document", "account"),
        NodeKind("vehicle", "Vehicle", "account"),
        NodeKind("premises", "Address", "address", folded=True),
        NodeKind("place", "Place", "", folded=True),
        NodeKind("device", "Handset", "account"),
        NodeKind("operation", "Operation of adverts", ""),
        NodeKind("report", "Report", ""),
        NodeKind("handle", "Handle"),
        NodeKind("url", "Link"),
        NodeKind("crypto", "Crypto address"),
        NodeKind("advert", "Advert", "", by_value=False),
    )
}


def kind_of_node(node: str) -> str:
    """What stands before the first colon."""
    return node.partition(":")[0]


def value_of_node(node: str) -> str:
    return node.partition(":")[2]


def is_folded(code: str) -> bool:
    """Whether values of a kind are compared without capitals, accents and punctuation."""
    return code in NODE_KINDS and NODE_KINDS[code].folded


def label_kind(code: str) -> str:
    """What a kind is called; one that is not known by its own code."""
    return NODE_KINDS[code].label if code in NODE_KINDS else code.capitalize()
