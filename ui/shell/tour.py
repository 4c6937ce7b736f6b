"""The tour: seven steps over real pages, for a newcomer, for a trainer, or to show a room. It can be left and
resumed."""

from __future__ import annotations

from functools import cache
from typing import NotRequired

import streamlit as st
from typing_extensions import TypedDict  # pydantic on Python 3.11 cannot read one of typing

from analytics.figures.theme import theme
from analytics.oversight import Actor
from analytics.oversight.visibility import see_store
from analytics.reference import reference_file
from analytics.shared.schema import read_toml
from analytics.store import Store, UnusableStore, open_store
from analytics.store.preferences import load_preference, save_preference
from ui.components.text import plain
from ui.shell.pages import page_path

TOURS = {"newcomer": "Tour for newcomers", "trainer": "Tour for trainers"}
_DEMONSTRATION = {"demonstration": "Proactive investigation in seven steps"}  # begun on the page *Training*
_TITLES = TOURS | _DEMONSTRATION
_KEY, _PLACE = "tour", "tour-place"  # the link's key and the preference; what this session shows


class TourStep(TypedDict):
    """One step of `data/tour.toml`, which says what each key means."""

    page: str
    query: NotRequired[dict[str, str]]
    title: str
    see: str
    do: str
    notes: NotRequired[str]


@cache
def read_tours() -> dict[str, list[TourStep]]:
    """The steps of each tour. Raises InvalidFile."""
    return read_toml(reference_file("tour.toml"), dict[str, list[TourStep]])


def offer_tours(store: Store, actor: Actor) -> None:
    """Buttons that begin a tour, or go on with the one that was left."""
    left = _read_place(load_preference(store, actor.name, _KEY, ""))
    with st.container(horizontal=True):
        if left is not None and left[1] > 0:
            name, step = left
            if st.button(f"Resume at step {step + 1}", icon=":material/resume:", type="primary"):
                _go(store, actor, name, step)
        for name, label in TOURS.items():
            if st.button(label, icon=":material/tour:"):
                _go(store, actor, name, 0)


def show_tour(actor: Actor) -> None:
    """The present step as a small panel over the page, where a tour is under way."""
    if (linked := _read_place(st.query_params.get(_KEY, ""))) is not None:
        del st.query_params[_KEY]
        st.session_state[_PLACE] = linked
    if (place := st.session_state.get(_PLACE)) is None:
        return
    try:
        store = see_store(open_store(), actor)
    except UnusableStore:  # the page says so
        return
    name, number = place
    steps = read_tours()[name]
    step = steps[number]
    st.html(_style())
    with st.container(key="tour", border=True, gap="small"):
        st.caption(f"{_TITLES[name]} · step {number + 1} of {len(steps)}")
        st.markdown(f"**{step['title']}**")
        st.text(f"{step['see']} {step['do']}")
        if notes := step.get("notes"):
            _show_notes(notes)
        with st.container(horizontal=True):
            if st.button("Back", key="tour-back", disabled=number == 0, type="tertiary"):
                _go(store, actor, name, number - 1)
            leaving = st.button("Leave", key="tour-leave", type="tertiary", shortcut="Esc")
            if number + 1 < len(steps):
                if st.button("Next", key="tour-next", type="primary"):
                    _go(store, actor, name, number + 1)
            elif st.button("Finish", key="tour-finish", type="primary"):
                _leave(store, actor, "")
        if leaving:
            _leave(store, actor, _write_place(name, number))


def _show_notes(notes: str) -> None:
    """The presenter's notes, until the room should see the page alone."""
    if st.toggle("Presenter's notes", value=True, key="tour-notes"):
        st.info(plain(notes))


def begin_tour(store: Store, actor: Actor, name: str, number: int = 0) -> None:
    """Open the page of a step (from 0) of a tour."""
    _go(store, actor, name, number)


def forget_tour() -> None:
    """End the tour of this session, because what it shows is gone."""
    st.session_state.pop(_PLACE, None)


def _go(store: Store, actor: Actor, name: str, number: int) -> None:
    """Open the page of a step, in the state of its link."""
    st.session_state[_PLACE] = name, number
    save_preference(store, actor.name, _KEY, _write_place(name, number))
    step = read_tours()[name][number]
    for key in step.get("query", {}):  # what a page before chose under the same name would stand in the link
        st.session_state.pop(key, None)
    st.switch_page(
        page_path(step["page"]), query_params=step.get("query", {}) | {_KEY: _write_place(name, number)}
    )


def _leave(store: Store, actor: Actor, resume_at: str) -> None:
    forget_tour()
    save_preference(store, actor.name, _KEY, resume_at)
    st.rerun()


def _write_place(name: str, number: int) -> str:
    return f"{name}-{number + 1}"


def _read_place(text: str) -> tuple[str, int] | None:
    """The tour and step (from 0) that a link or a preference names; None where there is no such step."""
    name, _, number = text.partition("-")
    if name not in read_tours() or not (number.isascii() and number.isdigit()):
        return None
    return (name, int(number) - 1) if 0 < int(number) <= len(read_tours()[name]) else None


def _style() -> str:
    colours = theme(dark=st.context.theme.type == "dark")
    return (
        "<style>.st-key-tour{position:fixed;right:1rem;bottom:1rem;width:22rem;z-index:999990;"
        f"background:{colours.background};"
        "box-shadow:0 4px 18px color-mix(in srgb, black 25%, transparent)}</style>"
    )
