"""Every kind of finding that can be rerun, and how: where the subjects, which do not know each other, come
together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa

from analytics.adverts import rerun as adverts
from analytics.adverts.operation_finding import RECIPE as ADVERTS
from analytics.finance import rerun as finance
from analytics.finance.lead_finding import RECIPE as MONEY
from analytics.hotspots.findings import rerun as hotspots
from analytics.hotspots.findings.recipe import KIND as HOTSPOT
from analytics.intelligence.findings import Finding, load_finding
from analytics.intelligence.recheck import Check, NotReproducible, RerunRequest, compare, report_not_found
from analytics.network.operation import rerun as networks
from analytics.network.operation.finding import RECIPE as NETWORK
from analytics.store import Store

RERUNS: dict[str, Callable[[Store, Finding, RerunRequest], tuple[Finding, pa.Table]]] = {
    HOTSPOT: hotspots.rerun_finding,
    ADVERTS: adverts.rerun_finding,
    MONEY: finance.rerun_finding,
    NETWORK: networks.rerun_finding,
}
MOVABLE = frozenset({HOTSPOT})  # kinds with a period of their own, which can be moved up to the newest record


def explain_no_rerun(finding: Finding) -> str:
    """'' where the finding can be rerun, else why not."""
    if finding.recipe is None:
        return (
            "It was written by a person, or saved before findings recorded how to rerun them: there is "
            "nothing to run."
        )
    kind = finding.recipe.get("kind")
    return "" if kind in RERUNS else f"This version knows no findings of the kind {kind!r}."


def recheck_finding(store: Store, work: RerunRequest) -> Check:
    """Rerun the finding that `work` names and compare. Nothing is written. A finding that the present data do
    not give any more is a check that says so."""
    finding = load_finding(store, work.finding_id, work.version)
    why, recipe = explain_no_rerun(finding), finding.recipe
    if why or recipe is None:
        return report_not_found(store, why)
    recipe = finding.recipe or {}
    try:
        present, evidence = RERUNS[recipe["kind"]](store, finding, work)
    except NotReproducible as error:
        return report_not_found(store, str(error))
    present = replace(
        present, handling=finding.handling, likelihood=finding.likelihood, hypotheses=finding.hypotheses
    )
    return compare(store, work.finding_id, work.version, present, evidence)
