"""Which exercise the page is about."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from analytics.shared.wording import counted, write_day, write_moment
from analytics.training.exercise.paths import exercises_folder, list_exercises
from analytics.training.exercise.state import Exercise, ExerciseRefused, Phase, read_exercise
from ui.components.address import change_address, choice_of_address
from ui.components.text import plain

_PHASES: dict[Phase, str] = {
    "made": "ready to start",
    "running": "running",
    "paused": "paused",
    "revealed": "revealed",
    "ended": "ended",
}


def choose_exercise() -> Path | None:
    """The folder of the chosen exercise, the latest first; None, said in words, where there is none."""
    folders = list_exercises()
    if not folders:
        st.text("No exercise has been made on this machine yet.")
        st.button(
            "Prepare an exercise",
            icon=":material/edit_calendar:",
            type="primary",
            on_click=partial(change_address, tab=None),
        )
        st.caption(plain(f"Exercises lie in {exercises_folder()}."))
        return None
    known = {folder.name: folder for folder in folders}
    names = list(known)
    name = st.selectbox(
        "Exercise",
        names,
        format_func=lambda name: _write_title(known[name]),
        **choice_of_address("exercise", names, names[0]),
    )
    try:
        read_exercise(known[name])
    except ExerciseRefused as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    return known[name]


def _write_title(folder: Path) -> str:
    """What the exercise is, when it was made and how it stands; the folder where it cannot be read."""
    try:
        exercise = read_exercise(folder)
    except ExerciseRefused:
        return folder.name
    return f"{exercise.plan.title}, made {write_moment(exercise.made_at)} UTC, {_PHASES[exercise.phase]}"


def show_state(exercise: Exercise) -> None:
    """What the exercise is and how it stands; EXERCISE first."""
    st.markdown(f":orange[**EXERCISE**] **{plain(exercise.plan.title)}** · {_PHASES[exercise.phase]}")
    clock = exercise.plan.clock
    of_days = f" of {clock.days}" if clock.days else ""
    day = f"Day {exercise.day}{of_days}" if clock.days or exercise.day else "All on one day"
    teams = f"{counted(len(exercise.teams), 'team')}: {', '.join(exercise.teams)}"
    st.text(f"{day} · {write_day(exercise.today)} · {teams}")
    if not exercise.is_genuine():
        st.error("The plan or the digests are not those that were signed before the start.")
