"""A financial lead made again: every typology asked of the present transactions, and the same lead looked
for."""

from __future__ import annotations

import pyarrow as pa

from analytics.finance.indicators import find_indicators
from analytics.finance.lead_dossier import add_details, open_dossier
from analytics.finance.lead_finding import build_lead_finding
from analytics.finance.leads import Leads, find_leads
from analytics.intelligence.findings import Finding
from analytics.intelligence.recheck import CannotBeMade, MakeAgain
from analytics.oversight.masking import mask
from analytics.shared.progress import part_of
from analytics.store import Store


def make_again(store: Store, finding: Finding, work: MakeAgain) -> tuple[Finding, pa.Table]:
    """The lead of the same name (the same transactions seen as the same typology), else the one of its
    typology with most of its transactions. Account numbers are masked. Raises CannotBeMade where no lead has
    any of them."""
    transactions = store.query('SELECT * FROM "transaction"')
    if not transactions.num_rows:
        raise CannotBeMade("No transactions are held any more.")
    accounts = store.query("SELECT * FROM account WHERE reference IS NOT NULL")
    adverts = store.query("SELECT source_id, row_number, contact FROM advert WHERE contact IS NOT NULL")
    leads = find_leads(
        transactions,
        accounts=accounts,
        cancelled=work.cancelled,
        progress=lambda step, share: work.progress(step[:1].upper() + step[1:], 0.8 * share),
    )
    lead_id = _lead(store, leads, finding, work)
    indicators = find_indicators(
        transactions,
        accounts,
        adverts,
        progress=part_of(work.progress, 0.8, 1.0),
        cancelled=work.cancelled,
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


def _lead(store: Store, leads: Leads, finding: Finding, work: MakeAgain) -> str:
    if finding.recipe["lead"] in set(leads.leads.lead_id):
        return finding.recipe["lead"]
    rows = store.query(
        "SELECT source_id, row_number FROM finding_evidence WHERE finding_id = ? AND version = ?",
        [work.finding_id, work.version],
    ).to_pandas()
    own = leads.evidence[["lead_id", "source_id", "row_number"]].merge(rows).lead_id.value_counts()
    alike = leads.leads[leads.leads.typology == finding.recipe["typology"]]
    shared = own[own.index.isin(alike.lead_id)]
    if shared.empty:
        raise CannotBeMade(
            f"No lead of the typology '{finding.recipe['typology']}' has any of its transactions among the "
            f"{len(leads.leads):,} strongest."
        )
    return str(shared.idxmax())
