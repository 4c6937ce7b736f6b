"""Correcting a report: its versions, and the form that adds the next one."""

from __future__ import annotations

import streamlit as st

from analytics.intelligence.reports import Report, ReportedMeanwhile, list_report_versions, save_report
from ui.components.act_buttons import act_button
from ui.components.text import MOMENT_FORMAT, plain
from ui.intelligence.lines import edit_lines, lines_from, table_of
from ui.shell.page import Page


def correct_report(page: Page, report_id: int, report: Report, version: int) -> None:
    with st.expander("Correct or regrade (adds a version)", icon=":material/edit:"):
        versions = list_report_versions(page.store, report_id)
        st.dataframe(
            versions,
            hide_index=True,
            placeholder="",
            column_config={
                "version": "Version",
                "title": "Title",
                "saved_by": "Saved by",
                "change_reason": "Why",
                "saved_at": st.column_config.DatetimeColumn("Saved (UTC)", format=MOMENT_FORMAT),
            },
        )
        edited = edit_lines(table_of(report.lines), key=f"correct-{report_id}-{version}")
        why = st.text_input("Why is it corrected?", key=f"why-{report_id}-{version}")
        if act_button(
            page,
            "save report",
            "Save as the next version",
            icon=":material/save:",
            key=f"save-{report_id}-{version}",
        ):
            try:
                changed = Report(
                    **{name: getattr(report, name) for name in Report.__dataclass_fields__}
                    | {"lines": lines_from(edited)}
                )
                save_report(
                    page.store,
                    page.actor,
                    changed,
                    report_id=report_id,
                    latest_seen=version,
                    change_reason=why,
                )
            except (ValueError, ReportedMeanwhile) as error:
                st.error(plain(error))
            else:
                st.rerun()
