"""From findings to a brief that is ready: the editor on the left, the page as it will print on the right."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.intelligence.findings import load_finding
from analytics.store import read_today
from analytics.tasking.brief import draft_brief
from analytics.tasking.drafts import draft_profile
from analytics.tasking.readiness import find_missing
from ui.components.drafts import go_to
from ui.components.evidence import finding_evidence
from ui.components.text import plain
from ui.components.typing import take_over_while_typing
from ui.intelligence.cached_findings import read_findings
from ui.shell.layout import scroll_pane, window_pane
from ui.shell.page import Page
from ui.shell.pages import page_path
from ui.tasking.brief import edit_brief, load_shown_brief, offer_files, show_pages, show_rests_on
from ui.tasking.brief_form import list_jumps
from ui.tasking.decision import decide, say_standing, show_log
from ui.tasking.exchange import show_exchange
from ui.tasking.findings import NEW, choose_findings, restore_choice
from ui.tasking.living_page import show_living_brief, show_living_paper
from ui.tasking.profile import write_profile
from ui.tasking.release import show_release
from ui.tasking.steps import (
    BRIEF_STEP,
    FINDINGS_STEP,
    PROFILE_STEP,
    READY_STEP,
    choose_step,
    go_to_step,
)

_STYLE = Path(__file__).with_name("stepper.css")
_EDITOR = "scroll_editor"


def show_stepper(page: Page) -> None:
    """One step on the left, and on the right what will print of it."""
    st.html(_STYLE)
    findings = read_findings(page)
    if findings.empty:
        st.text(
            "Findings become a problem profile and a one-page brief here. There is no finding yet. Save one "
            "on Hotspots (choose a cell), Adverts or Money, or from graded reports on Reports & findings."
        )
        st.page_link(page_path("hotspots"), label="Open Hotspots", icon=":material/hexagon:")
        return
    with window_pane("write"):
        editor, living = scroll_pane("editor"), scroll_pane("page")
        with editor:
            step = choose_step()
            _SHOWN[step](page, findings, living)
    take_over_while_typing(_EDITOR)


def _show_findings(page: Page, findings: pd.DataFrame, living: DeltaGenerator) -> None:
    chosen = choose_findings(page)
    ticked = chosen.finding_id[chosen.chosen].tolist()
    if st.button(
        "Write the profile",
        type="primary",
        icon=":material/arrow_forward:",
        disabled=not ticked,
        on_click=go_to_step,
        args=(PROFILE_STEP,),
    ):
        go_to("profile", NEW)
    for number in ticked:
        if st.toggle(f"Show the rows behind finding {number}", key=f"rows-{number}"):
            finding_evidence(page, int(number), key="chosen")
    with living:
        drafted = ticked
        if not ticked:
            drafted = chosen.finding_id[:1].tolist()
            st.caption(
                "Tick one or two findings. Until then: the page that would be drafted from the newest."
            )
        found = [load_finding(page.store, number) for number in drafted]
        review = read_today() + timedelta(days=28)
        brief = draft_brief(found, drafted, draft_profile(found, drafted), review)
        show_living_brief(page, brief, None, None)


def _show_profile(page: Page, findings: pd.DataFrame, living: DeltaGenerator) -> None:
    with st.expander("Findings it draws on", key="profile-findings", on_change="rerun") as shown:
        chosen = choose_findings(page) if shown.open else restore_choice(findings)
    paper = write_profile(page, chosen)
    with living:
        if paper is not None:
            show_living_paper(page, paper)
        else:
            st.caption("The profile is shown here as it will print.")


def _show_brief(page: Page, findings: pd.DataFrame, living: DeltaGenerator) -> None:
    brief = edit_brief(page, findings)
    with living:
        if brief is None:
            st.caption("The brief is shown here as it will print.")
            return
        if brief.edited == brief.saved:
            offer_files(page, brief.product, brief.version)
        show_living_brief(page, brief.edited, brief.product, brief.version)


def _show_ready(page: Page, findings: pd.DataFrame, living: DeltaGenerator) -> None:
    shown = load_shown_brief(page)
    if shown is None:
        st.info("No brief yet. Save a problem profile first: it drafts one.")
        living.caption("The brief is shown here as it will print.")
        return
    product, version, brief = shown
    st.subheader(plain(brief.title))
    list_jumps(f"brief-{product}-{version}", find_missing(brief))
    standing = say_standing(page, product)
    offer_files(page, product, version)
    show_release(page, product, version)
    show_exchange(page, product, version)
    show_rests_on(page, product, version)
    with st.expander("Decide outside a meeting", icon=":material/gavel:"):
        decide(page, product, version, standing)
    with st.expander("Decision log", icon=":material/history:", key="decision-log", on_change="rerun") as log:
        if log.open:
            show_log(page)
    with living:
        show_pages(page, product, version)


_SHOWN = {
    FINDINGS_STEP: _show_findings,
    PROFILE_STEP: _show_profile,
    BRIEF_STEP: _show_brief,
    READY_STEP: _show_ready,
}
