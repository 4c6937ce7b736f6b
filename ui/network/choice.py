"""What is drawn and what is chosen, as the link has it: Back and a link bring the same chart."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.network.links.node_names import name_node
from ui.components.address import change_address
from ui.network.screen import NetworkScreen

NODE, AROUND, WITHOUT, TIE = "node", "around", "without", "tie"  # in the link
MAXIMUM_EXPANDED = 12  # nodes whose neighbours are drawn together


@dataclass(frozen=True)
class ChartChoice:
    """`node`: the chosen one. `around`: the nodes whose neighbours are drawn, in the order they were
    expanded. `without`: nodes taken off the chart. `tie`: the name of the chosen tie, by `name_tie`."""

    node: str
    around: tuple[str, ...]
    without: frozenset[str]
    tie: str | None

    @property
    def start(self) -> str:
        return self.around[0]


def read_chart_choice(screen: NetworkScreen, notes: DeltaGenerator) -> ChartChoice | None:
    """What the link names; None where it names no node that is here, which is said."""
    link = st.query_params
    asked = link.get(NODE)
    node = None if asked is None else screen.find_node(asked)
    if asked is not None and node is None:
        notes.warning("The link names a node that is not in the network.", icon=":material/link_off:")
    around = _find_all(screen, link.get_all(AROUND))[:MAXIMUM_EXPANDED]
    if node is None and not around:
        return None
    node = node or around[0]
    return ChartChoice(
        node,
        tuple(around) or (node,),
        frozenset(_find_all(screen, link.get_all(WITHOUT))) - {node},
        link.get(TIE),
    )


def _find_all(screen: NetworkScreen, names: Sequence[str]) -> list[str]:
    found = (screen.find_node(name) for name in dict.fromkeys(names))
    return [node for node in found if node is not None]


def name_tie(tie: str) -> str:
    """What a tie, by its id in the chart, is called in the link."""
    return hashlib.sha256(tie.encode()).hexdigest()[:16]


def start_from(node: str) -> None:
    """Draw the neighbours of this node alone."""
    change_address(**{NODE: name_node(node), AROUND: None, WITHOUT: None, TIE: None})


def pick_node(choice: ChartChoice, node: str) -> None:
    """Choose a node of the chart, which stays as it is."""
    change_address(**{NODE: name_node(node), AROUND: _names(choice.around), TIE: None})


def expand_node(choice: ChartChoice, node: str) -> None:
    """Draw the neighbours of one node more."""
    around = dict.fromkeys((*choice.around, node))
    change_address(**{NODE: name_node(node), AROUND: _names(around), TIE: None})


def fold_node(choice: ChartChoice, node: str) -> None:
    """Draw the neighbours of this node no longer."""
    around = [other for other in choice.around if other != node] or [node]
    change_address(**{NODE: name_node(around[-1]), AROUND: _names(around), TIE: None})


def remove_node(choice: ChartChoice, node: str) -> None:
    """Take a node off the chart."""
    around = [other for other in choice.around if other != node] or [choice.start]
    chosen = around[-1] if node == choice.node else choice.node
    without = sorted({*choice.without, node} - {chosen})
    change_address(
        **{NODE: name_node(chosen), AROUND: _names(around), WITHOUT: _names(without) or None, TIE: None}
    )


def restore_nodes() -> None:
    """Put what was taken off the chart back."""
    change_address(**{WITHOUT: None})


def pick_tie(choice: ChartChoice, tie: str | None) -> None:
    """Choose a tie, by its id in the chart."""
    change_address(
        **{
            NODE: name_node(choice.node),
            AROUND: _names(choice.around),
            TIE: None if tie is None else name_tie(tie),
        }
    )


def _names(nodes) -> list[str]:
    return [name_node(node) for node in nodes]
