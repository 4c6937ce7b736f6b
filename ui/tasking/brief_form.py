"""The parts of a brief under edit, in the order in which page one says them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from analytics.tasking.brief import BRIEF_PARTS
from analytics.tasking.readiness import MissingPart
from ui.components.text import DAY_INPUT, plain
from ui.components.typing import focus_on
from ui.tasking.steps import BRIEF_STEP, go_to_step

LABELS = {"title": "Title"} | BRIEF_PARTS | {"handling": "Handling"}
_GROUPS = {
    "The ask": (
        "title",
        "action",
        "owner",
        "hours",
        "due",
        "agency",
        "contact",
        "prevention",
        "intelligence",
        "enforcement",
    ),
    "What, where and when": ("what", "where", "why_now", "when", "who_is_responsible"),
    "How sure": ("how_sure", "alternatives"),
    "Risks and victims": ("risks", "who_is_harmed", "victims_safety", "legal_basis"),
    "Afterwards": ("resources", "measure_of_success", "review_date", "handling"),
}
_LINES = ("title", "owner", "hours", "agency", "contact", "handling")
_DATES = ("due", "review_date")
_PAIRS = (("owner", "hours"), ("due", "agency"), ("review_date", "handling"))


def edit_parts(name: str, saved: Mapping[str, str]) -> dict[str, str]:
    """Every part as edited. `name` is the draft's own: the same name shows the same unsaved texts again."""
    fresh = st.session_state.pop(f"forget-{name}", False)
    edited = {}
    for title, fields in _GROUPS.items():
        st.markdown(f"**{title}**")
        places = {field: st.container() for field in fields}
        for pair in _PAIRS:
            if pair[0] in fields:
                places |= dict(zip(pair, places[pair[0]].columns(2), strict=True))
        for field in fields:
            with places[field]:
                edited[field] = _edit(f"draft-{name}-{field}", field, saved[field], fresh=fresh)
    return {field: edited[field] for field in LABELS}


def _edit(key: str, field: str, text: str, *, fresh: bool) -> str:
    """One part: a day, a line that is taken over as one types, or a text."""
    if fresh or key not in st.session_state:
        st.session_state[key] = _read_day(text) if field in _DATES else text
    if field in _DATES:
        day = st.date_input(LABELS[field], key=key, persist_state="session", format=DAY_INPUT)
        return day.isoformat() if isinstance(day, date) else ""
    if field in _LINES:
        return st.text_input(LABELS[field], key=key, persist_state="session", live="500ms") or ""
    height = 68 if len(text) < 90 else 110 if len(text) < 260 else 170
    return st.text_area(LABELS[field], key=key, height=height, persist_state="session") or ""


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _lead_to(key: str) -> None:
    go_to_step(BRIEF_STEP)
    focus_on(key)


def list_jumps(name: str, missing: list[MissingPart]) -> None:
    """What keeps a brief from being ready, each entry leading to its field."""
    if not missing:
        st.success("Ready.", icon=":material/task_alt:")
        return
    count = "1 part is" if len(missing) == 1 else f"{len(missing)} parts are"
    st.warning(f"Not ready: {count} missing. Choose one to write it.", icon=":material/pending_actions:")
    for part in missing:
        st.button(
            plain(part.words),
            key=f"jump-{name}-{part.field}",
            type="tertiary",
            icon=":material/subdirectory_arrow_right:",
            on_click=_lead_to,
            args=(f"draft-{name}-{part.field}",),
        )
