"""The detail of one lead: sum, pattern, reasons for and against, accounts, what else would explain it; and
what follows."""

from __future__ import annotations

import streamlit as st

from analytics.desk.tray import TrayItem
from analytics.finance.lead_dossier import LeadDossier, mask_accounts
from analytics.finance.lead_finding import ALTERNATIVES
from analytics.finance.narrative import format_sums
from analytics.intelligence.possible_victims import leave_out_protected
from analytics.search import PageLink
from analytics.shared.wording import counted, write_period
from ui.components.choosing import fit_rows, tick_row
from ui.components.left_out import show_left_out
from ui.components.list_pane import list_button
from ui.components.reveal import reveal
from ui.components.text import plain
from ui.finance.lead_list import LIST, chance_words, list_reasons, write_typology
from ui.finance.linked_account import choose_account
from ui.finance.outcome import save_lead
from ui.finance.screen import FinanceScreen, label_accounts
from ui.shell.layout import pad_pane, scroll_pane
from ui.shell.tray import add_to_case

_POINTS = {"organiser": "for", "victim": "of a possible victim", "against": "against"}


def show_lead_detail(screen: FinanceScreen, dossier: LeadDossier, *, revealed: bool) -> None:
    """Head, body and foot of the pane."""
    lead = dossier.lead
    with pad_pane("detail_head", horizontal=True):
        st.markdown(f"**{lead['rank']} · {plain(write_typology(lead.typology))}**", width="stretch")
        list_button(LIST)
    with scroll_pane("detail"):
        _show_summary(dossier, revealed=revealed)
        reveal(screen.page, f"lead {lead.lead_id}", key=f"lead {lead.lead_id}")
        _show_reasons(screen, dossier)
        _show_accounts(screen, dossier, revealed=revealed)
        st.markdown("**What else would explain it**")
        for item in ALTERNATIVES:
            st.caption(plain(item["explanation"]), help=item["how to tell"])
    with pad_pane("detail_foot", horizontal=True):
        save_lead(screen, dossier, revealed=revealed)
        label = f"Lead {lead['rank']} · {lead.typology}"
        rows = dossier.payments
        add_to_case(
            screen.page,
            TrayItem("lead", str(lead.lead_id), label, PageLink("finance", {"lead": str(lead.lead_id)})),
            [("transaction", int(s), int(r)) for s, r in zip(rows.source_id, rows.row_number, strict=True)],
            key=f"lead {lead.lead_id}",
        )


def show_no_lead(screen: FinanceScreen) -> None:
    """The pane where no lead can be shown."""
    with pad_pane("detail_head", horizontal=True):
        st.markdown("**No lead**", width="stretch")
        list_button(LIST)
    with scroll_pane("detail"):
        st.text(
            "No lead has a payment that passes the filters. Widen the period or take a filter away."
            if len(screen.found.leads.leads)
            else "No pattern stands out from what chance alone gives. 'What was searched' lists what was "
            "looked for, and what could not be."
        )


def _show_summary(dossier: LeadDossier, *, revealed: bool) -> None:
    lead = dossier.lead
    accounts = [name for name in dossier.roles.account if isinstance(name, str)]
    st.markdown(
        f"**{plain(format_sums(dossier.payments))}** in {counted(len(dossier.payments), 'payment')} among "
        f"{counted(len(accounts), 'account')}, {write_period(lead['first'], lead['last'])} (UTC).",
        help="The sum of all payments of the lead: money that is passed on counts each time.",
    )
    st.markdown(plain(lead.reason if revealed else mask_accounts(lead.reason, accounts)))
    st.caption(
        f"Of leads like this {chance_words(lead.by_chance)} are expected to be wrong. It "
        "shows how money moved, not why."
    )


def _show_reasons(screen: FinanceScreen, dossier: LeadDossier) -> None:
    both = list_reasons(screen, str(dossier.lead.lead_id))
    for title, reasons in zip(("Reasons for", "Reasons against"), both, strict=True):
        st.markdown(f"**{title}**" + ("" if reasons else ": none found"))
        if reasons:
            st.markdown("\n".join(f"- {plain(reason)}" for reason in reasons))
    counts = dossier.indicators.side.value_counts()
    met = [f"{counts[side]} {words}" for side, words in _POINTS.items() if side in counts]
    st.caption(
        f"Indicators of exploitation that its accounts meet: {', '.join(met) or 'none'}.",
        help="The part 'Indicators' lists them with how common each is.",
    )


def _show_accounts(screen: FinanceScreen, dossier: LeadDossier, *, revealed: bool) -> None:
    own = dossier.roles[dossier.roles.account.map(lambda name: isinstance(name, str))]
    st.markdown(f"**{counted(len(own), 'account')}**; choose one to open it")
    own, left_out = leave_out_protected(own, "account", dossier.protected)
    show_left_out(left_out, "lead")
    names = label_accounts(own.account.tolist(), revealed=revealed)
    tick_row(
        own[["account", "role"]].assign(account=own.account.map(names)),
        own.account,
        screen.account,
        choose_account,
        height=fit_rows(len(own), 250),
        key="lead-accounts",
        alt="Accounts of the lead; choose one to open it",
        column_config={
            "account": st.column_config.TextColumn("Account", width=90),
            "role": st.column_config.TextColumn("In the pattern", width=150),
        },
    )
