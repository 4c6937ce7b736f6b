"""A saved product of any kind, ready for release: its parts in order, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics.intelligence.cited_versions import list_cited_versions
from analytics.intelligence.evidence import list_evidence_sources
from analytics.intelligence.findings import Finding, load_finding
from analytics.intelligence.reports import Report, load_report
from analytics.shared.codes import code_table
from analytics.shared.unwritten import is_unwritten
from analytics.shared.wording import write_day, write_period
from analytics.store import Store
from analytics.tasking.brief import BRIEF_PARTS, Brief
from analytics.tasking.citations import find_marks
from analytics.tasking.dossier import FACTUAL_PARTS
from analytics.tasking.operation import OPTIONS, find_option_place, load_decided_brief
from analytics.tasking.products import load_product
from analytics.tasking.saved_sections import list_written_sections
from analytics.tasking.sections import PLAN, SECTIONED, STRATEGY, read_sections
from analytics.tasking.strategy import read_strategy

_HEADS = {entry.code: entry.label for entry in code_table("action_heads").entries}


def list_part_codes() -> frozenset[str]:
    """Every part that the rules of release may keep from a partner."""
    sections = {code for kind in SECTIONED for code in read_sections(kind)}
    return frozenset(BRIEF_PARTS) | {"title", "option"} | sections


@dataclass(frozen=True)
class OriginalPart:
    """`fact`: its statements need a source; the author's own words of what to do need none."""

    code: str
    title: str
    text: str
    fact: bool


@dataclass(frozen=True)
class OriginalProduct:
    """`marked`: the product's own handling mark; `sources` as `list_evidence_sources` gives them. `parts`
    leaves out those nobody has written."""

    kind: str
    title: str
    marked: str
    parts: tuple[OriginalPart, ...]
    findings: list[tuple[int, Finding]]
    reports: list[tuple[int, Report]]
    sources: list[dict[str, Any]]


def load_original(store: Store, product_id: int, version: int) -> OriginalProduct:
    """One version of a product. Raises KeyError where there is none, or a finding or report behind it is
    lost."""
    row = load_product(store, product_id, version)
    kind, content = row["kind"], row["content"]
    parts = tuple(part for part in _parts(kind, content) if not is_unwritten(part.text))
    finding_ids, report_ids = _rests_on(store, kind, row, parts)
    cited = list_cited_versions(store, product_id, version)
    return OriginalProduct(
        kind,
        row["title"],
        content.get("handling") or "",
        parts,
        [(number, load_finding(store, number, cited.get(number))) for number in finding_ids],
        [(number, load_report(store, number)[0]) for number in report_ids],
        list_evidence_sources(store, finding_ids, cited).to_dict("records"),
    )


def _parts(kind: str, content: dict[str, Any]) -> Iterator[OriginalPart]:
    if kind == "brief":
        brief = Brief(**content)
        for code, title in BRIEF_PARTS.items():
            text = brief.read_part(code)
            printed = write_day(date.fromisoformat(text)) if code == "review_date" else text
            yield OriginalPart(code, title, printed, code in FACTUAL_PARTS)
    elif kind == STRATEGY:
        yield from _strategy(content)
    else:
        written = list_written_sections(kind, content)
        for section in written:
            yield OriginalPart(section.code, section.title, section.text, not section.own_words)
            if kind == PLAN and section.code == find_option_place(written):
                option = f"{OPTIONS[content['option']]}\n{content['option_reason']}"
                yield OriginalPart("option", "Investigative option", option, False)


def _strategy(content: dict[str, Any]) -> Iterator[OriginalPart]:
    strategy = read_strategy(content)
    period = write_period(strategy.period_from, strategy.period_to)
    yield OriginalPart("period", "Period", period, False)
    for number, item in enumerate(strategy.priorities, 1):
        yield OriginalPart("priorities", f"Priority {number}", f"{item.title}\n{item.why}", True)
        for code, label in _HEADS.items():
            yield OriginalPart(code, f"Priority {number}: {label.lower()}", getattr(item, code), False)
    title = read_sections(STRATEGY)["requirement"].title
    yield OriginalPart("requirement", title, strategy.requirement, False)
    for section in strategy.further():
        yield OriginalPart(section.code, section.title, section.text, not section.own_words)


def _rests_on(
    store: Store, kind: str, row: dict[str, Any], parts: tuple[OriginalPart, ...]
) -> tuple[list[int], list[int]]:
    """Numbers of findings and reports: as saved with the product; for a strategy, those its text marks; for a
    plan, those of its brief."""
    content = row["content"]
    if kind == "brief":
        brief = Brief(**content)
        return brief.finding_ids, brief.report_ids
    if kind == PLAN:
        brief = load_decided_brief(store, content["decision_id"])
        return brief.finding_ids, brief.report_ids
    if kind == STRATEGY:
        marks = [mark for part in parts for mark in find_marks(part.text)]
        saved = {row["finding_id"] for row in store.rows("SELECT DISTINCT finding_id FROM finding")}
        known = {row["report_id"] for row in store.rows("SELECT DISTINCT report_id FROM report")}
        findings = {mark.number for mark in marks if mark.kind == "finding"} & saved
        return sorted(findings), sorted({mark.number for mark in marks if mark.kind == "report"} & known)
    return row["finding_ids"], content.get("report_ids", [])
