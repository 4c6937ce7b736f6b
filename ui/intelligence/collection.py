"""Collection: the Achilles grid as tiles, the requirements that fill its gaps, and the chosen one of either
beside them."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from analytics.intelligence.collection import (
    NOT_KNOWN,
    tabulate_collection,
    tabulate_operational_collection,
    tabulate_strategic_collection,
)
from analytics.intelligence.requirements import (
    STATUSES,
    Requirement,
    list_requirements,
    load_requirement,
    save_requirement,
)
from analytics.search import PageLink
from analytics.shared.wording import write_day
from analytics.store import read_today
from ui.components.act_buttons import submit_act
from ui.components.address import change_address
from ui.components.choosing import chosen_number, say_not_there
from ui.components.forms import clear_entry, entry_form
from ui.components.known_tiles import STAGE_NAMES, describe_cell, name_cell, show_known_tiles
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.text import DAY_FORMAT, DAY_INPUT, plain
from ui.intelligence.choices import labels
from ui.intelligence.gaps import ask_for_gap
from ui.shell.layout import fill_pane, scroll_pane, window_pane
from ui.shell.page import Page
from ui.shell.views import watch_button

_LIST_HEIGHT = 300  # pixels


@st.fragment
def show_collection(page: Page) -> None:
    """The tiles over the requirements; beside them what the link names, else the first gap."""
    grid = tabulate_collection(page.store)
    requirements = _list_requirements(page)
    cells = {name_cell(row.domain_code, row.stage): row for row in grid.itertuples()}
    number, asked = chosen_number("requirement"), st.query_params.get("cell")
    cell = asked if number is None else None
    if number is None and asked is None:
        cell = next((name for name, row in cells.items() if not row.records + row.lines), next(iter(cells)))
    with window_pane("collection"):
        with scroll_pane("grid"):
            _show_grid(grid, cell)
            _show_requirements(requirements, number)
            _show_deeper(page)
        with fill_pane("beside"), scroll_pane("reading"):
            if number is not None:
                if number in set(requirements.requirement_id):
                    _show_requirement(page, number)
                else:
                    say_not_there(f"requirement {number}")
            elif cell in cells:
                _show_cell(page, cells[cell], requirements)
            else:
                say_not_there(str(cell))
            if page.actor.role != "inspector":
                _ask(page)


def _show_grid(grid: pd.DataFrame, chosen: str | None) -> None:
    gaps = int(((grid.records + grid.lines) == 0).sum())
    st.markdown("**The Achilles grid**: stages of the trade by its commercial domains")
    newest = grid.newest.max()
    as_of = read_today() if pd.isna(newest) else min(read_today(), newest.date())
    show_known_tiles(
        grid,
        as_of,
        key="collection-tiles",
        chosen=chosen,
        on_choose=lambda cell: change_address(cell=cell, requirement=None),
    )
    st.caption(
        "The best grade of a report line, or • where there are records alone; darker is newer. "
        f"{gaps} of {len(grid)} cells are empty: a gap in collection, not a sign that nothing happens there."
    )


def _list_requirements(page: Page) -> pd.DataFrame:
    """As `list_requirements` gives them, with `state`: their status, or overdue."""
    requirements = list_requirements(page.store)
    overdue = (requirements.status == "open") & (
        pd.to_datetime(requirements.due) < pd.Timestamp(read_today())
    )
    return requirements.assign(state=requirements.status.where(~overdue, "overdue"))


def _show_requirements(requirements: pd.DataFrame, chosen: int | None) -> None:
    st.markdown("**Intelligence requirements**: what to find out, who does it, and by when")
    if requirements.empty:
        st.caption("None yet. Choose a gap above and ask for it.")
        return
    show_list(
        [_entry(row) for row in requirements.itertuples()],
        key="requirements",
        label="Intelligence requirements",
        chosen=None if chosen is None else str(chosen),
        on_choose=lambda number: change_address(requirement=number, cell=None),
        height=min(_LIST_HEIGHT, 82 * len(requirements)),
    )


def _entry(row) -> ListEntry:
    of_grid = [row.stage, row.domain, row.operational_domain, row.strategic_theme, row.priority]
    about = [row.owner, f"due {write_day(row.due)}", *of_grid]
    mark = ListMark(row.state, "strong" if row.state == "overdue" else "")
    return ListEntry(
        str(row.requirement_id),
        row.question,
        " · ".join(part for part in about if isinstance(part, str) and part),
        marks=[mark],
    )


def _show_deeper(page: Page) -> None:
    for title, table in (
        ("The ten operational domains", tabulate_operational_collection(page.store)),
        ("The four strategic themes", tabulate_strategic_collection(page.store)),
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


def _show_cell(page: Page, cell, requirements: pd.DataFrame) -> None:
    """What is known of a cell of the grid, what is asked of it, and the form that asks for more."""
    st.header(plain(f"{cell.domain} · {STAGE_NAMES[cell.stage].lower()}"))
    for part in describe_cell(cell) or ["Nothing is recorded: a gap in collection."]:
        st.text(part)
    dates = [
        f"{what} {write_day(day)}"
        for what, day in (
            ("newest record", cell.latest),
            ("newest line", cell.latest_line),
            ("last import", cell.updated),
        )
        if not pd.isna(day)
    ]
    if dates:
        st.caption(plain(" · ".join(dates).capitalize()))
    mine = requirements[
        (requirements.status == "open")
        & (requirements.stage == cell.stage)
        & (requirements.domain == cell.domain_code)
    ]
    for row in mine.itertuples():
        st.button(
            plain(f"{row.requirement_id} · {row.question} ({row.owner}, due {write_day(row.due)})"),
            key=f"asked-{row.requirement_id}",
            icon=":material/help:",
            type="tertiary",
            on_click=change_address,
            kwargs={"requirement": str(row.requirement_id), "cell": None},
        )
    if page.actor.role != "inspector" and cell.stage != NOT_KNOWN:
        ask_for_gap(page, cell.domain_code, cell.stage)


def _show_requirement(page: Page, number: int) -> None:
    requirement = load_requirement(page.store, number)
    st.header(plain(f"Requirement {number}"))
    st.text(requirement.question)
    st.caption(plain(f"{requirement.owner}, due {write_day(requirement.due)}"))
    opens = PageLink("collection", {"requirement": str(number)})
    watch_button(
        page, "requirement", str(number), requirement.question, opens, widget=f"requirement-{number}"
    )
    with st.form(f"close-{number}"):
        status = st.segmented_control("State", STATUSES, default=requirement.status, required=True)
        note = st.text_input("What was found, or why it is withdrawn", requirement.note)
        if submit_act(page, "save requirement", "Save", icon=":material/save:"):
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
        columns = [*st.columns(2), *st.columns(2)]
        stage = _optional(columns[0], "Stage", "stages")
        domain = _optional(columns[1], "Domain", "commercial_domains")
        operational = _optional(columns[2], "Operational domain", "operational_domains")
        theme = _optional(columns[3], "Strategic theme", "strategic_themes")
        priority, owner, due = st.columns(3)
        serves = priority.text_input("Serves which priority of the control strategy?")
        by = owner.text_input("Owner: who finds out")
        until = due.date_input("Due", read_today() + timedelta(days=28), format=DAY_INPUT)
        if submit_act(page, "save requirement", "Ask", icon=":material/send:"):
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
