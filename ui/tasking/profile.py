"""The problem profile."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import pandas as pd
import streamlit as st

from analytics.intelligence.findings import load_finding
from analytics.oversight.heads import find_product_code
from analytics.store import read_today
from analytics.tasking.brief import draft_brief
from analytics.tasking.drafts import draft_profile
from analytics.tasking.paper import Paper
from analytics.tasking.products import list_products, list_versions, load_product, save_product
from analytics.tasking.saved_sections import (
    WrittenSection,
    build_content,
    join_by_title,
    list_written_sections,
)
from analytics.tasking.sections import PROFILE
from ui.components.act_buttons import act_button
from ui.components.audit import log_once
from ui.components.drafts import choose, choose_version, forget, go_to, say_state
from ui.components.papers import choose_reports, draw_figures, handling_of_ids, offer_paper, reports_as_seen
from ui.shell.page import Page
from ui.tasking.findings import NEW
from ui.tasking.release import show_release
from ui.tasking.saving import choose_lead, edit_sections, show_save_buttons
from ui.tasking.steps import BRIEF_STEP, FINDINGS_STEP, go_to_step

_BRIEF = "brief"


def write_profile(page: Page, findings: pd.DataFrame) -> Paper | None:
    """Draft a problem profile or continue a saved one; saving adds a version and can draft a brief. Returns
    the profile with its edits as it will print, None where there is none."""
    ticked = findings.finding_id[findings.chosen].tolist()
    options = {NEW: f"New, from finding {', '.join(map(str, ticked))}"} if ticked else {}
    for row in list_products(page.store, PROFILE).itertuples():
        options[int(row.product_id)] = f"{row.product_id} · {row.title}"
    if not options:
        st.info("Tick one or more findings first.")
        st.button("Choose findings", icon=":material/arrow_back:", on_click=go_to_step, args=(FINDINGS_STEP,))
        return None
    left, right = st.columns([2, 1])
    with left:
        chosen = choose("Profile", options, "profile")
    if chosen == NEW:
        return _new_profile(page, ticked, findings)
    with right:
        version, latest = choose_version(f"profile-{chosen}", list_versions(page.store, chosen))
    return _saved_profile(page, chosen, version, latest)


def _new_profile(page: Page, ticked: list[int], findings: pd.DataFrame) -> Paper:
    name = "new-" + "-".join(map(str, sorted(ticked)))
    finding_ids = choose_lead(ticked, dict(zip(findings.finding_id, findings.title, strict=True)), name)
    report_ids = choose_reports(page, f"reports-{name}")
    reports = reports_as_seen(page, report_ids)
    drafted = draft_profile(
        [load_finding(page.store, number) for number in finding_ids], finding_ids, reports
    )
    st.caption(
        "Drafted from the findings and reports. Each statement names its source. Sections they do not cover "
        "are marked 'Not yet written', with who is asked to write them."
    )
    name = f"{name}-reports-{'-'.join(map(str, report_ids))}"
    written = list_written_sections(PROFILE, build_content(PROFILE, drafted))
    saving = st.container()  # above the long text, so that it is in sight
    sections, _ = edit_sections(name, PROFILE, written)
    if act_button(
        page,
        f"save {PROFILE}",
        "Save the profile and draft a brief",
        place=saving,
        type="primary",
        icon=":material/draft:",
    ):
        title = load_finding(page.store, finding_ids[0]).title
        content = build_content(PROFILE, sections) | {"report_ids": report_ids}
        product, _ = save_product(page.store, page.actor, PROFILE, title, content, finding_ids)
        forget(name)
        go_to("profile", product)
        _draft_brief(page, finding_ids, sections, report_ids)
    return _as_paper(page, "a draft", finding_ids, report_ids, "Problem profile, not saved yet", sections)


def _as_paper(
    page: Page,
    title: str,
    finding_ids: list[int],
    report_ids: list[int],
    reference: str,
    texts: dict[str, str],
) -> Paper:
    """The profile with these texts (code -> text) as it prints."""
    written = list_written_sections(PROFILE, build_content(PROFILE, texts))
    return Paper(
        f"Problem profile: {title}",
        handling_of_ids(page, finding_ids, report_ids),
        reference,
        join_by_title((section.title, section.text) for section in written),
        draw_figures(page, finding_ids),
    )


def _saved_profile(page: Page, product: int, version: int, latest: int) -> Paper:
    name = f"profile-{product}"
    row = load_product(page.store, product, version)
    log_once(page, "read product", f"product {product} version {version}")
    draft = f"{name}-{version}"
    state, buttons = st.container(), st.container(horizontal=True)
    written = list_written_sections(PROFILE, row["content"])
    sections, changed = edit_sections(draft, PROFILE, written)
    with state:
        say_state(version, latest, changed)
    report_ids = row["content"].get("report_ids", [])
    with buttons:
        texts = build_content(PROFILE, sections, row["content"]["titles"])
        content = texts | {"report_ids": report_ids}
        show_save_buttons(page, row, content, row["finding_ids"], name, latest, bool(changed))
        if act_button(
            page, "save brief", "Draft a new brief from it", icon=":material/draft:", disabled=bool(changed)
        ):
            _draft_brief(page, row["finding_ids"], sections, report_ids)
    paper = Paper(
        f"Problem profile: {row['title']}",
        handling_of_ids(page, row["finding_ids"], report_ids),
        f"Problem profile {product}, version {version}",
        join_by_title((section.title, section.text) for section in written),
        draw_figures(page, row["finding_ids"]),
        seal=find_product_code(page.store, product, version),
    )
    offer_paper(page, paper, f"problem-profile-{product}-version-{version}", "profile")
    show_release(page, product, version)
    return replace(paper, sections=_edited_sections(written, sections))


def _edited_sections(written: list[WrittenSection], texts: dict[str, str]) -> dict[str, str]:
    return join_by_title((section.title, texts.get(section.code, section.text)) for section in written)


def _draft_brief(page: Page, finding_ids: list[int], sections: dict[str, str], report_ids: list[int]) -> None:
    findings = [load_finding(page.store, number) for number in finding_ids]
    reports = reports_as_seen(page, report_ids)
    content = draft_brief(findings, finding_ids, sections, read_today() + timedelta(days=28), reports)
    product, _ = save_product(page.store, page.actor, _BRIEF, content.title, asdict(content), finding_ids)
    go_to("brief", product)
    go_to_step(BRIEF_STEP)
    st.rerun()
