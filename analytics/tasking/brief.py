"""What a problem profile and a brief say, apart from how they are drawn.

Sections follow the National Intelligence Model's problem profile and Schreier's planning of a proactive
operation (3.4). What the findings do not say is left to people, marked TO_WRITE, and counted as open;
nothing is invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from analytics.intelligence.codes import code_table
from analytics.intelligence.findings import Finding
from analytics.intelligence.reports import Report
from analytics.tasking.citations import finding_mark, handling_of, line_mark

TO_WRITE = "To be written: "

_PROFILE = code_table("problem_profile").entries
PROFILE_SECTIONS = {entry.code: entry.label for entry in _PROFILE}
_PROMPTS = {entry.code: entry.more["prompt"] for entry in _PROFILE if "prompt" in entry.more}


BRIEF_PARTS = {
    "what": "What",
    "where": "Where",
    "when": "When",
    "who_is_harmed": "Who is harmed",
    "who_is_responsible": "Who is responsible, as far as known",
    "why_now": "Why now",
    "how_sure": "How sure, and on what evidence",
    "alternatives": "What else would explain it",
    "prevention": "Proposed action: prevention",
    "intelligence": "Proposed action: intelligence",
    "enforcement": "Proposed action: enforcement",
    "owner": "Owner",
    "resources": "Resources",
    "risks": "Risks",
    "victims_safety": "Victims' safety",
    "legal_basis": "Legal basis",
    "measure_of_success": "Measure of success",
    "review_date": "Review date",
}


@dataclass(frozen=True)
class Brief:
    """One page for a commander. Texts are plain, each statement with its mark (see `marks`); `finding_ids`
    and `report_ids` carry the evidence."""

    title: str
    what: str
    where: str
    when: str
    who_is_harmed: str
    who_is_responsible: str
    why_now: str
    how_sure: str
    alternatives: str
    prevention: str
    intelligence: str
    enforcement: str
    owner: str
    resources: str
    risks: str
    victims_safety: str
    legal_basis: str
    measure_of_success: str
    review_date: str
    handling: str
    finding_ids: list[int] = field(default_factory=list)
    report_ids: list[int] = field(default_factory=list)

    def open_items(self) -> list[str]:
        """Names of the parts that nobody has written yet, as the page and the print call them."""
        texts = asdict(self)
        return [
            BRIEF_PARTS.get(f.name, f.name).lower()
            for f in fields(self)
            if f.name not in ("finding_ids", "report_ids") and is_open(texts[f.name])
        ]


def is_open(text: str) -> bool:
    return not text.strip() or text.startswith(TO_WRITE)


def draft_profile(
    findings: Sequence[Finding], finding_ids: Sequence[int] = (), reports: Sequence[tuple[int, Report]] = ()
) -> dict[str, str]:
    """Draft every section of a problem profile from findings and graded reports; what they do not say is a
    prompt.

    `reports` as the drafter may see them. Each statement bears its mark where the numbers of the findings are
    given."""
    marks = _marks(findings, finding_ids)
    sections = {name: TO_WRITE + prompt for name, prompt in _PROMPTS.items()}
    sections["problem"] = "\n\n".join(map(_marked, (f.statement for f in findings), marks))
    sections["where_when_how"] = "\n\n".join(
        _marked(said, mark) for f, mark in zip(findings, marks, strict=True) if (said := _where_and_when(f))
    )
    alternatives = {a["explanation"]: a.get("how to tell") for f in findings for a in f.alternatives}
    sections["alternatives"] = "\n".join(
        f"{what} How to tell: {how}" if how else what for what, how in alternatives.items()
    )
    if reported := reported_lines(reports):
        sections["responsible"] = reported
    return {name: sections[name] for name in PROFILE_SECTIONS}


def reported_lines(reports: Sequence[tuple[int, Report]]) -> str:
    """Every sanitised line of the reports, each with its grading."""
    return "\n".join(
        _marked(line.sanitised, line_mark(number, at, line.grade))
        for number, report in reports
        for at, line in enumerate(report.lines, 1)
    )


def draft_brief(
    findings: Sequence[Finding],
    finding_ids: list[int],
    profile: dict[str, str],
    review: date,
    reports: Sequence[tuple[int, Report]] = (),
) -> Brief:
    """Draft a brief from findings, reports and the profile written from them."""
    first, marks = findings[0], _marks(findings, finding_ids)
    peak = _peak(first) or f"{_day(first.period_from)} to {_day(first.period_to)}; the hour is not known."
    why_now = _why_now(first)
    return Brief(
        title=first.title,
        what="\n".join(map(_marked, (f.statement for f in findings), marks)),
        where="; ".join(
            _marked(place, mark) for f, mark in zip(findings, marks, strict=True) if (place := _place(f))
        )
        or TO_WRITE + "the place.",
        when=_marked(peak, marks[0]),
        who_is_harmed=profile["harmed"],
        who_is_responsible=profile["responsible"],
        why_now=why_now if is_open(why_now) else _marked(why_now, marks[0]),
        how_sure="\n".join(
            _marked(f"{f.confidence.capitalize()} confidence. {f.confidence_basis}", mark)
            for f, mark in zip(findings, marks, strict=True)
        ),
        alternatives=profile["alternatives"],
        prevention=profile["prevention"],
        intelligence=profile["intelligence"],
        enforcement=profile["enforcement"],
        owner=TO_WRITE + "one named role.",
        resources=TO_WRITE + "people, hours, cost.",
        risks=TO_WRITE + "to the operation, officers and the community; displacement.",
        victims_safety=TO_WRITE + "how anyone harmed is protected and referred first.",
        legal_basis=TO_WRITE + "power relied on, necessity and proportionality.",
        measure_of_success=profile["success"],
        review_date=review.isoformat(),
        handling=handling_of(findings, [report for _, report in reports]),
        finding_ids=finding_ids,
        report_ids=[number for number, _ in reports],
    )


def _day(day: date | None) -> str:
    return f"{day:%d %B %Y}" if day else "a day not known"


def _marks(findings: Sequence[Finding], finding_ids: Sequence[int]) -> list[str]:
    return list(map(finding_mark, finding_ids, findings)) if finding_ids else [""] * len(findings)


def _marked(said: str, mark: str) -> str:
    return f"{said} {mark}" if mark else said


def _focus(finding: Finding) -> dict[str, Any]:
    return finding.result.get("focus") or {}


def _place(finding: Finding) -> str:
    """The focus by name and, where held, latitude and longitude (WGS 84)."""
    focus = _focus(finding)
    label, lat, lon = focus.get("label") or "", focus.get("lat"), focus.get("lon")
    if lat is None or lon is None:
        return label
    return f"{label} ({lat:.5f}, {lon:.5f})" if label else f"{lat:.5f}, {lon:.5f}"


def _where_and_when(finding: Finding) -> str:
    place = _place(finding)
    kinds = ", ".join(f"{row['category']} ({row['count']})" for row in finding.result.get("categories") or [])
    parts = [
        f"At {place}." if place else "",
        f"Recorded as: {kinds}." if kinds else "",
        _peak(finding),
    ]
    return " ".join(part for part in parts if part)


def _peak(finding: Finding) -> str:
    """The eight hours in a row, over the whole week, with the most incidents."""
    hours = finding.result.get("hours")
    if not hours:
        return ""
    daily = [sum(day[hour] for day in hours) for hour in range(24)]
    total = sum(daily)
    start = max(range(24), key=lambda h: sum(daily[(h + k) % 24] for k in range(8)))
    within = sum(daily[(start + k) % 24] for k in range(8))
    unknown = finding.result.get("hours_unknown") or 0
    left_out = f" ({unknown} have no known hour)" if unknown else ""
    return f"{within} of {total} between {start:02d}:00 and {(start + 8) % 24:02d}:00, local time{left_out}."


def _why_now(finding: Finding) -> str:
    focus = _focus(finding)
    if focus.get("count") is None or focus.get("previous_count") is None:
        return TO_WRITE + "why this cannot wait."
    change = focus["count"] - focus["previous_count"]
    word = "more than" if change > 0 else "fewer than" if change < 0 else "no change on"
    size = f"{abs(change)} " if change else ""
    return (
        f"{size}{word} the period of the same length before ({focus['count']} against "
        f"{focus['previous_count']})."
    )
