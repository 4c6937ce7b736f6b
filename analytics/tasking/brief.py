"""What a brief says, apart from how it is drawn: a form of one page with fixed parts.

Its parts follow Schreier's planning of a proactive operation (3.4). What findings and profile do not say is
left to people, marked as not yet written, and counted as open; nothing is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analytics.intelligence.finding_results import Focus
from analytics.intelligence.findings import Finding
from analytics.intelligence.reports import Report
from analytics.shared.unwritten import ask, is_unwritten
from analytics.shared.wording import write_day
from analytics.tasking.citations import combine_handling, mark_finding, mark_line
from analytics.tasking.responses import ChosenResponse, add_proposals, read_chosen

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
    and `report_ids` carry the evidence. `responses` are the chosen proposals (see `ChosenResponse`),
    `struck` the codes of those that were not."""

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
    responses: list[dict[str, Any]] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)

    def chosen_responses(self) -> list[ChosenResponse]:
        """The proposals that were chosen, in words."""
        return read_chosen(self.responses)

    def read_part(self, part: str) -> str:
        """A part as it is read and printed: what its author wrote, then the proposals chosen under it."""
        return add_proposals(part, getattr(self, part), self.chosen_responses())

    def open_items(self) -> list[str]:
        """Names of the parts that nobody has written yet, as the page and the print call them."""
        parts = {"title": "Title"} | BRIEF_PARTS | {"handling": "Handling"}
        return [label.lower() for part, label in parts.items() if is_unwritten(self.read_part(part))]


def list_reported_lines(reports: Sequence[tuple[int, Report]]) -> str:
    """Every sanitised line of the reports, each with its grading."""
    return "\n".join(
        add_mark(line.sanitised, mark_line(number, at, line.grade))
        for number, report in reports
        for at, line in enumerate(report.lines, 1)
    )


def draft_brief(
    findings: Sequence[Finding],
    finding_ids: list[int],
    profile: Mapping[str, str],
    review: date,
    reports: Sequence[tuple[int, Report]] = (),
) -> Brief:
    """Draft a brief from findings, reports and the profile written from them."""
    first, marks = findings[0], _marks(findings, finding_ids)
    peak = (
        describe_peak(first)
        or f"{_day(first.period_from)} to {_day(first.period_to)}; the hour is not known."
    )
    why_now = _why_now(first)
    return Brief(
        title=first.title,
        what="\n".join(map(add_mark, (f.statement for f in findings), marks)),
        where="; ".join(
            add_mark(place, mark)
            for f, mark in zip(findings, marks, strict=True)
            if (place := describe_place(f))
        )
        or ask("analyst", "the place."),
        when=add_mark(peak, marks[0]),
        who_is_harmed=_of_profile(profile, "harmed"),
        who_is_responsible=_of_profile(profile, "responsible"),
        why_now=why_now if is_unwritten(why_now) else add_mark(why_now, marks[0]),
        how_sure="\n".join(
            add_mark(f"{f.confidence.capitalize()} confidence. {f.confidence_basis}", mark)
            for f, mark in zip(findings, marks, strict=True)
        ),
        alternatives=_of_profile(profile, "alternatives"),
        prevention=_of_profile(profile, "prevention"),
        intelligence=_of_profile(profile, "intelligence"),
        enforcement=_of_profile(profile, "enforcement"),
        owner=ask("tasking group", "one named role."),
        resources=ask("operational lead", "people, hours, cost."),
        risks=ask("operational lead", "to the operation, officers and the community; displacement."),
        victims_safety=ask("safeguarding lead", "how anyone harmed is protected and referred first."),
        legal_basis=ask("legal adviser", "power relied on, necessity and proportionality."),
        measure_of_success=_of_profile(profile, "success"),
        review_date=review.isoformat(),
        handling=combine_handling(findings, [report for _, report in reports]),
        finding_ids=finding_ids,
        report_ids=[number for number, _ in reports],
    )


def _of_profile(profile: Mapping[str, str], section: str) -> str:
    """A section of the profile as a part of the brief; a prompt where profiles have no such section."""
    return profile.get(section, ask("analyst", "this part; the problem profile does not say."))


def _day(day: date | None) -> str:
    return write_day(day) if day else "a day not known"


def _marks(findings: Sequence[Finding], finding_ids: Sequence[int]) -> list[str]:
    return list(map(mark_finding, finding_ids, findings)) if finding_ids else [""] * len(findings)


def add_mark(text: str, mark: str) -> str:
    """The statement with the mark of what it rests on at its end, where there is one."""
    return f"{text} {mark}" if mark else text


def _focus(finding: Finding) -> Focus:
    return finding.result.focus or Focus()


def describe_place(finding: Finding) -> str:
    """The focus by name and, where known, latitude and longitude (WGS 84)."""
    focus = _focus(finding)
    label, lat, lon = focus.label, focus.lat, focus.lon
    if lat is None or lon is None:
        return label
    return f"{label} ({lat:.5f}, {lon:.5f})" if label else f"{lat:.5f}, {lon:.5f}"


def describe_peak(finding: Finding) -> str:
    """The eight hours in a row, over the whole week, with the most incidents."""
    hours = finding.result.hours
    if not hours:
        return ""
    daily = [sum(day[hour] for day in hours) for hour in range(24)]
    total = sum(daily)
    start = max(range(24), key=lambda h: sum(daily[(h + k) % 24] for k in range(8)))
    within = sum(daily[(start + k) % 24] for k in range(8))
    unknown = finding.result.hours_unknown
    left_out = f" ({unknown} have no known hour)" if unknown else ""
    return f"{within} of {total} between {start:02d}:00 and {(start + 8) % 24:02d}:00, local time{left_out}."


def _why_now(finding: Finding) -> str:
    focus = _focus(finding)
    if focus.count is None or focus.previous_count is None:
        return ask("analyst", "why this cannot wait.")
    change = focus.count - focus.previous_count
    word = "more than" if change > 0 else "fewer than" if change < 0 else "no change on"
    size = f"{abs(change)} " if change else ""
    return (
        f"{size}{word} the period of the same length before ({focus.count} against {focus.previous_count})."
    )
