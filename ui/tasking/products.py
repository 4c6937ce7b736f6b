"""Assessments and subject profiles: drafted from findings and reports, edited, saved in versions, printed."""

from __future__ import annotations

import streamlit as st

from analytics.intelligence.findings import load_finding
from analytics.oversight.heads import find_product_code
from analytics.shared.wording import write_day
from analytics.store import read_today
from analytics.strategic.changes import ASSESSMENT
from analytics.tasking.drafts import draft
from analytics.tasking.exercise import mark_exercise
from analytics.tasking.fillers import DraftMaterial
from analytics.tasking.material import gather_material
from analytics.tasking.paper import Paper
from analytics.tasking.products import (
    SavedMeanwhile,
    list_products,
    list_versions,
    load_product,
    save_product,
)
from analytics.tasking.saved_sections import build_content, join_by_title, list_written_sections
from analytics.tasking.sections import ASSESSMENTS
from analytics.tasking.strategic_assessment import draw_assessment
from ui.components.act_buttons import act_button
from ui.components.audit import log_once
from ui.components.drafts import choose, choose_version, forget, go_to, say_state
from ui.components.papers import choose_reports, draw_figures, handling_of_ids, offer_paper, reports_as_seen
from ui.components.text import plain
from ui.intelligence.cached_findings import read_findings
from ui.shell.page import Page
from ui.strategic.picture import open_assessment, read_picture, save_with_picture
from ui.tasking.brief import show_rests_on
from ui.tasking.release import show_release
from ui.tasking.saving import edit_sections

_NEW = 0


def show_products(page: Page) -> None:
    st.caption(
        "Drafted from findings, graded reports, gaps, actions and the ranking. Each sentence names its "
        "source. Edit the draft and save it as a version. Problem profiles and briefs are under 'Write', "
        "the control strategy under 'Priorities'."
    )
    if asked := st.session_state.pop("go-product-kind", None):
        st.session_state["product_kind"] = asked
    kind = st.segmented_control(
        "Product",
        ASSESSMENTS,
        default=ASSESSMENTS[0],
        required=True,
        key="product_kind",
        format_func=str.capitalize,
    )
    options = {_NEW: "Draft a new one"} | {
        int(row.product_id): f"{row.product_id} · {row.title}"
        for row in list_products(page.store, kind).itertuples()
    }
    key = f"paper-{kind.replace(' ', '-')}"
    chosen = choose("Which", options, key)
    if chosen == _NEW:
        _draft(page, kind, key)
    else:
        _continue(page, kind, chosen)


def _draft(page: Page, kind: str, key: str) -> None:
    findings = read_findings(page)
    about = {int(row.finding_id): f"{row.finding_id} · {row.title}" for row in findings.itertuples()}
    left, right = st.columns(2)
    finding_ids = left.multiselect(
        "Findings it draws on", list(about), format_func=about.__getitem__, key=f"{key}-findings"
    )
    with right:
        report_ids = choose_reports(page, f"{key}-reports")
    title = st.text_input("Title", f"{kind.capitalize()}, {write_day(read_today())}", key=f"{key}-title")
    if act_button(
        page,
        "save brief",
        "Draft and save it",
        type="primary",
        icon=":material/draft:",
        disabled=not title.strip(),
    ):
        material = gather_shown_material(page, finding_ids, report_ids)
        picture = read_picture(page) if kind == ASSESSMENT else None
        if picture is not None:
            open_assessment(save_with_picture(page, title, material, picture, report_ids))
        sections = draft(kind, material, read_today())
        content = build_content(kind, sections) | {
            "report_ids": report_ids,
            "handling": handling_of_ids(page, finding_ids, report_ids),
        }
        number, _ = save_product(page.store, page.actor, kind, title.strip(), content, finding_ids)
        go_to(key, number)
        st.rerun()


def gather_shown_material(page: Page, finding_ids: list[int], report_ids: list[int]) -> DraftMaterial:
    """What a draft may draw on, reports as whoever is signed in reads them."""
    findings = [(number, load_finding(page.store, number)) for number in finding_ids]
    return gather_material(page.store, findings, reports_as_seen(page, report_ids))


def _continue(page: Page, kind: str, product: int) -> None:
    name = f"paper-{product}"
    version, latest = choose_version(name, list_versions(page.store, product))
    row = load_product(page.store, product, version)
    log_once(page, "read product", f"product {product} version {version}")
    content, draft_name = row["content"], f"{name}-{version}"
    with st.expander("Sections", icon=":material/edit_note:", expanded=True):
        written = list_written_sections(kind, content)
        sections, changed = edit_sections(draft_name, kind, written)
    say_state(version, latest, changed)
    with st.container(horizontal=True):
        if act_button(
            page,
            f"save {kind}",
            f"Save as version {latest + 1}",
            type="primary",
            icon=":material/save:",
            disabled=not changed and version == latest,
        ):
            try:
                _, saved = save_product(
                    page.store,
                    page.actor,
                    kind,
                    row["title"],
                    content | build_content(kind, sections, content["titles"]),
                    row["finding_ids"],
                    product_id=product,
                    latest_seen=latest,
                )
            except SavedMeanwhile as error:
                st.error(plain(error))
            else:
                forget(draft_name)
                go_to(f"version-{name}", saved)
                st.rerun()
        st.button("Discard changes", disabled=not changed, on_click=forget, args=(draft_name,))
    paper = Paper(
        row["title"],
        mark_exercise(page.store, content["handling"], row["finding_ids"], content.get("report_ids", [])),
        f"{kind.capitalize()} {product}, version {version}",
        join_by_title((section.title, section.text) for section in written),
        [*draw_assessment(page.store, product), *draw_figures(page, row["finding_ids"])],
        seal=find_product_code(page.store, product, version),
    )
    offer_paper(page, paper, f"{kind.replace(' ', '-')}-{product}-version-{version}", name)
    show_rests_on(page, product, version)
    show_release(page, product, version)
