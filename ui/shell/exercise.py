"""The mark of what is invented, at the head of every page, and the way to take it out of the store."""

from __future__ import annotations

import streamlit as st

from analytics.oversight import Actor, may
from analytics.shared.wording import counted, write_day
from analytics.store import Store, exercise_day
from analytics.training.exercise.revealed import read_task
from analytics.training.removal import has_invented, remove_invented
from analytics.training.settings import read_settings
from ui.shell.tour import forget_tour, offer_tours

_CITY = ":orange[· invented city Vellmouth]"  # where there is room


def exercise_mark(store: Store, actor: Actor) -> None:
    """Where the store has the invented city: the mark, behind which it is explained, shown and removed."""
    if not has_invented(store):
        return
    last = write_day(read_settings()["period"]["last_day"])
    day = exercise_day()
    mark = f"EXERCISE · {write_day(day)}" if day else "EXERCISE"
    with st.popover(
        f":orange[**{mark}**] {_CITY}", type="tertiary", icon=":material/school:", key="exercise"
    ):
        st.text(
            "Vellmouth is made up for practice: its streets, its crime, its trade and its unit's work. "
            "No place, person or number in it is real."
        )
        st.text(
            f"In this exercise it is {write_day(day)}, and everything here counts from that day. Only the "
            "audit trail has the real dates."
            if day
            else f"Its records end on {last}, and its unit decided in that year. Only the audit trail has "
            "the real dates."
        )
        if (task := read_task()) is not None:
            st.text(f"Your task: {task}")
        offer_tours(store, actor)
        if may(actor, "remove invented city") and st.toggle(
            "Remove the invented city …", key="remove-invented"
        ):
            _confirm_removal(store, actor)


def _confirm_removal(store: Store, actor: Actor) -> None:
    st.warning(
        "Its records go, and every finding, brief, meeting, action and result that is about it alone, yours "
        "too. What you imported stays. The audit trail says what went. This cannot be undone.",
        icon=":material/delete:",
    )
    if st.button("Remove it", type="primary"):
        removed = remove_invented(store, actor)
        forget_tour()
        said = ", ".join(counted(number, kind) for kind, number in removed.items())
        st.toast(f"Removed: {said}.", icon=":material/check:")
        st.rerun()
