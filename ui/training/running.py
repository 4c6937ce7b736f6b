"""An exercise under way: the clock, the teams, injects, hints, and the way back."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analytics.oversight.exercise import EXERCISE, mark_name
from analytics.shared.wording import counted, write_day
from analytics.store import true_now
from analytics.training.exercise.classroom import (
    LOOPBACK,
    is_conducted,
    list_links,
    open_classrooms,
    start_class,
    write_hand_out,
)
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
from ui.components.exporting import download_button
from ui.components.text import DAY_FORMAT, MOMENT_FORMAT, plain
from ui.shell.page import Page
from ui.training.acting import act_then_rerun
from ui.training.choosing import show_state
from ui.training.guide import show_guide, show_step_now
from ui.training.injects import ask_own_inject, show_injects

_EVERY = "15s"
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}")


def show_running(page: Page, folder: Path) -> None:
    """Everything the trainer needs while the class works."""
    exercise = read_exercise(folder)
    _show_clock(page, folder)
    _show_way_to_end(page, folder, exercise)
    _show_links(page, folder, exercise)
    with st.expander("The task, and the trainer's guide", expanded=exercise.phase == "made"):
        st.text(exercise.plan.task)
        show_guide(exercise.plan)
    if exercise.phase == "made":
        return
    _show_teams(page, folder)
    if exercise.phase in ("running", "paused"):
        ask_own_inject(page, folder, exercise)
    _show_hints(page, folder, exercise)
    _show_way_back(page, folder, exercise)
    _show_acts(folder)


@st.fragment(run_every=_EVERY)
def _show_clock(page: Page, folder: Path) -> None:
    """How the exercise stands, where the guide is, and the clock's buttons; read again every few seconds."""
    exercise = read_exercise(folder)
    show_state(exercise)
    clock = exercise.plan.clock
    run = exercise.count_minutes(true_now())
    over = ": its time is over. Go to Debrief" if run >= clock.minutes else ""
    ran = min(run, clock.minutes)
    st.text(f"{ran:.0f} of {counted(clock.minutes, 'minute')} by the exercise's clock{over}")
    if exercise.phase in ("running", "paused"):
        show_step_now(exercise.plan, run)
    if exercise.phase in ("running", "paused", "revealed") and not is_conducted(folder):
        _offer_apps(page, folder, exercise)
    if exercise.phase == "made":
        _ask_start(page, folder)
        return
    with st.container(horizontal=True):
        if exercise.phase == "paused" and st.button("Resume", type="primary", icon=":material/play_arrow:"):
            act_then_rerun(page, lambda: start_class(folder, page.actor), "Starting")
        if exercise.phase == "running" and st.button("Pause", icon=":material/pause:"):
            act_then_rerun(page, lambda: pause_exercise(folder, page.actor), "Pausing")
        if exercise.phase in ("running", "paused") and clock.days:
            label = f"Let {counted(clock.step_days, 'day')} pass"
            if st.button(label, icon=":material/fast_forward:"):
                act_then_rerun(page, lambda: advance_exercise(folder, page.actor), label)
    if exercise.phase == "paused":
        st.caption("The clock stands, and no inject comes by itself. The teams can work on.")


def _ask_start(page: Page, folder: Path) -> None:
    host = st.text_input(
        "Name or address of this machine, as the teams' browsers type it",
        LOOPBACK,
        max_chars=253,
        help=f"{LOOPBACK} is this machine alone. Other machines need its name or address on your network.",
    ).strip()
    st.caption(
        "Each team's app opens, and its links stand here to be handed out. The clock runs from then on."
    )
    if not st.button("Start", type="primary", icon=":material/play_arrow:"):
        return
    if not _HOST.fullmatch(host):
        st.error("A name or address has letters, digits, points and hyphens.", icon=":material/error:")
        return
    act_then_rerun(
        page,
        lambda: start_class(folder, page.actor, host=host),
        "Opening the teams' apps: some seconds for each",
    )


def _offer_apps(page: Page, folder: Path, exercise: Exercise) -> None:
    waits = (
        "" if exercise.opened else " The clock and injects by day and condition wait until the apps are open."
    )
    st.warning(f"The teams' apps are closed. Their links stay the same.{waits}", icon=":material/power_off:")
    if st.button("Open the teams' apps"):
        act_then_rerun(page, lambda: _reopen(page, folder, exercise), "Opening")


