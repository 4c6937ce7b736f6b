"""What the sections of products are drafted from, by the names that `data/codes/products.toml` uses.

A filler turns what is known into plain text, each statement with the mark of what it rests on, and gives ''
where nothing known speaks to the section."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import pandas as pd

from analytics.intelligence.collection import NOT_KNOWN
from analytics.intelligence.finding_results import Focus, NetworkResult
from analytics.intelligence.findings import Finding
from analytics.intelligence.possible_victims import write_left_out
from analytics.intelligence.reports import Report
from analytics.network.links.node_names import name_node
from analytics.shared.codes import code_table
from analytics.shared.two_counts import judge_counts
from analytics.shared.unwritten import is_unwritten
from analytics.shared.wording import write_day, write_period
from analytics.strategic.picture import StrategicPicture
from analytics.strategic.sentences import DESCRIBERS, Describer
from analytics.tasking.brief import (
    BRIEF_PARTS,
    MONTHS_ONLY,
    Brief,
    add_mark,
    describe_peak,
    describe_place,
    leave_out_figures,
    list_reported_lines,
)
from analytics.tasking.citations import mark_finding
from analytics.tasking.network_texts import TELLERS, tell_networks
from analytics.tasking.scorecard import describe_result
from analytics.tasking.strategy import Strategy, list_unserved_priorities

_SERIES = ("near repeat", "st-dbscan", "series")
_COMMERCE = {"advert", "account", "transaction", "premises", "journey", "communication"}


@dataclass(frozen=True)
class DraftMaterial:
    """What a draft may draw on. `findings`: (number, finding, tables of its evidence), the number None where
    its statements are to bear no mark; `reports`: (number, report); frames are those of `list_actions`,
    `agenda`, `collection_grid`; `served`: priorities that adopted proposals serve; `brief`: the one that a
    plan carries out; `protected`: nodes of networks, by the digest of links, that are no targets; `lawful`:
    findings that an operation plan with a legal basis covers; `picture`: the strategic picture of the
    area."""

    findings: Sequence[tuple[int | None, Finding, frozenset[str]]]
    reports: Sequence[tuple[int, Report]] = ()
    actions: pd.DataFrame = field(default_factory=pd.DataFrame)
    waiting: pd.DataFrame = field(default_factory=pd.DataFrame)
    grid: pd.DataFrame = field(default_factory=pd.DataFrame)
    strategy: Strategy | None = None
    served: Sequence[str] = ()
    hours_left: float | None = None
    brief: Brief | None = None
    protected: frozenset[str] = frozenset()
    lawful: frozenset[int] = frozenset()
    picture: StrategicPicture | None = None


Filler = Callable[[DraftMaterial, date], str]


def classify_element(finding: Finding, tables: frozenset[str]) -> str:
    """Which of the four elements of tactical tasking a finding speaks to: offenders (structures), series,
    hotspots."""
    if tables & _COMMERCE:
        return "offenders"
    method = finding.method.lower()
    return "series" if any(word in method for word in _SERIES) else "hotspots"


def _findings_on(*elements: str) -> Filler:
    """What the findings say of these elements, in the findings' order."""

    def fill(material: DraftMaterial, today: date) -> str:
        return "\n".join(
            f"{leave_out_figures(finding.statement)} Confidence: {finding.confidence}. [finding {number}]"
            for number, finding, tables in material.findings
            if classify_element(finding, tables) in elements
        )

    return fill


def _findings_on_structures(material: DraftMaterial, today: date) -> str:
    """Structures and those who carry them: findings, then every graded line. An operation of adverts that
    belongs to a possible victim is counted, not named."""
    findings = [entry for entry in material.findings if not _is_protected(entry[1], material.protected)]
    return _joined(
        _findings_on("offenders")(replace(material, findings=findings), today),
        write_left_out(len(material.findings) - len(findings), "operation"),
        _report_lines(material, today),
    )


def _is_protected(finding: Finding, protected: frozenset[str]) -> bool:
    recipe = finding.recipe or {}
    return recipe.get("subject") == "operation" and name_node(f"operation:{recipe['number']}") in protected


def _report_lines(material: DraftMaterial, today: date) -> str:
    return list_reported_lines(material.reports)


