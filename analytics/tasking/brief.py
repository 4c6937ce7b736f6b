"""What a brief says, apart from how it is drawn: a form of one page with fixed parts.

Its parts follow Schreier's planning of a proactive operation (3.4). What findings and profile do not say is
left to people, marked as not yet written, and counted as open; nothing is invented."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analytics.intelligence.finding_results import Focus
from analytics.intelligence.findings import Finding
from analytics.intelligence.reports import Report
from analytics.shared.recent_trend import RecentTrend, measure_recent_trend
from analytics.shared.time_window import find_narrowest_window, write_hours
from analytics.shared.two_counts import judge_counts
from analytics.shared.unwritten import ask, is_unwritten
from analytics.shared.week_clock import WEEKDAYS
from analytics.shared.wording import counted, write_chance, write_day, write_month
from analytics.tasking.citations import combine_handling, mark_finding, mark_line
from analytics.tasking.responses import ChosenResponse, add_proposals, read_chosen

BRIEF_PARTS = {
    "action": "Action asked for",
    "owner": "Owner",
    "hours": "Officers' hours",
    "due": "By when",
    "agency": "Agency that answers for it",
    "contact": "Contact there",
    "what": "What",
    "where": "Where",
    "why_now": "Why now",
    "when": "When",
    "how_sure": "How sure, and on what evidence",
    "alternatives": "What else would explain it",
    "risks": "Risks",
    "who_is_harmed": "Who is harmed",
    "victims_safety": "Victims' safety",
    "who_is_responsible": "Who is responsible, as far as known",
    "prevention": "Proposed action: prevention",
    "intelligence": "Proposed action: intelligence",
    "enforcement": "Proposed action: enforcement",
    "resources": "Resources",
    "legal_basis": "Legal basis",
    "measure_of_success": "Measure of success",
    "review_date": "Review date",
}
MONTHS_ONLY = "The data give months only: no day, weekday or hour is known, and no near repeat."
_WIDE, _FEW_DAYS = 17, 4  # hours that are no window to task; weekdays that are few
_SHARE = re.compile(r"\(share by chance ([\d.]+(?:e[-+]?\d+)?)\)")
_FIGURES = re.compile(r"\s*\([^()]*\b(?:z|p) = [^()]*\)")


@dataclass(frozen=True)
class Brief:
    """One page for a commander. Texts are plain, each statement with its mark (see `marks`); `finding_ids`
    and `report_ids` carry the evidence. `responses` are the chosen proposals (see `ChosenResponse`),
    `struck` the codes of those that were not. The ask is `action`, `owner`, `hours` (a number), `due` (ISO
    8601), `agency` and `contact`."""

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
    action: str = ""  # the ask came later: briefs saved before it have none
    hours: str = ""
    due: str = ""
    agency: str = ""
    contact: str = ""
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

    def due_day(self) -> date | None:
        """The day by which it is asked for, None where no day is written."""
        try:
            return date.fromisoformat(self.due)
        except ValueError:
            return None

    def asked_hours(self) -> float | None:
        """The officers' hours asked for, None where no number is written."""
        try:
            hours = float(self.hours.replace(",", ""))
        except ValueError:
            return None
        return hours if 0 <= hours < 1e6 else None

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
    return Brief(
        title=first.title,
        what="\n".join(map(add_mark, (leave_out_figures(f.statement) for f in findings), marks)),
        where="; ".join(
            add_mark(place, mark)
            for f, mark in zip(findings, marks, strict=True)
            if (place := describe_place(f))
        )
        or ask("analyst", "the place."),
        when="\n".join(
            add_mark(_name(f, findings) + (describe_peak(f) or _describe_days(f)), mark)
            for f, mark in zip(findings, marks, strict=True)
        ),
        who_is_harmed=_of_profile(profile, "harmed"),
        who_is_responsible=_of_profile(profile, "responsible"),
        why_now="\n".join(
            add_mark(_name(f, findings) + trend, mark)
            for f, mark in zip(findings, marks, strict=True)
            if (trend := describe_recent_trend(f))
        )
        or ask("analyst", "why this cannot wait."),
        how_sure="\n".join(
            add_mark(f"{f.confidence.capitalize()} confidence. {leave_out_figures(f.confidence_basis)}", mark)
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
        action=ask("analyst", "what the meeting is asked to task, in one sentence."),
        finding_ids=finding_ids,
        report_ids=[number for number, _ in reports],
    )


def _of_profile(profile: Mapping[str, str], section: str) -> str:
    """A section of the profile as a part of the brief; a prompt where profiles have no such section."""
    return profile.get(section, ask("analyst", "this part; the problem profile does not say."))


def _month(day: date | None) -> str:
    return write_month(day) if day else "a month not known"


def _day(day: date | None) -> str:
    return write_day(day) if day else "a day not known"


def _describe_days(finding: Finding) -> str:
    if finding.result.dates == "month":
        return f"{_month(finding.period_from)} to {_month(finding.period_to)}. {MONTHS_ONLY}"
    return f"{_day(finding.period_from)} to {_day(finding.period_to)}; the hour is not known."


def _name(finding: Finding, findings: Sequence[Finding]) -> str:
    """The place that a line speaks of, where a brief has several."""
    label = _focus(finding).label.removeprefix("On or near ")
    return f"{label}: " if len(findings) > 1 and label else ""


def leave_out_figures(text: str) -> str:
    """A statement as page one says it: figures of a test in brackets go, because the annex has them; a share
    by chance is said in words."""
    in_words = _SHARE.sub(lambda found: f"({write_chance(float(found[1]))})", text)
    return _FIGURES.sub("", in_words)


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
    """The narrowest window of the day that holds four fifths of the incidents, and the weekdays where few
    hold as many; '' where no hour is known."""
    hours = finding.result.hours
    daily = find_narrowest_window([sum(day[hour] for day in hours) for hour in range(24)]) if hours else None
    if hours is None or daily is None:
        return ""
    unknown = finding.result.hours_unknown
    left_out = f"; {counted(unknown, 'more has', 'more have')} no known hour" if unknown else ""
    spread = f" ({daily.length} of 24 hours: no narrow window)" if daily.length > _WIDE else ""
    found = (
        f"{daily.inside:,.0f} of {daily.total:,.0f} ({daily.share:.0%}) from {write_hours(daily)}{spread}, "
        f"local time{left_out}."
    )
    weekly = find_narrowest_window([sum(day) for day in hours])
    if weekly is None or weekly.length > _FEW_DAYS:
        return found
    first, last = WEEKDAYS[weekly.start], WEEKDAYS[weekly.last]
    days = f"on {first}s" if weekly.length == 1 else f"from {first} to {last}"
    return f"{found} {weekly.share:.0%} fall {days}."


def describe_recent_trend(finding: Finding) -> str:
    """The last weeks against those before, with its test in words; without weeks, the period against the one
    before it; '' where neither is known."""
    recent = measure_finding_trend(finding)
    if recent is not None:
        return recent.describe(finding.result.counted)
    focus = _focus(finding)
    if focus.count is None or focus.previous_count is None:
        return ""
    now, before = focus.count, focus.previous_count
    change = now - before
    word = "more than" if change > 0 else "fewer than" if change < 0 else "no change on"
    size = f"{abs(change)} " if change else ""
    return (
        f"{size}{word} the period of the same length before ({now} against {before}): "
        f"{judge_counts(now, before)}."
    )


def measure_finding_trend(finding: Finding) -> RecentTrend | None:
    """The recent trend of what a finding counts; None where its trend is not of days, weeks or months."""
    try:
        trend = [(date.fromisoformat(row.period), row.count) for row in finding.result.trend]
    except ValueError:
        return None
    # Dates known to the month stand on its first day, and the month is whole.
    return measure_recent_trend(trend, None if finding.result.dates == "month" else finding.period_to)
