"""The case tray in the bar, and the button by which any page drops a thing into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from analytics.desk.case_finding import (
    CaseWords,
    describe_case,
    draft_statement,
    save_case_brief,
    save_case_finding,
)
from analytics.desk.tray import (
    KINDS,
    Row,
    TrayCase,
    TrayItem,
    add_item,
    close_case,
    name_case,
    open_case,
    remove_item,
    reopen_case,
    restore_item,
)
from analytics.intelligence.findings import CONFIDENCE
from analytics.oversight.roles import tier_of
from analytics.store import read_today
from ui.components.act_buttons import act_button
from ui.components.entity_link import show_list_link
from ui.components.text import plain
from ui.shell.page import Page
from ui.shell.pages import page_path
from ui.shell.undo import offer_undo

_REMOVED, _CLOSED, _MAKING = "tray-removed", "tray-closed", "tray-making"


def add_to_case(
    page: Page, item: TrayItem, rows: Sequence[Row] | Callable[[], Sequence[Row]] = (), *, key: str
) -> None:
    """The one button that puts what is on view into the case; `rows` as for `add_item`, or what finds them
    once it is pressed."""
    case = open_case(page.store, page.actor)
    lies_in_it = (item.kind, item.key) in [(other.kind, other.key) for other in case.items]
    added = act_button(
        page,
        "add to case",
        "In the case" if lies_in_it else "Add to case",
        icon=":material/check:" if lies_in_it else ":material/inventory_2:",
        key=f"to-case-{key}",
        disabled=lies_in_it,
        help="Collects things of any page in the bar, for one finding or brief over all of them.",
    )
    if added:
        add_item(page.store, page.actor, item, rows() if callable(rows) else rows)
        st.rerun()  # the bar counts it too, where only a part of the page ran


def show_tray(page: Page) -> None:
    """What lies in the case, each thing a link, and what is made of it."""
    if (making := st.session_state.pop(_MAKING, None)) is not None:
        _make(page, open_case(page.store, page.actor), brief=making == "brief")
    _show(page)


@st.fragment
def _show(page: Page) -> None:
    if _MAKING in st.session_state:  # a form was asked for in the tray, which runs by itself
        st.rerun()
    case = open_case(page.store, page.actor)
    opened = st.popover(
        f"Case ({len(case.items)})" if case.items else "Case",
        icon=":material/inventory_2:",
        key="tray",
        type="tertiary",
        on_change="rerun",
    )
    if opened.open:
        with opened, st.container(key="tray_panel", width=400, gap="small"):
            _show_case(page, case)


def _show_case(page: Page, case: TrayCase) -> None:
    if case.items:
        _show_name(page, case)
        for item in case.items:
            _show_item(page, item)
    else:
        st.caption(
            "The case is empty. Choose 'Add to case' beside a place, operation, account, lead, advert, "
            "identifier, report or finding: one finding or one brief is then made of them all."
        )
    _offer_undo(page)
    if case.items:
        _offer_making(page, case)


def _show_name(page: Page, case: TrayCase) -> None:
    def rename() -> None:
        if (name := st.session_state[key].strip()) and name != case.name:
            name_case(page.store, page.actor, case.case_id, name)

    key = f"tray-name-{case.case_id}"
    st.text_input("Name of the case", case.name, key=key, on_change=rename, max_chars=80)
    st.caption(describe_case(case))


def _show_item(page: Page, item: TrayItem) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="xsmall"):
        st.page_link(
            page_path(item.opens.page),
            label=f"{plain(item.label)} :gray[{plain(KINDS[item.kind])}]",
            query_params=item.opens.query,
            width="stretch",
        )
        st.button(
            "Remove",
            icon=":material/close:",
            key=f"tray-remove-{item.item_id}",
            type="tertiary",
            on_click=_remove,
            args=(page, item),
            help=plain(f"Take {item.label} out of the case"),
        )


def _remove(page: Page, item: TrayItem) -> None:
    remove_item(page.store, page.actor, item.item_id)
    st.session_state[_REMOVED] = (item.item_id, item.label)


def _offer_undo(page: Page) -> None:
    if removed := st.session_state.get(_REMOVED):
        offer_undo(f"put {removed[1]} back", "tray-undo", _restore, page, removed[0])
    if closed := st.session_state.get(_CLOSED):
        offer_undo("open the last case again", "tray-reopen", _reopen, page, closed)


def _restore(page: Page, item_id: int) -> None:
    restore_item(page.store, page.actor, item_id)
    del st.session_state[_REMOVED]


def _reopen(page: Page, case_id: int) -> None:
    reopen_case(page.store, page.actor, case_id)
    del st.session_state[_CLOSED]


def _close(page: Page, case_id: int) -> None:
    close_case(page.store, page.actor, case_id)
    st.session_state[_CLOSED] = case_id
    st.session_state.pop(_REMOVED, None)


def _offer_making(page: Page, case: TrayCase) -> None:
    show_list_link(page, "case", key="nodes-of-case")
    with st.container(horizontal=True, gap="xsmall"):
        if tier_of(page.actor).writes:
            for what in ("finding", "brief"):
                st.button(
                    f"Make one {what}",
                    type="primary" if what == "finding" else "secondary",
                    key=f"tray-make-{what}",
                    on_click=_begin_making,
                    args=(what,),
                )
        st.button("New case", key="tray-close", on_click=_close, args=(page, case.case_id))


def _begin_making(what: str) -> None:
    """Close the tray and open the form, which the whole page has to draw."""
    st.session_state["tray"] = False
    st.session_state[_MAKING] = what


@st.dialog("One finding over the case", width="large")
def _make(page: Page, case: TrayCase, *, brief: bool) -> None:
    """The form; it saves a finding with the rows of everything in the case, and drafts a brief from it."""
    st.caption("It rests on the rows and reports of everything in the case. Say what they show together.")
    with st.form("tray-make", border=False):
        title = st.text_input("Title", case.name)
        statement = st.text_area("What it says, in a sentence or two", draft_statement(case), height=100)
        confidence = st.segmented_control(
            "Confidence", CONFIDENCE, default="low", required=True, format_func=str.capitalize
        )
        basis = st.text_area("What the confidence rests on", height=80)
        assumptions = st.text_area("Assumptions", "The things of the case belong together.", height=80)
        if not st.form_submit_button(
            "Save the finding and draft the brief" if brief else "Save the finding", type="primary"
        ):
            return
    words = CaseWords(title, statement, str(confidence), basis, assumptions)
    try:
        number = save_case_finding(page.store, page.actor, case, words)
        made = save_case_brief(page.store, page.actor, case, number, read_today()) if brief else None
    except (ValueError, KeyError, PermissionError) as error:
        st.error(plain(error.args[0]))
        return
    if made is None:
        st.switch_page(page_path("intelligence"), query_params={"tab": "Findings", "finding": str(number)})
    st.switch_page(page_path("tasking"), query_params={"brief": str(made)})
