"""Reports: the list in two lines each, and the chosen one as this role reads it, with what can be done with
it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.desk.tray import TrayItem
from analytics.intelligence.grading import describe_grade, read_across
from analytics.intelligence.reports import Line, Report, as_seen, list_reports, load_report
from analytics.oversight import may
from analytics.oversight.exercise import EXERCISE
from analytics.oversight.masking import mask_text
from analytics.oversight.roles import Tier, find_tier, tier_of
from analytics.search import PageLink
from analytics.search.mentions import Mention, find_mentions
from analytics.shared.wording import counted, write_day
from analytics.store import Store
from analytics.tasking.exercise import rests_on_exercise
from ui.components.address import change_address
from ui.components.audit import log_once
from ui.components.choosing import chosen_number, say_not_there
from ui.components.empty_state import offer_ways_in
from ui.components.entity_link import show_list_link
from ui.components.exporting import offer_csv
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.opening import open_link
from ui.components.prose import LinkedText, Paragraph, show_prose
from ui.components.reveal import reveal
from ui.components.text import plain
from ui.intelligence.cached_findings import read_rung
from ui.intelligence.choices import labels
from ui.intelligence.correcting import correct_report
from ui.intelligence.from_reports import save_from_reports
from ui.intelligence.ladder import show_rung
from ui.intelligence.lines import WRAPPED
from ui.intelligence.report_links import show_report_links
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.page import Page
from ui.shell.tray import add_to_case

_MOST = 300  # cards
_NUMBER = st.column_config.NumberColumn(width=45)


@st.fragment
def show_reports(page: Page) -> None:
    """The list beside the report that the link names, else the first."""
    reports = list_reports(page.store)
    if reports.empty:
        st.text(
            "No report yet. A report records what somebody saw or heard, one sentence a line. Each line is "
            "graded for its source, its information and its handling (3x5x2). Open 'Enter a report', or "
            "import a file of them."
        )
        offer_ways_in(page, "Import reports", "Reports")
        return
    asked = chosen_number("report")
    known = set(reports.report_id)
    chosen = int(reports.report_id[0]) if asked is None else asked if asked in known else None
    with window_pane("reports"):
        with fill_pane("index"):
            _show_list(reports, chosen)
        with fill_pane("reading"):
            if chosen is None:
                with scroll_pane("reading"):
                    say_not_there(f"report {asked}")
            else:
                _show_one(page, chosen, reports)


def _show_list(reports: pd.DataFrame, chosen: int | None) -> None:
    shown = reports.head(_MOST)
    if chosen is not None and chosen not in set(shown.report_id):
        shown = pd.concat([shown, reports[reports.report_id == chosen]])
    with pad_pane("list_head"):
        more = f", the first {_MOST} shown" if len(reports) > _MOST else ""
        st.markdown(f"**{counted(len(reports), 'report')}**, newest first{more}")
    with fill_pane("report_list"):
        show_list(
            [_entry(row) for row in shown.itertuples()],
            key="reports",
            label="Intelligence reports, newest first",
            chosen=None if chosen is None else str(chosen),
            on_choose=lambda number: change_address(report=number),
        )


def _entry(row) -> ListEntry:
    about = [
        " ".join(row.grades),
        row.submitted_by,
        write_day(row.observed_on),
        row.place if isinstance(row.place, str) else "",
        f"handling {', '.join(dict.fromkeys(grade[2:] for grade in row.grades))}",
    ]
    marks = []
    if row.contradicted:
        marks.append(ListMark(f"contradicted by {row.contradicted}", "against"))
    if row.corroborated:
        marks.append(ListMark(f"corroborated by {row.corroborated}", "for"))
    return ListEntry(str(row.report_id), row.title, " · ".join(filter(None, about)), marks=marks)


def _show_one(page: Page, report_id: int, reports: pd.DataFrame) -> None:
    whole, version = load_report(page.store, report_id)
    tier = tier_of(page.actor)
    seen = as_seen(whole, tier, is_author=whole.submitted_by == page.actor.name)
    log_once(page, "read report", f"report {report_id} version {version}", {"role": page.actor.role})
    with pad_pane("detail_head", horizontal=True):
        st.header(plain(f"Report {report_id} · {seen.title}"))
    with scroll_pane("reading"):
        _show_facts(page, report_id, version, seen)
        held_back = len(whole.lines) - len(seen.lines)
        if held_back:
            st.info(
                f"{counted(held_back, 'line is', 'lines are')} under handling conditions that this role does "
                "not read."
            )
        _show_lines(page, report_id, version, seen, tier)
        show_report_links(page, report_id, seen, reports)
        _show_provenance(page, report_id, seen, tier)
        save_from_reports(page, report_id, reports)
        if tier.original and may(page.actor, "save report"):
            correct_report(page, report_id, whole, version)
    with pad_pane("detail_foot", horizontal=True):
        opens = PageLink("intelligence", {"tab": "Reports", "report": str(report_id)})
        label = f"Report {report_id} · {seen.title}"
        add_to_case(page, TrayItem("report", str(report_id), label, opens), key=f"report-{report_id}")
        show_list_link(page, f"report-{report_id}", key=f"nodes-of-report-{report_id}")
        offer_csv(
            page,
            "Sanitised lines (CSV)",
            _sanitised(seen),
            f"report-{report_id}",
            "export report",
            f"report {report_id} version {version}",
            mark=EXERCISE if rests_on_exercise(page.store, [], [report_id]) else "",
        )


def _show_facts(page: Page, report_id: int, version: int, seen: Report) -> None:
    facts = [
        f"Observed {write_day(seen.observed_on)}",
        f"submitted by {seen.submitted_by}",
        f"version {version}",
        f"retention group {seen.retention_group}, review {write_day(seen.review_date)}",
        f"legal basis: {seen.legal_basis}",
        f"purpose: {seen.purpose}",
    ]
    st.caption(plain(" · ".join(facts)))
    if seen.place:
        open_link(
            PageLink("search", {"find": seen.place}),
            f"Elsewhere on {seen.place}",
            key=f"place-of-{report_id}",
        )
    show_rung(read_rung(page, "report", report_id))


def _show_lines(page: Page, report_id: int, version: int, seen: Report, tier: Tier) -> None:
    domains, stages = labels("commercial_domains"), labels("stages")
    texts = tuple(line.sanitised for line in seen.lines)
    found = _mentions(page.store, page.store.path, page.store.data_version(), page.actor.role, texts)
    show_prose(
        [
            Paragraph(_pieces(line.sanitised, mentions), str(number), _describe(line, stages, domains))
            for number, (line, mentions) in enumerate(zip(seen.lines, found, strict=True), 1)
        ],
        key=f"lines-{report_id}-{version}",
        label="Graded lines of the report",
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _mentions(
    _store: Store, path: str, version: int, role: str, texts: tuple[str, ...]
) -> list[list[Mention]]:
    return find_mentions(_store, texts, find_tier(role))


def _pieces(text: str, mentions: list[Mention]) -> list[LinkedText]:
    """The text cut where something in it can be opened."""
    pieces, at = [], 0
    for mention in mentions:
        pieces.append(LinkedText(text[at : mention.start]))
        pieces.append(LinkedText(text[mention.start : mention.end], mention.opens, mention.what))
        at = mention.end
    return [piece for piece in (*pieces, LinkedText(text[at:])) if piece.text]


def _describe(line: Line, stages: dict[str, str], domains: dict[str, str]) -> str:
    """The grading in words, what it reads across to, and where the line belongs."""
    across = "; ".join(f"{name}: {codes}" for name, codes in read_across(line.grade).items())
    of_trade = filter(None, (stages.get(line.stage or ""), domains.get(line.domain or "")))
    return " · ".join(
        filter(None, (str(line.grade), describe_grade(line.grade), across, ", ".join(of_trade)))
    )


def _show_provenance(page: Page, report_id: int, seen: Report, tier: Tier) -> None:
    with st.expander("Provenance (never shared with the report)", icon=":material/lock:"):
        st.text(seen.provenance)
        if tier.original:
            what = f"report {report_id} as received"
            shown = reveal(page, what, key=f"received-{report_id}")
            received = [line.original if shown else mask_text(line.original) for line in seen.lines]
            st.dataframe(
                pd.DataFrame(
                    {
                        "Line": range(1, len(seen.lines) + 1),
                        "As received": received,
                    }
                ),
                hide_index=True,
                placeholder="",
                row_height=WRAPPED,
                column_config={"Line": _NUMBER, "As received": st.column_config.TextColumn(width=1000)},
            )


def _sanitised(report: Report) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "line": range(1, len(report.lines) + 1),
            "information": [line.sanitised for line in report.lines],
            "grading": [str(line.grade) for line in report.lines],
        }
    )
