"""What the unit's own work offers to look at: contradictions, requirements overdue, proposals that wait, and
results that came in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.intelligence.finding_links import list_finding_links, propose_links
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.requirements import list_requirements
from analytics.overview.attention import RECORD, Attention, Marks, Ring, mark_age
from analytics.shared.wording import write_day
from analytics.store import Store
from analytics.tasking.effect import verdict_in_words
from analytics.tasking.meeting import find_open_meeting, list_agenda

_RESULT_DAYS = 28
_LATE = ((28, 3), (7, 2), (0, 1))  # days overdue
_GRAVITY = {"more than expected": 3, "no detectable effect": 2, "fewer than expected": 1}


def contradiction_candidates(store: Store, today: date) -> list[Attention]:
    """Reports and findings that say the opposite of one another, as linked by a person or proposed by
    rule."""
    return [*_report_contradictions(store, today), *_finding_contradictions(store, today)]


def _report_contradictions(store: Store, today: date) -> list[Attention]:
    rows = store.rows(
        "WITH latest AS (SELECT * FROM report QUALIFY version = max(version) OVER (PARTITION BY report_id)),"
        " rests AS (SELECT report_id, list(DISTINCT finding_id ORDER BY finding_id) AS findings"
        "  FROM finding_report GROUP BY ALL)"
        " SELECT l.link_id, l.report_id, l.other_report_id, l.reason, l.linked_at, a.title,"
        "  b.title AS other_title, greatest(a.observed_on, b.observed_on) AS newest,"
        "  coalesce(f.findings, g.findings) AS findings"
        " FROM report_link l JOIN latest a ON a.report_id = l.report_id"
        " JOIN latest b ON b.report_id = l.other_report_id"
        " LEFT JOIN rests f ON f.report_id = l.report_id LEFT JOIN rests g ON g.report_id = l.other_report_id"
        " WHERE l.relation = 'contradicts' AND l.withdrawn_at IS NULL ORDER BY l.link_id"
    )
    return [_report_contradiction(row, today) for row in rows]


def _report_contradiction(row: dict[str, Any], today: date) -> Attention:
    findings = row["findings"] or []
    touched = f" It touches finding {findings[0]}." if findings else ""
    subject: dict[str, str | int] = (
        {"finding": "saved", "number": findings[0]}
        if findings
        else {"finding": "reports", "report": row["report_id"], "other": row["other_report_id"]}
    )
    return Attention(
        id=f"reports-{row['link_id']}",
        kind="contradiction",
        name=row["title"],
        about=f"Report {row['report_id']} against report {row['other_report_id']}, "
        f"{write_day(row['newest'])}",
        marks=Marks(RECORD, mark_age(row["newest"], today), 3 if findings else 2, 0),
        since=row["newest"],
        cause=f"finding {findings[0]}" if findings else f"reports {row['link_id']}",
        sure="Two reports disagree",
        otherwise="One is mistaken, or they speak of different days.",
        rests_on=f"{row['title']}; {row['other_title']}. {row['reason']}{touched}",
        page="intelligence",
        link={"tab": "Reports", "report": str(row["report_id"])},
        subject=subject,
    )


def _finding_contradictions(store: Store, today: date) -> list[Attention]:
    linked = list_finding_links(store)
    proposed = propose_links(store).rename(columns={"why": "reason"})
    rows = pd.concat([linked[linked.relation == "contradicts"], proposed[proposed.relation == "contradicts"]])
    if rows.empty:
        return []
    titles = {
        row["finding_id"]: (row["title"], row["created_at"].date())
        for row in store.rows(
            "SELECT finding_id, title, created_at FROM finding"
            " QUALIFY version = max(version) OVER (PARTITION BY finding_id)"
        )
    }
    found = []
    for row in rows.itertuples():
        one, other = int(row.finding_id), int(row.other_finding_id)
        newest = max(titles[one][1], titles[other][1])
        found.append(
            Attention(
                id=f"findings-{one}-{other}",
                kind="contradiction",
                name=titles[other][0],
                about=f"Finding {one} against finding {other}, {write_day(newest)}",
                marks=Marks(RECORD, mark_age(newest, today), 3, 0),
                since=newest,
                cause=f"finding {other}",
                sure="Two findings disagree",
                otherwise="They may rest on different rows, or on different dates.",
                rests_on=f"{titles[one][0]}; {titles[other][0]}. {row.reason}.",
                page="intelligence",
                link={"tab": "Findings", "finding": str(other)},
                subject={"finding": "saved", "number": other},
            )
        )
    return found


def requirement_candidates(store: Store, today: date) -> list[Attention]:
    """Open requirements whose date has passed."""
    table = list_requirements(store)
    if table.empty:
        return []
    due = pd.to_datetime(table.due).dt.date
    overdue = table[(table.status == "open") & (due < today)]
    return [_requirement(row, today) for row in overdue.itertuples()]


def _requirement(row: Any, today: date) -> Attention:
    due = pd.Timestamp(row.due).date()
    days = (today - due).days
    return Attention(
        id=f"requirement-{row.requirement_id}",
        kind="requirement",
        name=row.question,
        about=f"Requirement {row.requirement_id} · overdue since {write_day(due)}",
        marks=Marks(RECORD, mark_age(due, today), next(mark for late, mark in _LATE if days >= late), 0),
        since=due,
        cause=f"requirement {row.requirement_id}",
        sure="A date that passed",
        otherwise="It may be answered and not yet recorded.",
        rests_on=f"Asked of {row.owner}, due {write_day(due)}. No answer is recorded.",
        page="intelligence",
        link={"tab": "Collection", "requirement": str(row.requirement_id)},
        figure=str(days),
        beside="day late" if days == 1 else "days late",
        subject={"finding": "requirement", "number": int(row.requirement_id)},
    )


def proposal_candidates(store: Store, today: date) -> list[Attention]:
    """Briefs that wait for a decision, by the priority they were scored with."""
    agenda = list_agenda(store)
    if agenda.empty:
        return []
    meeting = find_open_meeting(store)
    where = f"for meeting {meeting.meeting_id}, now open; saved" if meeting else "waits since"
    findings = {
        row["product_id"]: row["finding_ids"]
        for row in store.rows(
            "SELECT product_id, finding_ids FROM product"
            " QUALIFY version = max(version) OVER (PARTITION BY product_id)"
        )
    }
    known = _read_findings(store)
    return [
        _proposal(row, where, findings.get(row.product_id) or [], known, today, is_open=meeting is not None)
        for row in agenda.itertuples()
    ]


def _proposal(
    row: Any,
    where: str,
    findings: list[int],
    known: dict[int, _FindingCause],
    today: date,
    *,
    is_open: bool,
) -> Attention:
    lead = known.get(findings[0]) if findings else None
    created = pd.Timestamp(row.created_at).date()
    scored = pd.notna(row.priority)
    serves = row.serves if isinstance(row.serves, str) and row.serves else ""
    return Attention(
        id=f"proposal-{row.product_id}",
        kind="proposal",
        name=row.title,
        about=f"Proposal {row.product_id} · {where} {write_day(created)}",
        marks=Marks(
            RECORD,
            3 if is_open else mark_age(created, today),
            round(3 * float(row.priority) / 100) if scored else 1,
            0,
        ),
        since=created,
        cause=lead.cause if lead else f"brief {row.product_id}",
        sure="A decision that waits",
        otherwise=lead.otherwise if lead else "Read what else would explain it in the brief.",
        rests_on=(f"Serves: {serves}. " if serves else "")
        + (f"Finding {findings[0]}." if findings else "It rests on no finding.")
        + ("" if scored else " Nobody has scored it."),
        page="tasking",
        link={"tab": "Write", "brief": str(row.product_id)},
        figure=f"{float(row.priority):.0f}" if scored else "–",
        beside="priority, of 100" if scored else "not scored",
        place=lead.place if lead else None,
        subject={"finding": "brief", "number": int(row.product_id)},
    )


def result_candidates(store: Store, today: date) -> list[Attention]:
    """Results that were saved in the last four weeks."""
    rows = store.rows(
        "SELECT r.action_id, r.verdict, CAST(r.measured AS VARCHAR) AS measured, r.note, r.saved_at,"
        " a.description, a.owner FROM result r JOIN action a USING (action_id)"
        " QUALIFY r.version = max(r.version) OVER (PARTITION BY r.action_id) ORDER BY r.action_id"
    )
    return [
        _result(row, today)
        for row in rows
        if row["verdict"] and (today - row["saved_at"].date()).days <= _RESULT_DAYS
    ]


def _result(row: dict[str, Any], today: date) -> Attention:
    measured = json.loads(row["measured"] or "{}")
    why = str(measured.get("why", "")) if isinstance(measured, dict) else ""
    saved = row["saved_at"].date()
    gravity = _GRAVITY.get(row["verdict"], 1)
    judged = row["verdict"] in _GRAVITY
    return Attention(
        id=f"result-{row['action_id']}",
        kind="result",
        name=row["description"],
        about=f"Result of action {row['action_id']}, {write_day(saved)} · "
        f"{verdict_in_words(row['verdict'], why)}",
        marks=Marks(
            (1 if row["verdict"] == "no detectable effect" else RECORD) if judged else 0,
            mark_age(saved, today),
            gravity,
            0,
        ),
        since=saved,
        cause=f"action {row['action_id']}",
        sure="Measured against similar places" if judged else "Not judged",
        otherwise="Other things changed there at the same time.",
        rests_on=why or f"No measure was saved. {row['note']}",
        page="results",
        link={"action": str(row["action_id"])},
        subject={"finding": "action", "number": int(row["action_id"])},
    )


@dataclass(frozen=True)
class _FindingCause:
    """Of a finding: the cause that other cards name too (the operation or the lead it was saved from), its
    first alternative, and where it lies."""

    cause: str
    otherwise: str
    place: Ring | None


def _read_findings(store: Store) -> dict[int, _FindingCause]:
    found = {}
    for row in store.rows(
        "SELECT finding_id, CAST(recipe AS VARCHAR) AS recipe, CAST(alternatives AS VARCHAR) AS alternatives,"
        " CAST(result AS VARCHAR) AS result FROM finding"
        " QUALIFY version = max(version) OVER (PARTITION BY finding_id)"
    ):
        recipe = json.loads(row["recipe"] or "{}") or {}
        number, focus = row["finding_id"], read_result(json.loads(row["result"])).focus
        cause = f"finding {number}"
        if recipe.get("subject") == "operation":
            cause = f"operation {recipe.get('number')}"
        elif recipe.get("lead"):
            cause = f"lead {recipe['lead']}"
        place = None
        if focus and focus.lon is not None and focus.lat is not None:
            place = Ring(focus.lon, focus.lat, (focus.ring,) if focus.ring else ())
        alternatives = json.loads(row["alternatives"] or "[]")
        first = str(alternatives[0].get("explanation", "")) if alternatives else ""
        found[number] = _FindingCause(cause, first or "None was written.", place)
    return found
