"""The Achilles grid, the deeper domains, and the requirements that fill the gaps."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from analytics.intelligence.collection import (
    collection_grid,
    operational_collection,
    strategic_collection,
)
from analytics.intelligence.requirements import (
    STATUSES,
    Requirement,
    list_requirements,
    load_requirement,
    save_requirement,
)
from analytics.search import PageLink
from analytics.shared.wording import counted, write_day
from ui.components.choosing import change_link, chosen_number, tick_row
from ui.components.forms import clear_entry, entry_form
from ui.components.text import DAY_FORMAT, DAY_INPUT, plain
from ui.intelligence.choices import labels
from ui.intelligence.gaps import ask_for_gap
from ui.shell.page import Page
from ui.shell.views import watch_button


def show_collection(page: Page) -> None:
    grid = collection_grid(page.store)
    gaps = int(((grid.records + grid.lines) == 0).sum())
    st.markdown("**The Achilles grid**: stages of the trade by its commercial domains")
    st.caption(
        f"Records and graded lines, with the date of the newest, and open requirements. {gaps} of "
        f"{len(grid)} cells are empty: a gap in collection, not a sign that nothing happens there."
    )
    order = {
        "origin": "Origin",
        "transit": "Transit",
        "destination": "Destination",
        "not known": "Stage not known",
    }
    wide = grid.assign(cell=[_cell(row) for row in grid.itertuples()]).pivot(
        index="domain", columns="stage", values="cell"
    )
    st.table(wide.loc[grid.domain.unique(), list(order)].rename(columns=order).rename_axis("Domain"))
    if page.actor.role != "inspector":
        ask_for_gap(page, grid)
    for title, table in (
        ("The ten operational domains", operational_collection(page.store)),
        ("The four strategic themes", strategic_collection(page.store)),
    ):
        bare = int(((table.lines + table.requirements) == 0).sum())
        with st.expander(f"{title}: {bare} without information or requirement"):
            st.dataframe(
                table.drop(columns="code"),
                hide_index=True,
                placeholder="",
                height="content",
                alt=title,
                column_config={
                    "domain": st.column_config.TextColumn(
                        "Domain" if "domains" in title else "Theme", width="medium"
                    ),
                    "note": st.column_config.TextColumn("Question", width="large"),
                    "lines": "Graded lines",
                    "graded": "Gradings",
                    "latest_line": st.column_config.DateColumn("Newest", format=DAY_FORMAT),
                    "requirements": "Open requirements",
                },
            )
    _show_requirements(page)


def _cell(row) -> str:
    """What one cell holds, in one line."""
    parts = []
    if row.records:
        parts.append(f"{counted(row.records, 'record')}{_until(row.latest)}")
        if not pd.isna(row.updated):
            parts.append(f"updated {write_day(row.updated)}")
    if row.lines:
        parts.append(f"graded lines: {row.graded}{_until(row.latest_line)}")
    if not parts:
        parts.append("○ gap")
    if row.requirements:
        parts.append(f"{row.requirements} asked")
    return "; ".join(parts)


def _until(day: pd.Timestamp) -> str:
    return "" if pd.isna(day) else f" to {write_day(day)}"


def _show_requirements(page: Page) -> None:
    st.markdown("**Intelligence requirements**: what to find out, who does it, and by when")
    requirements = list_requirements(page.store)
    if requirements.empty:
        st.caption("None yet. Add one for a gap above.")
    else:
        overdue = (requirements.status == "open") & (
            pd.to_datetime(requirements.due) < pd.Timestamp(date.today())
        )
        requirements["state"] = requirements.status.where(~overdue, "overdue")
        optional = ["stage", "domain", "operational_domain", "strategic_theme", "priority", "note"]
        shown = requirements.assign(**{name: requirements[name].fillna("") for name in optional})
        number = tick_row(
            shown[
                [
                    "requirement_id",
                    "question",
                    "stage",
                    "domain",
                    "operational_domain",
                    "strategic_theme",
                    "priority",
                    "owner",
                    "due",
                    "state",
                    "note",
                ]
            ],
            requirements.requirement_id,
            chosen_number("requirement"),
            lambda number: change_link(requirement=number),
            placeholder="",
            key="requirements",
            column_config={
                "requirement_id": st.column_config.NumberColumn("No.", width=50),
                "question": st.column_config.TextColumn("Question", width="large"),
                "stage": "Stage",
                "domain": "Domain",
                "operational_domain": "Operational domain",
                "strategic_theme": "Strategic theme",
                "priority": "Serves priority",
                "owner": "Owner",
                "due": st.column_config.DateColumn("Due", format=DAY_FORMAT),
                "state": "State",
                "note": "What was found",
            },
        )
        if number is not None:
            _close(page, number)
    if page.actor.role != "inspector":
        _ask(page)


def _close(page: Page, number: int) -> None:
    requirement = load_requirement(page.store, number)
    opens = PageLink("collection", {"requirement": str(number)})
    watch_button(
        page, "requirement", str(number), requirement.question, opens, widget=f"requirement-{number}"
    )
    with st.form(f"close-{number}"):
        st.text(f"Requirement {number}: {requirement.question}")
        status = st.segmented_control("State", STATUSES, default=requirement.status, required=True)
        note = st.text_input("What was found, or why it is withdrawn", requirement.note)
        if st.form_submit_button("Save", icon=":material/save:"):
            changed = Requirement(
                **{name: getattr(requirement, name) for name in Requirement.__dataclass_fields__}
                | {"status": status, "note": note}
            )
            try:
                save_requirement(page.store, page.actor, changed, requirement_id=number)
            except ValueError as error:
                st.error(plain(error))
            else:
                st.rerun()


def _ask(page: Page) -> None:
    with (
        st.expander("Add a requirement", icon=":material/add:"),
        entry_form("requirement"),
    ):
        question = st.text_input("Question")
        columns = st.columns(4)
        stage = _optional(columns[0], "Stage", "stages")
        domain = _optional(columns[1], "Domain", "commercial_domains")
        operational = _optional(columns[2], "Operational domain", "operational_domains")
        theme = _optional(columns[3], "Strategic theme", "strategic_themes")
        priority, owner, due = st.columns([2, 2, 1])
        serves = priority.text_input("Serves which priority of the control strategy?")
        by = owner.text_input("Owner: who finds out")
        until = due.date_input("Due", date.today() + timedelta(days=28), format=DAY_INPUT)
        if st.form_submit_button("Ask", icon=":material/send:"):
            asked = Requirement(question, by, until, serves or None, stage, domain, operational, theme)
            try:
                save_requirement(page.store, page.actor, asked)
            except ValueError as error:
                st.error(plain(error))
            else:
                clear_entry("requirement")
                st.rerun()


def _optional(column, label: str, table: str) -> str | None:
    known = labels(table)
    return column.selectbox(label, list(known), index=None, format_func=known.__getitem__, placeholder="any")
