"""The nodes that a finding rests on, or that a report names."""

from __future__ import annotations

import pandas as pd

from analytics.intelligence.reports import as_seen, load_report
from analytics.network.links.starting_points import list_nodes_in_text, list_nodes_of_rows
from analytics.oversight.roles import Tier
from analytics.store import Store

_NEWEST = 200  # of findings, and of reports
_EVIDENCE = (
    "SELECT table_name, CAST(source_id AS INTEGER) AS source_id, row_number FROM finding_evidence"
    " WHERE finding_id = $id AND version = (SELECT max(version) FROM finding WHERE finding_id = $id)"
)


def list_start_titles(store: Store, tier: Tier, also: str | None = None) -> dict[str, str]:
    """By name ('finding-3', 'report-12'), newest first, what a tier reads and may start from: the newest of
    each, and the one that is called `also`."""
    asked = int(number) if also and (number := also.partition("-")[2]).isdecimal() else None
    found = {}
    if tier.rows:
        rows = store.rows(
            "SELECT finding_id AS id, title, handling FROM finding"
            " QUALIFY version = max(version) OVER (PARTITION BY finding_id)"
            f" AND (dense_rank() OVER (ORDER BY finding_id DESC) <= {_NEWEST} OR finding_id = $asked)"
            " ORDER BY finding_id DESC",
            {"asked": asked},
        )
        found = {
            f"finding-{row['id']}": f"Finding {row['id']} · {row['title']}"
            for row in rows
            if tier.reads(row["handling"])
        }
    reports = store.rows(
        "SELECT report_id AS id, arg_max(title, version) AS title FROM report GROUP BY report_id"
        f" QUALIFY row_number() OVER (ORDER BY report_id DESC) <= {_NEWEST} OR report_id = $asked"
        " ORDER BY report_id DESC",
        {"asked": asked},
    )
    return found | {f"report-{row['id']}": f"Report {row['id']} · {row['title']}" for row in reports}


def list_start_nodes(store: Store, name: str, tier: Tier) -> pd.DataFrame:
    """The nodes of one of `list_start_titles`, as `describe_nodes` has them. Raises KeyError where there is
    none of that name."""
    kind, _, number = name.partition("-")
    if not number.isdecimal() or kind not in ("finding", "report"):
        raise KeyError(f"{name!r} is the name of nothing to start from.")
    if kind == "finding" and not tier.rows:
        raise KeyError("This role does not read the rows behind findings.")
    if kind == "finding":
        return list_nodes_of_rows(store, store.query(_EVIDENCE, {"id": int(number)}))
    report = as_seen(load_report(store, int(number))[0], tier)
    return list_nodes_in_text(store, "\n".join(f"{line.original}\n{line.sanitised}" for line in report.lines))
