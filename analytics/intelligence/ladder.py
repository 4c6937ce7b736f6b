"""The ladder from data to intelligence: on which rung each record, report and finding stands, why, and what
would take it further.

Schreier (2.1), after Ratcliffe: records are data; given meaning and structure they are information; given
context, shared with people who know more, knowledge; and only employed, in a decision that is acted on,
intelligence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from analytics.oversight.roles import Tier
from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.store import Store

DATA, INFORMATION, KNOWLEDGE, INTELLIGENCE = RUNGS = code_table("ladder").codes
COLUMNS = ("kind", "number", "title", "handling", "rung", "why", "next_step")
_ACTED_ON = ("adopted", "amended")


def build_ladder(store: Store, tier: Tier | None = None) -> pd.DataFrame:
    """Every source, report and finding (that a tier reads): kind, number, title, handling, rung, why,
    next_step; the highest rung first."""
    findings = _findings(store)
    reports = _reports(store, findings)
    every = pd.concat([findings, reports, _sources(store)], ignore_index=True)[list(COLUMNS)]
    if tier is not None:
        every = every[every.handling.map(tier.reads).astype(bool)]
    order = every.rung.map(RUNGS.index)
    return every.iloc[order.argsort(kind="stable")[::-1]].reset_index(drop=True)


def find_rung(every: pd.DataFrame, kind: str, number: int) -> dict[str, str]:
    """One item's rung, why, and next step, of what `build_ladder` gives. Raises KeyError for an item that is
    not there."""
    found = every[(every.kind == kind) & (every.number == number)]
    if found.empty:
        raise KeyError(f"There is no {kind} {number}.")
    rung: dict[str, str] = found.iloc[0][["rung", "why", "next_step"]].to_dict()
    return rung


def _findings(store: Store) -> pd.DataFrame:
    rows = store.query(
        "WITH latest AS (SELECT * FROM finding"
        " QUALIFY version = max(version) OVER (PARTITION BY finding_id)),"
        " ends AS (SELECT finding_id, relation FROM finding_link WHERE withdrawn_at IS NULL"
        " AND relation <> 'unrelated'"
        "  UNION ALL SELECT other_finding_id, relation FROM finding_link WHERE withdrawn_at IS NULL"
        " AND relation <> 'unrelated'),"
        " standing AS (SELECT product_id, outcome, decision_id FROM decision"
        "  QUALIFY decision_id = max(decision_id) OVER (PARTITION BY product_id)),"
        " newest AS (SELECT * FROM product QUALIFY version = max(version) OVER (PARTITION BY product_id)),"
        " used AS (SELECT unnest(finding_ids) AS finding_id, product_id, kind, outcome, decision_id"
        "  FROM newest LEFT JOIN standing USING (product_id))"
        " SELECT finding_id, title, handling, CAST(hypotheses AS VARCHAR) AS hypotheses,"
        "  (SELECT count(*) FROM ends e WHERE e.finding_id = f.finding_id) AS links,"
        "  (SELECT count(*) FROM finding_report r WHERE r.finding_id = f.finding_id"
        " AND r.version = f.version) AS lines,"
        "  (SELECT list(kind || ' ' || product_id ORDER BY product_id) FROM used u"
        " WHERE u.finding_id = f.finding_id) AS products,"
        "  (SELECT list(outcome || ' in decision ' || decision_id ORDER BY decision_id) FROM used u"
        " WHERE u.finding_id = f.finding_id"
        "   AND outcome IS NOT NULL) AS decisions FROM latest f ORDER BY finding_id"
    ).to_pylist()
    return _frame(
        "finding", ((row["finding_id"], row["title"], row["handling"], *_finding(row)) for row in rows)
    )


def _finding(row: dict[str, Any]) -> tuple[str, str, str]:
    decisions, products = row["decisions"] or [], row["products"] or []
    acted = [text for text in decisions if text.startswith(_ACTED_ON)]
    if acted:
        return (
            INTELLIGENCE,
            f"tied to a decision: {'; '.join(acted)}",
            "measure what came of it, on the Results page",
        )
    weighed = '"consistent"' in (row["hypotheses"] or "") or '"inconsistent"' in (row["hypotheses"] or "")
    context = [
        text
        for applies, text in (
            (weighed, "its alternatives were weighed"),
            (row["links"], "it is linked with other findings"),
            (row["lines"], "it rests on graded reports"),
            (products, f"it is shared in {', '.join(products)}"),
        )
        if applies
    ]
    if not context:
        return (
            INFORMATION,
            "a pattern with its rows, seen by its author alone",
            "give it context: weigh the alternatives, link what others found, put it into a product",
        )
    if decisions:
        step = f"the meeting did not act on it ({'; '.join(decisions)}): answer its reason, or leave it"
    elif any(text.startswith("brief ") for text in products):
        step = "have the meeting decide on the brief"
    else:
        step = "put it into a brief that asks for a decision"
    return KNOWLEDGE, "; ".join(context), step


def _reports(store: Store, findings: pd.DataFrame) -> pd.DataFrame:
    rows = store.query(
        "WITH latest AS (SELECT * FROM report QUALIFY version = max(version) OVER (PARTITION BY report_id)),"
        " ends AS (SELECT report_id FROM report_link WHERE withdrawn_at IS NULL"
        "  UNION ALL SELECT other_report_id FROM report_link WHERE withdrawn_at IS NULL)"
        " SELECT report_id, title, version > 1 OR saved_by <> submitted_by AS evaluated,"
        "  (SELECT string_agg(DISTINCT handling, '; ' ORDER BY handling) FROM report_line l"
        "   WHERE l.report_id = r.report_id AND l.version = r.version) AS handling,"
        "  (SELECT count(*) FROM ends e WHERE e.report_id = r.report_id) AS links,"
        "  (SELECT list(DISTINCT finding_id ORDER BY finding_id) FROM finding_report f"
        " WHERE f.report_id = r.report_id) AS findings"
        " FROM latest r ORDER BY report_id"
    ).to_pylist()
    acted = set(findings.number[findings.rung == INTELLIGENCE])
    return _frame(
        "report", ((row["report_id"], row["title"], row["handling"], *_report(row, acted)) for row in rows)
    )


def _report(row: dict[str, Any], acted: set[int]) -> tuple[str, str, str]:
    findings = row["findings"] or []
    named = ", ".join(map(str, findings))
    if acted & set(findings):
        return (
            INTELLIGENCE,
            f"finding {named} rests on it and is tied to a decision",
            "tell who reported it what came of it",
        )
    if row["links"] or findings:
        context = [f"finding {named} rests on it"] if findings else []
        context += ["other reports speak to it"] if row["links"] else []
        step = "take the finding to a decision" if findings else "save a finding from the reports together"
        return KNOWLEDGE, " and ".join(context), step
    if row["evaluated"]:
        return (
            INFORMATION,
            "evaluated by somebody other than who reported it",
            "look for what corroborates or contradicts it",
        )
    return DATA, "as it was reported: nobody else has evaluated it", "regrade and sanitise it"


def _sources(store: Store) -> pd.DataFrame:
    """Rows are data for ever; what is derived from them climbs."""
    rows = store.rows(
        "SELECT source_id, name, kind, handling, rows_accepted, (SELECT count(DISTINCT e.finding_id)"
        " FROM finding_evidence e"
        "  WHERE e.source_id = source.source_id) AS findings FROM source"
        " WHERE kind NOT IN ('boundary', 'map')"
        " ORDER BY source_id"
    )
    return _frame(
        "source",
        (
            (
                row["source_id"],
                row["name"],
                row["handling"],
                DATA,
                f"{counted(row['rows_accepted'], 'record')} of the kind {row['kind']}",
                f"{counted(row['findings'], 'finding rests', 'findings rest')} on it: see what else it holds"
                if row["findings"]
                else "analyse it and save what is found",
            )
            for row in rows
        ),
    )


def _frame(kind: str, rows: Iterable[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame([(kind, *row) for row in rows], columns=list(COLUMNS))
