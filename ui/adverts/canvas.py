"""What stands on the canvas beside the cards: the map of operations, or one part of the chosen operation."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.adverts.town_places import list_towns
from analytics.figures.operations_map import NumberedOperation, operations_map
from analytics.shared.wording import counted
from analytics.store import open_store
from ui.adverts.actions import show_actions
from ui.adverts.aligned import show_aligned
from ui.adverts.cards import CHANNEL, choose_operation
from ui.adverts.identifiers import show_identifiers
from ui.adverts.indicators import show_operation_indicators
from ui.adverts.judgement import show_judge
from ui.adverts.movement import show_movement
from ui.adverts.reading import read_facts
from ui.adverts.screen import AdvertsScreen, Operation, read_itinerary
from ui.components.address import choose_of_address
from ui.components.map import show_map
from ui.components.reveal import is_revealed
from ui.shell.layout import fill_pane, pad_pane, scroll_pane

MAP = "Map"
PARTS = (MAP, "Adverts aligned", "Movement", "Identifiers and links", "Indicators", "Judge and refer")
_NUMBERED = 30  # operations on the map: more could not be read


def show_canvas(
    screen: AdvertsScreen, table: pd.DataFrame, operation: Operation | None, notes: DeltaGenerator
) -> None:
    with pad_pane("method", horizontal=True):
        part = choose_of_address("part", "Part", PARTS, notes=notes, pills=True)
    if part == MAP or operation is None:
        with fill_pane("canvas"):
            _show_map(screen, table, operation)
        return
    with scroll_pane("canvas"):
        _show_part(screen, operation, part, revealed=is_revealed(operation.subject.name))


def _show_part(screen: AdvertsScreen, operation: Operation, part: str, *, revealed: bool) -> None:
    if part == "Movement":
        show_movement(screen, operation)
    elif part == "Identifiers and links":
        show_identifiers(screen, operation, revealed=revealed)
    elif part == "Indicators":
        show_operation_indicators(screen, operation)
    elif part == "Judge and refer":
        show_judge(screen, operation)
        show_actions(screen, operation, revealed=revealed)
    else:
        show_aligned(screen, operation, revealed=revealed)


def _show_map(screen: AdvertsScreen, table: pd.DataFrame, operation: Operation | None) -> None:
    """The first operations of the list at their main towns, and the moves of the chosen one."""
    numbers = [int(number) for number in table.operation_id.head(_NUMBERED)]
    ranks = {int(number): rank for rank, number in enumerate(table.operation_id, start=1)}
    if operation is not None and operation.number in ranks and operation.number not in numbers:
        numbers.append(operation.number)
    places = read_facts(screen, numbers).places
    numbered = [
        NumberedOperation(str(number), ranks[number], places[number][0])
        for number in numbers
        if places[number]
    ]
    towns = list_all_towns(screen.page.store.path, screen.version)
    steps = pd.DataFrame(columns=["origin", "destination"])
    own = pd.DataFrame(columns=["place"])
    if operation is not None:
        itinerary = read_itinerary(screen, operation)
        own, steps = itinerary.places, itinerary.steps
        further = own[~own.place.isin(towns.place)][towns.columns]
        towns = pd.concat([towns, further], ignore_index=True) if len(further) else towns
    towns = towns.assign(is_new=towns.place.isin(own.place))
    picture = operations_map(
        numbered,
        towns,
        steps,
        channel=CHANNEL,
        label=f"Map of the first {counted(len(numbered), 'operation')} of the list, each at the town it "
        "advertises in most; the list names them",
        chosen=None if operation is None else str(operation.number),
        dark=st.context.theme.type == "dark",
    )
    show_map(picture, key="operations_map", on_pick=choose_operation)


@st.cache_data(max_entries=4, show_spinner=False)
def list_all_towns(store: str, version: int) -> pd.DataFrame:
    """The towns of all adverts."""
    return list_towns(open_store(store))
