"""How the unit performs and how reliable its methods are, by the criteria of Schreier's table of policing
models.

Detection: leads that a person judged right. Reduction and disruption: measured results. How
intelligence-led the tasking was, and how long it took, from the decisions themselves."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pandas as pd

from analytics.oversight import Actor, record
from analytics.shared.wording import counted
from analytics.store import Store, now
from analytics.tasking.actions import list_actions
from analytics.tasking.effect import JUDGED, UNJUDGED, verdict_in_words
from analytics.tasking.results import OUTPUTS, findings_of, list_results

LEAD_OUTCOMES = ("right", "partly right", "wrong", "not known")
_WORTH = {"right": 1.0, "partly right": 0.5, "wrong": 0.0}
_REPORT = re.compile(r"\[report (\d+)")


@dataclass(frozen=True)
class Scorecard:
    """Counts of decisions in force, unless stated. `intelligence_led`: adopted on evidence still in the
    store, or on a graded report (cited in the brief, or by its findings). `worked`, `no_effect`, `worse`: of
    the `measured`; `unjudged`: results without a fair comparison, not among them. `leads_right` of
    `leads_judged` ('partly right' counts half, 'not known' is not judged). `outputs`: summed by name.
    `days_finding`, `days_report`: median days from the first finding, and from the first report cited, to the
    decision; None where there is none; `of_findings`, `of_reports`: how many decisions each rests on."""

    decisions: int
    adopted: int
    intelligence_led: int
    actions: int
    closed: int
    measured: int
    worked: int
    no_effect: int
    worse: int
    unjudged: int
    leads_judged: int
    leads_right: float
    outputs: dict[str, int]
    days_finding: float | None
    of_findings: int
    days_report: float | None
    of_reports: int


def build_scorecard(store: Store) -> Scorecard:
    """The unit's record over everything decided so far."""
    decided = _decided(store)
    adopted = decided[decided.outcome.isin(["adopted", "amended"])]
    actions, results = list_actions(store), list_results(store)
    actions = actions[actions.standing]
    results = results[results.action_id.isin(actions.action_id)]
    verdicts = results.verdict.value_counts()
    leads = list_lead_outcomes(store)
    judged = leads[leads.outcome != "not known"]
    to_decision = {name: decided[f"days_{name}"].dropna() for name in ("finding", "report")}
    return Scorecard(
        decisions=len(decided),
        adopted=len(adopted),
        intelligence_led=int((adopted.has_evidence | adopted.cites_report).sum()),
        actions=len(actions),
        closed=int(actions.status.isin(["done", "not done"]).sum()),
        measured=int(verdicts.reindex(JUDGED, fill_value=0).sum()),
        worked=int(verdicts.get("fewer than expected", 0)),
        no_effect=int(verdicts.get("no detectable effect", 0)),
        worse=int(verdicts.get("more than expected", 0)),
        unjudged=int(verdicts.get(UNJUDGED, 0)),
        leads_judged=len(judged),
        leads_right=sum(_WORTH[outcome] for outcome in judged.outcome),
        outputs={name: int(results[name].sum()) for name in OUTPUTS},
        days_finding=_median(to_decision["finding"]),
        of_findings=len(to_decision["finding"]),
        days_report=_median(to_decision["report"]),
        of_reports=len(to_decision["report"]),
    )


def _median(days: pd.Series) -> float | None:
    return float(days.median()) if len(days) else None


def _decided(store: Store) -> pd.DataFrame:
    """Decisions in force: outcome, has_evidence (any of its findings' rows is in the store), cites_report,
    days_finding, days_report."""
    rows = store.query(
        "WITH standing AS (SELECT * FROM decision WHERE decision_id NOT IN"
        "   (SELECT supersedes FROM decision WHERE supersedes IS NOT NULL)),"
        " briefs AS (SELECT s.decision_id, s.outcome, s.decided_at, p.finding_ids, CAST(p.content AS"
        " VARCHAR) AS content"
        "   FROM standing s JOIN product p ON p.product_id = s.product_id AND p.version = s.product_version),"
        " evidence AS (SELECT DISTINCT finding_id FROM finding_evidence WHERE source_id IN (SELECT source_id"
        " FROM source))"
        " SELECT decision_id, outcome, decided_at, content, min(f.created_at) AS found,"
        "   coalesce(bool_or(f.finding_id IN (FROM evidence)), false) AS has_evidence"
        " FROM briefs LEFT JOIN finding f ON list_contains(briefs.finding_ids, f.finding_id)"
        " AND f.version = 1 GROUP BY ALL"
    ).to_pandas()
    lines = _lines_by_decision(store)
    first = dict(
        store.query("SELECT report_id, min(saved_at) FROM report GROUP BY report_id").to_pandas().to_numpy()
    )
    reported = []
    for decision_id, content in zip(rows.decision_id, rows.content, strict=True):
        numbers = {int(mark) for mark in _REPORT.findall(content)} | lines.get(decision_id, set())
        cited = [first[number] for number in numbers if number in first]
        reported.append(min(cited) if cited else pd.NaT)
    rows["cites_report"] = [when is not pd.NaT for when in reported]
    for name, since in (("finding", rows.found), ("report", reported)):
        rows[f"days_{name}"] = (
            rows.decided_at - pd.to_datetime(pd.Series(since, rows.index))
        ).dt.total_seconds() / 86_400
    return rows.drop(columns="content")


