"""What came of each action: outputs counted, the outcome measured, the unit's scorecard."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd
import streamlit as st

from analytics.figures.effect import effect_chart
from analytics.hotspots.refusal import TooFewData
from analytics.tables import safe_csv
from analytics.tasking.actions import list_actions
from analytics.tasking.effect import Effect
from analytics.tasking.results import OUTPUTS, NoPlace, list_results, measure, save_result, scorecard
from ui.evidence import log
from ui.page import Page
from ui.text import plain

_SIGNS = {
    "fewer than expected": (st.success, ":material/trending_down:"), "more than expected": (st.error, ":material/trending_up:"),
    "no detectable effect": (st.info, ":material/trending_flat:"), "too early": (st.info, ":material/hourglass_top:"),
}  # fmt: skip


def show_results(page: Page) -> int | None:
    """The actions with their results; returns the chosen one, or None where there is none."""
    actions = list_actions(page.store)
    actions = actions[actions.standing]
    if actions.empty:
        st.text(
            "This page says whether what was tasked worked. Nothing has been tasked yet: adopt a brief with an action in the meeting, "
            "let time pass, import the new records, and come back."
        )
        st.page_link("pages/tasking.py", label="Open Tasking", icon=":material/assignment:")
        return None
    table = actions.merge(list_results(page.store), on="action_id", how="left", suffixes=("", "_result"))
    table["verdict"] = table.verdict.fillna("not measured")
    event = st.dataframe(
        table[["action_id", "description", "owner", "adopted_at", "status", "verdict", *OUTPUTS]], hide_index=True,
        on_select="rerun", selection_mode="single-row", key=f"results-{len(table)}",
        column_config={
            "action_id": st.column_config.NumberColumn("No.", width=50), "description": st.column_config.TextColumn("Action", width="large"),
            "owner": "Owner", "adopted_at": st.column_config.DatetimeColumn("Adopted (UTC)", format="YYYY-MM-DD"), "status": "Status",
            "verdict": "Verdict kept", **{name: st.column_config.NumberColumn(name.capitalize(), format="%d") for name in OUTPUTS},
        },
        alt="Actions and what came of them",
    )  # fmt: skip
    st.download_button(
        "Results (CSV)", lambda: safe_csv(table), "results.csv", "text/csv", icon=":material/download:",
        on_click=log, args=(page, "export results", "results"),
    )  # fmt: skip
    rows = event.selection.rows
    return int(table.action_id[rows[0] if rows else 0])


@st.cache_data(max_entries=32, show_spinner="Comparing with like places …")
def _measured(_page: Page, store: str, action_id: int, data_version: int, actions: int):
    """Also keyed on the number of actions: another tasked place is no control any more."""
    return measure(_page.store, action_id)


def show_one(page: Page, action_id: int) -> None:
    actions = list_actions(page.store)
    action = actions.set_index("action_id").loc[action_id]
    st.subheader(plain(f"Action {action_id} · {action.description}"))
    effect, verdict, measured = None, "not measured", {}
    try:
        target, effect = _measured(page, page.store.path, action_id, page.store.data_version(), len(actions))
    except (NoPlace, TooFewData) as error:
        st.warning(plain(error), icon=":material/block:")
    else:
        verdict = effect.verdict
        measured = {
            "why": effect.why,
            "parameters": asdict(effect.parameters),
            "baselines": effect.baselines.to_dict("records"),
        }
        _show_effect(effect, target)
    _keep(page, action_id, verdict, measured)


def _show_effect(effect: Effect, target) -> None:
    say, icon = _SIGNS[effect.verdict]
    say(f"**{effect.verdict.capitalize()}** at {plain(target.label)}. {plain(effect.why)}", icon=icon)
    if effect.verdict == "too early":
        return
    left, right = st.columns([3, 2], gap="medium")
    left.plotly_chart(
        effect_chart(effect.weekly, target.start), key="effect", config={"displayModeBar": False}
    )
    with right:
        st.dataframe(
            effect.baselines[["baseline", "before", "after", "expected", "change", "p"]], hide_index=True,
            column_config={
                "baseline": "Baseline", "before": "Before", "after": "After", "expected": st.column_config.NumberColumn("Expected", format="%.1f"),
                "change": st.column_config.NumberColumn("Change", format="percent"), "p": st.column_config.NumberColumn("p (placebo)", format="%.3f"),
            },
        )  # fmt: skip
        st.dataframe(
            effect.rings, hide_index=True,
            column_config={"ring": "Ring around it", "before": "Before", "after": "After", "expected": st.column_config.NumberColumn("Expected", format="%.1f")},
        )  # fmt: skip
        if effect.displacement is not None:
            _show_displacement(effect)
        if effect.synthetic_p is not None:
            st.caption(f"Synthetic control: placebo p = {effect.synthetic_p:.3f}.")
    first, last = effect.after
    st.caption(
        f"After: {first:%d %b %Y} to {last:%d %b %Y}. An effect is called only where every baseline that must agree shows it (joint p "
        f"under {effect.parameters.level:g}). Else would explain it: less recorded, a fall everywhere that the like places do not share, "
        "another measure at the same time, an arrest made before. One in twenty actions without any effect would be called all the same."
    )


def _show_displacement(effect: Effect) -> None:
    parts = effect.displacement.difference.set_index("part").loc["total"]
    quotient = effect.displacement.quotient
    st.caption(
        f"Weighted displacement difference {parts.estimate:+.1f} ({parts.low:+.1f} to {parts.high:+.1f}; Poisson, 95 %). "
        + (
            f"Weighted displacement quotient {quotient:.2f}."
            if quotient is not None
            else "No quotient: nothing was gained that could move."
        )
    )


def _keep(page: Page, action_id: int, verdict: str, measured: dict) -> None:
    with st.form(f"result-{action_id}", clear_on_submit=True):
        st.markdown("**Keep the result**: what was done, counted, with the verdict above")
        columns = st.columns(len(OUTPUTS))
        outputs = {
            name: column.number_input(name.capitalize(), 0, 10**6, 0)
            for name, column in zip(OUTPUTS, columns, strict=True)
        }
        note = st.text_input("What was learnt")
        if st.form_submit_button("Keep it", icon=":material/save:"):
            save_result(page.store, page.actor, action_id, outputs, verdict, measured, note)
            st.rerun()


def show_scorecard(page: Page) -> None:
    card = scorecard(page.store)
    st.subheader(
        "The unit",
        help="Detection, reduction or disruption of the problem are what intelligence-led policing is judged by.",
    )
    cells = {
        "Decisions": f"{card['decisions']}",
        "Adopted": f"{card['adopted']}",
        "… on evidence still held": f"{card['intelligence_led']} of {card['adopted']}",
        "Actions closed": f"{card['closed']} of {card['actions']}",
        "Fewer than expected": f"{card['worked']} of {card['measured']} judged",
        "Days, finding to decision": "–"
        if card["days_to_decision"] is None or pd.isna(card["days_to_decision"])
        else f"{card['days_to_decision']:.1f}",
    }
    for column, (name, value) in zip(st.columns(len(cells)), cells.items(), strict=True):
        column.metric(name, value)
