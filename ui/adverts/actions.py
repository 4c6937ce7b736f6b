"""What follows from an operation: a finding, a referral to those who help, an export without personal
data."""

from __future__ import annotations

import streamlit as st

from analytics.adverts.indicator_hits import summarise_hits
from analytics.adverts.masking import mask_adverts
from analytics.adverts.operation_finding import build_finding
from analytics.adverts.queries import read_identifiers
from analytics.oversight.approvals import BULK_ROWS, UNMASKED, take_unmasked
from analytics.oversight.exercise import mark_name, mark_of_sources, mark_table
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted
from ui.adverts.movement import list_movement_sentences
from ui.adverts.referrals import show_operation_referrals
from ui.adverts.screen import AdvertsScreen, Operation, collect_names_in, read_itinerary
from ui.components.act_buttons import act_button
from ui.components.approvals import ask_second
from ui.components.audit import log
from ui.components.exporting import download_button
from ui.components.saved_finding import save_as_finding, show_saved_finding

_SAVES = (
    "A finding keeps its adverts as evidence, its confidence and other explanations. It says nothing about "
    "exploitation."
)


def show_actions(screen: AdvertsScreen, operation: Operation, *, revealed: bool) -> None:
    """Welfare first: the referral stands before all else."""
    refer, export = st.columns(2, gap="large")
    with refer:
        st.markdown("**:material/volunteer_activism: Welfare first**")
        st.caption(
            "Somebody in an advert is a possible victim first. Safeguarding and support partners can help "
            "without a charge, a raid or proof."
        )
        st.toggle("Draft or read referrals", key=f"referral-{operation.number}")
    with export:
        st.markdown("**:material/download: Export**")
        _export(screen, operation, revealed)
    if st.session_state.get(f"referral-{operation.number}"):
        show_operation_referrals(screen, operation)


def save_operation(screen: AdvertsScreen, operation: Operation) -> None:
    """The button that saves the operation as a finding, and what came of it."""
    if act_button(
        screen.page,
        "save finding",
        "Save as finding",
        type="primary",
        key="save_finding",
        shortcut="S",
        help=_SAVES,
    ):
        shown = summarise_hits(screen.hits, operation.number, screen.file)
        finding, evidence = build_finding(
            operation.subject,
            operation.adverts,
            shown,
            operation.links,
            list_movement_sentences(read_itinerary(screen, operation)),
            operation.label,
            {"last run (UTC)": str(screen.summary.last_run)},
            screen.version,
        )
        save_as_finding(screen.page, operation.subject.name, finding, evidence)
    show_saved_finding(operation.subject.name)


def _export(screen: AdvertsScreen, operation: Operation, revealed: bool) -> None:
    with st.popover("Copy the link", icon=":material/link:"):
        st.caption("The link contains the filter, the operation and its part, and no data.")
        st.code(st.context.url or "", language=None, wrap_lines=True)
    with_text = st.checkbox(
        "Include the texts, contacts masked",
        key="export_text",
        help="Without them the file has dates, places, sites and counts only.",
    )
    personal = revealed and st.checkbox("Include contacts and names as revealed", key="export_personal")
    if personal and len(operation.adverts) > BULK_ROWS:
        what = f"{operation.subject.name}, {counted(len(operation.adverts), 'advert')}"
        if not ask_second(screen.page, UNMASKED, what, key="adverts_unmasked"):
            return
    if not st.button("Prepare the file", icon=":material/build:", key="export_make"):
        return
    rows = operation.adverts
    if not personal:
        rows = (
            mask_adverts(
                rows, read_identifiers(screen.page.store, rows), collect_names_in(screen, operation.number)
            )
            if with_text
            else rows.drop(columns=["title", "body", "contact"])
        )
    mark = mark_of_sources(screen.page.store, table="advert")
    body = safe_csv(mark_table(screen.page.store, rows, mark))
    download_button(
        screen.page,
        "export rows",
        f"Download {counted(len(rows), 'advert')} (CSV, {len(body) / 1024:,.0f} KB)",
        body,
        mark_name(f"operation-{operation.number}.csv", mark),
        "text/csv",
        key="export_file",
        icon=":material/download:",
        on_click=_record_export,
        args=(screen, operation, with_text or personal, personal),
    )


def _record_export(screen: AdvertsScreen, operation: Operation, text: bool, personal: bool) -> None:
    rows = len(operation.adverts)
    if personal and rows > BULK_ROWS:
        what = f"{operation.subject.name}, {counted(rows, 'advert')}"
        take_unmasked(screen.page.store, screen.page.actor, what)
    detail = {"rows": rows, "text": text, "personal data": personal}
    log(screen.page, "export rows", operation.subject.name, detail)
