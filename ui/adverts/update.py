"""Updating campaigns and operations as a background job, with progress and Cancel."""

from __future__ import annotations

import streamlit as st

from analytics.adverts.pipeline import AdvertsChanged, update
from analytics.adverts.queries import AdvertsSummary
from analytics.shared.progress import Cancelled, IsCancelled, Progress
from analytics.shared.wording import counted, write_moment
from ui.components.act_buttons import act_button
from ui.components.background import TASKS, Kind
from ui.components.watch import watch_task
from ui.shell.page import Page

_UPDATES = Kind(
    "adverts update",
    refusals=(AdvertsChanged,),
    failed="The update failed unexpectedly; nothing of it was saved. See the server's log.",
)


def show_update(page: Page, summary: AdvertsSummary) -> None:
    """How many adverts are new, or how far the work is while it runs."""
    task = TASKS.find(_UPDATES, page.store.path)
    if task is not None and not task.has_ended:
        watch_task(task, "adverts")
        return
    if task is not None and task.failure:
        st.warning(task.failure, icon=":material/block:")
    new = summary.unread - summary.outdated
    waiting = [f"**{counted(new, 'advert is', 'adverts are')} new since then**"] if new else []
    if summary.outdated:
        read = counted(summary.outdated, "advert was", "adverts were")
        waiting.append(f"**{read} read by an earlier version of Achilles**")
    said = "; ".join(waiting) or "no adverts are new since then"
    st.caption(
        f"Analysed {write_moment(summary.last_run)} UTC; {said}." if summary.last_run else "Not analysed yet."
    )


def offer_update(page: Page, summary: AdvertsSummary) -> None:
    """The button that starts it."""
    task = TASKS.find(_UPDATES, page.store.path)
    act_button(
        page,
        "make operations",
        "Find operations",
        icon=":material/hub:",
        key="update",
        type="primary" if summary.unread or not summary.operations else "secondary",
        disabled=task is not None and not task.has_ended,
        on_click=_start,
        args=(page,),
        help="Reads new adverts, finds campaigns by wording and joins them by shared identifiers. Cuts, "
        "confirmations and judgements are kept.",
    )


def _start(page: Page) -> None:
    def work(progress: Progress, cancelled: IsCancelled) -> None:
        try:
            update(page.store, page.actor, progress, cancelled)
        except Cancelled as error:
            raise Cancelled("Stopped; campaigns and operations are unchanged.") from error

    TASKS.start(_UPDATES, page.store.path, work)
