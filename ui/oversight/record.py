"""The audit trail, read and filtered, with the state of its seal beside the chosen record."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import streamlit as st

from analytics.oversight.heads import read_latest_head
from analytics.oversight.inspection_export import export_audit
from analytics.oversight.seal import Verification, verify_store
from analytics.oversight.trail import (
    MOST,
    TrailFilter,
    count_trail,
    describe_detail,
    list_trail_values,
    read_trail,
)
from analytics.shared.wording import counted, write_moment
from ui.components.address import change_address, choices_of_address, text_of_address
from ui.components.audit import log, log_once
from ui.components.choosing import chosen_number, tick_row
from ui.components.exporting import download_button, offer_csv
from ui.components.text import DAY_INPUT, MOMENT_FORMAT, plain
from ui.oversight.allowed import is_allowed
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.page import Page

COLUMNS = {
    "sequence": st.column_config.NumberColumn("No.", width=60, format="%d"),
    "recorded_at": st.column_config.DatetimeColumn("When (UTC)", width=130, format=MOMENT_FORMAT),
    "actor": st.column_config.TextColumn("Who", width=170),
    "role": st.column_config.TextColumn("Role", width=80),
    "act": st.column_config.TextColumn("Act", width=140),
    "object": st.column_config.TextColumn("Of what", width=200),
    "purpose": st.column_config.TextColumn("Purpose", width=110),
}


@st.fragment
def show_record(page: Page) -> None:
    """The filter and the records; beside them the seal, and what the chosen record says."""
    if not is_allowed(page, "read audit"):
        return
    log_once(page, "read audit", "audit trail")
    chosen = chosen_number("record")
    with window_pane("oversight"):
        with fill_pane("main"):
            with pad_pane("filter"):
                trail = read_trail(page.store, _choose_filter(page))
                _say_how_many(page, trail)
            with scroll_pane("page_view"):
                tick_row(
                    trail,
                    trail.sequence.tolist(),
                    chosen,
                    lambda number: change_address(record=None if number is None else str(number)),
                    key="trail",
                    column_order=list(COLUMNS),
                    column_config=COLUMNS,
                    height=620,
                    alt="Audit records, the latest first",
                )
        with fill_pane("beside"), scroll_pane("reading"):
            _show_seal(page)
            _show_chosen(trail, chosen)


def _choose_filter(page: Page) -> TrailFilter:
    actors, acts = list_trail_values(page.store)
    with st.container(horizontal=True):  # in two lines where the window is narrow
        return TrailFilter(
            st.multiselect(
                "Who", actors, placeholder="Anybody", width=170, **choices_of_address("who", actors)
            ),
            st.multiselect("Act", acts, placeholder="Any act", width=170, **choices_of_address("act", acts)),
            st.date_input("From", None, format=DAY_INPUT, key="trail-since", width=130),
            st.date_input("To", None, format=DAY_INPUT, key="trail-until", width=130),
            st.text_input(
                "A word of it", placeholder="report 12, a reason …", width=180, **text_of_address("word")
            ),
        )


def _say_how_many(page: Page, trail: pd.DataFrame) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        more = f", the latest {MOST:,} shown" if len(trail) == MOST else ""
        st.markdown(
            f"**{counted(len(trail), 'record')}** of {count_trail(page.store):,}, latest first{more}",
            width="stretch",
        )
        offer_csv(page, "CSV", trail, "audit", "export audit", "filtered records", type="tertiary")


def _show_seal(page: Page) -> None:
    """The short code of the last head, and the check of everything on request."""
    head = read_latest_head(page.store)
    st.header("Seal")
    if head is None:
        st.caption("No head is signed yet. One is signed with the next act.")
    else:
        st.markdown(f"`{head.code}`")
        st.caption(
            f"Signed {plain(write_moment(pd.Timestamp(head.signed_at)))} UTC, over {head.size:,} records."
        )
    with st.container(horizontal=True):
        asked = st.button("Check everything", icon=":material/verified_user:")
        download_button(
            page,
            "export audit",
            "For an inspector",
            lambda: _pack(page),
            "audit.zip",
            "application/zip",
            icon=":material/download:",
            on_click=log,
            args=(page, "export audit", "everything"),
            help="Records, signed heads, proofs, and a script that checks them without Achilles.",
        )
    if asked:
        log(page, "verify audit", "store")
        with st.spinner("Checking the chain, every digest and the signed heads …"):
            st.session_state["verification"] = verify_store(page.store)
    if isinstance(found := st.session_state.get("verification"), Verification):
        _say_found(found)


def _say_found(found: Verification) -> None:
    if found.faults:
        st.error(f"{counted(len(found.faults), 'thing')} not as written", icon=":material/gpp_bad:")
        st.dataframe(
            pd.DataFrame([{"Where": fault.where, "What": fault.what} for fault in found.faults]),
            hide_index=True,
            alt="What is not as it was written",
        )
    else:
        st.success(
            f"Unbroken: {counted(found.records, 'record')} and {counted(found.sealed_parts, 'sealed part')}"
            f" as written; {counted(found.heads, 'signed head')} outside the store fit.",
            icon=":material/verified_user:",
        )
    for note in found.notes:
        st.caption(plain(note))


def _pack(page: Page) -> bytes:
    with TemporaryDirectory() as folder:
        export_audit(page.store, path := Path(folder) / "audit.zip")
        return path.read_bytes()


def _show_chosen(trail: pd.DataFrame, chosen: int | None) -> None:
    row = trail[trail.sequence == chosen]
    if row.empty:
        st.caption("Tick a record to read all of it.")
        return
    show_record_detail(row.iloc[0])


def show_record_detail(record: pd.Series) -> None:
    """Everything that one record says."""
    st.header(plain(f"Record {record.sequence} · {record.act}"))
    facts = [
        ("When", f"{write_moment(record.recorded_at)} UTC"),
        ("Who", f"{record.actor}, {record.role}"),
        ("Of what", record.object),
        ("Purpose", record.purpose or "none stated"),
        *describe_detail(json.loads(record.detail)),
    ]
    st.dataframe(
        pd.DataFrame(facts, columns=["What", "Value"]),
        hide_index=True,
        height="content",
        alt="The record in full",
        column_config={"Value": st.column_config.TextColumn(width="large")},
    )