def _lines_by_decision(store: Store) -> dict[int, set[int]]:
    """The reports whose lines the findings of each decided brief rest on."""
    rows = store.rows(
        "WITH named AS (SELECT decision_id, unnest(finding_ids) AS finding_id FROM decision d JOIN product p"
        "   ON p.product_id = d.product_id AND p.version = d.product_version)"
        " SELECT decision_id, list(DISTINCT report_id) AS reports FROM named JOIN finding_report"
        " USING (finding_id) GROUP BY ALL"
    )
    return {row["decision_id"]: set(row["reports"]) for row in rows}


def judge_lead(
    store: Store, actor: Actor, finding_id: int, action_id: int, outcome: str, reason: str
) -> None:
    """Record whether a finding proved right once acted on. Raises ValueError for no outcome or no reason,
    KeyError where the action's brief rests on no such finding."""
    if outcome not in LEAD_OUTCOMES:
        raise ValueError(f"A lead is {', '.join(LEAD_OUTCOMES)}.")
    if not reason.strip():
        raise ValueError("Say how you know: the method's record rests on it.")
    if finding_id not in set(findings_of(store, action_id).finding_id):
        raise KeyError(f"Action {action_id} does not rest on finding {finding_id}.")
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT INTO lead_outcome (finding_id, action_id, outcome, reason, judged_by, judged_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                finding_id,
                action_id,
                outcome,
                reason.strip(),
                actor.name,
                now(),
            ],
        ).fetchall()
        record(
            cursor,
            actor,
            "judge lead",
            f"finding {finding_id}",
            detail={"action": action_id, "outcome": outcome},
        )


def list_lead_outcomes(store: Store) -> pd.DataFrame:
    """The latest judgement of each finding: finding_id, action_id, outcome, reason, judged_by, judged_at."""
    return store.query(
        "SELECT finding_id, action_id, outcome, reason, judged_by, judged_at FROM lead_outcome"
        " QUALIFY outcome_id = max(outcome_id) OVER (PARTITION BY finding_id) ORDER BY finding_id"
    ).to_pandas()


def build_method_record(store: Store) -> pd.DataFrame:
    """What came of each method's findings, the most used first: method, findings, adopted (in an adopted
    brief that stands), judged, right ('partly right' counts half), and of the actions on them: fewer,
    no_effect, more, unjudged."""
    findings = store.query(
        "SELECT finding_id, method FROM finding QUALIFY version = max(version) OVER (PARTITION BY finding_id)"
    ).to_pandas()
    actions, results = list_actions(store), list_results(store).set_index("action_id").verdict
    tasked: dict[int, set[str]] = {}
    for action_id in actions.action_id[actions.standing]:
        for number in findings_of(store, int(action_id)).finding_id:
            tasked.setdefault(number, set()).add(results.get(action_id, "not measured"))
    adopted = _adopted_findings(store)
    outcomes = list_lead_outcomes(store).set_index("finding_id").outcome
    rows = [
        {
            "method": method,
            "findings": len(group),
            "adopted": int(group.finding_id.isin(adopted).sum()),
            "judged": int(group.finding_id.map(outcomes).isin(list(_WORTH)).sum()),
            "right": float(group.finding_id.map(outcomes).map(_WORTH).sum()),
            **{
                name: sum(verdict in tasked.get(number, ()) for number in group.finding_id)
                for name, verdict in (
                    ("fewer", "fewer than expected"),
                    ("no_effect", "no detectable effect"),
                    ("more", "more than expected"),
                    ("unjudged", UNJUDGED),
                )
            },
        }
        for method, group in findings.groupby("method")
    ]
    columns = ["method", "findings", "adopted", "judged", "right", "fewer", "no_effect", "more", "unjudged"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["findings", "method"], ascending=[False, True], ignore_index=True
    )


def _adopted_findings(store: Store) -> set[int]:
    rows = store.rows(
        "SELECT DISTINCT unnest(finding_ids) AS finding_id FROM decision d JOIN product p"
        " ON p.product_id = d.product_id AND p.version = d.product_version"
        " WHERE outcome IN ('adopted', 'amended')"
        " AND decision_id NOT IN (SELECT supersedes FROM decision WHERE supersedes IS NOT NULL)"
    )
    return {row["finding_id"] for row in rows}


def describe_result(verdict: str | None, outputs: str | None, reason: str | None = None) -> str:
    """A saved result as the next assessment reads it; '' where there is none. `outputs` is the store's JSON,
    `reason` why it cannot be judged."""
    if not isinstance(verdict, str):
        return ""
    counts = [
        counted(count, OUTPUTS[name], name) for name, count in json.loads(outputs or "{}").items() if count
    ]
    return f"Result: {'; '.join([verdict_in_words(verdict, reason), *counts])}."
