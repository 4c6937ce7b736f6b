"""What the trainer does from the page: done where allowed, else said in words."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.oversight import may
from analytics.shared.schema import InvalidFile
from analytics.store import UnusableStore
from analytics.training.exercise.orders import OrderFailed
from analytics.training.exercise.state import ExerciseRefused
from analytics.training.exercise.vault import SealBroken
from ui.components.text import plain
from ui.shell.page import Page

_REFUSALS = (ExerciseRefused, OrderFailed, SealBroken, InvalidFile, UnusableStore, OSError)


def may_run(page: Page) -> bool:
    """Whether whoever looks may run exercises; says why not."""
    permission = may(page.actor, "run exercise")
    if not permission:
        st.caption(f":material/lock: {plain(permission.why)}")
    return bool(permission)


def act_on(page: Page, act: Callable[[], object], doing: str) -> bool:
    """Do what a button asks of an exercise; what is refused is said. Returns whether it was done."""
    if not may_run(page):
        return False
    try:
        with st.spinner(f"{doing} …"):
            act()
    except _REFUSALS as error:
        st.error(plain(str(error)), icon=":material/error:")
        return False
    return True


def act_then_rerun(page: Page, act: Callable[[], object], doing: str) -> None:
    """The same; what was done is then on the page."""
    if act_on(page, act, doing):
        st.rerun()
