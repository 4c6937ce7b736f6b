"""The detail of one node: how sure, what it is linked with, what else would explain it; and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from analytics.desk.tray import TrayItem
from analytics.finance.queries import name_account
from analytics.network.links.build import ADVERT_NODES
from analytics.network.links.entity_page import EntityView, WeakestMatch
from analytics.network.links.node_kinds import kind_of_node, value_of_node
from analytics.network.links.node_names import name_node
from analytics.oversight.roles import find_tier
from analytics.search import KINDS, Group, PageLink
from analytics.search.folding import read_shared
from analytics.search.items import open_identifier
from analytics.search.written import find_written
from analytics.shared.likelihood import describe_probability
from analytics.shared.wording import counted, write_period
from analytics.store import open_store
from ui.components.audit import log_once
from ui.components.list_pane import list_button
from ui.components.opening import open_link
from ui.components.reveal import reveal
from ui.components.text import plain
from ui.network.choice import ChartChoice, expand_node, fold_node, remove_node, start_from
from ui.network.entity_saving import save_links, show_what_follows
from ui.network.labels import write_kind, write_node
from ui.network.possible_victim import show_victim_status
from ui.network.screen import NetworkScreen, is_node_revealed, reveal_name
from ui.network.start_list import LIST
from ui.search.hits import show_hits
from ui.shell.layout import pad_pane, scroll_pane
from ui.shell.tray import add_to_case

_CERTAIN = 0.995  # a probability that needs no word
_WRITTEN = 5  # reports and findings that are named


def show_entity(screen: NetworkScreen, choice: ChartChoice) -> None:
    """Head, body and foot of the pane."""
    node = choice.node
    view = screen.entity(node)
    revealed = is_node_revealed(node)
    seen = {"links": len(view.links), "revealed": revealed}
    log_once(screen.page, "view rows", reveal_name(node), seen)
    with pad_pane("detail_head", horizontal=True):
        st.markdown(f"**{plain(label_entity(screen, node, revealed=revealed))}**", width="stretch")
        list_button(LIST)
    with scroll_pane("detail"):
        _show_summary(view)
        reveal(screen.page, reveal_name(node), key="entity")
        _show_steps(choice)
        if kind_of_node(node) != "place":  # a place is in no measured network, and nobody's
            show_what_follows(node)
        _show_links(view)
        if kind_of_node(node) != "place":
            show_victim_status(screen, node)
        _show_how_sure(view)
        _show_explanations(screen, node)
        _show_written(screen, node, revealed=revealed)
    with pad_pane("detail_foot", horizontal=True):
        save_links(screen, node)
        _show_collecting(screen, node)


def show_no_entity() -> None:
    """The pane before a node is chosen."""
    with pad_pane("detail_head", horizontal=True):
        st.markdown("**No node chosen**", width="stretch")
        list_button(LIST)
    with scroll_pane("detail"):
        st.text(
            "Type a telephone, account, plate, name, place or place in the list, or choose a card. The "
            "chart then shows what it is linked with."
        )
        st.caption(
            "First come those that occur in several kinds of data. That makes them worth reading, and "
            "says nothing of anybody's guilt."
        )


def label_entity(screen: NetworkScreen, node: str, *, revealed: bool) -> str:
    """How a node is written, by what the store says of it."""
    known = screen.describe((node,))
    name, address = (known.name[0], known.address[0]) if len(known) else (None, None)
    if name is None and len(mentions := screen.entity(node).mentions):
        name = mentions.name.iloc[0]
    return write_node(node, name, address, revealed=revealed)


def _show_summary(view: EntityView) -> None:
    links = view.links
    times = pd.concat([links.first_at, links.last_at]).dropna()
    period = f", {write_period(times.min(), times.max())}" if len(times) else ""
    st.markdown(
        f"{write_kind(view.node)}. {counted(view.neighbours, 'neighbour')} by "
        f"{counted(int(links.events.sum()), 'event')}{period}."
    )
    if view.hub:
        st.markdown(":orange[**Hub: it names nobody in particular.**]")


def _show_steps(choice: ChartChoice) -> None:
    """What can be done with the node on the chart."""
    node = choice.node
    is_expanded = node in choice.around
    with st.container(horizontal=True, gap="xsmall"):
        if not is_expanded:
            st.button(
                "Expand",
                icon=":material/add_circle:",
                key="expand_node",
                help="Draw its neighbours too",
                on_click=partial(expand_node, choice, node),
            )
        elif len(choice.around) > 1:
            st.button(
                "Fold",
                icon=":material/do_not_disturb_on:",
                key="fold_node",
                help="Draw its neighbours no longer",
                on_click=partial(fold_node, choice, node),
            )
        if choice.around != (node,):
            st.button(
                "Start here",
                icon=":material/my_location:",
                key="start_here",
                help="Draw its neighbours alone",
                on_click=partial(start_from, node),
            )
            st.button(
                "Remove",
                icon=":material/close:",
                key="remove_node",
                help="Take it off the chart",
                on_click=partial(remove_node, choice, node),
            )


def _show_links(view: EntityView) -> None:
    if view.links.empty:
        st.caption("Nothing is linked with it.")
        return
    kinds = (
        view.links.groupby("kind")
        .agg(others=("other", "nunique"), events=("events", "sum"), least=("probability", "min"))
        .sort_values("others", ascending=False)
    )
    st.markdown("**Linked by**")
    lines = []
    for kind, row in kinds.iterrows():
        sure = "" if row.least >= _CERTAIN else f", at least {describe_probability(row.least)}"
        events = f" in {row.events:,.0f} events" if row.events > row.others else ""
        lines.append(f"{str(kind).capitalize()}: {counted(int(row.others), 'other')}{events}{sure}")
    st.text("\n".join(lines))


def _show_how_sure(view: EntityView) -> None:
    st.markdown("**How sure**")
    for sentence in _list_certainties(view):
        st.caption(sentence)


def _list_certainties(view: EntityView) -> Sequence[str]:
    found = []
    if (number := len(view.mentions)) == 1:
        found.append("One mention names it: no match is assumed.")
    elif number and view.weakest is None:
        found.append(f"{number} mentions are one by a judgement, not by their fields.")
    elif view.weakest is not None:
        word = describe_probability(float(view.mentions.probability.min()))
        found.append(
            f"{number} mentions are taken as one. The weakest match that holds them together has "
            f"{view.weakest.bits:.1f} bits: without it {_split(view.weakest)}. The least sure mention is "
            f"{word} to belong."
        )
    if len(view.links):
        sources = {source for row in view.links.sources for source in row}
        found.append(
            "All links rest on one source: nothing corroborates them."
            if len(sources) == 1
            else f"Its links rest on {len(sources)} sources."
        )
        least = float(view.links.probability.min())
        if least < _CERTAIN:
            found.append(f"Its weakest link is {describe_probability(least)} ({least:.0%}).")
    if len(view.unsure):
        pairs = counted(len(view.unsure), "mention")
        found.append(f"It may be one with {pairs} of other entities: see 'May be one with'.")
    return found


def _split(weakest: WeakestMatch) -> str:
    """'2 and 1 of them would be two'."""
    one, other = weakest.parts
    return f"{one} and {other} of them would stand apart"


def _show_explanations(screen: NetworkScreen, node: str) -> None:
    explanations = screen.explanations(node)
    if not explanations:
        return
    st.markdown("**What else would explain it**")
    for one in explanations:
        mark = ":material/visibility: " if one.seen else ""
        st.caption(f"{mark}{plain(one.text)} {plain(one.how_to_tell)}")


def _show_written(screen: NetworkScreen, node: str, *, revealed: bool) -> None:
    """Reports and findings that name it."""
    text = label_entity(screen, node, revealed=True)
    if kind_of_node(node) in ("operation", "advert") or len(text) < 5:
        return
    groups = _find_written(screen.version, screen.path, screen.page.actor.role, text)
    if not groups:
        st.caption("No report or finding names it.")
        return
    st.markdown("**Named in**")
    for group in groups:
        st.caption(f"{KINDS[group.kind]} · {group.matches:,}")
        show_hits(group, revealed=revealed, key="entity")


@st.cache_data(max_entries=256, show_spinner=False)
def _find_written(version: int, store: str, role: str, text: str) -> list[Group]:
    found = find_written(open_store(store), read_shared(text), find_tier(role), _WRITTEN)
    return [group for group in found if group.hits and group.kind in ("report", "finding")]


def _show_collecting(screen: NetworkScreen, node: str) -> None:
    """Into the case; and the page where its kind of thing is read."""
    name = name_node(node)
    label = f"{write_kind(node)} {label_entity(screen, node, revealed=False)}"

    def rows() -> list[tuple[str, int, int]]:
        found = screen.touching(node)
        return [
            (str(table), int(source), int(row))
            for table, source, row in zip(found.table_name, found.source_id, found.row_number, strict=True)
        ]

    add_to_case(
        screen.page, TrayItem("node", name, label, PageLink("network", {"node": name})), rows, key=name
    )
    if (opens := _find_own_page(screen, node)) is not None:
        open_link(*opens, key=f"own-{name}")


def _find_own_page(screen: NetworkScreen, node: str) -> tuple[PageLink, str] | None:
    kind, value = kind_of_node(node), value_of_node(node)
    if kind == "account":
        return PageLink("finance", {"account": name_account(screen.page.store, value)}), "Its money"
    if kind == "operation":
        return PageLink("adverts", {"operation": value}), "Its adverts"
    if kind == "advert":
        return PageLink("adverts", {"advert": value.replace("/", "-")}), "The advert"
    if kind in ADVERT_NODES:
        return open_identifier(kind, value), "In adverts"
    return None
