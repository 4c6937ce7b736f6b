"""Links of a report's lines with those of other reports: the list, and the forms to add and withdraw one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.intelligence.corroboration import RELATIONS, link_lines, list_line_links, withdraw_link
from analytics.intelligence.reports import Report
from analytics.oversight.roles import tier_of
from analytics.search import PageLink
from ui.components.act_buttons import act_button
from ui.components.prose import LinkedText, Paragraph, show_prose
from ui.components.text import plain
from ui.shell.page import Page


def show_report_links(page: Page, report_id: int, report: Report, reports: pd.DataFrame) -> None:
    links = list_line_links(page.store, report_id)
    links = links[links.other_handling.isin(tier_of(page.actor).handling)]
    if len(links):
        st.markdown("**Links with other reports**")
        show_prose(
            [_link_in_words(row) for row in links.itertuples()],
            key=f"links-of-report-{report_id}",
            label="Links with other reports",
        )
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
        if act_button(page, "link reports: x", "Link the lines", icon=":material/link:"):
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
            if link and act_button(page, "withdraw link of reports", "Withdraw it, for the reason above"):
                try:
                    withdraw_link(page.store, page.actor, link, reason)
                except ValueError as error:
                    st.error(plain(error))
                else:
                    st.rerun()


def _link_in_words(row) -> Paragraph:
    opens = PageLink("intelligence", {"tab": "Reports", "report": str(row.other_report_id)})
    other = LinkedText(f"report {row.other_report_id}", opens, row.other_title)
    return Paragraph(
        [
            LinkedText(f"Line {row.line} {row.relation} "),
            other,
            LinkedText(f", line {row.other_line}: {row.other_text}"),
        ],
        note=f"{row.reason} · linked by {row.linked_by} · link {row.link_id}",
    )
