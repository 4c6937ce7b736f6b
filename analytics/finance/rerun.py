"""A financial lead rerun: every typology searched for in the present transactions, and the same lead looked
for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from analytics.finance.indicators import IndicatorParameters
from analytics.finance.lead_dossier import add_details, open_dossier
from analytics.finance.lead_finding import build_lead_finding
from analytics.finance.leads import Leads, find_leads
from analytics.finance.protected_leads import protect_leads
from analytics.finance.queries import read_accounts, read_transactions
from analytics.finance.search import capitalised, search_indicators
from analytics.intelligence.findings import Finding
from analytics.intelligence.possible_victims import find_protected_identifiers
from analytics.intelligence.recheck import NotReproducible, RerunRequest
from analytics.oversight.masking import mask
from analytics.shared.progress import part_of
from analytics.store import Store


def rerun_finding(store: Store, finding: Finding, work: RerunRequest) -> tuple[Finding, pa.Table]:
    """The lead of the same name (the same transactions seen as the same typology), else the one of its
    typology with most of its transactions. Account numbers are masked. Raises NotReproducible where no lead
    has any of them."""
    transactions, accounts = read_transactions(store), read_accounts(store)
    if not transactions.num_rows:
        raise NotReproducible("The store has no transactions any more.")
    progress = capitalised(part_of(work.progress, 0.0, 0.8))
    leads = find_leads(transactions, accounts=accounts, progress=progress, cancelled=work.cancelled)
    leads = protect_leads(leads, find_protected_identifiers(store, "account"))
    lead_id = _matching_lead(store, leads, finding.recipe or {}, work)
    indicators = search_indicators(
        store,
        transactions,
        accounts,
        IndicatorParameters(),
        part_of(work.progress, 0.8, 1.0),
        work.cancelled,
    )
    dossier = open_dossier(
        leads, add_details(store, leads.evidence), lead_id, transactions, accounts, indicators
    )
    return build_lead_finding(
        dossier,
        lambda account: str(mask(account, "account")),
        data_version=store.data_version(),
        version=leads.version,
        area_id=finding.area_id,
    )


def _matching_lead(store: Store, leads: Leads, recipe: Mapping[str, Any], work: RerunRequest) -> str:
    if recipe["lead"] in set(leads.leads.lead_id):
        return str(recipe["lead"])
    rows = store.query(
        "SELECT source_id, row_number FROM finding_evidence WHERE finding_id = ? AND version = ?",
        [work.finding_id, work.version],
    ).to_pandas()
    own = leads.evidence[["lead_id", "source_id", "row_number"]].merge(rows).lead_id.value_counts()
    alike = leads.leads[leads.leads.typology == recipe["typology"]]
    shared = own[own.index.isin(alike.lead_id)]
    if shared.empty:
        raise NotReproducible(
            f"No lead of the typology '{recipe['typology']}' has any of its transactions among the "
            f"{len(leads.leads):,} strongest."
        )
    return str(shared.idxmax())
