"""Choose a ready-made exercise, read its guide, make it."""

from __future__ import annotations

import re

import streamlit as st

from analytics.shared.wording import counted
from analytics.store import now
from analytics.training.exercise.making import make_exercise
from analytics.training.exercise.paths import exercises_folder
from analytics.training.exercise.plan import ExercisePlan, list_plans
from ui.components.address import change_address, choice_of_address
from ui.components.text import plain
from ui.shell.page import Page
from ui.training.acting import act_on, may_run
from ui.training.guide import show_guide
from ui.training.injects import write_when, write_words


def show_preparation(page: Page) -> None:
    """The plans, the chosen one's guide, and the form that makes it."""
    plans = {plan.code: plan for plan in list_plans()}
    if not plans:
        st.text("No ready-made exercise ships with this Achilles.")
        return
    codes = list(plans)
    code = st.selectbox(
        "Ready-made exercise",
        codes,
        format_func=lambda code: f"{plans[code].title} ({_write_length(plans[code])})",
        **choice_of_address("plan", codes, codes[0]),
    )
    plan = plans[code]
    _show_plan(plan)
    if may_run(page):
        _ask_making(page, plan)


def _show_plan(plan: ExercisePlan) -> None:
    st.text(plan.aim)
    facts = [
        _write_length(plan),
        f"{counted(plan.clock.days, 'scenario day')}, {plan.clock.step_days} at a time"
        if plan.clock.days
        else "all on one day",
        f"difficulty {plan.level} of 5",
        f"{counted(len(plan.roles), 'browser')} a team: {', '.join(role.label for role in plan.roles)}",
    ]
    st.caption(plain(" · ".join(facts)))
    st.caption(plain(f"Teaches: {plan.doctrine}"))
    with st.expander("The task, as the teams are given it"):
        st.text(plan.task)
    with st.expander(f"Trainer's guide: {counted(len(plan.guide), 'step')}", expanded=True):
        show_guide(plan)
    _show_help(plan)


def _show_help(plan: ExercisePlan) -> None:
    """What will happen to the teams, and what the trainer can tell them: read before the class."""
    if not plan.injects and not plan.hints:
        return
    numbers = f"{counted(len(plan.injects), 'inject')}, {counted(len(plan.hints), 'hint')}"
    with st.expander(f"What happens to the teams, and how you can help: {numbers}"):
        for inject in plan.injects:
            st.markdown(f"**{plain(inject.title)}** · {plain(inject.kind)} · {write_when(inject)}")
            st.caption(write_words(inject))
        for hint in sorted(plan.hints, key=lambda hint: hint.step):
            st.markdown(f"**Hint at step {hint.step}** · {plain(hint.text)}")


def _ask_making(page: Page, plan: ExercisePlan) -> None:
    with st.form("make-exercise"):
        teams = st.text_input("Teams, with commas between", ", ".join(plan.teams), max_chars=300)
        seed = st.text_input(
            "Seed of your own (leave it empty: it is drawn at random and sealed)", max_chars=18
        )
        st.caption(
            "This draws the city, seals what is planted in it and makes a store for each team. It takes half "
            "a minute for two teams, some seconds more for each other. You start it on Run."
        )
        asked = st.form_submit_button("Make the exercise", type="primary")
    if not asked:
        return
    names = [name.strip() for name in teams.split(",") if name.strip()]
    if seed.strip() and not re.fullmatch(r"[0-9]+", seed.strip()):
        st.error("A seed is a whole number.", icon=":material/error:")
        return
    folder = exercises_folder() / f"{re.sub(r'[^0-9]', '', now().isoformat(timespec='seconds'))}-{plan.code}"
    bar = st.progress(0.0)

    def show_step(step: str, share: float, /) -> None:
        bar.progress(share, text=plain(step))

    made = act_on(
        page,
        lambda: make_exercise(
            plan,
            folder,
            page.actor,
            teams=names,
            seed=int(seed) if seed.strip() else None,
            progress=show_step,
        ),
        "Making the city and the teams' stores",
    )
    bar.empty()
    if made:
        change_address(tab="Run", exercise=folder.name)
        st.rerun()


def _write_length(plan: ExercisePlan) -> str:
    minutes = plan.clock.minutes
    if minutes < 180:
        return counted(minutes, "minute")
    return counted(round(minutes / 60), "hour")
