"""The chart of links with its table: what is chosen in one is marked in the other."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import pandas as pd
import streamlit as st

from analytics.figures.link_chart import LinkChart, build_link_chart, tie_id
from analytics.intelligence.possible_victims import find_protected_nodes
from analytics.network.links.node_kinds import kind_of_node
from analytics.shared.likelihood import describe_probability
from analytics.shared.wording import counted
from analytics.training.exercise.revealed import read_revealed
from ui.components.choosing import tick_row
from ui.components.link_chart import show_link_chart
from ui.components.text import DAY_FORMAT, plain
from ui.network.choice import ChartChoice, expand_node, name_tie, pick_node, pick_tie, restore_nodes
from ui.network.labels import label_nodes, write_kind
from ui.network.screen import NetworkScreen, is_node_revealed
from ui.shell.layout import fill_pane, pad_pane, scroll_pane


class DrawnLinks(NamedTuple):
    """What the chart shows: nodes (as of a neighbourhood), links with `tie`, their ids in the chart; how each
    node is written; by expanded node, how many of its neighbours are not drawn; which towns are not."""

    nodes: pd.DataFrame
    links: pd.DataFrame
    labels: dict[str, str]
    left_out: dict[str, int]
    towns: tuple[str, ...] = ()


def draw_links(screen: NetworkScreen, choice: ChartChoice) -> DrawnLinks:
    """The links around the expanded nodes, without the nodes taken off. Where the first node is revealed, so
    is all that the chart names."""
    near = screen.neighbourhood(choice.around)
    nodes = near.nodes[~near.nodes.node.isin(choice.without)]
    links = near.links[~near.links.node.isin(choice.without) & ~near.links.other.isin(choice.without)]
    whole = is_node_revealed(choice.start)
    labels = label_nodes(nodes, lambda node: whole or is_node_revealed(node))
    ties = [tie_id(*ends) for ends in zip(links.node, links.other, links.kind, strict=True)]
    return DrawnLinks(nodes, links.assign(tie=ties), labels, near.left_out, near.towns)


def find_chosen_tie(choice: ChartChoice, links: pd.DataFrame) -> str | None:
    """The id of the tie that the link names, where it is drawn."""
    return next((tie for tie in links.tie if name_tie(tie) == choice.tie), None)


def show_chart(choice: ChartChoice, drawn: DrawnLinks, chart: LinkChart) -> None:
    tie = find_chosen_tie(choice, drawn.links)
    with fill_pane("chart"):
        show_link_chart(
            chart,
            key="link_chart",
            on_pick=partial(pick_node, choice),
            on_expand=partial(expand_node, choice),
            on_pick_tie=partial(pick_tie, choice),
        )
    with scroll_pane("ties"):
        _show_table(choice, drawn, tie)


def lay_out_chart(screen: NetworkScreen, choice: ChartChoice, drawn: DrawnLinks) -> LinkChart:
    """The chart of what is drawn, its nodes where they were before."""
    protected = find_protected_nodes(screen.page.store)
    revealed = read_revealed()
    planted = {} if revealed is None else revealed.nodes
    nodes = pd.DataFrame(
        {
            "id": drawn.nodes.node,
            "label": [
                f"◆ {drawn.labels[node]}" if node in planted else drawn.labels[node]
                for node in drawn.nodes.node
            ],
            "kind": drawn.nodes.node.map(kind_of_node),
            "status": [
                _write_status(node, hub, protected)
                for node, hub in zip(drawn.nodes.node, drawn.nodes.hub, strict=True)
            ],
            "note": [
                f"{write_kind(node)}, {counted(neighbours, 'neighbour')} in all"
                + (f". {planted[node]}" if node in planted else "")
                for node, neighbours in zip(drawn.nodes.node, drawn.nodes.neighbours, strict=True)
            ],
        }
    )
    chart = build_link_chart(
        nodes,
        drawn.links.assign(label=[_write_tie(row) for row in drawn.links.itertuples()]),
        selected=choice.node,
        former=screen.places(choice.around),
        label=f"Links around {drawn.labels.get(choice.start, 'a node')}; the table below lists them",
        height=None,
    )
    return replace(chart, selected_tie=find_chosen_tie(choice, drawn.links) or "")


def _write_status(node: str, hub: bool, protected: frozenset[str]) -> str:
    return "protected" if node in protected else "hub" if hub else ""


def _write_tie(row) -> str:
    return row.kind if row.events <= 1 else f"{row.kind} × {row.events:,}"


def _show_table(choice: ChartChoice, drawn: DrawnLinks, tie: str | None) -> None:
    _say_left_out(choice, drawn)
    links = drawn.links
    # The chosen node first, so that its own links are read without scrolling.
    own = (links.node == choice.node) | (links.other == choice.node)
    links = pd.concat([links[own], links[~own]], ignore_index=True)
    near = links.node.where(links.other != choice.node, links.other)
    far = links.other.where(links.other != choice.node, links.node)
    table = pd.DataFrame(
        {
            "kind": links.kind,
            "one": near.map(drawn.labels),
            "other": far.map(drawn.labels),
            "what": far.map(write_kind),
            "first": links.first_at,
            "last": links.last_at,
            "events": links.events,
            "likely": [f"{describe_probability(p)} ({p:.0%})" for p in links.probability],
            "sources": links.sources.map(len),
        }
    )
    tick_row(
        table,
        links.tie.tolist(),
        tie,
        lambda chosen: pick_tie(choice, chosen),
        key="link_table",
        placeholder="",
        height="stretch",
        alt="Links of the chart, those of the chosen node first; choose one to mark it and read its rows",
        column_config={
            "kind": st.column_config.TextColumn("Link", width=96),
            "one": st.column_config.TextColumn("One", width=66),
            "other": st.column_config.TextColumn("Other", width=88),
            "what": st.column_config.TextColumn("What", width=84),
            "first": st.column_config.DateColumn("Since", format=DAY_FORMAT, width=84),
            "last": st.column_config.DateColumn("Until", format=DAY_FORMAT, width=84),
            "events": st.column_config.NumberColumn("Events", width=52),
            "likely": st.column_config.TextColumn("How likely", width=136),
            "sources": st.column_config.NumberColumn(
                "Sources", width=56, help="How many say so; *Evidence* names them and every row."
            ),
        },
    )


def _say_left_out(choice: ChartChoice, drawn: DrawnLinks) -> None:
    """What the chart does not show, and how to see it."""
    parts = [
        f"{counted(number, 'further neighbour')} of {plain(drawn.labels.get(node, 'a node'))}"
        for node, number in drawn.left_out.items()
    ]
    if not parts and not choice.without and not drawn.towns:
        return
    with pad_pane("left_out", horizontal=True):
        if parts:
            st.caption(f"Not drawn: {'; '.join(parts)}. Filter by kind or period to see them.")
        if drawn.towns:
            st.caption(
                f"Places that many go to are not drawn: {plain(', '.join(drawn.towns))}. Choose their kind "
                "of link in Filters to draw them."
            )
        if choice.without:
            st.button(
                f"Put {counted(len(choice.without), 'node')} back",
                icon=":material/undo:",
                key="restore_nodes",
                type="tertiary",
                on_click=restore_nodes,
            )
