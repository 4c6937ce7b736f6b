"""Findings: all of them in two lines each, and the chosen one in full beside them."""

from __future__ import annotations

from functools import partial
from typing import Literal

import pandas as pd
import streamlit as st

from analytics.intelligence.finding_links import list_finding_links
from analytics.shared.wording import counted, write_period
from analytics.training.exercise.revealed import list_finding_rows
from ui.components.address import change_address
from ui.components.choosing import chosen_number, say_not_there
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.planted import mark_planted
from ui.intelligence.affected import show_affected
from ui.intelligence.cached_findings import read_findings, read_ladder, read_proposals
from ui.intelligence.finding import show_finding
from ui.intelligence.related import show_pairs
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.page import Page
from ui.shell.pages import find_page, page_path

_MOST = 300  # cards
_PAIRS = 20
_EVIDENCE = ("incident", "advert", "transaction", "communication")  # of which an exercise plants something


@st.fragment
def show_findings(page: Page) -> None:
    """The list beside the finding that the link names, else the first."""
    findings = read_findings(page)
    if findings.empty:
        st.text(
            "This role can read no finding yet. A finding states what an analysis shows, with its method, "
            "evidence rows, confidence and other explanations. Save one on Hotspots, "
            "Adverts or Money, or from reports on this page."
        )
        for entry in map(find_page, ("hotspots", "adverts", "finance")):
            st.page_link(page_path(entry.name), label=f"Open {entry.title}", icon=f":material/{entry.icon}:")
        return
    asked = chosen_number("finding")
    known = set(findings.finding_id)
    chosen = int(findings.finding_id[0]) if asked is None else asked if asked in known else None
    with window_pane("findings"):
        with fill_pane("index"):
            _show_list(page, findings, chosen)
        with fill_pane("reading"):
            if chosen is None:
                with scroll_pane("reading"):
                    say_not_there(f"finding {asked}")
            else:
                show_finding(page, chosen, chosen_number("version"), findings)


def _show_list(page: Page, findings: pd.DataFrame, chosen: int | None) -> None:
    links = list_finding_links(page.store)
    links = links[
        links.finding_id.isin(findings.finding_id) & links.other_finding_id.isin(findings.finding_id)
    ]
    rungs = read_ladder(page).query("kind == 'finding'").set_index("number").rung
    shown = findings.head(_MOST)
    if chosen is not None and chosen not in set(shown.finding_id):
        shown = pd.concat([shown, findings[findings.finding_id == chosen]])
    with pad_pane("list_head"):
        more = f", the first {_MOST} shown" if len(findings) > _MOST else ""
        st.markdown(f"**{counted(len(findings), 'finding')}**, newest first{more}")
    with fill_pane("finding_list"):
        show_list(
            mark_planted(
                [_entry(row, rungs[row.finding_id], links) for row in shown.itertuples()],
                page.store,
                {table: partial(list_finding_rows, page.store, table) for table in _EVIDENCE},
            ),
            key="findings",
            label="Findings, newest first",
            chosen=None if chosen is None else str(chosen),
            on_choose=lambda number: change_address(finding=number, version=None),
        )
    with pad_pane("list_foot"):
        _offer_pairs(page, findings, links)
        show_affected(page)


def _entry(row, rung: str, links: pd.DataFrame) -> ListEntry:
    period = ""
    if pd.notna(row.period_from) and pd.notna(row.period_to):
        period = write_period(row.period_from, row.period_to)
    about = [rung.capitalize(), f"{row.confidence} confidence", _evidence(row), period]
    others = [ListMark(words, tone) for words, tone in _others(row.finding_id, links)]
    return ListEntry(str(row.finding_id), row.title, " · ".join(filter(None, about)), marks=others)


def _evidence(row) -> str:
    gone = row.evidence_rows - row.still_stored
    if not gone and not row.changed:
        return counted(row.evidence_rows, "row")
    parts = [f"{count:,} {what}" for count, what in ((gone, "removed"), (row.changed, "changed")) if count]
    return f"⚠ {', '.join(parts)} of {row.evidence_rows:,}"


def _others(number: int, links: pd.DataFrame) -> list[tuple[str, Literal["for", "against"]]]:
    """The findings that a person says contradict or corroborate one."""
    mine = links[(links.finding_id == number) | (links.other_finding_id == number)]
    tones: dict[str, Literal["for", "against"]] = {"contradicts": "against", "corroborates": "for"}
    return [
        (
            f"{row.relation} {row.other_finding_id if row.finding_id == number else row.finding_id}",
            tones[row.relation],
        )
        for row in mine.itertuples()
        if row.relation in tones
    ]


def _offer_pairs(page: Page, findings: pd.DataFrame, links: pd.DataFrame) -> None:
    """Contradicting findings side by side, and pairs that a person should look at."""
    against = links[links.relation == "contradicts"]
    proposed = read_proposals(page, findings)
    if len(against) and st.button(
        f"Findings that contradict each other: {len(against)}",
        icon=":material/compare_arrows:",
        key="contradictions",
        type="tertiary",
    ):
        _show_contradictions(page, against, findings)
    if len(proposed) and st.button(
        f"{counted(len(proposed), 'pair')} to look at: one place and period, or one subject",
        icon=":material/troubleshoot:",
        key="proposed-pairs",
        type="tertiary",
    ):
        _show_proposed(page, proposed.head(_PAIRS), findings)


@st.dialog("Findings that contradict each other", width="large")
def _show_contradictions(page: Page, against: pd.DataFrame, findings: pd.DataFrame) -> None:
    show_pairs(page, against, findings)


@st.dialog("Pairs to look at", width="large")
def _show_proposed(page: Page, proposed: pd.DataFrame, findings: pd.DataFrame) -> None:
    st.caption("Proposed by rule from what the results say; nothing is linked until a person says so.")
    show_pairs(page, proposed, findings, proposed="all")
