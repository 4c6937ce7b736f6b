"""Written products on screen: which reports they draw on, how they print, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from analytics.intelligence.findings import load_finding
from analytics.intelligence.reports import Report, as_seen, list_reports, load_report
from analytics.oversight.exercise import EXERCISE, mark_name, mark_of_store
from analytics.oversight.roles import tier_of
from analytics.tasking.citations import combine_handling, join_handling
from analytics.tasking.dossier import Drawing, draw_findings
from analytics.tasking.exercise import mark_exercise
from analytics.tasking.paper import Paper, print_docx, print_pdf, print_preview
from analytics.tasking.paper_size import PAPER_SIZES, PaperSize, choose_paper, load_paper
from ui.components.audit import log
from ui.components.exporting import download_button
from ui.components.pictures import show_picture
from ui.shell.page import Page

_FIGURES = 3  # findings that a product draws; the others are in its words
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def choose_reports(page: Page, key: str) -> list[int]:
    """The reports a draft draws on, by number."""
    reports = list_reports(page.store)
    about = {int(row.report_id): f"{row.report_id} · {row.title}" for row in reports.itertuples()}
    return st.multiselect(
        "Reports it stands on",
        list(about),
        format_func=about.__getitem__,
        key=key,
        disabled=not about,
        placeholder="choose reports" if about else "no report is held",
        persist_state="session",
    )


def reports_as_seen(page: Page, report_ids: Sequence[int]) -> list[tuple[int, Report]]:
    """The reports as whoever is signed in reads them."""
    tier = tier_of(page.actor)
    return [(number, as_seen(load_report(page.store, number)[0], tier)) for number in report_ids]


def handling_of_ids(page: Page, finding_ids: Sequence[int], report_ids: Sequence[int]) -> str:
    """Every mark of what a product stands on binds the whole."""
    handling = combine_handling(
        [load_finding(page.store, number) for number in finding_ids],
        [load_report(page.store, number)[0] for number in report_ids],
    )
    return mark_exercise(page.store, handling, finding_ids, report_ids)


def offer_paper(page: Page, paper: Paper, name: str, key: str, act: str = "export product") -> None:
    """The paper as PDF and DOCX, each download audited, and as it prints."""
    audit = partial(log, page, act, paper.reference)
    if EXERCISE not in paper.handling and (mark := mark_of_store(page.store)):
        paper = replace(paper, handling=join_handling([mark, paper.handling]))
    name = mark_name(name, EXERCISE if EXERCISE in paper.handling else "")
    with st.container(horizontal=True, vertical_alignment="center"):
        size = choose_paper_size(page, f"{key}-size")
        download_button(
            page,
            act,
            "PDF",
            lambda: print_pdf(paper, size),
            f"{name}.pdf",
            "application/pdf",
            icon=":material/print:",
            key=f"{key}-pdf",
            on_click=audit,
        )
        download_button(
            page,
            act,
            "DOCX",
            lambda: print_docx(paper, size),
            f"{name}.docx",
            DOCX,
            icon=":material/edit_document:",
            key=f"{key}-docx",
            on_click=audit,
        )
    with st.expander(
        "As it prints", icon=":material/visibility:", key=f"{key}-preview", on_change="rerun"
    ) as shown:
        if shown.open:
            pages = _pages(
                paper.title, paper.handling, paper.reference, dict(paper.sections), size, paper.drawings
            )
            for number, image in enumerate(pages, 1):
                show_picture(image, f"Page {number} of {paper.reference}", 700)


@st.cache_data(max_entries=16, show_spinner="Setting the pages …")
def _pages(
    title: str,
    handling: str,
    reference: str,
    sections: dict[str, str],
    size: PaperSize,
    drawings: Sequence[tuple[str, Drawing]],
) -> list[bytes]:
    return print_preview(Paper(title, handling, reference, sections, drawings), size)


def draw_figures(page: Page, finding_ids: Sequence[int]) -> list[tuple[str, Drawing]]:
    """What the first findings of a product show on maps and charts, for its print."""
    numbers = list(finding_ids)[:_FIGURES]
    drawn = _draw(page, page.store.path, page.store.data_version(), numbers)
    titles = [f"Finding {number}: {load_finding(page.store, number).title}" for number in numbers]
    return [(title, drawing) for title, drawing in zip(titles, drawn, strict=True) if drawing.shows_anything]


@st.cache_data(max_entries=16, show_spinner="Drawing the findings …")
def _draw(_page: Page, store: str, data_version: int, finding_ids: list[int]) -> list[Drawing]:
    return draw_findings(_page.store, finding_ids)


def choose_paper_size(page: Page, key: str) -> PaperSize:
    """The size of paper that this user prints on; the choice is stored."""
    stored = load_paper(page.store, page.actor.name)
    sizes = list(PAPER_SIZES)
    if st.session_state.get(key) not in sizes:
        st.session_state[key] = stored
    chosen: PaperSize | None = st.segmented_control(
        "Size of paper",
        sizes,
        format_func=lambda size: PAPER_SIZES[size].label,
        required=True,
        key=key,
        label_visibility="collapsed",
        on_change=lambda: choose_paper(page.store, page.actor.name, st.session_state[key]),
    )
    return chosen or stored
