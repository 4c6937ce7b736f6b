"""Making campaigns and operations anew, in a thread of its own: progress, and a way to stop it."""

from __future__ import annotations

import streamlit as st

from analytics.adverts.pipeline import AdvertsChanged, update
from analytics.adverts.queries import AdvertsSummary
from analytics.shared.progress import Cancelled
from analytics.shared.wording import counted
from ui.data.import_job import current_job, start_job, watch_job
from ui.shell.page import Page

_KIND = "adverts"


def show_update(page: Page, held: AdvertsSummary) -> None:
    """What is not read yet, the button, and the run while it lasts."""
    job = current_job(_KIND, _KIND)
    if job is not None and job.running:
        watch_job(job, _KIND)
        return
    if job is not None and job.failure:
        st.warning(job.failure, icon=":material/block:")
    left, right = st.columns([5, 2], vertical_alignment="center")
    right.button(
        "Find operations",
        icon=":material/hub:",
        key="update",
        width="stretch",
        type="primary" if held.unread or not held.operations else "secondary",
        on_click=_start,
        args=(page,),
        help="Reads new adverts, finds campaigns by wording and joins them by shared identifiers. Your cuts, "
        "confirmations and judgements stay.",
    )
    since = f"last found {held.last_run:%d %b %Y %H:%M} UTC" if held.last_run else "never yet"
    waiting = (
        f"**{counted(held.unread, 'advert is', 'adverts are')} new since then**"
        if held.unread
        else "no advert is new since then"
    )
    period = f" · {held.first:%d %b %Y} to {held.last:%d %b %Y}" if held.first else ""
    left.caption(
        f"{counted(held.adverts, 'advert')} on {counted(held.sites, 'site')}{period} · campaigns and "
        f"operations {since}; {waiting if held.last_run else 'none are known'}"
    )


def _start(page: Page) -> None:
    def work(progress, cancelled):
        try:
            update(page.store, page.actor, progress, cancelled)
        except Cancelled as error:
            raise Cancelled("Stopped; campaigns and operations are as they were.") from error
        except AdvertsChanged as error:
            raise Cancelled(str(error)) from error

    start_job(_KIND, _KIND, work)
