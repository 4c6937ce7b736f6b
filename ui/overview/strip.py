"""Below the map: categories on their bands, what waits for whom, what is known."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from analytics.desk.news import new_since_last_look
from analytics.desk.watches import mark_looked
from analytics.oversight.masking import mask_text
from analytics.overview.morning import LatestChange, Morning
from analytics.shared.wording import counted, write_period
from ui.components.address import choice_of_address
from ui.components.bands import Band, show_bands
from ui.components.known_tiles import show_known_tiles
from ui.components.text import plain
from ui.overview.background import ALARM_RATES, ALARMS
from ui.shell.page import Page
from ui.shell.pages import page_path

STYLE = Path(__file__).with_name("today.css")
_WORDS = {"more": "high", "fewer": "low", "": "as usual"}
_SET_ASIDE = "see note"  # out of its band, and what was recorded otherwise explains it
_NEWS = 4  # watches at most
_NAMED = 2  # categories by name in a note


def show_bands_block(morning: Morning | None) -> None:
    change = morning.change if morning else None
    if change is None:
        st.markdown("**Against their usual band**")
        st.caption(
            "The latest weeks are being compared with those before."
            if morning is None
            else "The data have fewer than five periods: too little to say what was expected."
        )
        return
    outside, every = int((change.table.unusual != "").sum()), len(change.table)
    of_all = counted(every, "category", "categories")
    title = f"{outside} of {of_all} out of their band" if outside else f"{of_all} in their band"
    with st.container(key="today_bands_head", horizontal=True, vertical_alignment="center", wrap=False):
        _show_bands_title(title, change)
        _choose_rate()
    if notes := list_notes(change):
        more = len(notes) - 1
        text = notes[0] + (f" And {counted(more, 'note')} more." if more else "")
        st.caption(plain(text), help=plain("\n\n".join(notes)) if more else None)
    show_bands(_rows(change), key="today-bands", label="Latest counts against what was expected, by category")


def list_notes(change: LatestChange) -> list[str]:
    """What a change of recording did to the categories, masked, a line for each note: 'Theft: No record from
    …'. First what set a category out of its band aside, then what most share."""
    noted = change.table[change.table.note != ""]
    lines = []
    for note, rows in noted.groupby("note", sort=False):
        names = list(rows.category)
        outside = (rows["count"] > rows.high) | (rows["count"] < rows.low)
        aside = bool((outside & (rows.unusual == "")).any())
        who = " and ".join(names) if len(names) <= _NAMED else counted(len(names), "category", "categories")
        lines.append(((not aside, -len(names)), mask_text(f"{who}: {note[:1].lower()}{note[1:]}")))
    return [line for _, line in sorted(lines, key=lambda line: line[0])]


def _show_bands_title(title: str, change: LatestChange) -> None:
    st.markdown(
        f"**{title}**",
        help=f"{write_period(change.first_day, change.last_day)}. {change.basis} Bands hold 95 % of such "
        "periods (negative binomial). High: the last weeks together hold more than expected. The rate of "
        "false alarms chosen here is half for categories, half for places that rise. Late recording makes "
        "the latest period look low.",
    )


def _choose_rate() -> None:
    """How many false alarms a month may be raised; what is chosen stands in the link."""
    with st.popover("", icon=":material/tune:", key="today_alarms", type="tertiary", help="False alarms"):
        st.selectbox(
            "False alarms",
            list(ALARM_RATES),
            **choice_of_address(ALARMS, list(ALARM_RATES), next(iter(ALARM_RATES))),
        )


def _rows(change: LatestChange) -> list[Band]:
    return [
        Band(row.category, row.count, row.low, row.high, row.unusual, _word(row))
        for row in change.table.itertuples()
    ]


def _word(row) -> str:
    aside = not row.unusual and row.note and not row.low <= row.count <= row.high
    return _SET_ASIDE if aside else _WORDS[row.unusual]


def show_waiting_block(page: Page, morning: Morning | None) -> None:
    st.markdown("**Waiting**")
    _show_news(page)
    if morning is None:
        st.caption("What waits for whom is being read.")
        return
    queues = morning.queues
    for queue in queues:
        if queue.count:
            st.page_link(
                page_path(queue.page),
                label=f"**{plain(queue.who)}** · {plain(queue.what)}",
                query_params=dict(queue.link) or None,
            )
    for item in morning.not_computed:
        st.page_link(page_path(item.page), label=f"**To run** · {plain(item.text)}")
    empty = [queue.name for queue in queues if not queue.count]
    if empty:
        st.caption(f"Nothing waits: {', '.join(empty)}.")


def _show_news(page: Page) -> None:
    """What is new about the things this user watches; opening one counts as looking."""
    for news in new_since_last_look(page.store, page.actor)[:_NEWS]:
        watch = news.watch
        if st.button(
            f"**New** · {plain(watch.label)}: {plain(news.says)}",
            key=f"news-{watch.watch_id}",
            type="tertiary",
        ):
            mark_looked(page.store, page.actor, watch.watch_id)
            st.switch_page(page_path(watch.opens.page), query_params=dict(watch.opens.query))


def show_known_block(morning: Morning | None) -> None:
    if morning is None:
        st.markdown("**What we know**")
        st.caption("What is recorded of each stage is being read.")
        return
    grid = morning.known
    gaps = int(((grid.records + grid.lines) == 0).sum())
    if gaps == len(grid):
        st.markdown("**What we know**")
        st.caption("No report, advert, payment or journey is recorded yet: recorded crime alone.")
        return
    st.markdown(
        f"**What we know**, {gaps} of {len(grid)} cells empty",
        help="Stages of the trade by its commercial domains, as on Collection: the best grade of a report "
        "line, or • where there are records alone. Darker is newer. An empty cell is a gap in collection, "
        "not a sign that nothing happens there.",
    )
    show_known_tiles(grid, morning.as_of, key="today-tiles")
