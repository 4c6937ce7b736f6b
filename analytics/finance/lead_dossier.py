"""One lead with all that the store has on it: its payments, roles, indicators for and against, balances, and
leads like it."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.finance.balances import bound_balances, list_assets
from analytics.finance.indicators import Indicators
from analytics.finance.leads import Leads
from analytics.finance.payment_filter import select_payments_of
from analytics.finance.roles import find_roles
from analytics.intelligence.possible_victims import POSSIBLE_VICTIM
from analytics.oversight.masking import mask
from analytics.shared.wording import counted
from analytics.store import Store
from analytics.store.engine import open_engine, transactions

_ROW = ["source_id", "row_number"]
_DETAILS = [
    "reference",
    "channel",
    "merchant_category",
    "place",
    "country",
    "note",
    "from_name",
    "to_name",
    "from_country",
    "to_country",
]


@dataclass(frozen=True)
class LeadDossier:
    """`lead`: its row of `Leads.leads`. `payments`: its evidence in order of time, with channel, place and
    what else the store has of each. `roles`: account (the lead's own first), role (in the pattern), plays
    (how it handles money in all its payments, in words), confidence, why. `indicators`: account, side
    ('organiser', 'victim', 'against'), title, why, share (of all accounts that show it), references
    ('source:row'). `facts`: what is recorded of its accounts (account, kind, activity, place, country,
    opened), no name. `balances`: as of `bound_balances` at the lead's last payment; `assets`: as of
    `list_assets` until then. `alike`: other leads, the most alike first, and why. An account of a possible
    victim is in `roles` as that and in `indicators` but for 'organiser', and in no other of them."""

    lead: pd.Series
    payments: pd.DataFrame
    roles: pd.DataFrame
    facts: pd.DataFrame
    indicators: pd.DataFrame
    balances: pd.DataFrame
    assets: pd.DataFrame
    alike: pd.DataFrame

    @property
    def protected(self) -> frozenset[str]:
        """The accounts of possible victims among its own."""
        return frozenset(self.roles.account[self.roles.role == POSSIBLE_VICTIM])


def add_details(store: Store, evidence: pd.DataFrame) -> pd.DataFrame:
    """The evidence of leads with what else the store has of each payment."""
    keys = ibis.memtable(pa.Table.from_pandas(evidence[_ROW].drop_duplicates(), preserve_index=False))
    found = transactions().join(keys, _ROW).select(*_ROW, *_DETAILS)
    details = open_engine(store).run(found).to_pandas()
    return evidence.merge(details, on=_ROW, how="left", validate="many_to_one")


def open_dossier(
    leads: Leads,
    payments: pd.DataFrame,
    lead_id: str,
    transactions: pa.Table,
    accounts: pa.Table,
    indicators: Indicators | None = None,
) -> LeadDossier:
    """Everything about one lead; `payments` is the evidence of all leads with details, the tables are those
    that leads and indicators were found in. Raises KeyError where there is no such lead."""
    lead = leads.leads.set_index("lead_id", drop=False).loc[lead_id]
    own = payments[payments.lead_id == lead_id].sort_values("position")
    roles = leads.roles[leads.roles.lead_id == lead_id].rename(columns={"account_id": "account"})
    names = [name for name in roles.account if isinstance(name, str)]
    protected = set(roles.account[roles.role == POSSIBLE_VICTIM])
    open_names = [name for name in names if name not in protected]
    around = select_payments_of(transactions, names)
    plays = find_roles(around, only=open_names)[["account", "label", "confidence", "why"]].rename(
        columns={"label": "plays"}
    )
    roles = roles[["account", "role"]].merge(plays, on="account", how="left")
    centre = (roles.account != lead.account).astype(int)
    roles = roles.iloc[np.argsort(centre, kind="stable")].reset_index(drop=True)
    last = own.occurred_at.max()
    balances = bound_balances(around, last, accounts)
    assets = list_assets(around, last)
    found = _indicators(indicators, names, {"transaction": transactions, "account": accounts})
    return LeadDossier(
        lead,
        own,
        roles,
        _facts(accounts, open_names),
        found[(found.side != "organiser") | ~found.account.isin(protected)].reset_index(drop=True),
        balances[balances.account.isin(open_names)],
        assets[assets.account.isin(open_names)],
        _alike(leads, lead_id),
    )


def _facts(accounts: pa.Table, names: list[str]) -> pd.DataFrame:
    columns = ["kind", "activity", "place", "country", "opened"]
    own = accounts.filter(pc.is_in(accounts["reference"], value_set=pa.array(names, pa.string()))).to_pandas()
    own = own.sort_values(["source_id", "row_number"]).drop_duplicates("reference")
    table = own.reindex(columns=["reference", *columns]).rename(columns={"reference": "account"})
    return table.assign(opened=pd.to_datetime(table.opened))


def _indicators(
    indicators: Indicators | None, accounts: list[str], tables: dict[str, pa.Table]
) -> pd.DataFrame:
    columns = ["account", "side", "title", "why", "share", "references"]
    if indicators is None:
        return pd.DataFrame(columns=columns)
    share = indicators.rules.set_index("rule").share
    hits = indicators.hits[indicators.hits.account.isin(accounts)]
    evidence = indicators.evidence[indicators.evidence.hit.isin(hits.hit)]
    rows: dict[int, list[str]] = {}
    for name, table in tables.items():
        own = evidence[evidence.table == name]
        found = table.select(["source_id", "row_number"]).take(pa.array(own.row, pa.int64()))
        for hit, source, number in zip(
            own.hit, *(column.to_pylist() for column in found.columns), strict=True
        ):
            rows.setdefault(hit, []).append(f"{source}:{number}")
    hits = hits.assign(share=hits.rule.map(share), references=[tuple(rows.get(hit, ())) for hit in hits.hit])
    return hits[columns].sort_values(["side", "account"], ignore_index=True)


def _alike(leads: Leads, lead_id: str, limit: int = 12) -> pd.DataFrame:
    """lead_id, rank, typology, shared (accounts), why: leads with an account in common, then of one typology
    and size."""
    table = leads.leads.set_index("lead_id")
    lead = table.loc[lead_id]
    own = set(leads.roles.account_id[leads.roles.lead_id == lead_id])
    shared = leads.roles[leads.roles.account_id.isin(own)].groupby("lead_id").account_id.nunique()
    others = table.drop(index=lead_id).assign(shared=shared).fillna({"shared": 0})
    apart = (others.transactions - lead.transactions).abs() + (others.accounts - lead.accounts).abs()
    same = others.typology == lead.typology
    others = others.assign(apart=apart, same=same)[(others.shared > 0) | same]
    others = (
        others.sort_values(["shared", "apart", "rank"], ascending=[False, True, True])
        .head(limit)
        .reset_index()
    )
    others["why"] = [
        f"{counted(int(count), 'account')} in common"
        if count
        else "the same typology and about the same size"
        for count in others.shared
    ]
    return others[["lead_id", "rank", "typology", "account", "transactions", "why"]]


def mask_accounts(text: str, accounts: list[str]) -> str:
    """The text with each account number in it masked; the longest first, for one may begin another."""
    for account in sorted(accounts, key=len, reverse=True):
        text = text.replace(account, str(mask(account, "account")))
    return text
