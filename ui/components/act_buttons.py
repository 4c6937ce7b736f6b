"""Buttons of acts: whoever may not do the act sees the button disabled, with the reason in its tooltip."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.oversight import may
from ui.components.text import plain
from ui.shell.page import Page


def act_button(page: Page, act: str, label: str, *, place: DeltaGenerator | None = None, **look: Any) -> bool:
    """Streamlit's button, for an act; whether it was pressed."""
    return bool((place or st).button(label, **_look(page, act, look)))


def submit_act(page: Page, act: str, label: str, *, place: DeltaGenerator | None = None, **look: Any) -> bool:
    """The button that submits a form, for an act; whether it was pressed."""
    return bool((place or st).form_submit_button(label, **_look(page, act, look)))


def _look(page: Page, act: str, look: dict[str, Any]) -> dict[str, Any]:
    permission = may(page.actor, act)
    return look if permission else look | {"disabled": True, "help": plain(permission.why)}