def _finding_statements(material: DraftMaterial, today: date) -> str:
    return "\n\n".join(
        add_mark(leave_out_figures(finding.statement), mark_if_numbered(number, finding))
        for number, finding, _ in material.findings
    )


def _places_and_times(material: DraftMaterial, today: date) -> str:
    return "\n\n".join(
        add_mark(text, mark_if_numbered(number, finding))
        for number, finding, _ in material.findings
        if (text := _place_and_time(finding))
    )


def _place_and_time(finding: Finding) -> str:
    place = describe_place(finding)
    kinds = ", ".join(f"{row.category} ({row.count})" for row in finding.result.categories)
    parts = [
        f"{place if place.startswith('On or near ') else f'At {place}'}." if place else "",
        f"Recorded as: {kinds}." if kinds else "",
        describe_peak(finding) or (MONTHS_ONLY if finding.result.dates == "month" else ""),
    ]
    return " ".join(part for part in parts if part)


def _alternative_explanations(material: DraftMaterial, today: date) -> str:
    """Each alternative explanation once, with how to tell."""
    alternatives = {
        alternative["explanation"]: alternative.get("how to tell")
        for _, finding, _ in material.findings
        for alternative in finding.alternatives
    }
    return "\n".join(f"{what} How to tell: {how}" if how else what for what, how in alternatives.items())


def _finding_titles(material: DraftMaterial, today: date) -> str:
    return "\n".join(f"{finding.title} [finding {number}]" for number, finding, _ in material.findings)


def _named_places(material: DraftMaterial, today: date) -> str:
    labels = {
        finding.result.focus.label: number
        for number, finding, _ in material.findings
        if finding.result.focus and finding.result.focus.label
    }
    return "\n".join(f"{label} [finding {number}]" for label, number in labels.items())


def _activity_by_domain(material: DraftMaterial, today: date) -> str:
    """Which findings speak of each of the five domains; an empty one is a gap."""
    lines = []
    for entry in code_table("commercial_domains").entries:
        numbers = [number for number, _, tables in material.findings if entry.more["table"] in tables]
        cited = f"see finding {', '.join(map(str, numbers))}." if numbers else "no finding, a gap."
        lines.append(f"{entry.label}: {cited}")
    return _joined("\n".join(lines), _findings_on_structures(material, today))


def _collection_gaps(material: DraftMaterial, today: date) -> str:
    """The empty cells of the Achilles grid, and what is recorded of no known stage."""
    if material.grid.empty:
        return ""
    grid = material.grid.assign(stored=material.grid.records + material.grid.lines)
    empty = grid[(grid.stored == 0) & (grid.stage != NOT_KNOWN)]
    if empty.empty:
        return "Every cell of the Achilles grid has records or report lines."
    cells = "; ".join(f"{row.domain} at {row.stage}" for row in empty.itertuples())
    lines = [f"Nothing is recorded on: {cells}. Asked for of these: {int((empty.requirements > 0).sum())}."]
    unplaced = grid[(grid.stored > 0) & (grid.stage == NOT_KNOWN)]
    if len(unplaced):  # recorded, so no gap in records: what is not known is which stage they speak of
        about = "; ".join(f"{row.domain} ({row.stored:,})" for row in unplaced.itertuples())
        lines.append(f"Recorded, but of a stage that is not known: {about}.")
    return "\n".join(lines)


def _action_progress(material: DraftMaterial, today: date) -> str:
    if material.actions.empty:
        return "No action was tasked before."
    lines = [
        f"{row.description} ({row.owner}, agency {row.agency}, due {write_day(pd.Timestamp(row.due))}): "
        f"{row.status}"
        + (", overdue" if row.overdue else "")
        + (f". {row.note}" if row.note else ".")
        + (f" {result}" if (result := describe_result(row.verdict, row.outputs, row.verdict_reason)) else "")
        + f" [action {row.action_id}]"
        for row in material.actions[material.actions.standing].itertuples()
    ]
    return "\n".join(lines)


