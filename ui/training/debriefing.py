"""The class scored, the truth opened, and what could have been known against what was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analytics.oversight.exercise import EXERCISE, mark_name
from analytics.shared.wording import counted, write_moment
from analytics.training.exercise.debrief import (
    list_earlier_exercises,
    list_earlier_scores,
    score_teams,
    write_class_report,
)
from analytics.training.exercise.paths import list_exercises
from analytics.training.exercise.revealed import TITLES
from analytics.training.exercise.running import reveal_exercise, show_layers
from analytics.training.exercise.state import Exercise, find_alteration, read_acts, read_exercise
from analytics.training.exercise.truth import read_facts
from analytics.training.scoring import TeamScore
from analytics.training.scoring.debrief import tabulate_progress
from ui.components.exporting import download_button
from ui.components.text import DAY_FORMAT, plain
from ui.shell.page import Page
from ui.training.acting import act_on, act_then_rerun, may_run
from ui.training.choosing import show_state

_SCORES = "training-scores"
_PAPER = "after-action.pdf"  # in the folder of the exercise


def show_debrief(page: Page, folder: Path) -> None:
    """Scores for the trainer alone; the truth once it has been opened."""
    exercise = read_exercise(folder)
    show_state(exercise)
    if not may_run(page):
        return
    if exercise.phase == "made":
        st.text("Nothing has happened in this exercise yet. Start it on Run.")
        return
    _ask_scores(page, folder, exercise)
    _ask_paper(page, folder, exercise)
    _ask_reveal(page, folder, exercise)
    if exercise.opened:
        _choose_layers(page, folder, exercise)
        _show_truth(folder, exercise)
        _show_seal(folder, exercise)


def _ask_scores(page: Page, folder: Path, exercise: Exercise) -> None:
    known: dict[tuple[str, int], dict[str, TeamScore]] = st.session_state.setdefault(_SCORES, {})
    key = exercise.id, exercise.day
    if not exercise.opened:
        st.caption("Scores give the truth away: look at them where no team can see this screen.")
    if st.button("Score the teams as they stand", type="primary", icon=":material/scoreboard:"):
        act_on(page, lambda: known.update({key: score_teams(folder, page.actor)}), "Scoring")
    if key in known:
        _show_scores(known[key])
        _show_progress(folder, exercise, known[key])


def _show_scores(scores: Mapping[str, TeamScore]) -> None:
    """The class table, one row a line; then what stands behind it, team by team."""
    st.subheader("Class table")
    first = next(iter(scores.values()))
    table = pd.DataFrame(
        {"Line": [line.title for line in first.lines]}
        | {team: [line.value for line in score.lines] for team, score in scores.items()}
    )
    st.dataframe(
        table,
        hide_index=True,
        column_config={team: st.column_config.NumberColumn(team, format="%.2f") for team in scores},
    )
    st.caption(
        "1 is the whole truth, 0 nothing, below 0 worse than chance. There is no total. The after-action "
        "paper sets the class beside two teams that the program plays."
    )
    team = st.selectbox("Team", list(scores))
    score = scores[team]
    for line in score.lines:
        st.markdown(f"**{plain(line.title)}** {line.value:.2f} · {plain(line.says)}")
    _show_sightings(score)
    _show_false_alarms(score)
    _show_outcomes(score)


def _show_sightings(score: TeamScore) -> None:
    """Layer by layer in a sentence; the whole time line on request."""
    st.subheader("What could have been known, and when it was")
    if not score.sightings:
        st.caption("No structure counts in this exercise.")
        return
    for layer in dict.fromkeys(each.layer for each in score.sightings):
        own = [each for each in score.sightings if each.layer == layer]
        late = sorted(each.days for each in own if each.days is not None)
        median = f", the median {counted(late[len(late) // 2], 'day')} after it could be" if late else ""
        st.text(f"{layer.capitalize()}: {len(late)} of {len(own)} known{median}.")
    with st.expander("The whole time line"):
        _show_time_line(score)


def _show_time_line(score: TeamScore) -> None:
    table = pd.DataFrame(
        [(s.structure, s.layer, s.could_know, s.knew, s.days, s.credit) for s in score.sightings],
        columns=["Structure", "Layer", "Could have known", "Knew", "Days between", "Credit"],
    ).sort_values("Could have known")
    day = st.column_config.DateColumn(format=DAY_FORMAT)
    st.dataframe(table, hide_index=True, column_config={"Could have known": day, "Knew": day})


def _show_false_alarms(score: TeamScore) -> None:
    st.subheader("False alarms")
    if not score.false_alarms:
        st.caption("None.")
    for alarm in score.false_alarms:
        st.markdown(f"**{plain(alarm.title)}** · {plain(alarm.kind)}")
        st.caption(plain(alarm.base_rate))


def _show_outcomes(score: TeamScore) -> None:
    st.subheader("What became of its actions")
    if not score.outcomes:
        st.caption("Nothing was tasked.")
    for outcome in score.outcomes:
        st.markdown(f"**{plain(outcome.title)}** · the team's result: {plain(outcome.verdict)}")
        st.caption(f"Planted: {plain(outcome.planted)}")


def _show_progress(folder: Path, exercise: Exercise, scores: Mapping[str, TeamScore]) -> None:
    """Each team's lines over the exercises that teams of its name have had."""
    earlier = list(list_earlier_scores(_find_earlier(folder, exercise), exercise.teams))
    for team, score in scores.items():
        if any(other.team == team for other in earlier):
            st.markdown(f"**Progress of {plain(team)}**")
            st.dataframe(tabulate_progress(earlier, score).rename(columns={"line": "Line"}), hide_index=True)


