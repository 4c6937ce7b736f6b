"""The control strategy: read, printed, drafted from findings and reports, saved in versions."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import pandas as pd
import streamlit as st

from analytics.intelligence.requirements import list_requirements
from analytics.oversight.heads import find_product_code
from analytics.shared.wording import write_period
from analytics.store import read_today
from analytics.tasking.drafts import draft_strategy
from analytics.tasking.exercise import mark_exercise
from analytics.tasking.paper import Paper
from analytics.tasking.products import SavedMeanwhile
from analytics.tasking.sections import STRATEGY
from analytics.tasking.strategy import Priority, Strategy, save_strategy
from ui.components.act_buttons import act_button
from ui.components.papers import choose_reports, offer_paper
from ui.components.text import DAY_INPUT, plain
from ui.intelligence.cached_findings import read_findings
from ui.shell.page import Page
from ui.strategic.picture import read_picture
from ui.strategic.proposals import BEGIN
from ui.tasking.products import gather_shown_material
from ui.tasking.release import show_release
from ui.tasking.saving import edit_sections

_DRAFT = "strategy_draft"  # in the session: a draft that is not saved yet


def show_strategy(page: Page, in_force: tuple[int, int, Strategy] | None) -> None:
    st.subheader("Control strategy")
    if in_force is None:
        st.text("No control strategy is in force today, so no priorities are set. Write one below.")
    else:
        number, version, strategy = in_force
        st.caption(
            f"In force {write_period(strategy.period_from, strategy.period_to)}; product {number}, "
            f"version {version}."
        )
        st.table(_rows(strategy).set_index("Priority"))
        paper = Paper(
            f"Control strategy, {write_period(strategy.period_from, strategy.period_to)}",
            mark_exercise(page.store, strategy.handling, []),
            f"Control strategy {number}, version {version}",
            strategy.sections(),
            seal=find_product_code(page.store, number, version),
        )
        offer_paper(page, paper, f"control-strategy-{number}-version-{version}", "strategy")
        show_release(page, number, version)
    is_begun = BEGIN in st.session_state or _DRAFT in st.session_state
    with st.expander("Write or change the control strategy", icon=":material/edit:", expanded=is_begun):
        _edit_strategy(page, in_force)


def _rows(strategy: Strategy) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (plain(p.title), plain(p.why), plain(p.prevention), plain(p.intelligence), plain(p.enforcement))
            for p in strategy.priorities
        ],
        columns=["Priority", "Why", "Prevention", "Intelligence", "Enforcement"],
    )


def _draft(page: Page) -> None:
    """A strategy begun from chosen findings and reports, for the editor below."""
    findings = read_findings(page)
    about = {int(row.finding_id): f"{row.finding_id} · {row.title}" for row in findings.itertuples()}
    left, right = st.columns(2)
    chosen = left.multiselect(
        "Findings it draws on", list(about), format_func=about.__getitem__, key="strategy-findings"
    )
    with right:
        reports = choose_reports(page, "strategy-reports")
    begun = st.session_state.pop(BEGIN, False)  # from the strategic picture
    if (
        act_button(
            page,
            "save control strategy",
            "Draft from these",
            icon=":material/draft:",
            disabled=not (chosen or reports),
        )
        or begun
    ):
        asked = list_requirements(page.store)
        questions = asked.question[asked.status == "open"].tolist()
        today = read_today()
        material = gather_shown_material(page, chosen, reports)
        if begun:
            material = replace(material, picture=read_picture(page))
        st.session_state[_DRAFT] = draft_strategy(material, questions, today, today + timedelta(days=182))


def _edit_strategy(page: Page, in_force: tuple[int, int, Strategy] | None) -> None:
    _draft(page)
    number, version, saved = in_force or (None, None, None)
    drafted = st.session_state.get(_DRAFT)
    begun = drafted or saved or Strategy(read_today(), read_today() + timedelta(days=182), ())
    key = f"{version}-{hash(drafted)}"
    if drafted:
        st.info("This is an unsaved draft. Name each priority and complete it.", icon=":material/edit:")
    first, last = st.columns(2)
    since = first.date_input("From", begun.period_from, key=f"strategy-from-{key}", format=DAY_INPUT)
    until = last.date_input("To", begun.period_to, key=f"strategy-to-{key}", format=DAY_INPUT)
    fields = list(Priority.__dataclass_fields__)
    rows = pd.DataFrame([asdict(item) for item in begun.priorities], columns=fields, dtype=str)
    edited = st.data_editor(
        rows,
        num_rows="dynamic",
        hide_index=True,
        key=f"strategy-{key}",
        column_config={
            name: st.column_config.TextColumn(name.capitalize(), required=name in ("title", "why"))
            for name in fields
        },
    )
    requirement = st.text_area("Intelligence requirement", begun.requirement, key=f"strategy-asks-{key}")
    handling = st.text_input("Handling", begun.handling, key=f"strategy-handling-{key}")
    texts, _ = edit_sections(f"strategy-{key}", STRATEGY, begun.further())
    if act_button(page, "save control strategy", "Save the control strategy", icon=":material/save:"):
        items = tuple(
            Priority(**{name: row[name] or "" for name in fields})
            for row in edited.fillna("").to_dict("records")
        )
        edited_strategy = Strategy(since, until, items, requirement, handling, texts, begun.titles)
        try:
            save_strategy(page.store, page.actor, edited_strategy, product_id=number, latest_seen=version)
        except (ValueError, SavedMeanwhile) as error:
            st.error(plain(error))
        else:
            st.session_state.pop(_DRAFT, None)
            st.rerun()
