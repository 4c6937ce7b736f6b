"""Updating the network as a background job, with progress and Cancel."""

from __future__ import annotations

import streamlit as st

from analytics.network.entities.update import update_network
from analytics.network.state import NetworkState
from analytics.oversight import may
from analytics.shared.progress import Cancelled, IsCancelled, Progress
from analytics.shared.wording import counted, write_moment
from ui.components.background import TASKS, Kind
from ui.components.text import plain
from ui.components.watch import watch_task
from ui.shell.page import Page

_ACT = "network: update"
_UPDATES = Kind(
    "network update", failed="The update failed unexpectedly; nothing of it was saved. See the server's log."
)


def keep_current(page: Page, state: NetworkState) -> None:
    """Begin an update where data came since the last one and the reader may have it made. While it runs, the
    page shows the network as it was."""
    if state.is_stale and state.has_rows and may(page.actor, _ACT) and not page.store.is_partial:
        task = TASKS.find(_UPDATES, _subject(page, state))
        if task is None:
            start_update(page, state)


def show_progress(page: Page, state: NetworkState) -> None:
    """How far an update is, or why it failed."""
    task = TASKS.find(_UPDATES, _subject(page, state))
    if task is None:
        return
    if not task.has_ended:
        watch_task(task, "network")
    elif task.failure:
        st.warning(task.failure, icon=":material/block:")


def offer_update(page: Page, state: NetworkState) -> None:
    """The button that updates the network, and what it will say."""
    permission = may(page.actor, _ACT)
    task = TASKS.find(_UPDATES, _subject(page, state))
    st.button(
        "Update the network",
        icon=":material/hub:",
        key="update_network",
        type="primary" if state.is_stale or state.judged or not state.links else "secondary",
        disabled=not permission or page.store.is_partial or (task is not None and not task.has_ended),
        on_click=start_update,
        args=(page, state),
        help=plain(permission.why) if not permission else _describe(state),
    )


def start_update(page: Page, state: NetworkState) -> None:
    def work(progress: Progress, cancelled: IsCancelled) -> None:
        try:
            update_network(page.store, page.actor, progress=progress)
        except Cancelled as error:
            raise Cancelled("Stopped; the network is as it was.") from error

    TASKS.start(_UPDATES, _subject(page, state), work)


def _describe(state: NetworkState) -> str:
    if state.updated_at is None:
        return "Reads who the imported rows name and what links them. No row is merged."
    waiting = (
        f" {counted(state.judged, 'judgement waits', 'judgements wait')} for it." if state.judged else ""
    )
    return (
        f"Updated {write_moment(state.updated_at)} UTC: {counted(state.mentions, 'mention')}, "
        f"{counted(state.links, 'link')}.{waiting}"
    )


def _subject(page: Page, state: NetworkState) -> tuple[str, int]:
    return page.store.path, state.version
