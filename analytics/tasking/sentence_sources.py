"""From every sentence of a written product to its rows: its marks, the findings, their method, and whether
each row is unchanged."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.intelligence.cited_versions import list_cited_versions
from analytics.intelligence.evidence_state import EvidenceState, read_evidence_states, read_stated_rows
from analytics.intelligence.findings import Finding, list_finding_versions, load_finding
from analytics.shared.unwritten import is_unwritten
from analytics.store import Store
from analytics.tasking.brief import BRIEF_PARTS
from analytics.tasking.citations import CitedStatement, SourceMark, split_statements
from analytics.tasking.products import load_product
from analytics.tasking.responses import add_proposals, read_chosen
from analytics.tasking.saved_sections import join_by_title, list_written_sections
from analytics.tasking.sections import SECTIONED, STRATEGY
from analytics.tasking.strategy import read_strategy

_DRIVER = re.compile(r"\[(driver \d+): [^\]]*\]")
_NO_SENTENCES = ("title", "handling", "review_date", "owner", "finding_ids", "report_ids")


@dataclass(frozen=True)
class TracedSentence:
    """One statement of a product: its part, its number there, what it says and its marks."""

    part: str
    number: int
    statement: CitedStatement


@dataclass(frozen=True)
class CitedFinding:
    """A finding as a product cites it, its latest version, and the state of its rows."""

    finding_id: int
    version: int
    latest: int
    finding: Finding
    state: EvidenceState


@dataclass(frozen=True)
class TracedProduct:
    """A version of a product with everything its sentences rest on. `lines`: of reports, by mark:
    'unchanged', 'changed' since the product was saved, 'removed'. A mark that names no finding is in
    `sentences` alone."""

    product: dict[str, Any]
    sentences: list[TracedSentence]
    findings: dict[int, CitedFinding]
    lines: dict[SourceMark, str]

    @property
    def proposals(self) -> dict[str, str]:
        """Sentences that are proposals chosen, and where what is known of each stands."""
        chosen = read_chosen(self.product["content"].get("responses", ()))
        return {response.propose(): response.describe_source() for response in chosen}

    def about(self, mark: SourceMark) -> str:
        """The state of what a mark names, in words."""
        if mark.kind == "report":
            return self.lines[mark]
        cited = self.findings.get(mark.number)
        if cited is None:
            return "there is no such finding"
        newer = f"; version {cited.latest} has been saved since" if cited.latest > cited.version else ""
        return f"{cited.state}{newer}"


def trace_product(store: Store, product_id: int, version: int | None = None) -> TracedProduct:
    """A product (the latest version unless one is named) with what stands behind it. Raises KeyError where
    there is none."""
    product = load_product(store, product_id, version)
    sentences = [
        TracedSentence(part, number, statement)
        for part, text in _parts(product["kind"], product["content"]).items()
        if not is_unwritten(text)
        for number, statement in enumerate(split_statements(text), 1)
    ]
    marks = {mark for sentence in sentences for mark in sentence.statement.marks}
    cited = list_cited_versions(store, product_id, product["version"])
    numbers = sorted({mark.number for mark in marks if mark.kind == "finding"} | set(product["finding_ids"]))
    return TracedProduct(
        product,
        sentences,
        _findings(store, numbers, cited),
        {mark: _line_state(store, mark, product) for mark in marks if mark.kind == "report"},
    )


def list_traced_rows(store: Store, traced: TracedProduct) -> pd.DataFrame:
    """One row for each row behind each mark of each sentence: part, sentence, says, mark, version,
    latest_version, method, parameters, data_version, confidence, table_name, source_id, row_number, source,
    state. A sentence without a mark, or a mark without rows, has one row that says so."""
    rows = {
        number: read_stated_rows(store, number, cited.version).assign(
            version=cited.version,
            latest_version=cited.latest,
            method=cited.finding.method,
            parameters=json.dumps(cited.finding.parameters, default=str, ensure_ascii=False),
            data_version=cited.finding.data_version,
            confidence=cited.finding.confidence,
        )
        for number, cited in traced.findings.items()
    }
    parts = []
    for sentence in traced.sentences:
        sentence_columns = {
            "part": sentence.part,
            "sentence": sentence.number,
            "says": sentence.statement.words,
        }
        for mark in sentence.statement.marks:
            named = f"{mark.kind} {mark.number}" + (f", line {mark.line}" if mark.line is not None else "")
            behind = rows.get(mark.number) if mark.kind == "finding" else None
            if behind is None:
                behind = pd.DataFrame([{"state": traced.about(mark)}])
                if mark.kind == "report":
                    behind = behind.assign(table_name="report", source_id=mark.number, row_number=mark.line)
            parts.append(behind.assign(**sentence_columns, mark=named))
        if not sentence.statement.marks:
            state = traced.proposals.get(sentence.statement.text) or _say_unmarked(sentence.statement)
            parts.append(pd.DataFrame([sentence_columns | {"mark": "", "state": state}]))
    columns = [
        "part",
        "sentence",
        "says",
        "mark",
        "version",
        "latest_version",
        "method",
        "parameters",
        "data_version",
        "confidence",
        "table_name",
        "source_id",
        "row_number",
        "source",
        "state",
    ]
    every = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    integers = ("version", "latest_version", "data_version", "source_id", "row_number")
    return every.reindex(columns=columns).astype(dict.fromkeys(integers, "Int64"))


def _say_unmarked(statement: CitedStatement) -> str:
    """What a statement rests on that marks neither a finding nor a report."""
    if drivers := _DRIVER.findall(statement.text):
        return f"{', '.join(drivers)}: on Briefs, under Strategic picture, Drivers"
    return "no mark: the author's own words"


def _parts(kind: str, content: dict[str, Any]) -> dict[str, str]:
    """The texts of a product by the name of their part."""
    if kind == STRATEGY:
        return read_strategy(content).sections()
    if kind in SECTIONED:
        return join_by_title(
            (section.title, section.text) for section in list_written_sections(kind, content)
        )
    chosen = read_chosen(content.get("responses", ()))
    return {
        BRIEF_PARTS.get(name, name): add_proposals(name, text, chosen)
        for name, text in content.items()
        if isinstance(text, str) and name not in _NO_SENTENCES
    }


def _findings(store: Store, numbers: list[int], cited: dict[int, int]) -> dict[int, CitedFinding]:
    latest = {number: list_finding_versions(store, number).version.max() for number in numbers}
    versions = {number: cited.get(number, int(last)) for number, last in latest.items() if last == last}
    states = read_evidence_states(store, versions)
    return {
        number: CitedFinding(
            number, version, int(latest[number]), load_finding(store, number, version), states[number]
        )
        for number, version in versions.items()
    }


def _line_state(store: Store, mark: SourceMark, product: dict[str, Any]) -> str:
    """Whether a line of a report is what it was when the product was saved."""
    lines = store.rows(
        "SELECT l.version, l.sanitised, l.source_grade, l.information_grade, l.handling, r.saved_at <= ? AS"
        " seen FROM report r"
        " JOIN report_line l USING (report_id, version) WHERE report_id = ? AND line = ? ORDER BY l.version",
        [product["created_at"], mark.number, mark.line],
    )
    latest = store.rows("SELECT max(version) AS version FROM report WHERE report_id = ?", [mark.number])[0][
        "version"
    ]
    if not lines or lines[-1]["version"] != latest:
        return "removed"
    seen = [line for line in lines if line["seen"]] or lines[:1]
    content = ("sanitised", "source_grade", "information_grade", "handling")
    return "unchanged" if all(seen[-1][name] == lines[-1][name] for name in content) else "changed"
