"""Reports: the list, one report as this role reads it, its links and its corrections."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.desk.tray import TrayItem
from analytics.intelligence.access import tier_of
from analytics.intelligence.corroboration import RELATIONS, link_lines, links_of, withdraw_link
from analytics.intelligence.grading import in_words, read_across
from analytics.intelligence.reports import (
    Report,
    ReportedMeanwhile,
    as_seen,
    list_reports,
    load_report,
    report_versions,
    save_report,
)
from analytics.search import PageLink
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted, write_day
from ui.components.choosing import change_link, choose_row, chosen_number, tick_row
from ui.components.evidence import log, log_once
from ui.components.opening import open_link
from ui.components.text import DAY_FORMAT, MOMENT_FORMAT, plain
from ui.intelligence.cached_findings import read_rung
from ui.intelligence.choices import labels
from ui.intelligence.from_reports import save_from_reports
from ui.intelligence.ladder import show_rung
from ui.intelligence.lines import WRAPPED, edit_lines, lines_from, table_of
from ui.shell.page import Page
from ui.shell.tray import add_to_case

_NUMBER = st.column_config.NumberColumn(width=45)


def show_reports(page: Page) -> None:
    reports = list_reports(page.store)
    if reports.empty:
        st.text(
            "No report yet. A report records what somebody saw or heard, one sentence a line. Each line is "
            "graded for its source, its information and its handling (3x5x2). Open 'Enter a report', or "
            "import a file of them on Data."
        )
        return
    st.caption(f"{counted(len(reports), 'report')}, newest first. Choose one to read it.")
    shown = reports.assign(grades=reports.grades.map(list), place=reports.place.fillna(""))
    chosen = tick_row(
        shown[
            [
                "report_id",
                "title",
                "observed_on",
                "place",
                "submitted_by",
                "grades",
                "corroborated",
                "contradicted",
                "review_date",
            ]
        ],
        reports.report_id,
        chosen_number("report"),
        lambda number: change_link(report=number),
        placeholder="",
        key="reports",
        height="auto" if len(reports) < 12 else 440,
        column_config={
            "report_id": st.column_config.NumberColumn("No.", width=50),
            "title": st.column_config.TextColumn("Report", width="large"),
            "observed_on": st.column_config.DateColumn("Observed", format=DAY_FORMAT),
            "place": "Place",
            "submitted_by": "Submitted by",
            "grades": st.column_config.ListColumn(
                "Grading of lines", help="Source, information, handling: 3x5x2."
            ),
            "corroborated": "Corroborated",
            "contradicted": "Contradicted",
            "review_date": st.column_config.DateColumn("Review", format=DAY_FORMAT),
        },
        alt="Intelligence reports, newest first",
    )
    if chosen is not None:
        _show_one(page, chosen, reports)


def _show_one(page: Page, report_id: int, reports: pd.DataFrame) -> None:
    whole, version = load_report(page.store, report_id)
    tier = tier_of(page.actor.role)
    seen = as_seen(whole, tier, is_author=whole.submitted_by == page.actor.name)
    log_once(page, "read report", f"report {report_id} version {version}", {"role": page.actor.role})
    st.subheader(plain(f"Report {report_id} · {seen.title}"))
    opens = PageLink("intelligence", {"tab": "Reports", "report": str(report_id)})
    label = f"Report {report_id} · {seen.title}"
    add_to_case(page, TrayItem("report", str(report_id), label, opens), key=f"report-{report_id}")
    facts = [
        f"Observed {write_day(seen.observed_on)}",
        seen.place or "",
        f"submitted by {seen.submitted_by}",
        f"version {version}",
        f"retention group {seen.retention_group}, review {write_day(seen.review_date)}",
        f"legal basis: {seen.legal_basis}",
        f"purpose: {seen.purpose}",
    ]
    st.text(" · ".join(filter(None, facts)))
    show_rung(read_rung(page, "report", report_id))
    held_back = len(whole.lines) - len(seen.lines)
    if held_back:
        st.info(
            f"{counted(held_back, 'line is', 'lines are')} under handling conditions that this role does not "
            f"read."
        )
    _show_lines(seen)
    with st.expander("Provenance (never shared with the report)", icon=":material/lock:"):
        st.text(seen.provenance)
        if tier.original:
            st.dataframe(
                pd.DataFrame(
                    {
                        "Line": range(1, len(seen.lines) + 1),
                        "As received": [line.original for line in seen.lines],
                    }
                ),
                hide_index=True,
                placeholder="",
                row_height=WRAPPED,
                column_config={"Line": _NUMBER, "As received": st.column_config.TextColumn(width=1000)},
            )
    st.download_button(
        "Sanitised lines (CSV)",
        lambda: safe_csv(_sanitised(seen)),
        f"report-{report_id}.csv",
        "text/csv",
        on_click=log,
        args=(page, "export report", f"report {report_id} version {version}"),
        icon=":material/download:",
    )
    _show_links(page, report_id, seen, reports)
    save_from_reports(page, report_id, reports)
    if tier.original and page.actor.role != "inspector":
        _correct(page, report_id, whole, version)


def _sanitised(report: Report) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "line": range(1, len(report.lines) + 1),
            "information": [line.sanitised for line in report.lines],
            "grading": [str(line.grade) for line in report.lines],
        }
    )


def _show_lines(report: Report) -> None:
    domains, stages = labels("commercial_domains"), labels("stages")
    frame = pd.DataFrame(
        [
            {
                "Line": number,
                "Information": line.sanitised,
                "Grading": str(line.grade),
                "In words": in_words(line.grade),
                **read_across(line.grade),
                "Stage": stages.get(line.stage or ""),
                "Domain": domains.get(line.domain or ""),
            }
            for number, line in enumerate(report.lines, 1)
        ]
    )
    st.dataframe(
        frame,
        hide_index=True,
        placeholder="",
        alt="Graded lines of the report",
        row_height=WRAPPED,
        column_config={
            "Line": _NUMBER,
            "Information": st.column_config.TextColumn(width="large"),
            "5x5x5": st.column_config.TextColumn(
                help="The older codes, source / information, that read across to this grade; several may."
            ),
            "Admiralty 6x6": st.column_config.TextColumn(
                help="Read across by data/codes/grading.toml, a cautious reading of our own."
            ),
        },
    )


def _show_links(page: Page, report_id: int, report: Report, reports: pd.DataFrame) -> None:
    links = links_of(page.store, report_id)
    links = links[links.other_handling.isin(tier_of(page.actor.role).handling)]
    if len(links):
        st.markdown("**Links with other reports**")
        chosen = choose_row(
            links[
                [
                    "link_id",
                    "line",
                    "relation",
                    "other_report_id",
                    "other_line",
                    "other_text",
                    "reason",
                    "linked_by",
                ]
            ],
            links.link_id,
            key=f"links-of-report-{report_id}",
            placeholder="",
            column_config={
                "link_id": "Link",
                "line": "Line",
                "relation": "Relation",
                "other_report_id": "Report",
                "other_line": "Its line",
                "other_text": st.column_config.TextColumn("Says", width="large"),
                "reason": "Why",
                "linked_by": "Linked by",
            },
        )
        if chosen is not None:
            linked = str(links.set_index("link_id").other_report_id[chosen])
            opens = PageLink("intelligence", {"tab": "Reports", "report": linked})
            open_link(opens, f"Open report {linked}", key=f"linked-report-{report_id}")
    if page.actor.role == "inspector" or len(reports) < 2:
        return
    with st.expander("Link a line with another report's", icon=":material/link:"):
        others = {
            int(row.report_id): f"{row.report_id} · {row.title}"
            for row in reports.itertuples()
            if row.report_id != report_id
        }
        mine, other, theirs = st.columns(3)
        line = mine.selectbox("Line of this report", range(1, len(report.lines) + 1))
        other_id = other.selectbox("Other report", list(others), format_func=others.__getitem__)
        count = int(reports.set_index("report_id").lines[other_id])
        other_line = theirs.selectbox("Its line", range(1, count + 1))
        relation = st.segmented_control("The other", RELATIONS, default=RELATIONS[0], required=True)
        reason = st.text_input("Why (for a corroboration: how the two sources are independent)")
        if st.button("Link the lines", icon=":material/link:"):
            try:
                link_lines(
                    page.store, page.actor, (report_id, line), (other_id, other_line), relation, reason
                )
            except (ValueError, KeyError) as error:
                st.error(plain(error.args[0]))
            else:
                st.rerun()
        if len(links):
            link = st.selectbox("Withdraw link", links.link_id.tolist(), index=None)
            if link and st.button("Withdraw it, for the reason above"):
                try:
                    withdraw_link(page.store, page.actor, link, reason)
                except ValueError as error:
                    st.error(plain(error))
                else:
                    st.rerun()


def _correct(page: Page, report_id: int, report: Report, version: int) -> None:
    with st.expander("Correct or regrade (adds a version)", icon=":material/edit:"):
        versions = report_versions(page.store, report_id)
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
        if st.button("Save as the next version", icon=":material/save:", key=f"save-{report_id}-{version}"):
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
