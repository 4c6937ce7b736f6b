"""Leads as they may be read: an account of a possible victim has no role in them but that."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from analytics.finance.leads import Leads
from analytics.intelligence.possible_victims import POSSIBLE_VICTIM, leave_out_protected, write_left_out

HIDDEN_ACCOUNT = "an account of a possible victim"


def protect_leads(leads: Leads, protected: frozenset[str]) -> Leads:
    """The leads with these accounts out of every list of targets.

    A protected account has the role 'possible victim', is named in no reason, and no lead stands under it:
    the lead is named by the next of its accounts, and left out where it has no other. A note counts them."""
    others, left_out = leave_out_protected(leads.roles, "account_id", protected)
    if not left_out:
        return leads
    others = others.dropna(subset=["account_id"])
    first = others.groupby("lead_id", sort=False).account_id.first()
    table = leads.leads.copy()
    centred = table.account.isin(protected)
    table = table[~centred | table.lead_id.isin(first.index)].reset_index(drop=True)
    table["account"] = [
        first[lead_id] if account in protected else account
        for lead_id, account in zip(table.lead_id, table.account, strict=True)
    ]
    named = re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(protected, key=len, reverse=True)))})(?!\w)"
    )
    known = set(table.lead_id)
    roles, evidence, reasons = (
        part[part.lead_id.isin(known)].reset_index(drop=True)
        for part in (leads.roles, leads.evidence, leads.reasons)
    )
    return replace(
        leads,
        leads=table.assign(reason=[named.sub(HIDDEN_ACCOUNT, text) for text in table.reason]),
        roles=roles.assign(role=roles.role.mask(roles.account_id.isin(protected), POSSIBLE_VICTIM)),
        evidence=protect_payments(evidence, protected),
        notes=(*leads.notes, write_left_out(left_out)),
        reasons=reasons.assign(words=[named.sub(HIDDEN_ACCOUNT, text) for text in reasons.words]),
    )


def protect_payments(payments: pd.DataFrame, protected: frozenset[str]) -> pd.DataFrame:
    """The evidence of leads: the payments stay, a protected end of one is marked as that of a possible
    victim."""
    marked = {
        f"{side}_role": payments[f"{side}_role"].mask(
            payments[f"{side}_account"].isin(protected), POSSIBLE_VICTIM
        )
        for side in ("from", "to")
    }
    return payments.assign(**marked)
