"""The trainer's guide, step by step in words that wrap at every width, and where the clock stands in it."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from analytics.training.exercise.plan import ExercisePlan, GuideStep
from ui.components.text import plain

_WIDTHS = (2, 3, 3, 3)
_TITLES = ("Step", "The teams", "You", "What usually goes wrong")


def show_guide(plan: ExercisePlan) -> None:
    """Every step: when it is, what the teams and the trainer do, what usually goes wrong."""
    for place, title in zip(st.columns(_WIDTHS), _TITLES, strict=True):
        place.caption(title)
    for number, (first, last, step) in enumerate(list_steps(plan), 1):
        name, teams, trainer, wrong = st.columns(_WIDTHS)
        name.markdown(f"**{number}. {plain(step.title)}**  \nminutes {first} to {last}")
        teams.markdown(plain(step.teams))
        trainer.markdown(plain(step.trainer))
        wrong.markdown(plain(step.goes_wrong))


def show_step_now(plan: ExercisePlan, minutes: float) -> None:
    """The step at which the guide is after so many minutes of the clock."""
    steps = list(list_steps(plan))
    number, (first, last, step) = next(
        ((number, each) for number, each in enumerate(steps, 1) if minutes < each[1]),
        (len(steps), steps[-1]),
    )
    st.markdown(
        f"**By the guide: step {number} of {len(steps)}, {plain(step.title)}** · minutes {first} to {last}"
    )
    st.caption(f"The teams: {plain(step.teams)}")
    st.caption(f"You: {plain(step.trainer)}")


def list_steps(plan: ExercisePlan) -> Iterator[tuple[int, int, GuideStep]]:
    """Each step with the minute at which it begins and that at which it ends."""
    begin = 0
    for step in plan.guide:
        yield begin, begin + step.minutes, step
        begin += step.minutes
