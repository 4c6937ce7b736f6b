"""What a draft may draw on, gathered from the store."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.intelligence.collection import tabulate_collection
from analytics.intelligence.evidence import list_evidence_tables
from analytics.intelligence.findings import Finding
from analytics.intelligence.reports import Report
from analytics.network.operation.protection import list_protected_digests
from analytics.store import Store, read_today
from analytics.tasking.actions import list_actions
from analytics.tasking.fillers import DraftMaterial
from analytics.tasking.lawful_targets import list_lawful_findings
from analytics.tasking.meeting import count_hours_left, find_open_meeting, list_agenda
from analytics.tasking.strategy import find_strategy_in_force, list_served_priorities


def gather_material(
    store: Store, findings: Sequence[tuple[int, Finding]], reports: Sequence[tuple[int, Report]]
) -> DraftMaterial:
    """Findings by number, reports as the drafter may see them, and the state of actions, agenda, collection,
    strategy and meeting today."""
    strategy, meeting = find_strategy_in_force(store, read_today()), find_open_meeting(store)
    return DraftMaterial(
        [(number, finding, list_evidence_tables(store, number)) for number, finding in findings],
        reports,
        list_actions(store),
        list_agenda(store),
        tabulate_collection(store),
        strategy[2] if strategy else None,
        list_served_priorities(store),
        count_hours_left(store, meeting) if meeting else None,
        protected=list_protected_digests(store),
        lawful=list_lawful_findings(store),
    )
