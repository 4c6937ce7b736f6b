"""The unit's scorecard: how intelligence-led its tasking is, what actions achieved, how each method did."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.tasking.results import OUTPUTS
from analytics.tasking.scorecard import Scorecard, build_method_record, build_scorecard
from ui.shell.page import Page


def show_scorecard(page: Page) -> None:
    card = build_scorecard(page.store)
    st.header(
        "The unit",
        help="Intelligence-led policing is judged by detection, reduction or disruption of the problem.",
    )
    cells = {
        "Decisions": f"{card.decisions}",
        "Adopted on intelligence": _of(card.intelligence_led, card.adopted),
        "Leads that proved right": _of(card.leads_right, card.leads_judged),
        "Fewer than expected": _of(card.worked, card.measured),
        "Report to decision": _days(card.days_report),
        "Finding to decision": _days(card.days_finding),
    }
    with st.container(horizontal=True):  # wraps where the window is narrow, and cuts no label
        for name, value in cells.items():
            st.metric(name, value, width=180)
    st.caption(
        "Adopted on intelligence: the brief rests on a finding with its evidence on record, or cites a "
        "graded report. 'Partly right' counts half. Times are medians over the decisions with a report "
        f"({card.of_reports}) and with a finding ({card.of_findings}). With few cases a share means little."
    )
    _criteria(card)
    _methods(page)
    _models()


def _of(part: float, whole: int, what: str = "", none: str = "–") -> str:
    return f"{part:g} of {whole} {what}".strip() if whole else none


def _output(out: dict[str, int], name: str) -> str:
    return counted(out[name], OUTPUTS[name], name)


def _days(days: float | None) -> str:
    return "–" if days is None or pd.isna(days) else counted(round(days, 1), "day")


def _reduction(card: Scorecard) -> str:
    parts = [
        _of(card.worked, card.measured, "judged actions with fewer than expected", "no result judged yet")
    ]
    if card.measured:
        parts.append(f"{card.no_effect} without a detectable effect, {card.worse} with more than expected")
    if card.unjudged:
        parts.append(f"{card.unjudged} cannot be judged, because no similar place or network is comparable")
    return "; ".join(parts)


def _criteria(card: Scorecard) -> None:
    """The model's own criteria for success, each with what this unit can show for it."""
    out = card.outputs
    rows = [
        (
            "Detection",
            f"{_of(card.leads_right, card.leads_judged, 'leads judged right', 'no lead judged yet')}; "
            f"{_output(out, 'arrests')}, {_output(out, 'seizures')}",
        ),
        (
            "Reduction",
            _reduction(card),
        ),
        ("Disruption", f"{_output(out, 'disruptions')} counted; structure and adaptation under each action"),
        ("Protection of victims", _output(out, "people safeguarded")),
        (
            "Objective decisions",
            f"{_of(card.intelligence_led, card.adopted, 'adopted on intelligence', 'nothing adopted yet')}; "
            f"{_of(card.closed, card.actions, 'actions closed', 'no action tasked yet')}",
        ),
    ]
    st.markdown("**Criteria for success**")
    st.dataframe(
        pd.DataFrame(rows, columns=["criterion", "shown"]),
        hide_index=True,
        alt="The model's criteria for success with this unit's record",
        column_config={
            "criterion": st.column_config.TextColumn("Criterion", width="small"),
            "shown": st.column_config.TextColumn("This unit", width="large"),
        },
    )


def _methods(page: Page) -> None:
    st.markdown("**Record of each method**")
    record = build_method_record(page.store)
    if record.empty:
        st.caption("No finding has been saved.")
        return
    record["right"] = [_of(row.right, row.judged) for row in record.itertuples()]
    st.dataframe(
        record,
        hide_index=True,
        alt="Findings by method and what came of them",
        column_order=["method", "findings", "adopted", "right", "fewer", "no_effect", "more", "unjudged"],
        column_config={
            "method": st.column_config.TextColumn("Method", width="medium"),
            "findings": "Findings",
            "adopted": "Adopted",
            "right": "Right",
            "fewer": "Fewer",
            "no_effect": "No effect",
            "more": "More",
            "unjudged": "Cannot be judged",
        },
    )
    st.caption(
        "Fewer, no effect, more, cannot be judged: results of actions that rest on the method's findings."
    )


def _models() -> None:
    table = code_table("policing_models")
    rows = [{"model": entry.label} | entry.more for entry in table.entries]
    with st.expander("What five models of policing call a success", icon=":material/table_view:"):
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            alt=table.title,
            row_height=52,
            column_config={
                "model": "Model",
                "orientation": "Orientation",
                "priorities": "Who sets priorities",
                "target": "Target",
                "success": "Criteria for success",
                "benefit": "Expected benefit",
            },
        )
        st.caption(f"{table.title}. {table.entries[0].source}.")
