"""The detail of one operation: how sure, reasons for and against, its course, its adverts, what else would
explain it; and what follows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.adverts.indicator_hits import summarise_hits
from analytics.adverts.masking import mask_identifier
from analytics.adverts.operation_finding import ALTERNATIVES
from analytics.adverts.strength import SCORE_SCALE, describe_score
from analytics.desk.tray import TrayItem
from analytics.search import PageLink
from analytics.shared.wording import counted, write_period
from ui.adverts.actions import save_operation
from ui.adverts.cards import LIST
from ui.adverts.movement import list_movement_sentences
from ui.adverts.reading import read_facts, read_order
from ui.adverts.screen import AdvertsScreen, Operation, advert_names, read_itinerary
from ui.adverts.text import visible
from ui.components.audit import log_once
from ui.components.choosing import change_link, fit_rows, tick_row
from ui.components.entity_link import link_identifier, show_node_link
from ui.components.list_pane import list_button
from ui.components.opening import open_link
from ui.components.reveal import reveal
from ui.components.text import DAY_FORMAT, plain
from ui.components.times import show_trend
from ui.shell.layout import pad_pane, scroll_pane
from ui.shell.tray import add_to_case
from ui.shell.views import watch_button

_PHONES = 6


def show_operation(screen: AdvertsScreen, operation: Operation, rank: int | None) -> None:
    """Head, body and foot of the pane; `rank` is its number in the list, None where the filter hides it."""
    with pad_pane("detail_head", horizontal=True):
        title = f"Operation {operation.number}"
        st.markdown(f"**{title if rank is None else f'{rank} · {title}'}**", width="stretch")
        list_button(LIST)
    with scroll_pane("detail"):
        if rank is None:
            st.caption("It has no advert that passes the filter.")
        _show_summary(operation)
        revealed = reveal(screen.page, operation.subject.name, key="operation")
        _show_reasons(screen, operation)
        _show_course(operation)
        for sentence in list_movement_sentences(read_itinerary(screen, operation)):
            st.caption(plain(sentence))
        _show_adverts(screen, operation)
        _show_phones(screen, operation, revealed=revealed)
        show_node_link(
            screen.page, f"operation:{operation.number}", key="operation-node", label="Its links on Network"
        )
        _show_alternatives()
    with pad_pane("detail_foot", horizontal=True):
        save_operation(screen, operation)
        _show_collecting(screen, operation)


def show_none(screen: AdvertsScreen, asked: int | None) -> None:
    """The pane where no operation can be shown."""
    with pad_pane("detail_head", horizontal=True):
        st.markdown("**No operation**", width="stretch")
        list_button(LIST)
    with scroll_pane("detail"):
        if asked is not None:
            st.warning("The link names an operation that is not in the store.", icon=":material/link_off:")
        elif not screen.summary.last_run:
            st.text(
                "The adverts are not analysed yet. 'Find operations' reads them, finds wordings that "
                "recur and joins them by shared numbers and addresses."
            )
        elif screen.summary.operations:
            st.text("No operation has an advert that passes the filter. Take a filter away.")
        else:
            st.text("No adverts share a wording or a telling identifier: see 'Unlinked adverts'.")


def _show_summary(operation: Operation) -> None:
    adverts, score = operation.adverts, operation.subject.score
    times = adverts.posted_at.dropna()
    period = write_period(times.min(), times.max()) if len(times) else "no date known"
    links = int(operation.links.standing.isin(("stands", "confirmed")).sum())
    st.markdown(
        f"**Links {describe_score(score)}.** {counted(len(adverts), 'advert')} in "
        f"{counted(adverts.place.dropna().nunique(), 'place')} on "
        f"{counted(adverts.site.dropna().nunique(), 'site')}, {period}, appear to share an author: "
        f"{counted(adverts.campaign_id.dropna().nunique(), 'wording')}, "
        f"{counted(links, 'link')} by shared identifiers.",
        help=f"The strength of the links is {score:,.0f} bits: wording and shared identifiers together. It "
        f"ranks operations and is not a probability. {SCORE_SCALE}",
    )
    st.caption(
        f"{f'Judged: {operation.label}.' if operation.label else 'Not judged yet.'} A shared author does not "
        "mean that anybody is exploited."
    )


def _show_reasons(screen: AdvertsScreen, operation: Operation) -> None:
    pro, con = read_order(screen).reasons(operation.number)
    shown = summarise_hits(screen.hits, operation.number, screen.file)
    child = shown[shown.direction == "safeguard"].title.tolist()
    for title in child:
        st.markdown(f":red[**Refer first: {plain(title)}**]")
    for title, reasons in (("Why read it", pro), ("Reasons against", con)):
        st.markdown(f"**{title}**" + ("" if reasons else ": none"))
        if reasons:
            st.markdown("\n".join(f"- {plain(reason)}" for reason in reasons))


def _show_course(operation: Operation) -> None:
    """Its adverts by week."""
    times = operation.adverts.posted_at.dropna()
    if times.empty:
        return
    first, last = times.min().date(), times.max().date()
    unit = "month" if (last - first).days > 400 else "week"
    periods = times.dt.to_period("M" if unit == "month" else "W")
    counts = periods.value_counts().reindex(
        pd.period_range(periods.min(), periods.max(), freq=periods.dt.freq), fill_value=0
    )
    trend = pd.DataFrame({"start": counts.index.start_time, "count": counts.to_numpy()})
    show_trend(
        trend.start, trend["count"], unit, key="operation-course", label=f"Adverts a {unit}", what="adverts"
    )
    st.caption(f"Adverts a {unit}.")


def _show_adverts(screen: AdvertsScreen, operation: Operation) -> None:
    """Its adverts, the newest first; one that is chosen is read in this pane."""
    rows = operation.adverts.iloc[::-1].reset_index(drop=True)
    log_once(screen.page, "view rows", operation.subject.name, {"rows": len(rows)})
    st.markdown(f"**{counted(len(rows), 'advert')}**, the newest first")
    tick_row(
        rows[["posted_at", "place", "kind"]].assign(
            **{name: rows[name].map(lambda text: visible(text, one_line=True)) for name in ("place", "kind")}
        ),
        advert_names(rows),
        st.query_params.get("advert"),
        lambda name: change_link(advert=name),
        height=fit_rows(len(rows), 190),
        key="evidence_adverts",
        alt="Adverts of the operation; choose one to read it",
        column_config={
            "posted_at": st.column_config.DateColumn("Posted", format=DAY_FORMAT, width=88),
            "place": st.column_config.TextColumn("Place", width=90),
            "kind": st.column_config.TextColumn("Kind", width=80),
        },
    )


def _show_phones(screen: AdvertsScreen, operation: Operation, *, revealed: bool) -> None:
    phones = read_facts(screen, [operation.number]).phones[operation.number]
    if not phones:
        return
    st.markdown(f"**{counted(len(phones), 'telephone number')}**; each opens what it is linked with")
    with st.container(gap=None):
        for number, phone in enumerate(phones[:_PHONES]):
            label = phone if revealed else mask_identifier("phone", phone)
            open_link(link_identifier(screen.page, "phone", phone), label, key=f"phone-{number}")
    if len(phones) > _PHONES:
        st.caption(f"{len(phones) - _PHONES} more under 'Identifiers and links'.")


def _show_alternatives() -> None:
    st.markdown("**What else would explain it**")
    for item in ALTERNATIVES:
        st.caption(plain(item["explanation"]), help=item["how to tell"])


def _show_collecting(screen: AdvertsScreen, operation: Operation) -> None:
    """Into the case, and watched from now on."""
    number, label = str(operation.number), f"Operation {operation.number}"
    opens = PageLink("adverts", {"operation": number})
    add_to_case(screen.page, TrayItem("operation", number, label, opens), key=f"operation-{number}")
    watch_button(screen.page, "operation", number, label, opens, widget=f"operation-{number}")
