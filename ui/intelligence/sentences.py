"""Every sentence of a written product with its source marks: one click to the finding, a second to its
rows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.intelligence.reports import load_report
from analytics.oversight.roles import tier_of
from analytics.tasking.citations import SourceMark
from analytics.tasking.sentence_sources import CitedFinding, TracedProduct, trace_product
from ui.components.choosing import choose_row
from ui.components.evidence import finding_evidence, say_evidence
from ui.components.text import plain
from ui.shell.page import Page
from ui.shell.pages import page_path


def show_sentences(page: Page, product: int, version: int) -> None:
    """The sentences of a version as a table; the chosen one's findings and lines of reports below it."""
    traced = trace_product(page.store, product, version)
    if not traced.sentences:
        st.caption("Nothing is written yet.")
        return
    st.caption("Choose a sentence to see the findings and reports it rests on, then their rows.")
    frame = pd.DataFrame(
        [
            {
                "Part": sentence.part,
                "What it says": sentence.statement.words,
                "Rests on": ", ".join(map(_named, sentence.statement.marks))
                or traced.proposals.get(sentence.statement.text, "the author's own words"),
                "Evidence": "; ".join(dict.fromkeys(map(traced.about, sentence.statement.marks))),
            }
            for sentence in traced.sentences
        ]
    )
    at = choose_row(
        frame,
        range(len(frame)),  # the sentences of a version never change
        key=f"sentences-{product}-{version}",
        height="auto" if len(frame) < 8 else 300,
        alt="Sentences and what they rest on",
        column_config={
            "Part": st.column_config.TextColumn(width="small"),
            "What it says": st.column_config.TextColumn(width="large"),
            "Evidence": st.column_config.TextColumn(width="medium"),
        },
    )
    if at is None:
        return
    chosen = traced.sentences[at]
    if source := traced.proposals.get(chosen.statement.text):
        st.caption(plain(f"A response that was chosen, not a fact: {source}."))
    elif not chosen.statement.marks:
        st.caption(
            "This sentence bears no mark: it is what its author says, and no finding or report stands behind "
            "it."
        )
    for mark in dict.fromkeys(chosen.statement.marks):
        with st.container(border=True):
            _show_mark(page, traced, mark)


def say_lost(traced: TracedProduct) -> None:
    """Warn of cited findings whose rows were removed or changed, and tell of those revised since. Silent
    where all is well."""
    for cited in traced.findings.values():
        if not cited.state.intact:
            st.warning(
                f"Finding {cited.finding_id}, on which this stands, is not what it was: {cited.state}.",
                icon=":material/report:",
            )
        if cited.latest > cited.version:
            st.info(
                f"It was written from version {cited.version} of finding {cited.finding_id}; version "
                f"{cited.latest} has been saved since.",
                icon=":material/history:",
            )
    for mark, state in traced.lines.items():
        if state != "unchanged":
            st.warning(
                f"Line {mark.line} of report {mark.number}, on which this stands, was {state} since.",
                icon=":material/report:",
            )


def _named(mark: SourceMark) -> str:
    return f"{mark.kind} {mark.number}" + (f", line {mark.line}" if mark.line is not None else "")


def _show_mark(page: Page, traced: TracedProduct, mark: SourceMark) -> None:
    if mark.kind == "report":
        _show_line(page, mark, traced.about(mark))
    elif cited := traced.findings.get(mark.number):
        _show_finding(page, cited)
    else:
        st.warning(f"The mark names finding {mark.number}, and there is none.", icon=":material/report:")


def _show_finding(page: Page, cited: CitedFinding) -> None:
    finding = cited.finding
    if not tier_of(page.actor).reads(finding.handling):
        st.info(f"Finding {cited.finding_id} is under handling conditions that this role does not read.")
        return
    st.markdown(f"**Finding {cited.finding_id}, version {cited.version}** · {plain(finding.title)}")
    st.text(finding.statement)
    parameters = "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in finding.parameters.items())
    st.caption(
        plain(
            f"{finding.method} · {finding.confidence} confidence · data version {finding.data_version} · "
            f"{parameters}"
        )
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        rows = st.toggle(
            f"Rows behind finding {cited.finding_id}", key=f"sentence-rows-{cited.finding_id}-{cited.version}"
        )
        st.page_link(
            page_path("intelligence"),
            label="Open the finding",
            icon=":material/open_in_new:",
            query_params={"tab": "Findings", "finding": str(cited.finding_id), "version": str(cited.version)},
        )
    if rows:
        finding_evidence(page, cited.finding_id, cited.version, key="sentence")
    else:
        say_evidence(page, cited.finding_id, cited.version)


def _show_line(page: Page, mark: SourceMark, state: str) -> None:
    if mark.line is None:
        return
    st.markdown(f"**Report {mark.number}, line {mark.line}**")
    try:
        whole, _ = load_report(page.store, mark.number)
    except KeyError:
        st.warning(f"Report {mark.number} no longer exists.", icon=":material/report:")
        return
    line = whole.lines[mark.line - 1] if mark.line <= len(whole.lines) else None
    if line is None or line.grade.handling not in tier_of(page.actor).handling:
        st.info("This role cannot read the line, or the line no longer exists.")
        return
    st.text(f"{line.sanitised} [{line.grade}]")
    st.caption(f"As it stands now; since this was written it is {state}.")
    st.page_link(
        page_path("intelligence"),
        label="Open the report",
        icon=":material/open_in_new:",
        query_params={"tab": "Reports", "report": str(mark.number)},
    )
