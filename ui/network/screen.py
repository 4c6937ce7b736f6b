"""What every part of the Network page works with: readings cached by data version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics.figures.link_layout import Point, lay_out
from analytics.network.links.entity_page import EntityView, NoEntity, read_entity
from analytics.network.links.explanations import LinkExplanation, list_explanations
from analytics.network.links.neighbourhood import LinkedPart, LinkFilter, read_neighbourhood
from analytics.network.links.node_names import find_named_node, name_node
from analytics.network.links.starting_points import describe_nodes, list_starting_points
from analytics.network.links.touching_rows import (
    list_touching_rows,
    read_events,
    read_place_positions,
    read_source_labels,
)
from analytics.network.state import NetworkState, read_network_state
from analytics.store import open_store
from ui.components.reveal import is_revealed
from ui.shell.page import Page


@dataclass(frozen=True)
class NetworkScreen:
    """One run of the page. `chosen`: which links count."""

    page: Page
    state: NetworkState
    version: int
    chosen: LinkFilter
    dark: bool

    @property
    def path(self) -> str:
        return self.page.store.path

    def find_node(self, name: str) -> str | None:
        """The node of a name in the link, None where there is none such."""
        return _find_node(self.version, self.path, name)

    def neighbourhood(self, around: Sequence[str]) -> LinkedPart:
        return _neighbourhood(self.version, self.path, tuple(around), self.chosen)

    def places(self, around: Sequence[str]) -> dict[str, Point]:
        """Where the nodes around these stand. They were drawn in this order, and none moved for a later."""
        return _places(self.version, self.path, tuple(around), self.chosen)

    def entity(self, node: str) -> EntityView:
        return _entity(self.version, self.path, node)

    def explanations(self, node: str) -> list[LinkExplanation]:
        return _explanations(self.version, self.path, node)

    def touching(self, node: str, other: str | None = None) -> pd.DataFrame:
        """The rows behind its links, as `list_touching_rows`."""
        return _touching(self.version, self.path, node, other)

    def events(self, node: str) -> pd.DataFrame:
        return _events(self.version, self.path, node)

    def starting_points(self) -> pd.DataFrame:
        return _starting_points(self.version, self.path)

    def describe(self, nodes: Sequence[str]) -> pd.DataFrame:
        """As `list_starting_points`, of these nodes."""
        return _describe(self.version, self.path, tuple(nodes))


def compute_first_links(page: Page) -> None:
    """Compute, for whoever opens the page next, what it shows without anything in the link."""
    screen = NetworkScreen(
        page, read_network_state(page.store), page.store.data_version(), LinkFilter(), dark=False
    )
    first = screen.starting_points().node.head(1).tolist()
    if first:
        screen.places(first)
        screen.explanations(first[0])
        screen.describe(first)


def read_positions(screen: NetworkScreen) -> dict[str, tuple[float, float]]:
    """Where named places lie, by their name in small letters."""
    return _positions(screen.version, screen.path)


def read_source_names(screen: NetworkScreen) -> dict[int, str]:
    """By number, what a source is called and its handling code."""
    return _sources(screen.version, screen.path)


def reveal_name(node: str) -> str:
    """What a reveal of a node's personal data is for."""
    return f"entity {name_node(node)}"


def is_node_revealed(node: str) -> bool:
    return is_revealed(reveal_name(node))


@st.cache_data(max_entries=512, show_spinner=False)
def _find_node(version: int, store: str, name: str) -> str | None:
    try:
        return find_named_node(open_store(store), name)
    except NoEntity:
        return None


@st.cache_data(max_entries=64, show_spinner=False)
def _neighbourhood(version: int, store: str, around: tuple[str, ...], chosen: LinkFilter) -> LinkedPart:
    return read_neighbourhood(open_store(store), around, chosen)


@st.cache_data(max_entries=128, show_spinner=False)
def _places(version: int, store: str, around: tuple[str, ...], chosen: LinkFilter) -> dict[str, Point]:
    former = _places(version, store, around[:-1], chosen) if len(around) > 1 else None
    near = _neighbourhood(version, store, around, chosen)
    ties = list(zip(near.links.node, near.links.other, strict=True))
    return lay_out(near.nodes.node.tolist(), ties, former)


@st.cache_data(max_entries=64, show_spinner=False)
def _entity(version: int, store: str, node: str) -> EntityView:
    return read_entity(open_store(store), node)


@st.cache_data(max_entries=64, show_spinner=False)
def _explanations(version: int, store: str, node: str) -> list[LinkExplanation]:
    return list_explanations(open_store(store), _entity(version, store, node))


@st.cache_data(max_entries=64, show_spinner=False)
def _touching(version: int, store: str, node: str, other: str | None) -> pd.DataFrame:
    return list_touching_rows(open_store(store), node, other)


@st.cache_data(max_entries=64, show_spinner=False)
def _events(version: int, store: str, node: str) -> pd.DataFrame:
    rows = _touching(version, store, node, None)
    keys = ["table_name", "source_id", "row_number"]
    events = read_events(open_store(store), rows)
    return events.merge(rows, on=keys, how="left") if len(events) else events


@st.cache_data(max_entries=4, show_spinner="Looking for nodes worth looking at …")
def _starting_points(version: int, store: str) -> pd.DataFrame:
    return list_starting_points(open_store(store))


@st.cache_data(max_entries=64, show_spinner=False)
def _describe(version: int, store: str, nodes: tuple[str, ...]) -> pd.DataFrame:
    return describe_nodes(open_store(store), nodes)


@st.cache_data(max_entries=4, show_spinner=False)
def _positions(version: int, store: str) -> dict[str, tuple[float, float]]:
    return read_place_positions(open_store(store))


@st.cache_data(max_entries=4, show_spinner=False)
def _sources(version: int, store: str) -> dict[int, str]:
    return read_source_labels(open_store(store))
