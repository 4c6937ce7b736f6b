"""Findings that the present data no longer bear out as they stand: their rows or their verdict changed."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.intelligence.evidence_state import read_evidence_states
from analytics.intelligence.findings import list_findings, load_finding
from analytics.intelligence.recheck import CHANGED, NOT_FOUND, RerunRequest, save_check
from analytics.oversight import Actor
from analytics.oversight.roles import Tier
from analytics.reruns import explain_no_rerun, recheck_finding
from analytics.search import PageLink
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled, part_of
from analytics.shared.wording import counted
from analytics.store import Store


@dataclass(frozen=True)
class AffectedFinding:
    """`says`: what became of its rows, or what the present data say instead."""

    finding_id: int
    version: int
    title: str
    says: str
    opens: PageLink


def recheck_findings(
    store: Store,
    actor: Actor,
    tier: Tier,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> int:
    """Rerun each finding that this tier reads, that can be rerun and was not checked on the present data.
    Saves the checks and returns how many. Checks before a cancellation stay. Run it after an import."""
    due = [
        (number, version)
        for number, version in _list_unchecked(store, tier)
        if not explain_no_rerun(load_finding(store, number, version))
    ]
    for done, (number, version) in enumerate(due):
        if cancelled():
            return done
        step = part_of(progress, done / len(due), (done + 1) / len(due))
        check = recheck_finding(store, RerunRequest(number, version, progress=step, cancelled=cancelled))
        save_check(store, actor, number, version, check)
    return len(due)


def count_unchecked(store: Store, tier: Tier) -> int:
    """How many findings were not checked on the present data and can be."""
    return sum(
        not explain_no_rerun(load_finding(store, number, version))
        for number, version in _list_unchecked(store, tier)
    )


def list_affected(store: Store, tier: Tier) -> list[AffectedFinding]:
    """The findings that this tier reads whose rows were removed or changed, or whose check on the present
    data gave another result, the newest first."""
    checks = {
        (row["finding_id"], row["version"]): row
        for row in store.rows(
            "SELECT finding_id, version, verdict, says FROM finding_check WHERE data_version = ?"
            " QUALIFY check_id = max(check_id) OVER (PARTITION BY finding_id, version)",
            [store.data_version()],
        )
    }
    states = read_evidence_states(store)
    found = []
    for row in list_findings(store, tier).itertuples():
        number, version = int(row.finding_id), int(row.version)
        check, state = checks.get((number, version)), states[number]
        parts = []
        if not state.intact:
            gone = state.rows - state.stored
            losses = ((gone, "row removed", "rows removed"), (state.changed, "row changed", "rows changed"))
            parts += [counted(count, one, more) for count, one, more in losses if count]
        if check is not None and check["verdict"] in (CHANGED, NOT_FOUND):
            parts.append(check["says"])
        if parts:
            opens = PageLink("intelligence", {"tab": "Findings", "finding": str(number)})
            found.append(AffectedFinding(number, version, row.title, "; ".join(parts), opens))
    return found


def _list_unchecked(store: Store, tier: Tier) -> list[tuple[int, int]]:
    checked = {
        (row["finding_id"], row["version"])
        for row in store.rows(
            "SELECT finding_id, version FROM finding_check WHERE data_version = ?", [store.data_version()]
        )
    }
    every = [(int(r.finding_id), int(r.version)) for r in list_findings(store, tier).itertuples()]
    return [one for one in every if one not in checked]
