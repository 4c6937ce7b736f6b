"""The parts of the Tasking page."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, timedelta

import streamlit as st

from analytics.intelligence.findings import list_findings, load_finding
from analytics.tasking.content import PROFILE_SECTIONS, Brief, draft_brief, draft_profile
from analytics.tasking.products import (
    OUTCOMES,
    DecidedMeanwhile,
    decision_log,
    list_actions,
    list_products,
    load_product,
    record_decision,
    save_product,
)
from analytics.tasking.render import Dossier, gather, render_docx, render_pdf, render_preview
from ui.evidence import log
from ui.page import Page

_LONG = {
    "what",
    "how_sure",
    "alternatives",
    "prevention",
    "intelligence",
    "enforcement",
    "risks",
    "victims_safety",
}


def choose_findings(page: Page) -> list[int]:
    """Step 1. The findings chosen, by number; those whose evidence has gone say so."""
    st.subheader("1 · Choose findings")
    findings = list_findings(page.store)
    findings["evidence"] = [
        f"{held:,} rows" if held == rows else f"⚠ {held:,} of {rows:,} rows: a source was removed"
        for held, rows in zip(findings.still_held, findings.evidence_rows, strict=True)
    ]
    event = st.dataframe(
        findings[["finding_id", "title", "confidence", "method", "evidence", "created_at"]], hide_index=True, height=210,
        on_select="rerun", selection_mode="multi-row", key="findings",
        column_config={"finding_id": "No.", "created_at": st.column_config.DatetimeColumn("Saved (UTC)")},
    )  # fmt: skip
    return findings.finding_id.iloc[event.selection.rows].tolist()


def write_profile(page: Page, finding_ids: list[int]) -> None:
    """Step 2. Draft a problem profile and edit it; saving makes it, and a brief from it."""
    st.subheader("2 · Write the problem profile")
    if not finding_ids:
        st.info("Tick one or more findings above to draft from.")
        return
    findings = [load_finding(page.store, number) for number in finding_ids]
    draft = draft_profile(findings)
    name = "-".join(map(str, finding_ids))
    st.caption("Drafted from the findings. What they do not say is marked 'To be written' and left to you.")
    sections = {}
    columns = st.columns(2)
    for k, (section, title) in enumerate(PROFILE_SECTIONS.items()):
        height = 150 if len(draft[section]) > 200 else 90
        sections[section] = columns[k % 2].text_area(
            title, draft[section], key=f"profile-{name}-{section}", height=height
        )
    if st.button("Save the profile and draft a brief", type="primary", icon=":material/draft:"):
        save_product(page.store, page.actor, "problem profile", findings[0].title, sections, finding_ids)
        content = draft_brief(findings, finding_ids, sections, date.today() + timedelta(days=28))
        product, _ = save_product(
            page.store, page.actor, "brief", content.title, asdict(content), finding_ids
        )
        st.session_state["brief"] = product
        st.rerun()


def edit_brief(page: Page) -> tuple[int, int, Dossier] | None:
    """Step 3. Choose and edit a brief; returns its number, version and dossier."""
    st.subheader("3 · Complete the brief")
    briefs = list_products(page.store, "brief")
    if briefs.empty:
        st.info("No brief yet: save a problem profile above.")
        return None
    titles = dict(zip(briefs.product_id, briefs.title, strict=True))
    product = st.selectbox(
        "Brief", list(titles), format_func=lambda n: f"{n} · {titles[n]}", key="brief", bind="query-params"
    )
    row = load_product(page.store, product)
    content = Brief(**row["content"])
    with st.form(f"brief-{product}-{row['version']}"):
        columns = st.columns(2)
        edited = {}
        for k, item in enumerate(f for f in fields(Brief) if f.name != "finding_ids"):
            label, value = item.name.replace("_", " ").capitalize(), getattr(content, item.name)
            if item.name == "review_date":
                edited[item.name] = columns[k % 2].date_input(label, date.fromisoformat(value)).isoformat()
            elif item.name in _LONG:
                edited[item.name] = columns[k % 2].text_area(label, value, height=110)
            else:
                edited[item.name] = columns[k % 2].text_area(label, value, height=68)
        saved = st.form_submit_button("Save as a new version", type="primary", icon=":material/save:")
    if saved:
        save_product(
            page.store, page.actor, "brief", edited["title"], edited | {"finding_ids": content.finding_ids},
            content.finding_ids, product_id=product,
        )  # fmt: skip
        st.rerun()
    if content.open_items():
        st.warning(f"Still to be written: {', '.join(content.open_items())}.", icon=":material/edit_note:")
    return product, row["version"], gather(page.store, content, product, row["version"])


def show_brief(page: Page, product: int, version: int, dossier: Dossier) -> None:
    """Step 4. The first page as it prints, and the files."""
    st.subheader("4 · Read and print")
    left, right = st.columns([3, 1])
    left.image(render_preview(dossier), alt=f"First page of brief {product}, version {version}")
    act = {"on_click": log, "args": (page, "export brief", f"product {product} version {version}")}
    right.download_button(
        "Brief (PDF)",
        render_pdf(dossier),
        f"brief-{product}.pdf",
        "application/pdf",
        icon=":material/print:",
        **act,
    )
    right.download_button(
        "Brief (DOCX)", render_docx(dossier), f"brief-{product}.docx", icon=":material/edit_document:",
        mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document", **act,
    )  # fmt: skip
    right.caption(
        f"Version {version}. Page 1 is for the commander; the annex holds method, sources and rows."
    )


def decide(page: Page, product: int, version: int) -> None:
    """Step 5. Record what the meeting decided; a decision is superseded, never edited."""
    st.subheader("5 · Record the decision")
    decisions = decision_log(page.store, product)
    standing = decisions[decisions.standing]
    supersedes = int(standing.decision_id.iloc[0]) if len(standing) else None
    if supersedes:
        st.info(
            f"Decision {supersedes} stands: {standing.outcome.iloc[0]}. A new one will supersede it, not replace it."
        )
    with st.form(f"decision-{product}", clear_on_submit=True):
        outcome = st.segmented_control("Outcome", OUTCOMES, default="adopted", required=True)
        who = st.text_input("Decided by (name and role)")
        reason = st.text_area("Why", height=80)
        description, owner, due = st.columns([3, 2, 1])
        action = (
            description.text_input("Action (if adopted or amended)"),
            owner.text_input("Action owner"),
            due.date_input("Due", date.today() + timedelta(days=28)),
        )
        if st.form_submit_button("Record the decision", icon=":material/gavel:"):
            try:
                record_decision(
                    page.store, page.actor, product, version, outcome, reason, who, supersedes=supersedes,
                    action=action if action[0].strip() else None,
                )  # fmt: skip
            except (DecidedMeanwhile, ValueError) as error:
                st.error(str(error))
            else:
                st.rerun()


def show_log(page: Page) -> None:
    """The decision log and the actions."""
    st.subheader("Decision log")
    decisions = decision_log(page.store)
    if decisions.empty:
        st.caption("No decision has been recorded.")
    else:
        st.dataframe(decisions, hide_index=True)
    actions = list_actions(page.store)
    if len(actions):
        st.subheader("Actions")
        st.dataframe(actions, hide_index=True)
