"""A saved product of any kind as its editions are made from it: its parts in order, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics.intelligence.cited_versions import cited_versions
from analytics.intelligence.codes import code_table
from analytics.intelligence.findings import Finding, evidence_sources, load_finding
from analytics.intelligence.reports import Report, load_report
from analytics.store import Store
from analytics.tasking.brief import BRIEF_PARTS, Brief, is_open
from analytics.tasking.citations import marks_in
from analytics.tasking.dossier import SAYS_WHAT_IS
from analytics.tasking.drafts import KINDS
from analytics.tasking.operation import KIND as PLAN
from analytics.tasking.operation import OPTIONS, brief_of
from analytics.tasking.products import load_product
from analytics.tasking.strategy import KIND as STRATEGY
from analytics.tasking.strategy import Priority

_HEADS = {entry.code: entry.label for entry in code_table("action_heads").entries}
_TABLES = {"problem profile": "problem_profile", PLAN: "operation_plan"} | KINDS
# Every part that the rules of release may keep from a partner.
PART_CODES = (
    frozenset(BRIEF_PARTS)
    | {"title", "option", "priorities", "requirement"}
    | {entry.code for table in _TABLES.values() for entry in code_table(table).entries}
)


@dataclass(frozen=True)
class OriginalPart:
    """`fact`: it says what is so, and a statement of it needs a source; the author's own words of what to do
    need none."""

    code: str
    title: str
    text: str
    fact: bool


@dataclass(frozen=True)
class Original:
    """`marked`: the handling mark of the product itself; `sources` as `evidence_sources` gives them. Parts
    that nobody has written are not among `parts`."""

    kind: str
    title: str
    marked: str
    parts: tuple[OriginalPart, ...]
    findings: list[tuple[int, Finding]]
    reports: list[tuple[int, Report]]
    sources: list[dict[str, Any]]


def original_of(store: Store, product_id: int, version: int) -> Original:
    """One version of a product. Raises KeyError where there is none, or a finding or report it rests on is
    lost."""
    row = load_product(store, product_id, version)
    kind, content = row["kind"], row["content"]
    parts = tuple(part for part in _parts(kind, content) if not is_open(part.text))
    finding_ids, report_ids = _rests_on(store, kind, row, parts)
    cited = cited_versions(store, product_id, version)
    return Original(
        kind,
        row["title"],
        content.get("handling") or "",
        parts,
        [(number, load_finding(store, number, cited.get(number))) for number in finding_ids],
        [(number, load_report(store, number)[0]) for number in report_ids],
        evidence_sources(store, finding_ids, cited).to_dict("records"),
    )


def _parts(kind: str, content: dict[str, Any]) -> Iterator[OriginalPart]:
    if kind == "brief":
        for code, title in BRIEF_PARTS.items():
            text = content[code]
            shown = f"{date.fromisoformat(text):%d %B %Y}" if code == "review_date" else text
            yield OriginalPart(code, title, shown, code in SAYS_WHAT_IS)
    elif kind == STRATEGY:
        yield from _strategy(content)
    else:
        texts = content.get("sections") or content.get("texts") or content
        for entry in code_table(_TABLES[kind]).entries:
            yield OriginalPart(
                entry.code, entry.label, texts[entry.code], not entry.more.get("own_words", False)
            )
            if kind == PLAN and entry.code == "victims_risk":
                said = f"{OPTIONS[content['option']]}\n{content['option_reason']}"
                yield OriginalPart("option", "Investigative option", said, False)


def _strategy(content: dict[str, Any]) -> Iterator[OriginalPart]:
    first, last = (date.fromisoformat(content[name]) for name in ("period_from", "period_to"))
    yield OriginalPart("period", "Period", f"{first:%d %B %Y} to {last:%d %B %Y}", False)
    for number, item in enumerate((Priority(**item) for item in content["priorities"]), 1):
        yield OriginalPart("priorities", f"Priority {number}", f"{item.title}\n{item.why}", True)
        for code, label in _HEADS.items():
            yield OriginalPart(code, f"Priority {number}: {label.lower()}", getattr(item, code), False)
    yield OriginalPart("requirement", "Intelligence requirement", content["requirement"], False)


def _rests_on(
    store: Store, kind: str, row: dict[str, Any], parts: tuple[OriginalPart, ...]
) -> tuple[list[int], list[int]]:
    """Numbers of findings and of reports: as kept with the product; of a strategy those that its text marks;
    of a plan those of the brief it carries out."""
    content = row["content"]
    if kind == "brief":
        brief = Brief(**content)
        return brief.finding_ids, brief.report_ids
    if kind == PLAN:
        brief = brief_of(store, content["decision_id"])
        return brief.finding_ids, brief.report_ids
    if kind == STRATEGY:
        marks = [mark for part in parts for mark in marks_in(part.text)]
        held = {row["finding_id"] for row in store.rows("SELECT DISTINCT finding_id FROM finding")}
        known = {row["report_id"] for row in store.rows("SELECT DISTINCT report_id FROM report")}
        findings = {mark.number for mark in marks if mark.kind == "finding"} & held
        return sorted(findings), sorted({mark.number for mark in marks if mark.kind == "report"} & known)
    return row["finding_ids"], content.get("report_ids", [])
