"""The page as it will print, drawn in the background while its texts are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache, partial
from typing import Any

import streamlit as st

from analytics.shared.progress import IsCancelled, Progress
from analytics.store import Store
from analytics.tasking.brief import Brief
from analytics.tasking.dossier import Drawing, draw_findings, gather_dossier
from analytics.tasking.paper import Paper, print_preview
from analytics.tasking.paper_size import PaperSize, load_paper
from analytics.tasking.render import render_preview
from ui.components.background import TASKS, Kind, Task
from ui.components.link_memory import rerun_page
from ui.components.pictures import show_picture
from ui.components.watch import current_session, is_open_session
from ui.shell.page import Page

_KIND = Kind("living page", maximum=8, refusals=(KeyError, ValueError), failed="The page cannot be set.")
_LAST = "living-page"  # in the session: what was shown last, and of what
_Pages = list[bytes]


def show_living_brief(page: Page, brief: Brief, product: int | None, version: int | None) -> None:
    """A brief with its edits as it will print; `product` and `version` name the one it is saved as."""
    size = load_paper(page.store, page.actor.name)
    subject = (_write(asdict(brief)), product, version, size, page.store.path, page.store.data_version())
    work = partial(_set_brief, page.store, brief, product, version, size)
    _show(subject, work, f"brief {product}" if product else "a draft brief")


def show_living_paper(page: Page, paper: Paper) -> None:
    """A product of sections with its edits as it will print."""
    size = load_paper(page.store, page.actor.name)
    titles = tuple(title for title, _ in paper.drawings)
    subject = (paper.title, paper.handling, paper.reference, _write(dict(paper.sections)), titles, size)
    _show(subject, partial(_set_paper, paper, size), paper.reference)


def _show(subject: tuple[Any, ...], work: Callable[[Progress, IsCancelled], _Pages], what: str) -> None:
    """The newest page there is, the former one until the next is set."""
    task = TASKS.ask(_KIND, subject, work, session=current_session(), is_open=is_open_session)
    if task.wait(0.25) and task.has_succeeded:
        st.session_state[_LAST] = (what, task.result)
    elif not task.has_ended:
        _await(task)
    shown, pages = st.session_state.get(_LAST, ("", []))
    if task.has_ended and not task.has_succeeded:
        st.error(task.failure or "The page cannot be set.")
    elif shown == what:
        for number, image in enumerate(pages, 1):
            place = "First page" if number == 1 else f"Page {number}"
            show_picture(image, f"{place} of {what}", "stretch")
    else:
        st.caption("Setting the page …")


@st.fragment(run_every=0.3)
def _await(task: Task[Any]) -> None:
    """Draw the page again once it is set."""
    if task.has_ended:
        rerun_page()


def _set_brief(
    store: Store,
    brief: Brief,
    product: int | None,
    version: int | None,
    size: PaperSize,
    progress: Progress,
    is_cancelled: IsCancelled,
) -> _Pages:
    progress("Drawing", 0.2)
    drawings = _drawings(store, store.data_version(), tuple(brief.finding_ids), product, version)
    dossier = gather_dossier(store, brief, product, version, drawings=list(drawings))
    progress("Setting", 0.6)
    return render_preview(dossier, size)


@lru_cache(maxsize=8)
def _drawings(
    store: Store, data_version: int, finding_ids: tuple[int, ...], product: int | None, version: int | None
) -> tuple[Drawing, ...]:
    """The maps and charts, which no edit of a text changes."""
    return tuple(draw_findings(store, list(finding_ids), product, version))


def _set_paper(paper: Paper, size: PaperSize, progress: Progress, is_cancelled: IsCancelled) -> _Pages:
    progress("Setting", 0.5)
    return print_preview(paper, size)


def _write(texts: dict[str, Any]) -> str:
    return repr(sorted(texts.items()))
