"""A file of graded reports as it would be taken in: the lines, and the rows that would be refused."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analytics.ingest import Mapping, RawTable, SourceDetails, UnreadableFile
from analytics.ingest.mapping import check_mapping
from analytics.intelligence.report_import import grade_reports
from analytics.shared.wording import counted
from ui.components.audit import log_once
from ui.intelligence.lines import WRAPPED
from ui.shell.page import Page

_SHOWN = 200  # lines; a file may hold thousands


def preview_reports(page: Page, raw: RawTable, mapping: Mapping, file_name: str) -> bool:
    """Show what the file holds; False where it lacks a column or no report of it can be taken in."""
    try:
        check_mapping(raw, mapping)
        lines, refused = _read(raw, raw.sha256, mapping)
    except UnreadableFile as error:
        st.error(str(error))
        return False
    log_once(page, "view rows", f"preview of {file_name}", {"rows": len(lines)})
    st.caption(
        f"{counted(lines.Reference.nunique(), 'report')}, {counted(len(lines), 'line')}; "
        f"{counted(len(refused), 'row')} would be refused."
        + (f" The first {_SHOWN} lines are shown." if len(lines) > _SHOWN else "")
    )
    if len(lines):
        st.dataframe(
            lines.head(_SHOWN),
            hide_index=True,
            placeholder="",
            height=300,
            row_height=WRAPPED,
            alt="The lines as they would be taken in",
            column_config={"May be shared as": st.column_config.TextColumn(width="large")},
        )
    if len(refused):
        st.dataframe(
            refused.head(_SHOWN),
            hide_index=True,
            placeholder="",
            alt="The rows that would be refused",
            column_config={
                "Row": st.column_config.NumberColumn(width=60),
                "Refused because": st.column_config.TextColumn(width=1000),
            },
        )
    return bool(len(lines))


@st.cache_data(max_entries=4, show_spinner="Reading the reports …")
def _read(_raw: RawTable, sha256: str, mapping: Mapping) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The lines of the reports that would be taken in, and the refused rows with their reasons."""
    unsaid = SourceDetails("preview", "preview", "preview", "P", date.max)  # asked for in the next step
    reports, refused = grade_reports(_raw, mapping, unsaid)
    lines = pd.DataFrame(
        [
            {
                "Reference": report.reference,
                "Report": report.title,
                "Observed": report.observed_on,
                "Grading": str(line.grade),
                "May be shared as": line.sanitised,
                "Submitted by": report.submitted_by,
                "Place": report.place,
            }
            for report in reports
            for line in report.lines
        ],
        columns=["Reference", "Report", "Observed", "Grading", "May be shared as", "Submitted by", "Place"],
    )
    rows = pd.DataFrame(
        [
            {"Row": number, "Refused because": why}
            for number, why, _ in sorted(refused, key=lambda row: row[0])
        ],
        columns=["Row", "Refused because"],
    )
    return lines, rows
