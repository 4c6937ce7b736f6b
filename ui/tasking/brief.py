"""Steps 3 and 4: edit, read and print the brief."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics.shared.wording import counted
from analytics.tasking.brief import BRIEF_PARTS, Brief
from analytics.tasking.docx import render_docx
from analytics.tasking.dossier import gather_dossier
from analytics.tasking.products import list_decisions, list_products, list_versions, load_product
from analytics.tasking.readiness import list_missing
from analytics.tasking.render import render_pdf, render_preview
from analytics.tasking.sentence_sources import trace_product
from analytics.tasking.strategy import check_against_strategy
from ui.components.drafts import choose, choose_version, edit_texts, go_to, say_state
from ui.components.evidence import log
from ui.components.papers import DOCX
from ui.components.text import plain
from ui.intelligence.sentences import say_lost, show_sentences
from ui.shell.page import Page
from ui.tasking.readiness import show_readiness
from ui.tasking.responses import choose_responses
from ui.tasking.saving import choose_lead, show_save_buttons

_BRIEF = "brief"
_DATES = ("review_date",)
_BRIEF_LABELS = {"title": "Title", "handling": "Handling"} | BRIEF_PARTS


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
        product = _choose_brief(titles)
    name = f"brief-{product}"
    with right:
        version, latest = choose_version(name, list_versions(page.store, product))
    row = load_product(page.store, product, version)
    saved = row["content"]
    responses = choose_responses(page, f"{name}-{version}", saved)
    with st.expander("Edit the parts of the brief", icon=":material/edit_note:"):
        known = dict(zip(findings.finding_id, findings.title, strict=True))
        finding_ids = choose_lead(saved["finding_ids"], known, f"{name}-{version}")
        edited = edit_texts(f"{name}-{version}", _BRIEF_LABELS, saved, dates=_DATES)
    changed = [label for field, label in _BRIEF_LABELS.items() if edited[field] != saved[field]]
    if finding_ids != saved["finding_ids"]:
        changed.append("Lead finding")
    if any(responses[key] != saved.get(key, []) for key in responses):
        changed.append("Responses")
    say_state(version, latest, changed)
    with st.container(horizontal=True):
        content = edited | responses | {"finding_ids": finding_ids, "report_ids": saved.get("report_ids", [])}
        show_save_buttons(page, row, content, finding_ids, name, latest, bool(changed))
    brief = Brief(**saved)
    show_readiness(list_missing(brief))
    if still_open := brief.open_items():
        st.caption(f"Not yet written: {'; '.join(still_open)}. Open 'Edit the parts of the brief' above.")
    st.caption(f"Control strategy: {plain(check_against_strategy(page.store, product, date.today()))}")
    return product, version


def _choose_brief(titles: dict[int, str]) -> int:
    """The brief chosen, or that a link names by its number; the address names it from then on."""
    asked = st.query_params.get(_BRIEF, "")
    if asked != st.session_state.get("brief_in_address") and asked.isdigit() and int(asked) in titles:
        go_to(_BRIEF, int(asked))
    product = choose("Brief", titles, _BRIEF)
    st.query_params[_BRIEF] = st.session_state["brief_in_address"] = str(product)
    return product


@dataclass(frozen=True)
class Printed:
    pdf: bytes
    docx: bytes
    pages: list[bytes]


@st.cache_data(max_entries=16, show_spinner="Setting the pages …")
def _print(
    _page: Page, store: str, product: int, version: int, data_version: int, decisions: int, strategy: str
) -> Printed:
    """The brief as files. What is drawn depends on the saved version, the data, the decisions and what the
    control strategy says of it alone."""
    content = Brief(**load_product(_page.store, product, version)["content"])
    dossier = gather_dossier(_page.store, content, product, version)
    return Printed(render_pdf(dossier), render_docx(dossier), render_preview(dossier))


def print_brief(page: Page, product: int, version: int) -> Printed:
    """One version of a brief as its files, set once for as long as nothing in it changes."""
    decisions = len(list_decisions(page.store, product))
    strategy = check_against_strategy(page.store, product, date.today())
    return _print(page, page.store.path, product, version, page.store.data_version(), decisions, strategy)


def show_brief(page: Page, product: int, version: int) -> None:
    """Step 4. The pages as they print, and the files."""
    st.subheader("4 · Read and print")
    files = print_brief(page, product, version)
    left, right = st.columns([3, 1])
    left.container(border=True).image(files.pages[0], alt=f"First page of brief {product}, version {version}")
    annex = len(files.pages) - 1
    with left.expander(f"Annex: {counted(annex, 'page')} with method, sources and rows"):
        for number, image in enumerate(files.pages[1:], 2):
            st.image(image, alt=f"Page {number} of brief {product}, version {version}")
    act: dict[str, Any] = {
        "on_click": log,
        "args": (page, "export brief", f"product {product} version {version}"),
    }
    name = f"brief-{product}-version-{version}"  # the files are sent when asked for, not with every page
    right.download_button(
        "Brief (PDF)",
        lambda: files.pdf,
        f"{name}.pdf",
        "application/pdf",
        icon=":material/print:",
        type="primary",
        **act,
    )
    right.download_button(
        "Brief (DOCX)",
        lambda: files.docx,
        f"{name}.docx",
        icon=":material/edit_document:",
        mime=DOCX,
        **act,
    )
    right.caption(
        f"Version {version}, as saved. Page 1 is for the commander; the annex holds method, sources and rows."
    )


def show_rests_on(page: Page, product: int, version: int) -> None:
    """Evidence that was lost; then every sentence with its findings, report lines and rows."""
    say_lost(trace_product(page.store, product, version))
    with st.expander(
        "Every sentence and the rows it rests on",
        icon=":material/account_tree:",
        key=f"rests-{product}",
        on_change="rerun",
    ) as shown:
        if shown.open:
            show_sentences(page, product, version)
