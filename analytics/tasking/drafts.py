"""First drafts of products from what is known: findings, graded lines, gaps, actions, the ranking, the brief.

Every sentence ends with the mark of what it rests on: [finding 3], [report 2, line 1: 1BP]. What nothing
known speaks to is left to people, marked as not yet written. Sections are those of
`data/codes/products.toml`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analytics.intelligence.findings import Finding
from analytics.intelligence.reports import Report
from analytics.shared.schema import InvalidFile
from analytics.shared.unwritten import ask
from analytics.store import read_today
from analytics.strategic.proposals import propose_priorities
from analytics.tasking.brief import add_mark, list_reported_lines
from analytics.tasking.citations import combine_handling
from analytics.tasking.fillers import FILLERS, DraftMaterial, mark_if_numbered
from analytics.tasking.sections import FILE, PROFILE, STRATEGY, Section, read_asked_sections
from analytics.tasking.strategy import STRUCTURED, Priority, Strategy


def draft(kind: str, material: DraftMaterial, today: date) -> dict[str, str]:
    """The text of every section (code -> text) of a product of this kind.

    Raises KeyError for a kind that has no sections, and InvalidFile where a section is filled by what is no
    filler."""
    return {
        code: _fill(kind, section, material, today) or section.request()
        for code, section in read_asked_sections(kind).items()
    }


def draft_profile(
    findings: Sequence[Finding], finding_ids: Sequence[int] = (), reports: Sequence[tuple[int, Report]] = ()
) -> dict[str, str]:
    """Draft every section of a problem profile from findings and graded reports.

    `reports` as the drafter may see them. Each statement bears its mark where the numbers of the findings are
    given. Raises what `draft` raises."""
    numbers: list[int | None] = [*finding_ids] or [None] * len(findings)
    material = DraftMaterial(
        [(number, finding, frozenset()) for number, finding in zip(numbers, findings, strict=True)], reports
    )
    return draft(PROFILE, material, read_today())


def draft_strategy(
    material: DraftMaterial, requirements: Sequence[str], period_from: date, period_to: date
) -> Strategy:
    """A control strategy begun from what is known: a priority for each problem that the strategic picture
    proposes, each kind of problem the findings speak of, and one for what is reported, all to be named,
    written or struck by people; the requirement from open questions and empty cells."""
    problems: dict[str, list[str]] = {}
    for proposal in propose_priorities(material.picture) if material.picture else ():
        problems.setdefault(proposal.title, []).append(f"Proposed. {proposal.describe()}")
    for number, finding, _ in material.findings:
        kinds = finding.result.categories
        problem = kinds[0].category if kinds else finding.title
        problems.setdefault(problem, []).append(
            add_mark(finding.statement, mark_if_numbered(number, finding))
        )
    if reported := list_reported_lines(material.reports):
        problems["What is reported, to be named"] = [reported]
    priorities = tuple(
        Priority(
            problem,
            "\n".join(statements),
            *(ask("tasking group", f"{head}.") for head in ("prevention", "intelligence", "enforcement")),
        )
        for problem, statements in problems.items()
    )
    gaps = FILLERS["collection_gaps"](material, period_from)
    handling = combine_handling(
        [finding for _, finding, _ in material.findings], [report for _, report in material.reports]
    )
    texts = draft(STRATEGY, material, period_from)
    return Strategy(
        period_from,
        period_to,
        priorities,
        "\n".join([*requirements, *([gaps] if gaps else [])]),
        handling,
        {code: text for code, text in texts.items() if code not in STRUCTURED},
    )


def _fill(kind: str, section: Section, material: DraftMaterial, today: date) -> str:
    texts = []
    for name in section.filled_by:
        if name not in FILLERS:
            known = ", ".join(FILLERS)
            raise InvalidFile(FILE, [f"{kind}, {section.code}: filled_by {name} is none of {known}"])
        texts.append(FILLERS[name](material, today))
    return "\n".join(filter(None, texts))
