"""Possible victims: welfare leads, apart from leads on organisers, and masked unless a reveal is recorded.

Nothing here names anybody: a welfare lead is a number, its indicators, and the rows they rest on.
`reveal_account` is the only way to the account, and writes the reason to the audit trail in the same
transaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.finance.indicators import Indicators, LeadParameters, rank_indicator_leads
from analytics.oversight import Actor, record
from analytics.store import Store

_DEFAULT = LeadParameters()


@dataclass(frozen=True)
class WelfareLeads:
    """`leads`: lead, score, indicators, families, reason, against, group (leads that share a payee, telephone
    or address are one group: visit them together or not at all), payments, accounts_evidence (how many rows).
    `evidence`: lead, table, row (positions in the tables given to `find_indicators`). `keys`: lead, account.
    Never show or export it: use `reveal_account`."""

    leads: pd.DataFrame
    evidence: pd.DataFrame
    keys: pd.DataFrame


def find_welfare_leads(found: Indicators, parameters: LeadParameters = _DEFAULT) -> WelfareLeads:
    """Accounts with indicators of a victim, by `rank_indicator_leads`, without their names."""
    ranked = rank_indicator_leads(found, "victim", parameters)
    why = found.hits.set_index("hit").why
    leads = pd.DataFrame(
        {
            "lead": [f"W{rank}" for rank in ranked["rank"]],
            "score": ranked.score,
            "indicators": ranked.indicators,
            "families": ranked.families,
            "reason": ranked.reason,
            "against": ["; ".join(why[hit] for hit in hits) for hits in ranked.against_hits],
        }
    )
    lead_of = {hit: lead for lead, hits in zip(leads.lead, ranked.for_hits, strict=True) for hit in hits}
    own = found.evidence[found.evidence.hit.isin(lead_of)]
    evidence = own.assign(lead=own.hit.map(lead_of))[["lead", "table", "row"]].drop_duplicates(
        ignore_index=True
    )
    leads["group"] = _groups(leads.lead, evidence)
    counts = evidence.groupby(["lead", "table"]).size().unstack(fill_value=0)
    for table, name in (("transaction", "payments"), ("account", "accounts_evidence")):
        column = counts[table] if table in counts else pd.Series(dtype=int)
        leads[name] = leads.lead.map(column).fillna(0).astype(int)
    return WelfareLeads(leads, evidence, pd.DataFrame({"lead": leads.lead, "account": ranked.account}))


def reveal_account(store: Store, actor: Actor, found: WelfareLeads, lead: str, reason: str) -> str:
    """The account behind a welfare lead; who asked and why is recorded. Raises ValueError without a reason,
    KeyError for a lead that is not there."""
    if not reason.strip():
        raise ValueError("A reveal needs a reason.")
    own = found.keys.account[found.keys.lead == lead]
    if own.empty:
        raise KeyError(f"There is no welfare lead {lead!r}.")
    account = str(own.iloc[0])
    with store.write(changes_data=False) as cursor:
        record(cursor, actor, "reveal possible victim", f"account {account}", reason.strip(), {"lead": lead})
    return account


def _groups(leads: pd.Series, evidence: pd.DataFrame) -> np.ndarray:
    """A number for each lead; leads that rest on a common row of accounts have the same."""
    number = {lead: at for at, lead in enumerate(leads, start=1)}
    root = dict(number)
    for _, together in evidence[evidence.table == "account"].groupby("row", sort=True):
        joined = {root[lead] for lead in together.lead}
        root = {lead: min(joined) if group in joined else group for lead, group in root.items()}
    return (
        pd.factorize(np.array([root[lead] for lead in leads]), sort=True)[0] + 1
        if len(leads)
        else np.array([], int)
    )