def _waiting_proposals(material: DraftMaterial, today: date) -> str:
    """The ranking of the proposals, and the priorities that none of them serves."""
    if material.waiting.empty:
        return "No proposal waits for a decision."
    lines = []
    for at, row in enumerate(material.waiting.itertuples(), 1):
        score = (
            "not scored"
            if pd.isna(row.priority)
            else f"priority {row.priority:.0f} ({row.low:.0f} to {row.high:.0f})"
        )
        serves = f"serves {row.serves}" if row.serves else "serves no priority of the control strategy"
        lines.append(f"{at}. {row.title}: {score}; {serves}. [brief {row.product_id}]")
    if material.strategy:
        idle = list_unserved_priorities(material.strategy, [*material.waiting.serves, *material.served])
        if idle:
            lines.append(f"Nothing is proposed for: {', '.join(idle)}.")
    return "\n".join(lines)


def _increases(material: DraftMaterial, today: date) -> str:
    lines = []
    for number, finding, _ in material.findings:
        focus = finding.result.focus or Focus()
        now, before = focus.count, focus.previous_count
        if now is not None and before is not None and now > before:
            lines.append(
                f"{focus.label or finding.title}: {now} against {before} in the period before, "
                f"{judge_counts(now, before)}. "
                f"[finding {number}]"
            )
    return "\n".join(lines) or "No chosen finding shows more than the period before it."


def _finding_period(material: DraftMaterial, today: date) -> str:
    days = [(f.period_from, f.period_to) for _, f, _ in material.findings if f.period_from and f.period_to]
    if not days:
        return ""
    first, last = min(day for day, _ in days), max(day for _, day in days)
    return f"{write_period(first, last)}; drafted {write_day(today)}."


def _hours_left(material: DraftMaterial, today: date) -> str:
    if material.hours_left is None:
        return ""
    return f"Officers' hours left in the open meeting: {material.hours_left:g}."


def _strategy_prevention(material: DraftMaterial, today: date) -> str:
    """What the control strategy means to prevent."""
    if material.strategy is None:
        return ""
    return "\n".join(
        f"{item.title}: {item.prevention} [control strategy]"
        for item in material.strategy.priorities
        if item.prevention.strip()
    )


def _brief_part(part: str, material: DraftMaterial, today: date) -> str:
    """A part of the brief, where somebody has written it."""
    text = material.brief.read_part(part) if material.brief else ""
    return "" if is_unwritten(text) else text


def _of_picture(describe: Describer) -> Filler:
    """What the strategic picture says of this, where there is one."""

    def fill(material: DraftMaterial, today: date) -> str:
        return describe(material.picture) if material.picture else ""

    return fill


def _of_networks(name: str) -> Filler:
    """What the findings on networks say of this."""

    def fill(material: DraftMaterial, today: date) -> str:
        results = [
            (number, finding.result)
            for number, finding, _ in material.findings
            if isinstance(finding.result, NetworkResult)
        ]
        return tell_networks(name, results, material.protected, material.lawful)

    return fill


def mark_if_numbered(number: int | None, finding: Finding) -> str:
    return "" if number is None else mark_finding(number, finding)


def _joined(*texts: str) -> str:
    return "\n".join(filter(None, texts))


_NAMED: dict[str, Filler] = {
    "action_progress": _action_progress,
    "activity_by_domain": _activity_by_domain,
    "alternative_explanations": _alternative_explanations,
    "collection_gaps": _collection_gaps,
    "finding_period": _finding_period,
    "finding_statements": _finding_statements,
    "finding_titles": _finding_titles,
    "findings_on_hotspots": _findings_on("hotspots"),
    "findings_on_places": _findings_on("hotspots", "series"),
    "findings_on_series": _findings_on("series"),
    "findings_on_structures": _findings_on_structures,
    "hours_left": _hours_left,
    "increases": _increases,
    "named_places": _named_places,
    "places_and_times": _places_and_times,
    "report_lines": _report_lines,
    "strategy_prevention": _strategy_prevention,
    "waiting_proposals": _waiting_proposals,
}
FILLERS: Mapping[str, Filler] = (
    _NAMED
    | {f"brief_{part}": partial(_brief_part, part) for part in BRIEF_PARTS}
    | {name: _of_networks(name) for name in TELLERS}
    | {name: _of_picture(describe) for name, describe in DESCRIBERS.items()}
)
