"""Findings and briefs as small as can be, for tests of what is done with them."""

from dataclasses import asdict
from datetime import date

import pyarrow as pa

from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding, load_finding, save_finding
from analytics.oversight import Actor
from analytics.store import Store
from analytics.tasking.actions import TaskedAction
from analytics.tasking.brief import draft_brief
from analytics.tasking.drafts import draft_profile
from analytics.tasking.products import save_product

ACTOR = Actor("test")


def tasked_action(description: str, owner: str, due: date) -> TaskedAction:
    """An action with everything that one needs."""
    return TaskedAction(description, owner, due, "Police", "Duty desk")


def finding(store: Store, title: str) -> int:
    return save_finding(
        store,
        ACTOR,
        Finding(
            title=title,
            statement=f"{title}: more than expected.",
            method="Count",
            parameters={},
            data_version=1,
            area_id=None,
            period_from=date(2026, 1, 1),
            period_to=date(2026, 1, 31),
            result=read_result(
                {"trend": [{"period": "2026-01-01", "count": 3}, {"period": "2026-01-08", "count": 9}]}
            ),
            confidence="low",
            confidence_basis="A count only.",
            assumptions="None.",
        ),
        pa.table({"table_name": ["incident"], "source_id": [1], "row_number": [2]}),
    )


def brief(store: Store, title: str) -> int:
    """A brief that waits, on a finding of its own; returns its number."""
    number = finding(store, title)
    findings = [load_finding(store, number)]
    content = draft_brief(findings, [number], draft_profile(findings), date(2026, 12, 31))
    return save_product(store, ACTOR, "brief", content.title, asdict(content), [number])[0]