def _show_way_to_end(page: Page, folder: Path, exercise: Exercise) -> None:
    """End it, with what cannot be done afterwards."""
    if exercise.phase == "ended":
        st.text("It has ended: the teams' apps are closed. Scores and paper stay on Debrief.")
        st.caption(plain(f"Its folder is {folder}."))
    if exercise.phase in ("made", "ended"):
        return
    with st.expander("End the exercise"):
        st.text("The teams' apps close for good. What each team saved stays in the folder of the exercise.")
        if not exercise.opened:
            st.text("The truth has not been revealed, and cannot be afterwards: reveal it on Debrief first.")
        sure = st.checkbox("Close every team's app")
        if st.button("End", icon=":material/stop:", disabled=not sure):
            act_then_rerun(page, lambda: end_exercise(folder, page.actor), "Ending")


def _show_links(page: Page, folder: Path, exercise: Exercise) -> None:
    """The links to hand out; whoever has one is in that seat."""
    links = list_links(folder)
    if not links or exercise.phase == "ended":
        return
    with st.expander("Links to hand out", expanded=exercise.day == 0):
        st.caption(
            "One link a person: whoever opens it sits in that seat. In a browser that has another seat open, "
            "use a private window. The first page of an app takes a while to open."
        )
        if f"//{LOOPBACK}:" in links[0].address:
            st.caption("These links open on this machine alone.")
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
        download_button(
            page,
            "run exercise",
            "Download the hand-out",
            write_hand_out(exercise, links),
            mark_name(f"{folder.name}-hand-out.txt", EXERCISE),
            "text/plain",
            icon=":material/download:",
            help="The task and the link of each seat, to be printed or sent.",
        )


def _reopen(page: Page, folder: Path, exercise: Exercise) -> None:
    """The apps alone while the clock is paused; else the clock goes on with them."""
    if exercise.phase == "paused":
        open_classrooms(folder)
    else:
        start_class(folder, page.actor)


@st.fragment(run_every=_EVERY)
def _show_teams(page: Page, folder: Path) -> None:
    """What each team has saved and last done, and how each inject stands; read again every few seconds."""
    exercise = read_exercise(folder)
    st.subheader("Teams")
    seen = {team: _look(folder, exercise, team) for team in exercise.teams}
    rows: list[dict[str, Any]] = []
    for team, look in seen.items():
        if look is None:
            st.caption(plain(f"{team}: its app does not answer yet. It is starting, or busy."))
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
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True)
    for team, look in seen.items():
        if look:
            _show_team(team, look)
    show_injects(page, folder, exercise, {team: look["first"] for team, look in seen.items() if look})


def _show_team(team: str, look: dict[str, Any]) -> None:
    with st.expander(plain(f"{team}: what it wrote and looked at")):
        if look["latest"]:
            saved = pd.DataFrame(look["latest"])[["kind", "title", "at"]]
            st.dataframe(
                saved.assign(at=pd.to_datetime(saved["at"], format="ISO8601")),
                hide_index=True,
                column_config={
                    "kind": "Kind",
                    "title": st.column_config.TextColumn("Title", width="large"),
                    "at": st.column_config.DateColumn("Day of the exercise", format=DAY_FORMAT),
                },
            )
        else:
            st.caption("No finding and no brief yet.")
        if look["acts"]:
            acts = pd.DataFrame(look["acts"])
            st.dataframe(
                acts.assign(last=pd.to_datetime(acts["last"], format="ISO8601")),
                hide_index=True,
                column_config={
                    "actor": "Who",
                    "act": "Act",
                    "n": "Times",
                    "last": st.column_config.DatetimeColumn("Last (UTC)", format=MOMENT_FORMAT),
                },
            )


def _look(folder: Path, exercise: Exercise, team: str) -> dict[str, Any] | None:
    try:
        return send_order(team_store(folder, team), Order(act="look", today=exercise.today))
    except (OrderFailed, RuntimeError):
        return None


def _show_hints(page: Page, folder: Path, exercise: Exercise) -> None:
    if not exercise.plan.hints:
        return
    st.subheader("Hints")
    st.caption(
        "Say a hint to the team yourself, the gentlest first: nothing appears on its screen. The button "
        "notes in your acts who was helped."
    )
    for hint in sorted(exercise.plan.hints, key=lambda hint: hint.step):
        given = sorted({item.team for item in exercise.hints if item.code == hint.code})
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Step {hint.step}: {hint.text}")
            if given:
                st.caption(plain(f"Given to {', '.join(given)}"))
            for team in exercise.teams:
                if team in given or exercise.phase not in ("running", "paused"):
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
