"""Two findings side by side, and linking them as contradicting or corroborating."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.intelligence.finding_links import (
    RELATIONS,
    link_findings,
    list_finding_links,
    withdraw_finding_link,
)
from analytics.oversight.roles import tier_of
from analytics.shared.wording import write_period
from ui.components.act_buttons import submit_act
from ui.components.text import plain
from ui.intelligence.cached_findings import read_proposals
from ui.shell.page import Page
from ui.shell.pages import page_path

_WORDS = {
    "contradicts": "contradicts",
    "corroborates": "corroborates",
    "unrelated": "neither: it is another matter",
}


def show_pairs(page: Page, pairs: pd.DataFrame, findings: pd.DataFrame, *, proposed: str = "") -> None:
    """Every pair of a frame of links together, with why. `proposed` names a list of proposals, which whoever
    writes findings may answer."""
    by_number = findings.set_index("finding_id")
    for pair in pairs.itertuples():
        numbers = (pair.finding_id, pair.other_finding_id)
        for column, number in zip(st.columns(2, border=True), numbers, strict=True):
            _card(column, number, by_number.loc[number])
        if proposed:
            st.caption(f"Proposed as '{pair.relation}': {plain(pair.why)}.")
            if tier_of(page.actor).writes:
                _answer(page, numbers, pair.relation, proposed)
        else:
            st.caption(f"{pair.relation.capitalize()}, says {plain(pair.linked_by)}: {plain(pair.reason)}")


def show_related(page: Page, finding_id: int, findings: pd.DataFrame) -> None:
    """What other findings say to one, and the form to link it with another."""
    links = list_finding_links(page.store)
    mine = links[(links.finding_id == finding_id) | (links.other_finding_id == finding_id)]
    readable = set(findings.finding_id)
    mine = mine[mine.finding_id.isin(readable) & mine.other_finding_id.isin(readable)]
    if mine.empty:
        st.caption("No person has linked it with another finding.")
    show_pairs(page, mine, findings)
    proposed = read_proposals(page, findings)
    proposed = proposed[(proposed.finding_id == finding_id) | (proposed.other_finding_id == finding_id)]
    show_pairs(page, proposed, findings, proposed="one")
    if not tier_of(page.actor).writes:
        return
    if len(findings) > 1:
        _link(page, finding_id, findings)
    if len(mine):
        _withdraw(page, mine)


def _card(column, number: int, row: pd.Series) -> None:
    column.markdown(f"**Finding {number}** · {plain(row.title)}")
    column.text(row.statement)
    period = (
        write_period(row.period_from, row.period_to)
        if pd.notna(row.period_from) and pd.notna(row.period_to)
        else "no period"
    )
    column.caption(f"{row.confidence.capitalize()} confidence · {plain(row.method)} · {period}")
    column.page_link(
        page_path("intelligence"),
        label=f"Open finding {number}",
        icon=":material/open_in_new:",
        query_params={"tab": "Findings", "finding": str(number)},
    )


def _answer(page: Page, pair: tuple[int, int], relation: str, named: str) -> None:
    key = f"{named}-{pair[0]}-{pair[1]}"
    with st.form(f"answer-{key}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        answer = st.selectbox(
            "The one … the other",
            RELATIONS,
            RELATIONS.index(relation),
            format_func=_WORDS.__getitem__,
            key=f"answer-relation-{key}",
            width=240,
        )
        reason = st.text_input("Why", key=f"answer-why-{key}", width=520)
        if submit_act(page, "link findings: x", "Keep", icon=":material/link:"):
            _save(page, pair, answer, reason)


def _link(page: Page, finding_id: int, findings: pd.DataFrame) -> None:
    with st.form(f"link-{finding_id}"):
        others = {
            int(row.finding_id): f"{row.finding_id} · {row.title}"
            for row in findings.itertuples()
            if row.finding_id != finding_id
        }
        left, right = st.columns([3, 2])
        other = left.selectbox("Link it with", list(others), format_func=others.__getitem__)
        relation = right.selectbox("The one … the other", RELATIONS, format_func=_WORDS.__getitem__)
        reason = st.text_input("Why (for a corroboration: how the two are independent)")
        if submit_act(page, "link findings: x", "Link", icon=":material/link:"):
            _save(page, (finding_id, other), relation, reason)


def _save(page: Page, pair: tuple[int, int], relation: str, reason: str) -> None:
    try:
        link_findings(page.store, page.actor, *pair, relation, reason)
    except (ValueError, KeyError) as error:
        st.error(plain(error.args[0]))
    else:
        st.rerun()


def _withdraw(page: Page, links: pd.DataFrame) -> None:
    with st.popover("Withdraw a link", icon=":material/link_off:"), st.form("withdraw-link", border=False):
        about = {
            row.link_id: f"{row.finding_id} {row.relation} {row.other_finding_id}"
            for row in links.itertuples()
        }
        link = st.selectbox("Link", list(about), format_func=about.__getitem__)
        reason = st.text_input("Why is it withdrawn?")
        if submit_act(page, "withdraw link of findings", "Withdraw"):
            try:
                withdraw_finding_link(page.store, page.actor, link, reason)
            except ValueError as error:
                st.error(plain(error))
            else:
                st.rerun()
