"""Entering a report: quickly, as an officer on the beat, or in full, line by line."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, Report, find_review_date, save_report, split_sentences
from analytics.store import read_today
from ui.components.act_buttons import act_button, submit_act
from ui.components.text import DAY_INPUT, plain
from ui.intelligence.choices import labels
from ui.intelligence.lines import edit_lines, lines_from, table_of
from ui.intelligence.receiving import receive_stix
from ui.shell.page import Page

# How an officer knows something, in plain words, and the grade that it gets until an analyst looks at it.
_HOW = {
    "I saw or heard it myself": Grade("1", "A"),
    "From somebody who was there": Grade("2", "A"),
    "From somebody who heard of it": Grade("2", "C"),
    "I do not know where it comes from": Grade("2", "D"),
}


def enter_report(page: Page) -> None:
    if page.actor.role == "inspector":
        st.info("An inspector reads everything and writes nothing.")
        return
    kind = st.segmented_control(
        "Entry",
        ["Quick, from the beat", "Full", "STIX, from others"],
        default="Quick, from the beat",
        required=True,
        key="entry_kind",
        label_visibility="collapsed",
    )
    if kind == "Full":
        _full(page)
    elif kind == "STIX, from others":
        receive_stix(page)
    else:
        _quick(page)
    if saved := st.session_state.pop("report_saved", None):
        st.toast(f"Report {saved} is saved.", icon=":material/check:")


def _quick(page: Page) -> None:
    st.caption(
        "Write what was seen or heard in your words. Each sentence becomes a graded line, which an analyst "
        "regrades and sanitises. Do not name your source in the first box."
    )
    with st.form("quick_report", clear_on_submit=False):
        text = st.text_area("What was seen or heard?", height=110, key="quick_said")
        how = st.segmented_control("How do you know?", list(_HOW), default=next(iter(_HOW)), required=True)
        source = st.text_input("Your source, or where you were (stored apart, never shared with the report)")
        place, day = st.columns([3, 1])
        where = place.text_input("Where?")
        when = day.date_input("When?", read_today(), max_value=read_today(), format=DAY_INPUT)
        if not submit_act(page, "save report", "Submit", type="primary", icon=":material/send:"):
            return
    lines = tuple(Line(sentence, sentence, _HOW[how]) for sentence in split_sentences(text))
    title = lines[0].sanitised[:80] if lines else ""
    report = Report(
        title,
        page.actor.name,
        when,
        source or "the officer's own observation",
        "Policing purpose",
        "Prevention and detection of crime",
        "3",
        find_review_date("3", when) or when + timedelta(days=365),
        lines,
        place=where or None,
    )
    _save(page, report)


def _full(page: Page) -> None:
    groups = labels("retention_groups", with_code=True)
    left, right = st.columns(2)
    title = left.text_input("Title", key="full_title")
    submitted = right.text_input("Submitted by", page.actor.name, key="full_submitter")
    observed = left.date_input(
        "Observed on", read_today(), max_value=read_today(), key="full_observed", format=DAY_INPUT
    )
    place = right.text_input("Place", key="full_place")
    basis = left.text_input("Legal basis", key="full_basis")
    purpose = right.text_input("Purpose", key="full_purpose")
    group = left.selectbox(
        "Retention group", list(groups), index=2, format_func=groups.__getitem__, key="full_group"
    )
    due = find_review_date(group, observed) or observed + timedelta(days=365)
    review = right.date_input(
        "Review date",
        due,
        min_value=observed + timedelta(days=1),
        max_value=date(2200, 1, 1),
        key=f"full_review_{due}",
        help="From the retention group; groups without a period get a year.",
        format=DAY_INPUT,
    )
    provenance = st.text_area(
        "Provenance: the source (stored apart from every sanitised text)",
        height=68,
        key="full_provenance",
    )
    pasted = st.text_area("Text, to be split into one sentence a line", height=90, key="full_text")
    drafted = [Line(text, text, Grade("2", "D")) for text in split_sentences(pasted)]
    st.caption(
        "Grade each line and sanitise it so that it cannot reveal the source. Rows can be added and removed."
    )
    edited = edit_lines(table_of(drafted), key=f"full_lines_{hash(pasted)}")
    if act_button(page, "save report", "Save the report", type="primary", icon=":material/save:"):
        try:
            lines = lines_from(edited)
        except ValueError as error:
            st.error(plain(error))
            return
        _save(
            page,
            Report(
                title,
                submitted,
                observed,
                provenance,
                basis,
                purpose,
                group,
                review,
                lines,
                place=place or None,
            ),
        )


def _save(page: Page, report: Report) -> None:
    try:
        number, _ = save_report(page.store, page.actor, report)
    except ValueError as error:
        st.error(plain(error))
        return
    st.session_state["report_saved"] = number
    for key in [key for key in st.session_state if str(key).startswith(("full_", "quick_"))]:
        del st.session_state[key]
    st.rerun()
