"""Ranked leads: few, explained, with what was searched for and what was left out."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.finance.lead_dossier import mask_accounts
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted
from ui.components.choosing import tick_row
from ui.components.evidence import log, log_once
from ui.components.reveal import is_revealed
from ui.components.text import DAY_FORMAT
from ui.finance.screen import FinanceScreen, label_accounts

_FEW = 50


def show_leads(screen: FinanceScreen) -> str | None:
    """The table of leads; returns the id of the chosen one."""
    leads = screen.shown_leads()
    every = screen.found.leads.leads
    left, right = st.columns([5, 1.4], vertical_alignment="bottom")
    kinds = sorted(leads.typology.unique())
    picked = left.multiselect(
        "Typology", kinds, key="typology", bind="query-params", placeholder="all typologies"
    )
    limit = right.number_input("Leads shown", 10, 500, _FEW, 10, key="most_leads", bind="query-params")
    if picked:
        leads = leads[leads.typology.isin(picked)]
    st.caption(
        f"**{len(leads):,}** of {counted(len(every), 'lead')} have a payment that passes the filters; the "
        f"{min(limit, len(leads)):,} strongest are shown. Each is found in all the data and measured against "
        "the account's own history. A lead shows how money moved, not why."
    )
    shown = leads.head(int(limit)).reset_index(drop=True)
    if shown.empty:
        st.info("No lead has a payment that passes the filters. Widen the period or remove a filter.")
        return None
    log_once(
        screen.page, "view leads", "financial leads", {"leads": len(shown), "data version": screen.version}
    )
    table = _table(screen, shown)
    linked = st.query_params.get("lead")
    tick_row(
        table,
        shown.lead_id,
        linked,
        choose_lead,
        height=min(35 * (len(table) + 1) + 3, 330),
        key="leads",
        alt="Leads, the strongest first",
        column_config={
            "rank": st.column_config.NumberColumn("Rank", width=55),
            "typology": st.column_config.TextColumn("Typology", width=140),
            "account": st.column_config.TextColumn("Account", width=85),
            "accounts": st.column_config.NumberColumn("Accounts", width=75),
            "payments": st.column_config.TextColumn("Payments", width=75, alignment="right"),
            "first": st.column_config.DatetimeColumn("First (UTC)", format=DAY_FORMAT, width=100),
            "last": st.column_config.DatetimeColumn("Last (UTC)", format=DAY_FORMAT, width=100),
            "chance": st.column_config.TextColumn(
                "By chance",
                width=110,
                help="Of patterns at least as striking, the share found in payments shuffled at random.",
            ),
            "reason": st.column_config.TextColumn("Why", width=470),
        },
    )
    _show_search_details(screen, shown)
    return linked if linked in set(every.lead_id) else None


def choose_lead(lead_id: str | None) -> None:
    """Choose a lead in the link; None chooses none."""
    st.session_state.pop("account", None)
    if lead_id is None:
        st.query_params.pop("lead", None)
    else:
        st.query_params["lead"] = lead_id


def _table(screen: FinanceScreen, leads: pd.DataFrame, *, masked: bool = False) -> pd.DataFrame:
    """The leads as they are read; `masked` even where they are revealed."""
    members = screen.found.leads.roles.groupby("lead_id").account_id.agg(list)
    reason, account = [], []
    for row in leads.itertuples():
        own = [name for name in members.get(row.lead_id, []) if isinstance(name, str)]
        open_ = not masked and is_revealed(f"lead {row.lead_id}")
        reason.append(row.reason if open_ else mask_accounts(row.reason, own))
        account.append(label_accounts([row.account], revealed=open_)[row.account])
    payments = [
        f"{inside} of {every}" if inside < every else f"{every}"
        for inside, every in zip(leads.inside, leads.transactions, strict=True)
    ]
    return pd.DataFrame(
        {
            "rank": leads["rank"],
            "typology": leads.typology,
            "account": account,
            "reason": reason,
            "chance": [chance_words(share) for share in leads.by_chance],
            "payments": payments,
            "accounts": leads.accounts,
            "first": leads["first"],
            "last": leads["last"],
        }
    )


def chance_words(share: float) -> str:
    """A share by chance in words."""
    return "under 1 in 1,000" if share < 0.001 else f"about {share:.1%}" if share < 0.995 else "all of them"


def _show_search_details(screen: FinanceScreen, shown: pd.DataFrame) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left.expander("What was searched for, and what was left out", icon=":material/rule:"):
        tried = screen.found.leads.tried
        st.dataframe(
            tried.dropna(axis="columns", how="all"),
            hide_index=True,
            alt="Typologies searched for, with the results of each",
            column_config={
                "typology": "Typology",
                "results": "Results",
                "leads": "Leads",
                "joined": "Part of another lead",
                "not_shown": "Too weak to list",
                "off": "Not searched because",
            },
        )
        dropped = screen.found.leads.left_out
        for row in dropped[dropped.transactions > 0].itertuples():
            st.caption(f"Left out, {row.what}: {counted(row.transactions, 'transaction')}.")
        for note in screen.found.leads.notes:
            st.caption(note)
        st.caption(f"Parameters of {screen.found.leads.version}, data version {screen.version}.")
    right.download_button(
        "Leads (CSV)",
        lambda: safe_csv(_table(screen, shown, masked=True)),
        "leads.csv",
        "text/csv",
        icon=":material/download:",
        width="stretch",
        on_click=log,
        args=(screen.page, "export leads", "financial leads", {"leads": len(shown), "personal data": False}),
    )
