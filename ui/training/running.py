"""An exercise under way: the clock, the teams, injects, hints, and the way back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analytics.shared.wording import counted, write_day
from analytics.store import true_now
from analytics.training.exercise.classroom import is_conducted, list_links, open_classrooms, start_class
from analytics.training.exercise.orders import Order, OrderFailed, send_order
from analytics.training.exercise.paths import list_snapshots, team_store
from analytics.training.exercise.running import (
    advance_exercise,
    end_exercise,
    give_hint,
    pause_exercise,
    rewind,
)
from analytics.training.exercise.state import Exercise, find_alteration, read_acts, read_exercise
from ui.components.text import plain
from ui.shell.page import Page
from ui.training.acting import act_then_rerun
from ui.training.choosing import show_state
from ui.training.injects import show_injects

_EVERY = "15s"


def show_running(page: Page, folder: Path) -> None:
    """Everything the trainer needs while the class works."""
    exercise = read_exercise(folder)
    show_state(exercise)
    _show_clock(page, folder, exercise)
    _show_links(page, folder, exercise)
    if exercise.phase == "made":
        return
    _show_teams(folder)
    firsts = _read_firsts(folder, exercise)
    show_injects(page, folder, exercise, firsts)
    _show_hints(page, folder, exercise)
    _show_way_back(page, folder, exercise)
    _show_acts(folder)


def _show_clock(page: Page, folder: Path, exercise: Exercise) -> None:
    clock = exercise.plan.clock
    run = exercise.count_minutes(true_now())
    over = ": its time is over" if run >= clock.minutes else ""
    ran = min(run, clock.minutes)
    st.text(f"{ran:.0f} of {counted(clock.minutes, 'minute')} by the exercise's clock{over}")
    with st.container(horizontal=True):
        if exercise.phase in ("made", "paused"):
            label = "Start" if exercise.phase == "made" else "Resume"
            if st.button(label, type="primary", icon=":material/play_arrow:"):
                act_then_rerun(page, lambda: start_class(folder, page.actor), "Starting")
        if exercise.phase == "running" and st.button("Pause", icon=":material/pause:"):
            act_then_rerun(page, lambda: pause_exercise(folder, page.actor), "Pausing")
        if exercise.phase in ("running", "paused") and clock.days:
            label = f"Let {counted(clock.step_days, 'day')} pass"
            if st.button(label, icon=":material/fast_forward:"):
                act_then_rerun(page, lambda: advance_exercise(folder, page.actor), label)
        if exercise.phase in ("paused", "revealed") and st.button("End", icon=":material/stop:"):
            act_then_rerun(page, lambda: end_exercise(folder, page.actor), "Ending")


def _show_links(page: Page, folder: Path, exercise: Exercise) -> None:
    """The links to hand out; whoever has one is in that seat."""
    links = list_links(folder)
    if exercise.phase == "made":
        st.caption("Start the exercise: each team's app opens, and its links stand here to be handed out.")
    if exercise.phase in ("running", "paused") and not is_conducted(folder):
        st.warning(
            "The teams' apps are closed. Their links stay the same; the clock and injects by day and "
            "condition wait until the apps are open.",
            icon=":material/power_off:",
        )
        if st.button("Open the teams' apps"):
            act_then_rerun(page, lambda: _reopen(page, folder, exercise), "Opening")
    if not links:
        return
    with st.expander("Links to hand out", expanded=exercise.day == 0):
        st.dataframe(
            pd.DataFrame([link.model_dump() for link in links]),
            hide_index=True,
            column_config={
                "team": "Team",
                "label": "Seat",
                "role": "Role",
                "address": st.column_config.TextColumn("Link", width="large"),
            },
        )


def _reopen(page: Page, folder: Path, exercise: Exercise) -> None:
    """The apps alone while the clock is paused; else the clock goes on with them."""
    if exercise.phase == "paused":
        open_classrooms(folder)
    else:
        start_class(folder, page.actor)


@st.fragment(run_every=_EVERY)
def _show_teams(folder: Path) -> None:
    """What each team has saved and last done, read again every few seconds."""
    exercise = read_exercise(folder)
    st.subheader("Teams")
    seen = {team: _look(folder, exercise, team) for team in exercise.teams}
    rows: list[dict[str, Any]] = []
    for team, look in seen.items():
        if look is None:
            rows.append({"Team": team, "Last seen": "its app did not answer"})
            continue
        last = look["recent"][0] if look["recent"] else None
        rows.append(
            {"Team": team}
            | {f"{kind.capitalize()}s": number for kind, number in look["counts"].items()}
            | {
                "Recorded to": write_day(date.fromisoformat(look["recorded_to"]))
                if look["recorded_to"]
                else "",
                "Last act": f"{last['act']} ({last['actor'].removeprefix(f'{team}, ')})"
                if last
                else "none yet",
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    for team, look in seen.items():
        if look:
            _show_team(team, look)


def _show_team(team: str, look: dict[str, Any]) -> None:
    with st.expander(plain(f"{team}: what it wrote and looked at")):
        if look["latest"]:
            st.dataframe(pd.DataFrame(look["latest"])[["kind", "title", "at"]], hide_index=True)
        else:
            st.caption("No finding and no brief yet.")
        if look["acts"]:
            st.dataframe(
                pd.DataFrame(look["acts"]),
                hide_index=True,
                column_config={"actor": "Who", "act": "Act", "n": "Times", "last": "Last (UTC)"},
            )


def _look(folder: Path, exercise: Exercise, team: str) -> dict[str, Any] | None:
    try:
        return send_order(team_store(folder, team), Order(act="look", today=exercise.today))
    except (OrderFailed, RuntimeError):
        return None


def _read_firsts(folder: Path, exercise: Exercise) -> dict[str, dict[str, str | None]]:
    if not any(inject.after for inject in exercise.injects):
        return {}
    looks = {team: _look(folder, exercise, team) for team in exercise.teams}
    return {team: look["first"] for team, look in looks.items() if look}


def _show_hints(page: Page, folder: Path, exercise: Exercise) -> None:
    if not exercise.plan.hints:
        return
    st.subheader("Hints")
    for hint in exercise.plan.hints:
        given = sorted({item.team for item in exercise.hints if item.code == hint.code})
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Step {hint.step}: {hint.text}")
            if given:
                st.caption(plain(f"Given to {', '.join(given)}"))
            for team in exercise.teams:
                if team in given:
                    continue
                if st.button(f"To {plain(team)}", key=f"hint-{hint.code}-{team}", type="tertiary"):
                    _give(page, folder, hint.code, team)


def _give(page: Page, folder: Path, code: str, team: str) -> None:
    act_then_rerun(page, lambda: give_hint(folder, page.actor, code, [team]), "Noting the hint")


def _show_way_back(page: Page, folder: Path, exercise: Exercise) -> None:
    days = list_snapshots(folder, exercise.teams[0])
    if exercise.phase not in ("running", "paused") or len(days) < 2:
        return
    with st.expander("Go back to an earlier day"):
        day = st.selectbox("Scenario day", days, index=len(days) - 2)
        st.text("Every team loses what it did since then, and what you sent since then can be sent again.")
        sure = st.checkbox(f"Take every team back to day {day}")
        if st.button("Go back", disabled=not sure):
            act_then_rerun(page, lambda: rewind(folder, page.actor, int(day)), "Going back")


def _show_acts(folder: Path) -> None:
    with st.expander("Your acts in this exercise"):
        acts = read_acts(folder)
        if alteration := find_alteration(acts):
            st.error(alteration)
        table = pd.DataFrame(acts[::-1])
        about = [name for name in table.columns if name not in ("digest", "sealed")]
        st.dataframe(table[about].astype("string"), hide_index=True)
