"""One operation: a head, its parts one at a time, and what follows from it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analytics.adverts.strength import describe_score
from analytics.desk.tray import TrayItem
from analytics.search import PageLink
from analytics.shared.wording import counted, write_period
from ui.adverts.actions import show_actions
from ui.adverts.aligned import show_aligned
from ui.adverts.identifiers import show_identifiers
from ui.adverts.indicators import show_operation_indicators
from ui.adverts.judgement import show_judge
from ui.adverts.movement import show_movement
from ui.adverts.screen import AdvertsScreen, Operation, open_operation
from ui.components.choosing import change_link, choose_one, chosen_number
from ui.components.reveal import reveal
from ui.shell.pages import page_path
from ui.shell.tray import add_to_case
from ui.shell.views import watch_button

PARTS = ("Adverts aligned", "Movement", "Identifiers and links", "Indicators", "Judge and refer")


def show_empty() -> None:
    st.text(
        "This page finds job, room, massage and escort adverts that share an author, by their wording and "
        "by the numbers and addresses they share. It shows how they move, and indicators for and against "
        "exploitation. No adverts have been imported yet."
    )
    st.page_link(
        page_path("data"), label="Import adverts (CSV, JSON lines, Parquet)", icon=":material/database:"
    )
    st.text("Or load the invented city: stop the app and run `achilles scenario --load`.")


def show_operation(screen: AdvertsScreen) -> None:
    number = chosen_number("operation")
    if number is None:
        if screen.summary.operations:
            st.info(
                "Choose an operation in the list to see its adverts, its movement and its indicators.",
                icon=":material/touch_app:",
            )
        return
    operation = open_operation(screen, number)
    if operation is None:
        st.warning("The link names an operation that is not in the store.", icon=":material/link_off:")
        return
    _show_head(operation)
    _show_collecting(screen, operation)
    part_box, reveal_box, close_box = st.columns([5.6, 2.4, 1], vertical_alignment="center")
    with part_box:
        part = choose_one("Part", PARTS, key="part")
    with reveal_box:
        revealed = reveal(screen.page, operation.subject.name, key="operation")
    close_box.button(
        "Close",
        icon=":material/close:",
        key="close_operation",
        on_click=partial(change_link, operation=None, advert=None),
    )
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


def _show_collecting(screen: AdvertsScreen, operation: Operation) -> None:
    """Into the case, and watched from now on."""
    number, label = str(operation.number), f"Operation {operation.number}"
    opens = PageLink("adverts", {"operation": number})
    with st.container(horizontal=True, gap="xsmall"):
        add_to_case(screen.page, TrayItem("operation", number, label, opens), key=f"operation-{number}")
        watch_button(screen.page, "operation", number, label, opens, widget=f"operation-{number}")


def _show_head(operation: Operation) -> None:
    adverts = operation.adverts
    times = adverts.posted_at.dropna()
    st.subheader(f"Operation {operation.number}")
    facts = [
        counted(len(adverts), "advert"),
        counted(adverts.campaign_id.dropna().nunique(), "wording"),
        counted(adverts.place.dropna().nunique(), "place"),
        write_period(times.min(), times.max()) if len(times) else "no date known",
        f"strength of the link: {describe_score(operation.subject.score)}",
        f"judged: {operation.label}" if operation.label else "not judged yet",
    ]
    st.caption(
        " · ".join(facts)
        + " · the adverts appear to share an author, which does not mean that anybody is exploited",
        help=f"The strength of the link is {operation.subject.score:,.0f} bits: the wording and the shared "
        "identifiers together. It ranks operations and is not a probability.",
    )
