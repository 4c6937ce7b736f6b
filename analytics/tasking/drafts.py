"""First drafts of assessments and profiles from what is held: findings, graded lines, gaps, actions, the
ranking.

Every sentence ends with the mark of what it rests on: [finding 3], [report 2, line 1: 1BP]. What nothing held
speaks to is left to people, marked TO_WRITE. Sections are those of `data/codes/products.toml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from analytics.intelligence.codes import code_table
from analytics.intelligence.collection import NOT_KNOWN
from analytics.intelligence.findings import Finding
from analytics.intelligence.reports import Report
from analytics.tasking.brief import TO_WRITE, is_open, reported_lines
from analytics.tasking.citations import finding_mark, handling_of
from analytics.tasking.scorecard import result_in_words
from analytics.tasking.strategy import Priority, Strategy, not_served

KINDS = {
    "tactical assessment": "tactical_assessment",
    "strategic assessment": "strategic_assessment",
    "subject profile": "subject_profile",
}
_SERIES = ("near repeat", "st-dbscan", "series")
_COMMERCE = {"advert", "account", "transaction", "premises", "journey", "communication"}
_PROMPTS = {
    "aim": "what this assessment is for, and for whom.",
    "scope": "which period, area and kinds of crime it covers, and what it leaves out.",
    "environment": "political, economic, social, technological, environmental, legal and organisational "
    "factors.",
    "people": "groups and structures that carry the problems; no person without a lawful reason.",
    "forecast": "what is expected in the next period, how likely in the words of the yardstick, and on what "
    "grounds.",
    "recommendations": "what should become a priority, and what should cease to be one.",
    "preventive": "preventive measures with local partners that are under way or proposed.",
    "identity": "the network or place, its parts and associations, as far as graded reports say.",
    "assets": "what is held, where, and what could be restrained; say if not known.",
    "vulnerability": "where the operation could fail or do harm: exposure, sources, legal risk.",
    "risk": "to victims first, then officers and the community, and how each is met.",
    "recommendation": "reactive, proactive or disruptive, and why; protection of victims comes first.",
    "legal_basis": "power relied on, necessity and proportionality.",
}


@dataclass(frozen=True)
class Held:
    """What a draft may draw on. `findings`: (number, finding, tables of its evidence); `lines`: (report
    number, report); frames are those of `list_actions`, `agenda`, `collection_grid`; `served`: priorities
    that adopted proposals serve."""

    findings: Sequence[tuple[int, Finding, frozenset[str]]]
    reports: Sequence[tuple[int, Report]] = ()
    actions: pd.DataFrame = field(default_factory=pd.DataFrame)
    waiting: pd.DataFrame = field(default_factory=pd.DataFrame)
    grid: pd.DataFrame = field(default_factory=pd.DataFrame)
    strategy: Strategy | None = None
    served: Sequence[str] = ()
    hours_left: float | None = None


def element_of(finding: Finding, tables: frozenset[str]) -> str:
    """Which of the four elements of tactical tasking a finding speaks to: offenders (structures), series,
    hotspots."""
    if tables & _COMMERCE:
        return "offenders"
    method = finding.method.lower()
    return "series" if any(word in method for word in _SERIES) else "hotspots"


def draft(kind: str, held: Held, today: date) -> dict[str, str]:
    """Sections (code -> text) of a product of this kind. Raises KeyError for a kind that is not drafted
    here."""
    return {
        entry.code: _SECTIONS[entry.code](held, today)
        if entry.code in _SECTIONS
        else TO_WRITE + _PROMPTS[entry.code]
        for entry in code_table(KINDS[kind]).entries
    }


def draft_strategy(held: Held, requirements: Sequence[str], period_from: date, period_to: date) -> Strategy:
    """A control strategy begun from what is held: a priority for each kind of problem the findings speak of
    and one for what is reported, each to be named and written by people; the requirement from open questions
    and empty cells."""
    problems: dict[str, list[str]] = {}
    for number, finding, _ in held.findings:
        kinds = finding.result.get("categories") or []
        problem = kinds[0]["category"] if kinds else finding.title
        problems.setdefault(problem, []).append(f"{finding.statement} {finding_mark(number, finding)}")
    if reported := reported_lines(held.reports):
        problems["What is reported, to be named"] = [reported]
    priorities = tuple(
        Priority(
            problem,
            "\n".join(said),
            *(f"{TO_WRITE}{head}." for head in ("prevention", "intelligence", "enforcement")),
        )
        for problem, said in problems.items()
    )
    asked = [*requirements, *([] if held.grid.empty else [_gaps(held, period_from)])]
    handling = handling_of(
        [finding for _, finding, _ in held.findings], [report for _, report in held.reports]
    )
    return Strategy(period_from, period_to, priorities, "\n".join(asked), handling)


def _said(held: Held, *elements: str, also: str = "") -> str:
    """What the findings say of one element or of several, given by their names, and what is `also` said; a
    prompt where nothing is."""
    lines = [
        f"{finding.statement} Confidence: {finding.confidence}. [finding {number}]"
        for number, finding, tables in held.findings
        if element_of(finding, tables) in elements
    ]
    return (
        "\n".join(filter(None, (*lines, also)))
        or f"{TO_WRITE}no finding speaks to this; say whether anything else does."
    )


def _offenders(held: Held, today: date) -> str:
    return _said(held, "offenders", also=reported_lines(held.reports))


def _problems(held: Held, today: date) -> str:
    return _said(held, "hotspots", "series")


def _places(held: Held, today: date) -> str:
    labels = {
        focus["label"]: number
        for number, finding, _ in held.findings
        if (focus := finding.result.get("focus") or {}).get("label")
    }
    return (
        "\n".join(f"{label} [finding {number}]" for label, number in labels.items())
        or TO_WRITE + "which places matter."
    )


def _activity(held: Held, today: date) -> str:
    """What is held on the subject in each of the five domains; an empty one is a gap."""
    tables = {entry.more["table"]: entry.label for entry in code_table("commercial_domains").entries}
    lines = []
    for table, label in tables.items():
        found = [number for number, _, evidence in held.findings if table in evidence]
        lines.append(
            f"{label}: " + (f"see finding {', '.join(map(str, found))}." if found else "nothing held, a gap.")
        )
    said = _said(held, "offenders", also=reported_lines(held.reports))
    return "\n".join([*lines, *([] if is_open(said) else [said])])


def _gaps(held: Held, today: date) -> str:
    if held.grid.empty:
        return TO_WRITE + "what is not known that would change a decision."
    grid = held.grid.assign(held=held.grid.records + held.grid.lines)
    empty = grid[(grid.held == 0) & (grid.stage != NOT_KNOWN)]
    if empty.empty:
        return "Something is held in every cell of the Achilles grid."
    cells = "; ".join(f"{row.domain} at {row.stage}" for row in empty.itertuples())
    said = [f"Nothing is held on: {cells}. Asked for of these: {int((empty.requirements > 0).sum())}."]
    unplaced = grid[(grid.held > 0) & (grid.stage == NOT_KNOWN)]
    if len(unplaced):  # held, so no gap in records: what is not known is which stage they speak of
        about = "; ".join(f"{row.domain} ({row.held:,})" for row in unplaced.itertuples())
        said.append(f"Held, but of a stage that is not known: {about}.")
    return "\n".join(said)


def _progress(held: Held, today: date) -> str:
    if held.actions.empty:
        return "No action was tasked before."
    lines = [
        f"{row.description} ({row.owner}, due {pd.Timestamp(row.due):%d %b %Y}): {row.status}"
        + (", overdue" if row.overdue else "")
        + (f". {row.note}" if row.note else ".")
        + (f" {told}" if (told := result_in_words(row.verdict, row.outputs, row.verdict_reason)) else "")
        + f" [action {row.action_id}]"
        for row in held.actions[held.actions.standing].itertuples()
    ]
    return "\n".join(lines)


def _tasking(held: Held, today: date) -> str:
    if held.waiting.empty:
        return "No proposal waits for a decision."
    lines = []
    for at, row in enumerate(held.waiting.itertuples(), 1):
        score = (
            "not scored"
            if pd.isna(row.priority)
            else f"priority {row.priority:.0f} ({row.low:.0f} to {row.high:.0f})"
        )
        serves = f"serves {row.serves}" if row.serves else "serves no priority of the control strategy"
        lines.append(f"{at}. {row.title}: {score}; {serves}. [brief {row.product_id}]")
    if held.strategy:
        idle = not_served(held.strategy, [*held.waiting.serves, *held.served])
        if idle:
            lines.append(f"Nothing is proposed for: {', '.join(idle)}.")
    return "\n".join(lines)


def _emerging(held: Held, today: date) -> str:
    lines = []
    for number, finding, _ in held.findings:
        focus = finding.result.get("focus") or {}
        now, before = focus.get("count"), focus.get("previous_count")
        if now is not None and before is not None and now > before:
            lines.append(
                f"{focus.get('label') or finding.title}: {now} against {before} in the period before. "
                f"[finding {number}]"
            )
    return "\n".join(lines) or "No chosen finding shows more than the period before it."


def _period(held: Held, today: date) -> str:
    days = [(f.period_from, f.period_to) for _, f, _ in held.findings if f.period_from and f.period_to]
    if not days:
        return TO_WRITE + "the period assessed."
    return (
        f"{min(day for day, _ in days):%d %B %Y} to {max(day for _, day in days):%d %B %Y}; drafted "
        f"{today:%d %B %Y}."
    )


def _resources(held: Held, today: date) -> str:
    if held.hours_left is None:
        return TO_WRITE + "people, hours and money there are for the recommended tasking."
    return f"Officers' hours left in the open meeting: {held.hours_left:g}."


def _preventive(held: Held, today: date) -> str:
    """What the control strategy means to prevent, and what was tasked of it."""
    meant = (
        [
            f"{item.title}: {item.prevention} [control strategy]"
            for item in held.strategy.priorities
            if item.prevention.strip()
        ]
        if held.strategy
        else []
    )
    return "\n".join(meant) or TO_WRITE + _PROMPTS["preventive"]


def _identity(held: Held, today: date) -> str:
    named = [f"{finding.title} [finding {number}]" for number, finding, _ in held.findings]
    return "\n".join(named) or TO_WRITE + _PROMPTS["identity"]


_SECTIONS = {
    "period": _period,
    "progress": _progress,
    "offenders": _offenders,
    "hotspots": lambda held, today: _said(held, "hotspots"),
    "series": lambda held, today: _said(held, "series"),
    "emerging": _emerging,
    "tasking": _tasking,
    "resources": _resources,
    "problems": _problems,
    "places": _places,
    "gaps": _gaps,
    "activity": _activity,
    "people": _offenders,
    "preventive": _preventive,
    "identity": _identity,
}
