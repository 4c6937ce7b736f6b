"""The brief: edited, read and printed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics.oversight.exercise import mark_name
from analytics.store import read_today
from analytics.tasking.brief import Brief
from analytics.tasking.docx import render_docx
from analytics.tasking.dossier import gather_dossier
from analytics.tasking.exercise import find_product_mark
from analytics.tasking.paper_size import PaperSize, load_paper
from analytics.tasking.products import list_decisions, list_products, list_versions, load_product
from analytics.tasking.readiness import find_missing
from analytics.tasking.render import render_pdf, render_preview
from analytics.tasking.sentence_sources import trace_product
from analytics.tasking.strategy import check_against_strategy
from ui.components.address import change_address
from ui.components.audit import log, log_once
from ui.components.drafts import choose, choose_version, go_to, say_state
from ui.components.exporting import download_button
from ui.components.papers import DOCX, choose_paper_size
from ui.components.pictures import show_picture
from ui.components.text import plain
from ui.intelligence.sentences import say_lost, show_sentences
from ui.shell.page import Page
from ui.tasking.brief_form import LABELS, edit_parts, list_jumps
from ui.tasking.responses import choose_responses
from ui.tasking.saving import choose_lead, show_save_buttons
from ui.tasking.steps import BRIEF, NAMED_BRIEF


@dataclass(frozen=True)
class EditedBrief:
    """A brief on the screen: which one it is, in which version, as saved and as edited."""

    product: int
    version: int
    saved: Brief
    edited: Brief


def edit_brief(page: Page, findings: pd.DataFrame) -> EditedBrief | None:
    """Choose and edit a brief; what is missing stands on top, each entry leading to its field. None where
    there is no brief yet."""
    briefs = list_products(page.store, BRIEF)
    if briefs.empty:
        st.info("No brief yet. Save a problem profile first: it drafts one.")
        return None
    titles = {int(row.product_id): f"{row.product_id} · {row.title}" for row in briefs.itertuples()}
    left, right = st.columns([2, 1])
    with left:
        product = _choose_brief(titles)
    name = f"brief-{product}"
    with right:
        version, latest = choose_version(name, list_versions(page.store, product))
    row = load_product(page.store, product, version)
    log_once(page, "read product", f"product {product} version {version}")
    brief = Brief(**row["content"])
    saved = asdict(brief)
    state, jumps, buttons = st.container(), st.container(), st.container(horizontal=True)
    responses = choose_responses(page, f"{name}-{version}", saved)
    known = dict(zip(findings.finding_id, findings.title, strict=True))
    finding_ids = choose_lead(saved["finding_ids"], known, f"{name}-{version}")
    texts = edit_parts(f"{name}-{version}", saved)
    content = texts | responses | {"finding_ids": finding_ids, "report_ids": saved["report_ids"]}
    edited = Brief(**content)
    changed = [label for field, label in LABELS.items() if texts[field] != saved[field]]
    if finding_ids != saved["finding_ids"]:
        changed.append("Lead finding")
    if any(responses[key] != saved.get(key, []) for key in responses):
        changed.append("Responses")
    with state:
        say_state(version, latest, changed)
    with jumps:
        list_jumps(f"{name}-{version}", find_missing(edited))
    with buttons:
        show_save_buttons(page, row, content, finding_ids, name, latest, bool(changed))
    st.caption(f"Control strategy: {plain(check_against_strategy(page.store, product, read_today()))}")
    return EditedBrief(product, version, brief, edited)


def load_shown_brief(page: Page) -> tuple[int, int, Brief] | None:
    """The brief that was chosen last, in its latest version, with that one's number; None without a brief."""
    briefs = list_products(page.store, BRIEF)
    if briefs.empty:
        return None
    titles = {int(row.product_id): f"{row.product_id} · {row.title}" for row in briefs.itertuples()}
    product = _choose_brief(titles)
    row = load_product(page.store, product)
    return product, row["version"], Brief(**row["content"])


def _choose_brief(titles: dict[int, str]) -> int:
    """The brief chosen, or that the link names by its number; the link names any but the first."""
    first = next(iter(titles))
    asked, taken = st.query_params.get(BRIEF, ""), st.session_state.get(NAMED_BRIEF)
    if asked != taken and (asked or taken is not None):
        go_to(BRIEF, int(asked) if asked.isdigit() and int(asked) in titles else first)
    product = choose("Brief", titles, BRIEF)
    if str(product) != asked and (asked or product != first):
        change_address(**{BRIEF: str(product)})
    st.session_state[NAMED_BRIEF] = st.query_params.get(BRIEF, "")
    return product


@dataclass(frozen=True)
class Printed:
    pdf: bytes
    docx: bytes
    pages: list[bytes]


@st.cache_data(max_entries=16, show_spinner="Setting the pages …")
def _print(
    _page: Page,
    store: str,
    product: int,
    version: int,
    data_version: int,
    decisions: int,
    strategy: str,
    size: PaperSize,
    today: date,
) -> Printed:
    """The brief as files. What is drawn depends on the saved version, the data, the decisions, the paper, the
    day and what the control strategy says of it alone."""
    content = Brief(**load_product(_page.store, product, version)["content"])
    dossier = gather_dossier(_page.store, content, product, version)
    return Printed(render_pdf(dossier, size), render_docx(dossier, size), render_preview(dossier, size))


def print_brief(page: Page, product: int, version: int) -> Printed:
    """One version of a brief as its files, set once for as long as nothing in it changes."""
    decisions = len(list_decisions(page.store, product))
    strategy = check_against_strategy(page.store, product, read_today())
    size = load_paper(page.store, page.actor.name)
    return _print(
        page,
        page.store.path,
        product,
        version,
        page.store.data_version(),
        decisions,
        strategy,
        size,
        read_today(),
    )


def offer_files(page: Page, product: int, version: int) -> None:
    """The one set of files of a saved brief: PDF, DOCX and a sanitised edition."""
    with st.container(horizontal=True, vertical_alignment="center"):
        choose_paper_size(page, f"size-brief-{product}")
        files = print_brief(page, product, version)
        act: dict[str, Any] = {
            "on_click": log,
            "args": (page, "export brief", f"product {product} version {version}"),
        }
        mark = find_product_mark(page.store, product)
        # The files are sent when asked for, not with every page.
        name = mark_name(f"brief-{product}-version-{version}", mark)
        download_button(
            page,
            "export brief",
            "PDF",
            lambda: files.pdf,
            f"{name}.pdf",
            "application/pdf",
            icon=":material/print:",
            type="primary",
            **act,
        )
        download_button(
            page,
            "export brief",
            "DOCX",
            lambda: files.docx,
            f"{name}.docx",
            icon=":material/edit_document:",
            mime=DOCX,
            **act,
        )
    st.caption(
        f"Version {version}, as saved. Page 1 is for the commander; the annex holds method, sources and rows."
    )


def show_pages(page: Page, product: int, version: int) -> None:
    """Every page of a saved brief as it prints."""
    for number, image in enumerate(print_brief(page, product, version).pages, 1):
        place = "First page" if number == 1 else f"Page {number}"
        show_picture(image, f"{place} of brief {product}, version {version}", "stretch")


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
