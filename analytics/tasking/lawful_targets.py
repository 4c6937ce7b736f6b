"""Which findings an operation plan with a legal basis covers: only theirs are targets by name."""

from __future__ import annotations

from analytics.store import Store
from analytics.tasking.operation import list_adopted_proposals, load_decided_brief, load_plan
from analytics.tasking.products import list_products
from analytics.tasking.readiness import says_something
from analytics.tasking.sections import PLAN


def list_lawful_findings(store: Store) -> frozenset[int]:
    """The findings behind adopted proposals whose plan states a legal basis: nodes of these may be named as
    targets."""
    adopted = list_adopted_proposals(store)
    found: set[int] = set()
    for row in list_products(store, PLAN).itertuples():
        plan = load_plan(store, int(row.product_id))
        if plan.decision_id in adopted and says_something(plan.texts.get("legal_basis", "")):
            found |= set(load_decided_brief(store, plan.decision_id).finding_ids)
    return frozenset(found)
