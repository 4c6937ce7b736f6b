"""The sources: what they are, their refused rows, their removal."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from analytics.ingest import quarantine_rows, remove_source
from analytics.oversight.approvals import BULK_ROWS
from analytics.oversight.exercise import EXERCISE, find_invented_sources
from analytics.oversight.masking import mask_attributes
from analytics.shared.wording import counted
from ui.components.act_buttons import act_button
from ui.components.audit import log_once
from ui.components.choosing import choose_row
from ui.components.empty_state import offer_scenario
from ui.components.exporting import offer_csv
from ui.components.reveal import reveal
from ui.components.text import DAY_FORMAT, MOMENT_FORMAT
from ui.intelligence.cached_findings import read_rung
from ui.intelligence.ladder import show_rung
from ui.shell.page import Page

_KINDS = {
    "incident": "Recorded crime",
    "boundary": "Boundaries",
    "map": "Base map",
    "advert": "Adverts",
    "account": "Accounts",
    "transaction": "Transactions",
    "premises": "Premises",
    "journey": "Journeys",
    "communication": "Communications",
    "report": "Intelligence reports",
}
_SHOWN = {
    "source_id": "No.",
    "kind": "Kind",
    "name": "Name",
    "area": "Working area",
    "rows_in": "Rows",
    "rows_accepted": "Accepted",
    "rows_quarantined": "Refused",
    "legal_basis": "Legal basis",
    "purpose": "Purpose",
    "handling": "Handling",
    "review_date": "Review by",
    "imported_at": "Imported (UTC)",
    "imported_by": "Imported by",
    "file_name": "File",
    "is_scenario": "Invented",
}


def show_sources(page: Page, sources: pd.DataFrame) -> None:
    """The table of sources; one chosen shows its refused rows and can be removed."""
    if sources.empty:
        st.text("No source yet. Import a crime file, or load an invented city to practise on.")
        offer_scenario(page)
        return
    number = choose_row(
        sources.assign(kind=sources.kind.map(_KINDS))[list(_SHOWN)],
        sources.source_id,
        key="sources",
        alt="Sources",
        column_config=_SHOWN
        | {
            name: st.column_config.NumberColumn(_SHOWN[name], format="localized")
            for name in ("rows_in", "rows_accepted", "rows_quarantined")
        }
        | {
            "imported_at": st.column_config.DatetimeColumn(_SHOWN["imported_at"], format=MOMENT_FORMAT),
            "review_date": st.column_config.DateColumn(_SHOWN["review_date"], format=DAY_FORMAT),
        },
    )
    if number is None:
        st.caption("Choose a source to see its refused rows or remove it.")
        return
    source = sources[sources.source_id == number].iloc[0]
    st.subheader(f"Source {number}: {source['name']}")
    st.text(
        f"{source.rows_accepted:,} of {counted(source.rows_in, 'row')} accepted, "
        f"{source.rows_quarantined:,} refused. Purpose: {source.purpose}."
    )
    if source.kind not in ("boundary", "map"):
        show_rung(read_rung(page, "source", number))
    if source.rows_quarantined:
        show_refused(page, number)
    if act_button(
        page, "remove source", "Remove this source …", icon=":material/delete:", key=f"remove-{number}"
    ):
        _confirm_removal(page, number, source["name"], int(source.rows_accepted))


@st.dialog("Remove this source?")
def _confirm_removal(page: Page, number: int, name: str, rows: int) -> None:
    st.text(
        f"Source {number}, {name}: its {counted(rows, 'row')} and its refused rows are removed "
        "permanently. Findings that rest on them remain and state this. The removal and its reason stay in "
        "the audit trail."
    )
    why = st.text_input("Why is it removed?", key=f"why-{number}")
    if act_button(
        page, "remove source", "Remove it", type="primary", disabled=not why.strip(), key=f"confirm-{number}"
    ):
        remove_source(page.store, page.actor, number, why.strip())
        st.rerun()


def _as_in_file(refused: pd.DataFrame) -> pd.DataFrame:
    """Row number, reason, and the cells of each row as they stand in the file."""
    cells = pd.DataFrame([json.loads(raw) for raw in refused.raw], index=refused.index, dtype=str)
    cells = cells.drop(columns=["row_number", "reason"], errors="ignore").dropna(axis="columns", how="all")
    return pd.concat(
        [refused[["row_number", "reason"]], cells.rename(columns={"text": "As it stands in the file"})],
        axis=1,
    )


def show_refused(page: Page, number: int) -> None:
    """The refused rows of a source by reason, and the rows themselves, for download."""
    refused = quarantine_rows(page.store, number)
    log_once(page, "view rows", f"refused rows of source {number}", {"rows": len(refused)})
    counts = (
        refused.groupby("reason").size().rename("rows").reset_index().sort_values("rows", ascending=False)
    )
    left, right = st.columns([2, 3])
    left.dataframe(
        counts,
        hide_index=True,
        alt="Refused rows by reason",
        column_config={"reason": "Reason", "rows": "Rows"},
    )
    revealed = reveal(page, f"refused rows of source {number}", key=f"refused-{number}")
    shown = refused if revealed else refused.assign(raw=refused.raw.map(mask_attributes))
    right.dataframe(
        _as_in_file(shown.head(1000)),
        hide_index=True,
        alt="Refused rows",
        column_config={"row_number": st.column_config.NumberColumn("Row", pinned=True), "reason": "Reason"},
    )
    offer_csv(
        page,
        "Download refused rows (CSV)",
        shown if len(refused) <= BULK_ROWS else refused.assign(raw=refused.raw.map(mask_attributes)),
        f"refused-{number}",
        "export rows",
        f"refused rows of source {number}",
        mark=EXERCISE if find_invented_sources(page.store, [number]) else "",
        key=f"refused-{number}",
    )
