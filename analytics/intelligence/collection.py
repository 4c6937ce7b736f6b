"""The Achilles grid: what is recorded on each stage of the trade in each of its commercial domains.

Schreier (3.1, 3.4): traffickers must advertise, rent premises, travel, communicate and move money, at
origin, in transit and at destination. An empty cell is a gap in collection, not a sign of innocence.
"""

from __future__ import annotations

import pandas as pd

from analytics.shared.codes import code_table
from analytics.store import Store

NOT_KNOWN = "not known"
STAGES = (*code_table("stages").codes, NOT_KNOWN)
_MOMENTS = {
    "advert": "posted_at",
    "premises": "let_from",
    "journey": "departed_at",
    "communication": "started_at",
    "transaction": "occurred_at",
}


def tabulate_collection(store: Store) -> pd.DataFrame:
    """One row a domain and stage, in the order of the doctrine.

    Columns: domain (its label), domain_code, stage, records, latest (date of the newest record, NaT where
    nothing is recorded), updated (when a source with such records last came in, UTC), lines (graded lines of
    reports), graded (lines by source and information grade, best first: '1A x2, 2D'), latest_line (date),
    requirements (open), best (the best grade, '' without a line), newest (date of the newest record or
    line)."""
    domains = code_table("commercial_domains").entries
    every = pd.MultiIndex.from_product(
        [[domain.code for domain in domains], STAGES], names=["domain_code", "stage"]
    )
    grid = pd.concat(
        [frame.reindex(every) for frame in (_records(store), _lines(store), _open(store))], axis=1
    )
    for name in ("records", "lines", "requirements"):
        grid[name] = grid[name].fillna(0).astype(int)
    for name in ("latest", "updated", "latest_line"):
        grid[name] = pd.to_datetime(grid[name])
    grid["graded"] = grid.graded.fillna("")
    grid["best"] = [graded.split(", ")[0].split(" ")[0] for graded in grid.graded]
    grid["newest"] = grid[["latest", "latest_line"]].max(axis=1)
    grid = grid.reset_index()
    grid.insert(0, "domain", grid.domain_code.map({domain.code: domain.label for domain in domains}))
    return grid


def tabulate_operational_collection(store: Store) -> pd.DataFrame:
    """The deeper level: one row for each of the ten operational domains (Schreier, 3.2): code, domain, note,
    lines, graded, latest_line, requirements (open)."""
    return _tabulate_by_code(store, "operational_domain", "operational_domains")


def tabulate_strategic_collection(store: Store) -> pd.DataFrame:
    """The strategic level: the same for each of the four themes (Schreier, 3.2)."""
    return _tabulate_by_code(store, "strategic_theme", "strategic_themes")


def draft_gap_question(domain: str, stage: str) -> str:
    """What to ask of a cell of the grid on which nothing is recorded, as a first draft."""
    label = code_table("commercial_domains")[domain].label
    note = code_table("stages")[stage].note.rstrip(".").lower() if stage != NOT_KNOWN else "stage not known"
    return (
        f"What is there on {label[:1].lower()}{label[1:]} at {stage} ({note}): where, by whom, and who "
        f"could tell?"
    )


def _tabulate_by_code(store: Store, column: str, codes: str) -> pd.DataFrame:
    entries = code_table(codes).entries
    table = pd.concat(
        [
            frame.reindex([entry.code for entry in entries])
            for frame in (_lines(store, column), _open(store, column))
        ],
        axis=1,
    )
    table["lines"] = table.lines.fillna(0).astype(int)
    table["requirements"] = table.requirements.fillna(0).astype(int)
    table["graded"] = table.graded.fillna("")
    table["latest_line"] = pd.to_datetime(table.latest_line)
    table.insert(0, "code", [entry.code for entry in entries])
    table.insert(1, "domain", [entry.label for entry in entries])
    table.insert(2, "note", [entry.note for entry in entries])
    return table.reset_index(drop=True)


def _records(store: Store) -> pd.DataFrame:
    union = " UNION ALL ".join(
        f"SELECT '{domain.code}' AS domain_code, coalesce(stage, '{NOT_KNOWN}') AS stage, count(*) AS"
        f" records,"
        f" CAST(max({_MOMENTS[domain.more['table']]}) AS DATE) AS latest, max(imported_at) AS updated"
        f' FROM "{domain.more["table"]}" LEFT JOIN source USING (source_id) GROUP BY ALL'
        for domain in code_table("commercial_domains").entries
    )
    return store.query(union).to_pandas().set_index(["domain_code", "stage"])


def _lines(store: Store, by: str = "domain") -> pd.DataFrame:
    """Graded lines of the latest versions of reports: lines, graded, latest_line."""
    stage = f"coalesce(stage, '{NOT_KNOWN}') AS stage," if by == "domain" else ""
    keys = ["domain_code", "stage"] if by == "domain" else ["domain_code"]
    rows = store.query(
        f"WITH lines AS (SELECT {by} AS domain_code, {stage} source_grade || information_grade AS grade,"
        f" observed_on"
        "  FROM report_line JOIN report USING (report_id, version)"
        f"  WHERE {by} IS NOT NULL"
        "  AND (report_id, version) IN (SELECT report_id, max(version) FROM report GROUP BY report_id)),"
        f" graded AS (SELECT {', '.join(keys)}, grade, count(*) AS n, max(observed_on) AS latest FROM lines"
        f" GROUP BY ALL)"
        f" SELECT {', '.join(keys)}, CAST(sum(n) AS BIGINT) AS lines, max(latest) AS latest_line,"
        "  string_agg(grade || if(n > 1, ' ×' || n, ''), ', ' ORDER BY grade) AS graded FROM graded"
        " GROUP BY ALL"
    )
    return rows.to_pandas().set_index(keys if len(keys) > 1 else keys[0])


def _open(store: Store, by: str = "domain") -> pd.DataFrame:
    stage = f", coalesce(stage, '{NOT_KNOWN}') AS stage" if by == "domain" else ""
    rows = store.query(
        "WITH latest AS (SELECT * FROM requirement"
        " QUALIFY version = max(version) OVER (PARTITION BY requirement_id))"
        f" SELECT {by} AS domain_code{stage}, count(*) AS requirements FROM latest"
        f" WHERE status = 'open' AND {by} IS NOT NULL GROUP BY ALL"
    ).to_pandas()
    return rows.set_index(["domain_code", "stage"] if by == "domain" else "domain_code")
