"""The parts of the Tasking page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from analytics.intelligence.findings import list_findings, load_finding
from analytics.tasking.actions import list_actions
from analytics.tasking.content import BRIEF_PARTS, PROFILE_SECTIONS, Brief, draft_brief, draft_profile
from analytics.tasking.dossier import gather
from analytics.tasking.products import (
    OUTCOMES,
    DecidedMeanwhile,
    SavedMeanwhile,
    decision_log,
    list_products,
    list_versions,
    load_product,
    record_decision,
    save_product,
)
from analytics.tasking.render import render_pdf, render_preview
from analytics.tasking.word import render_docx
from ui.drafts import choose, choose_version, edit_texts, forget, go_to, say_state
from ui.evidence import log
from ui.page import Page

_NEW = 0  # the choice that is no saved profile yet
_PROFILE, _BRIEF = "problem profile", "brief"
_DATES = ("review_date",)
_BRIEF_LABELS = {"title": "Title", "handling": "Handling"} | BRIEF_PARTS
_DECISION_COLUMNS = {
    "decision_id": "No.",
    "product_id": "Brief",
    "product_version": "Version",
    "title": "Title",
    "outcome": "Outcome",
    "reason": "Why",
    "decided_by": "Decided by",
    "decided_at": st.column_config.DatetimeColumn("Decided (UTC)", format="YYYY-MM-DD HH:mm"),
    "supersedes": "Supersedes",
    "standing": "Stands",
}
_ACTION_COLUMNS = {
    "action_id": "No.",
    "description": "Action",
    "owner": "Owner",
    "due": st.column_config.DateColumn("Due"),
    "status": "Status",
    "decision_id": "From decision",
}


def choose_findings(page: Page) -> pd.DataFrame:
    """Step 1. Every finding, with those ticked marked in `chosen`; those whose evidence has gone say so."""
    st.subheader("1 · Choose findings")
    findings = list_findings(page.store)
    findings["evidence"] = [
        f"{held:,} rows" if held == rows else f"⚠ {held:,} of {rows:,} rows: a source was removed"
        for held, rows in zip(findings.still_held, findings.evidence_rows, strict=True)
    ]
    key = f"findings-{len(findings)}"  # a new finding moves the rows, so the ticks are laid again by number
    if "finding" in st.query_params:  # come from a finding just saved: it is the one to work on
        st.session_state["findings_ticked"] = [
            number for number in findings.finding_id if str(number) == st.query_params["finding"]
        ]
        st.session_state.pop(key, None)
        del st.query_params["finding"]
        go_to("profile", _NEW)
    if key not in st.session_state:
        ticked = st.session_state.get("findings_ticked", [])
        st.session_state["findings_default"] = [
            at for at, number in enumerate(findings.finding_id) if number in ticked
        ]
    event = st.dataframe(
        findings[["finding_id", "title", "confidence", "method", "period_from", "period_to", "evidence", "created_at"]],
        hide_index=True, height="auto" if len(findings) < 7 else 248, on_select="rerun", selection_mode="multi-row", key=key,
        selection_default={"selection": {"rows": st.session_state["findings_default"]}},
        column_config={
            "finding_id": st.column_config.NumberColumn("No.", width=50),
            "title": st.column_config.TextColumn("Finding", width="large"),
            "confidence": "Confidence", "method": "Method", "period_from": "From", "period_to": "To",
            "evidence": "Evidence",
            "created_at": st.column_config.DatetimeColumn("Saved (UTC)", format="YYYY-MM-DD HH:mm"),
        },
        alt="Saved findings, newest first",
    )  # fmt: skip
    findings["chosen"] = findings.index.isin(event.selection.rows)
    ticked = findings.finding_id[findings.chosen].tolist()
    if ticked and ticked != st.session_state.get("findings_ticked", []):
        go_to("profile", _NEW)
    st.session_state["findings_ticked"] = ticked
    return findings


def write_profile(page: Page, findings: pd.DataFrame) -> None:
    """Step 2. Draft a problem profile or continue a saved one; saving adds a version and can draft a brief."""
    st.subheader("2 · Write the problem profile")
    ticked = findings.finding_id[findings.chosen].tolist()
    options = {_NEW: f"New, from finding {', '.join(map(str, ticked))}"} if ticked else {}
    for row in list_products(page.store, _PROFILE).itertuples():
        options[int(row.product_id)] = f"{row.product_id} · {row.title}"
    if not options:
        st.info("Tick one or more findings above to draft from.")
        return
    left, right = st.columns([2, 1])
    with left:
        chosen = choose("Profile", options, "profile")
    if chosen == _NEW:
        _new_profile(page, ticked, findings)
        return
    with right:
        version, latest = choose_version(f"profile-{chosen}", list_versions(page.store, chosen))
    _saved_profile(page, chosen, version, latest)


def _new_profile(page: Page, ticked: list[int], findings: pd.DataFrame) -> None:
    name = "new-" + "-".join(map(str, sorted(ticked)))
    finding_ids = _lead_first(ticked, dict(zip(findings.finding_id, findings.title, strict=True)), name)
    drafted = draft_profile([load_finding(page.store, number) for number in finding_ids])
    st.caption("Drafted from the findings. What they do not say is marked 'To be written' and left to you.")
    sections = edit_texts(name, PROFILE_SECTIONS, drafted)
    if st.button("Save the profile and draft a brief", type="primary", icon=":material/draft:"):
        title = load_finding(page.store, finding_ids[0]).title
        product, _ = save_product(page.store, page.actor, _PROFILE, title, sections, finding_ids)
        forget(name)
        go_to("profile", product)
        _draft_brief(page, finding_ids, sections)


def _saved_profile(page: Page, product: int, version: int, latest: int) -> None:
    name = f"profile-{product}"
    row = load_product(page.store, product, version)
    draft = f"{name}-{version}"
    with st.expander("Edit the sections of the profile", icon=":material/description:"):
        sections = edit_texts(draft, PROFILE_SECTIONS, row["content"])
    changed = [title for field, title in PROFILE_SECTIONS.items() if sections[field] != row["content"][field]]
    say_state(version, latest, changed)
    with st.container(horizontal=True):
        _save_buttons(page, row, sections, row["finding_ids"], name, latest, bool(changed))
        if st.button("Draft a new brief from it", icon=":material/draft:", disabled=bool(changed)):
            _draft_brief(page, row["finding_ids"], sections)


def _save_buttons(
    page: Page, row: dict, content: dict, finding_ids: list[int], name: str, latest: int, unsaved: bool
) -> None:
    """Save what is on the screen as the next version, or put the saved texts back."""
    draft, kind = f"{name}-{row['version']}", row["kind"]
    if st.button(
        f"Save as version {latest + 1}", type="primary", icon=":material/save:", key=f"save-{name}",
        disabled=not unsaved and row["version"] == latest,
    ):  # fmt: skip
        title = content.get("title", row["title"])
        try:
            _, version = save_product(
                page.store, page.actor, kind, title, content, finding_ids, product_id=row["product_id"],
                latest_seen=latest,
            )  # fmt: skip
        except SavedMeanwhile as error:
            st.error(str(error))
        else:
            forget(draft)
            go_to(f"version-{name}", version)
            st.rerun()
    st.button(
        "Discard changes", key=f"discard-{name}", disabled=not unsaved, on_click=_discard,
        args=(draft, row["finding_ids"]),
    )  # fmt: skip


def _discard(draft: str, finding_ids: list[int]) -> None:
    forget(draft)
    go_to(f"lead-{draft}", finding_ids[0])


def _lead_first(finding_ids: list[int], titles: dict[int, str], name: str) -> list[int]:
    """The same findings with the one whose map and chart page 1 carries in front."""
    if len(finding_ids) == 1:
        return finding_ids
    options = {number: f"{number} · {titles.get(number, 'finding')}" for number in finding_ids}
    lead = choose(
        "Lead finding: its map and chart are on page 1, the others' in the annex", options, f"lead-{name}"
    )
    return [lead, *(number for number in finding_ids if number != lead)]


def _draft_brief(page: Page, finding_ids: list[int], sections: dict[str, str]) -> None:
    findings = [load_finding(page.store, number) for number in finding_ids]
    content = draft_brief(findings, finding_ids, sections, date.today() + timedelta(days=28))
    product, _ = save_product(page.store, page.actor, _BRIEF, content.title, asdict(content), finding_ids)
    go_to("brief", product)
    st.rerun()


def edit_brief(page: Page, findings: pd.DataFrame) -> tuple[int, int] | None:
    """Step 3. Choose and edit a brief; returns the number and version that are shown and decided on."""
    st.subheader("3 · Complete the brief")
    briefs = list_products(page.store, _BRIEF)
    if briefs.empty:
        st.info("No brief yet: save a problem profile above.")
        return None
    titles = {int(row.product_id): f"{row.product_id} · {row.title}" for row in briefs.itertuples()}
    left, right = st.columns([2, 1])
    with left:
        product = choose("Brief", titles, "brief", bind="query-params")
    name = f"brief-{product}"
    with right:
        version, latest = choose_version(name, list_versions(page.store, product))
    row = load_product(page.store, product, version)
    saved = row["content"]
    with st.expander("Edit the parts of the brief", icon=":material/edit_note:"):
        known = dict(zip(findings.finding_id, findings.title, strict=True))
        finding_ids = _lead_first(saved["finding_ids"], known, f"{name}-{version}")
        edited = edit_texts(f"{name}-{version}", _BRIEF_LABELS, saved, dates=_DATES)
    changed = [label for field, label in _BRIEF_LABELS.items() if edited[field] != saved[field]]
    if finding_ids != saved["finding_ids"]:
        changed.append("Lead finding")
    say_state(version, latest, changed)
    with st.container(horizontal=True):
        content = edited | {"finding_ids": finding_ids}
        _save_buttons(page, row, content, finding_ids, name, latest, bool(changed))
    if still_open := Brief(**saved).open_items():
        st.warning(
            f"Still to be written: {'; '.join(still_open)}. Open 'Edit the parts of the brief' above.",
            icon=":material/edit_note:",
        )
    return product, version


@dataclass(frozen=True)
class Printed:
    pdf: bytes
    docx: bytes
    pages: list[bytes]


@st.cache_data(max_entries=16, show_spinner="Setting the pages …")
def _print(_page: Page, store: str, product: int, version: int, data_version: int, decisions: int) -> Printed:
    """The brief as files. What is drawn depends on the saved version, the data and the decisions alone."""
    content = Brief(**load_product(_page.store, product, version)["content"])
    dossier = gather(_page.store, content, product, version)
    return Printed(render_pdf(dossier), render_docx(dossier), render_preview(dossier))


def printed(page: Page, product: int, version: int) -> Printed:
    """One version of a brief as its files, set once for as long as nothing in it changes."""
    decisions = len(decision_log(page.store, product))
    return _print(page, page.store.path, product, version, page.store.data_version(), decisions)


def show_brief(page: Page, product: int, version: int) -> None:
    """Step 4. The pages as they print, and the files."""
    st.subheader("4 · Read and print")
    files = printed(page, product, version)
    left, right = st.columns([3, 1])
    left.container(border=True).image(files.pages[0], alt=f"First page of brief {product}, version {version}")
    annex = len(files.pages) - 1
    with left.expander(f"Annex: {annex} {'page' if annex == 1 else 'pages'} with method, sources and rows"):
        for number, image in enumerate(files.pages[1:], 2):
            st.image(image, alt=f"Page {number} of brief {product}, version {version}")
    act = {"on_click": log, "args": (page, "export brief", f"product {product} version {version}")}
    name = f"brief-{product}-version-{version}"  # the files are sent when asked for, not with every page
    right.download_button(
        "Brief (PDF)", lambda: files.pdf, f"{name}.pdf", "application/pdf", icon=":material/print:", type="primary",
        **act,
    )  # fmt: skip
    right.download_button(
        "Brief (DOCX)", lambda: files.docx, f"{name}.docx", icon=":material/edit_document:",
        mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document", **act,
    )  # fmt: skip
    right.caption(
        f"Version {version}, as saved. Page 1 is for the commander; the annex holds method, sources and rows."
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
    st.caption(f"On version {version} of brief {product}, as shown above.")
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
        st.dataframe(decisions, hide_index=True, column_config=_DECISION_COLUMNS, alt="Decision log")
    actions = list_actions(page.store)
    if len(actions):
        st.subheader("Actions")
        st.dataframe(actions, hide_index=True, column_config=_ACTION_COLUMNS, alt="Actions")
