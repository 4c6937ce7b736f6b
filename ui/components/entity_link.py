"""Links to the page of one telephone, account, person or address, from wherever it is shown."""

from __future__ import annotations

from analytics.network.links.build import node_of
from analytics.network.links.entity_page import find_nodes, has_node
from analytics.network.links.node_names import name_node
from analytics.oversight import may
from analytics.search import PageLink
from analytics.search.items import open_identifier
from ui.components.opening import open_link
from ui.shell.page import Page

_OPENS = "view page network"
WHO_IS_LINKED = "What it is linked with"


def link_identifier(page: Page, kind: str, value: str) -> PageLink:
    """What opens an identifier of adverts: its page on Network, or on Search where the network has none."""
    found = link_node(page, node_of(kind, value))
    return open_identifier(kind, value) if found is None else found


def link_node(page: Page, node: str) -> PageLink | None:
    """What opens a node; None where the network has none such, or the role does not open the page."""
    if not may(page.actor, _OPENS) or not has_node(page.store, node):
        return None
    return PageLink("network", {"node": name_node(node)})


def show_node_link(page: Page, node: str, *, key: str, label: str = WHO_IS_LINKED) -> None:
    """The link to a node's page, where there is one."""
    if (opens := link_node(page, node)) is not None:
        open_link(opens, label, key=key)


def show_value_link(page: Page, value: str, *, key: str, label: str = WHO_IS_LINKED) -> None:
    """The link to what a value of a row means: a telephone in any writing, an account, an address, or a name
    that one person alone has."""
    if may(page.actor, _OPENS) and len(found := find_nodes(page.store, value)) == 1:
        open_link(PageLink("network", {"node": name_node(found[0])}), label, key=key)


def show_list_link(page: Page, name: str, *, key: str) -> None:
    """The link to the nodes that a finding ('finding-3'), a report ('report-12') or the 'case' names."""
    if may(page.actor, _OPENS):
        open_link(PageLink("network", {"from": name}), "Whom it names on Network", key=key)
