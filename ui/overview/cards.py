"""The five things to look at: the list, and what is known of the one that is chosen."""

from __future__ import annotations

from functools import partial

import shapely
import streamlit as st

from analytics.desk.tray import Row, TrayItem
from analytics.hotspots.grid.custom_area import write_drawn
from analytics.overview.attention import Attention, explain_order
from analytics.overview.morning import Morning
from analytics.search import PageLink
from analytics.shared.wording import counted, write_day
from analytics.store import Store, read_today
from ui.components.act_buttons import act_button
from ui.components.background import Task
from ui.components.choosing import change_link
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.text import plain
from ui.overview.background import watch_morning
from ui.shell.layout import fill_pane, pad_pane
from ui.shell.page import Page
from ui.shell.pages import page_path
from ui.shell.tray import add_to_case

CHANNEL = "today"
_OF_LATE = 3  # days
LOOK = "look"  # of the link: the card that is chosen


def chosen_card(morning: Morning) -> Attention | None:
    """The card of the link, else the first."""
    asked, five = st.query_params.get(LOOK), morning.five or ()
    return next((item for item in five if item.id == asked), next(iter(five), None))


@st.fragment
def show_cards(page: Page, area_id: int, morning: Morning | None, task: Task[Morning]) -> None:
    with st.container(key="over_today", gap=None):
        with pad_pane("today_head"):
            _show_head(morning, task)
            if not task.has_ended:
                watch_morning(page, area_id, morning, task)
        if morning is None or morning.five is None:
            return
        chosen = chosen_card(morning)
        with fill_pane("today_list"):
            show_list(
                [_entry(number, item) for number, item in enumerate(morning.five, 1)],
                key="today-cards",
                label="Things to look at",
                chosen=chosen.id if chosen else None,
                on_choose=lambda card: change_link(**{LOOK: card}),
                on_open=partial(_open, morning),
                channel=CHANNEL,
            )
        if chosen is not None:
            with pad_pane("today_detail"):
                _show_detail(page, morning, chosen)
        if asked := st.session_state.pop("today-opens", None):
            st.switch_page(page_path(asked[0]), query_params=asked[1])


def _show_head(morning: Morning | None, task: Task[Morning]) -> None:
    if morning is None or morning.five is None:
        st.markdown("**Things to look at**")
    else:
        words = {0: "Nothing to look at", 1: "One thing to look at", 5: "Five things to look at"}
        number = len(morning.five)
        title = words.get(number, f"{number} things to look at")
        st.markdown(
            f"**{title}** · {write_day(morning.as_of)}{_age(morning)}",
            help="Ordered by four marks of 0 to 3: how far beyond chance, how new, how grave, and whether "
            "somebody may need help. One card a cause, at most two of a kind while others wait. It ranks "
            f"what to read first, not risk. {morning.found} things were compared.",
        )
    if task.failure:
        st.warning(plain(task.failure), icon=":material/error:")


def _age(morning: Morning) -> str:
    """How old the newest of what the store knows is, where it is not of these days."""
    days = (read_today() - morning.as_of).days
    return f", {counted(days, 'day')} ago" if days > _OF_LATE else ""


def _entry(number: int, item: Attention) -> ListEntry:
    strong = item.marks.strength == 3
    return ListEntry(
        item.id,
        item.name,
        item.about,
        marks=[ListMark(item.sure, "strong" if strong else "")],
        figure=item.figure,
        beside=item.beside,
        line=item.line,
        expected=item.expected,
        number=number,
    )


def _show_detail(page: Page, morning: Morning, item: Attention) -> None:
    st.caption(plain(item.rests_on), help=f"Why it stands here: {explain_order(item.marks)}.")
    st.caption(f"**What else would explain it:** {plain(item.otherwise)}")
    with st.container(horizontal=True, gap="small"):
        if st.button("Open", icon=":material/open_in_new:", key="today-open", type="primary"):
            st.switch_page(page_path(item.page), query_params=dict(item.link))
        if act_button(
            page,
            "save brief",
            "Task",
            icon=":material/assignment:",
            key="today-task",
            help="Save it as a finding with its rows, where it is none yet, and begin a brief.",
        ):
            _task(page, morning, item)
        if (collected := _as_case_item(item)) is not None:
            rows = partial(_list_rows, page.store, item) if item.kind == "money" else ()
            add_to_case(page, collected, rows, key="today")


def _as_case_item(item: Attention) -> TrayItem | None:
    """What a card speaks of as a case takes it; None for what is no thing of a case."""
    opens = PageLink(item.page, dict(item.link))
    if item.kind == "place" and item.place is not None:
        outline = write_drawn(shapely.MultiPolygon([shapely.Polygon(ring) for ring in item.place.outlines]))
        link = {name: value for name, value in item.link.items() if name in ("area", "period")}
        return TrayItem("place", outline, item.name, PageLink("hotspots", {**link, "drawn": outline}))
    if item.kind == "operation":
        return TrayItem("operation", str(item.subject["number"]), item.name, opens)
    if item.kind == "money":
        return TrayItem("lead", str(item.subject["lead"]), item.name, opens)
    if item.subject.get("finding") == "saved":
        number = str(item.subject["number"])
        label = f"Finding {number} · {item.name}"
        return TrayItem(
            "finding", number, label, PageLink("intelligence", {"tab": "Findings", "finding": number})
        )
    return None


def _list_rows(store: Store, item: Attention) -> list[Row]:
    # Imported when asked for: it brings the app's analyses along, which the first picture must not wait for.
    from analytics.overview.start_brief import list_lead_rows

    return list_lead_rows(store, str(item.subject["lead"]))


def _task(page: Page, morning: Morning, item: Attention) -> None:
    # Imported when asked for: it brings the app's analyses along, which the first picture must not wait for.
    from analytics.overview.start_brief import NothingToTask, start_brief

    try:
        link = start_brief(page.store, page.actor, morning.area_id, item.subject)
    except NothingToTask as error:
        st.info(plain(error))
    except (KeyError, ValueError) as error:
        st.warning(plain(error.args[0] if error.args else error), icon=":material/block:")
    else:
        st.switch_page(page_path("tasking"), query_params=dict(link))


def _open(morning: Morning, card: str) -> None:
    """A callback cannot change the page: the run after it does."""
    item = next((item for item in morning.five or () if item.id == card), None)
    if item is not None:
        st.session_state["today-opens"] = (item.page, dict(item.link))
