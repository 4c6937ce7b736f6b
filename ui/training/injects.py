"""The injects of an exercise: due, held and sent, and the trainer's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import streamlit as st

from analytics.shared.schema import check
from analytics.training.exercise.injects import (
    InjectState,
    add_inject,
    hold_inject,
    list_injects,
    send_inject,
)
from analytics.training.exercise.plan import Inject, InjectKind
from analytics.training.exercise.state import Exercise
from ui.components.text import plain
from ui.shell.page import Page
from ui.training.acting import act_then_rerun

_ICONS = {
    "due": ":material/notifications_active:",
    "held": ":material/pause_circle:",
    "sent": ":material/check:",
}


def show_injects(
    page: Page, folder: Path, exercise: Exercise, firsts: Mapping[str, Mapping[str, str | None]]
) -> None:
    """Each inject with what it waits for and how it stands for the teams."""
    st.subheader("Injects")
    st.caption(
        "A report, a call and a lost source reach a team as a report on Reports & findings, a question or "
        "request as a requirement on Collection, new files as rows. They come by themselves while the clock "
        "runs."
    )
    states = list_injects(exercise, firsts)
    for inject in exercise.injects:
        _show_inject(page, folder, exercise, inject, [s for s in states if s.inject.code == inject.code])


def _show_inject(
    page: Page, folder: Path, exercise: Exercise, inject: Inject, states: list[InjectState]
) -> None:
    standing = "; ".join(f"{state.team}: {state.standing}" for state in states)
    icon = next((_ICONS[state.standing] for state in states if state.standing in _ICONS), "")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{icon} **{plain(inject.title)}** · {plain(inject.kind)} · {write_when(inject)}")
        st.caption(plain(standing))
        _show_buttons(page, folder, exercise, inject, states)
    st.caption(write_words(inject))


def _show_buttons(
    page: Page, folder: Path, exercise: Exercise, inject: Inject, states: list[InjectState]
) -> None:
    if exercise.phase not in ("running", "paused") or all(s.standing == "sent" for s in states):
        return
    stopped = inject.code in exercise.stopped
    if st.button("Send now", key=f"send-{inject.code}", type="tertiary"):
        act_then_rerun(page, lambda: send_inject(folder, page.actor, inject.code), "Sending")
    if st.button("Release" if stopped else "Hold", key=f"hold-{inject.code}", type="tertiary"):
        act_then_rerun(page, lambda: hold_inject(folder, page.actor, inject.code, stop=not stopped), "Noting")


def write_when(inject: Inject) -> str:
    """When an inject comes by itself."""
    parts = [] if inject.day is None else [f"on day {inject.day}"]
    if inject.after:
        parts.append(f"after a team's first {inject.after}")
    return " and ".join(parts) or "when you send it"


def write_words(inject: Inject) -> str:
    """What an inject tells the teams, and what it brings or takes, for a caption."""
    words = [f"“{plain(inject.text)}”"] if inject.text else []
    if inject.tables:
        does = "No longer recorded" if inject.kind == "source lost" else "Brings"
        words.append(f"{does}: {', '.join(inject.tables)}.")
    if "{" in inject.text:
        words.append("What stands in braces is filled in from what was planted when it is sent.")
    return " ".join(words)


def ask_own_inject(page: Page, folder: Path, exercise: Exercise) -> None:
    """The form of an inject that the trainer adds."""
    with st.expander("An inject of your own"), st.form("own-inject", clear_on_submit=True):
        st.caption("It stands among the injects then; every team gets it when you send it, or on its day.")
        kinds = [kind for kind in get_args(InjectKind) if kind != "new files"]
        kind = st.selectbox("Kind", kinds)
        title = st.text_input("Title", max_chars=120)
        text = st.text_area("Words", max_chars=2000)
        days = exercise.plan.clock.days
        day = st.number_input("Scenario day (0: when you send it)", 0, days, value=0) if days else 0
        if not st.form_submit_button("Add it"):
            return
        code = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:30] or "own"
        content = {"code": f"{code}-{len(exercise.added) + 1}", "kind": kind, "title": title, "text": text}
        if day:
            content["day"] = int(day)
        act_then_rerun(
            page, lambda: add_inject(folder, page.actor, check(content, Inject, "inject")), "Adding"
        )