def _find_earlier(folder: Path, exercise: Exercise) -> list[Path]:
    return list_earlier_exercises(exercise, [other for other in list_exercises() if other != folder])


def _ask_paper(page: Page, folder: Path, exercise: Exercise) -> None:
    """The after-action paper, with the two teams that the program plays beside the class."""
    path = folder / _PAPER
    with st.expander("After-action paper"):
        st.text(
            "The class beside two teams that the program plays: one accepts every lead, one tosses a coin. "
            "Then each team, with its first brief beside a model one. It takes about a minute "
            "for two teams. It gives the truth away."
        )
        label = "Write the paper again" if path.exists() else "Write the paper"
        if st.button(label, icon=":material/picture_as_pdf:"):
            earlier = _find_earlier(folder, exercise)
            act_on(page, lambda: write_class_report(folder, page.actor, path, earlier), "Writing the paper")
        if path.exists():
            download_button(
                page,
                "export product",
                "Download the paper (PDF)",
                path.read_bytes(),
                mark_name(f"{folder.name}.pdf", EXERCISE),
                "application/pdf",
            )


def _ask_reveal(page: Page, folder: Path, exercise: Exercise) -> None:
    if exercise.phase not in ("running", "paused"):
        return
    with st.expander("Reveal the truth"):
        st.text(
            "The exercise cannot go on after this: no day passes, no inject comes and nobody goes back. The "
            "teams' apps stay open, and show no truth until you choose a layer here. The key is published, "
            "and everybody can check the seal."
        )
        sure = st.checkbox("Open it for good")
        if st.button("Reveal", disabled=not sure, icon=":material/visibility:"):
            act_then_rerun(page, lambda: reveal_exercise(folder, page.actor), "Opening what was sealed")


def _choose_layers(page: Page, folder: Path, exercise: Exercise) -> None:
    """What of the truth the teams' own screens show: their maps, charts of links and lists."""
    st.subheader("On the teams' own screens")
    chosen = st.pills(
        "Layers of the truth that the teams' apps show",
        list(TITLES),
        selection_mode="multi",
        default=[layer for layer in exercise.shown if layer in TITLES],
        format_func=TITLES.__getitem__,
        key=f"shown-{exercise.id}",
    )
    if set(chosen) != set(exercise.shown):
        act_on(page, lambda: show_layers(folder, page.actor, chosen), "Showing")
    st.caption(
        "Places stand on the map of Hotspots, and members and victims bear ◆ on the chart of links. The "
        "lists of Adverts, Money and Findings say what each entry was. A team loads its page again to see "
        "it. Its screens are open until you end the exercise on Run."
    )


def _show_truth(folder: Path, exercise: Exercise) -> None:
    """What was planted, one layer at a time, each hidden until it is shown."""
    st.subheader("EXERCISE: what was planted")
    facts = read_facts(folder, exercise)
    layers: dict[str, list[dict[str, Any]]] = {
        "Places": [
            {key: spot[key] for key in ("name", "category", "radius", "trend")} for spot in facts["hotspots"]
        ],
        "Networks": [
            {"network": network["name"], "type": network["type"]} | member
            for network in facts["networks"]
            for member in network["members"]
        ],
        "Money schemes": [
            {
                "name": item["name"],
                "kind": item["kind"],
                "network": item["network"],
                "accounts": ", ".join(item["accounts"]),
            }
            for item in facts["typologies"]
        ],
        "Victims and organisers": [
            {
                "name": item["name"],
                "kind": item["kind"],
                "victims": ", ".join(item["others"]),
                "organisers": ", ".join(item["organisers"]),
            }
            for item in facts["exploitation"]
        ],
        "Innocent look-alikes": [
            {"name": item["name"], "kind": item["kind"]}
            for item in (*facts["lookalikes"], *facts["ordinary"])
        ],
        "Reports": [{"reference": item["reference"], "true": item["true"]} for item in facts["reports"]],
    }
    for layer, rows in layers.items():
        if st.toggle(f"Show {layer.lower()}", key=f"truth-{layer}"):
            st.dataframe(pd.DataFrame(rows), hide_index=True)


def _show_seal(folder: Path, exercise: Exercise) -> None:
    """What anybody can check: the digests that were signed before the start."""
    with st.expander("The seal"):
        st.text(
            f"Signed {write_moment(exercise.signature.signed_at)} UTC, before the start. Each digest is the "
            "SHA-256 of 32 random bytes and the content; the key below opens the files in the folder sealed."
        )
        st.dataframe(
            pd.DataFrame(sorted(exercise.sealed.items()), columns=["File", "SHA-256"]), hide_index=True
        )
        st.code(exercise.opened, language=None)
        if alteration := find_alteration(read_acts(folder)):
            st.error(alteration)
