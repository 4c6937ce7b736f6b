"""The operations as cards, ordered by what is worth reading, and what is done with the whole list."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from analytics.adverts.identifiers import kind_of
from analytics.adverts.masking import mask_identifier
from analytics.adverts.ordering import Ordering
from analytics.adverts.strength import describe_score
from analytics.shared.wording import counted
from analytics.training.exercise.revealed import list_operation_rows
from ui.adverts.listing import (
    choose_order,
    download_operations,
    learn_order,
    order_table,
    show_table,
)
from ui.adverts.reading import MAXIMUM_CARDS, ReasonedOrder, read_facts, read_order
from ui.adverts.screen import AdvertsScreen, count_screen_matching
from ui.adverts.text import visible
from ui.adverts.update import offer_update, show_update
from ui.components.address import change_address
from ui.components.choosing import chosen_number
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.list_pane import list_pane
from ui.components.planted import mark_planted
from ui.components.text import plain
from ui.shell.layout import fill_pane, pad_pane, scroll_pane

CHANNEL, LIST = "operations", "adverts"
_NAMED = 2  # places that a card names


def find_chosen(table: pd.DataFrame) -> int | None:
    """The operation of the link, else the first of the list."""
    number = chosen_number("operation")
    if number is not None or table.empty:
        return number
    return int(table.operation_id.iloc[0])


def show_cards(screen: AdvertsScreen, table: pd.DataFrame, chosen: int | None) -> None:
    """The list pane. `table`: the operations that pass the filter, in the order chosen."""
    with list_pane(LIST):
        with pad_pane("list_head"):
            _show_head(screen, table)
        if table.empty:
            with scroll_pane("no_cards"):
                st.caption("No operation to list.")
        else:
            with fill_pane("cards"):
                show_list(
                    make_entries(screen, table, chosen),
                    key="operations",
                    label="Operations, the first to read first",
                    chosen=str(chosen),
                    on_choose=choose_operation,
                    channel=CHANNEL,
                )
        with pad_pane("list_foot", horizontal=True):
            if st.button(
                "All columns",
                icon=":material/table:",
                key="open_table",
                type="tertiary",
                disabled=table.empty,
            ):
                _open_table(screen, table)
            download_operations(screen, table)


def choose_operation(number: str) -> None:
    change_address(operation=number, advert=None)


def make_entries(screen: AdvertsScreen, table: pd.DataFrame, chosen: int | None) -> list[ListEntry]:
    """A card for each of the first operations, and for the chosen one where it is none of them."""
    shown = table.head(MAXIMUM_CARDS)
    if chosen is not None and chosen not in set(shown.operation_id):
        shown = pd.concat([shown, table[table.operation_id == chosen]])
    facts = read_facts(screen, [int(number) for number in shown.operation_id], chosen)
    reading = read_order(screen)
    ranks = {number: rank for rank, number in enumerate(table.operation_id, start=1)}
    entries = [
        _make_entry(row, ranks[row.operation_id], facts.loc[row.operation_id], reading)
        for row in shown.itertuples(index=False)
    ]
    return mark_planted(
        entries, screen.page.store, {"advert": partial(list_operation_rows, screen.page.store)}
    )


def name_places(places: list[str], most: int = _NAMED) -> str:
    """The places of most adverts, and how many more there are."""
    named = ", ".join(visible(place, one_line=True)[:40] for place in places[:most])
    more = len(places) - most
    return f"{named} +{more}" if more > 0 else named or "no place known"


def _write_months(first: pd.Timestamp, last: pd.Timestamp) -> str:
    start, end = f"{first:%b %Y}", f"{last:%b %Y}"
    return start if start == end else f"{start} – {end}"


def _make_entry(row, rank: int, facts: pd.Series, reading: ReasonedOrder) -> ListEntry:
    pro, con = reading.reasons(int(row.operation_id))
    strength = describe_score(row.score)
    marks = [ListMark("A child may be at risk: refer first", "strong")] if row.safeguard else []
    marks += [ListMark(reason, "for") for reason in pro[:1]]
    marks += [ListMark(reason, "against") for reason in con[:1]]
    if (rest := len(pro[1:]) + len(con[1:])) > 0:
        marks.append(ListMark(f"{rest} more"))
    marks.append(ListMark(f"Links {strength}"))
    if row.label:
        marks.append(ListMark(f"Judged: {row.label}"))
    phones = ", ".join(mask_identifier("phone", phone) for phone in facts.phones[:1])
    others = len(facts.phones) - 1
    return ListEntry(
        id=str(row.operation_id),
        name=visible(facts.line_of_wording, one_line=True) or name_places(facts.places),
        about=f"Operation {row.operation_id} · {name_places(facts.places)}",
        more=" · ".join(
            filter(
                None,
                (
                    visible(row.kinds, one_line=True)[:60],
                    "no date known" if pd.isna(row.first) else _write_months(row.first, row.last),
                    f"{phones} +{others}" if others > 0 else phones,
                ),
            )
        ),
        marks=marks,
        figure=f"{row.matching:,}",
        beside="adverts" if row.matching == row.adverts else f"of {row.adverts:,} adverts",
        line=facts.line,
        number=rank,
    )


def _show_head(screen: AdvertsScreen, table: pd.DataFrame) -> None:
    adverts, unlinked = count_screen_matching(screen)
    st.markdown(
        f"**{counted(len(table), 'operation')}**, {counted(adverts - unlinked, 'advert')}",
        help=f"{counted(screen.summary.adverts, 'advert')} in all; {unlinked:,} that pass the filter are "
        "unlinked. Worth reading first: what speaks for somebody needing help, then movement and growth, "
        "then breadth and the strength of the link. The number of adverts does not count. One reason is "
        f"weak, and an operation may meet several and harm nobody. The first {MAXIMUM_CARDS} have a card.",
    )
    if screen.chosen.identifiers:
        labels = sorted({kind_of(kind).label.lower() for kind, _ in screen.chosen.identifiers})
        st.caption(f"Read as {' or '.join(labels)}, compared with every spelling.")
    show_update(screen.page, screen.summary)
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
        order = choose_order()
        offer_update(screen.page, screen.summary)
    if order == "judgements so far" and not isinstance(refused := learn_order(screen), Ordering):
        st.caption(plain(refused))


@st.dialog("All columns", width="large")
def _open_table(screen: AdvertsScreen, table: pd.DataFrame) -> None:
    show_table(table)


def list_in_order(screen: AdvertsScreen) -> pd.DataFrame:
    """The operations that pass the filter with all that the table shows, in the order of the link."""
    return order_table(screen, read_order(screen))
