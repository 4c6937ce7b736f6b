"""The canvas of one lead: its flow, which can be extended, who paid whom how much, its time line, its
payments, roles, indicators and drafts."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.figures.flow import lay_out
from analytics.figures.money import lanes_chart
from analytics.finance.lead_dossier import LeadDossier
from analytics.finance.payment_filter import select_payments_of
from analytics.shared.wording import counted
from ui.components.address import choose_of_address
from ui.components.audit import log_once
from ui.components.choosing import choose_row, fit_rows, tick_row
from ui.components.evidence import evidence_drawer
from ui.components.reveal import is_revealed
from ui.components.text import plain
from ui.finance.flow import draw_flow
from ui.finance.lead_list import choose_lead
from ui.finance.lead_sums import add_amounts, list_payments, show_matrix, show_sankey
from ui.finance.linked_account import choose_account
from ui.finance.outcome import show_drafts
from ui.finance.payment_pairs import pair_up
from ui.finance.screen import FinanceScreen, label_accounts
from ui.shell.layout import pad_pane, scroll_pane

FLOW = "Flow"
PARTS = (FLOW, "Matrix", "Time line", "Sankey", "Payments", "Accounts", "Indicators", "Similar", "Drafts")
_EVIDENCE = [
    "source_id",
    "row_number",
    "position",
    "occurred_at",
    "from_account",
    "from_role",
    "to_account",
    "to_role",
    "amount_minor",
    "currency",
    "channel",
    "merchant_category",
    "place",
    "country",
    "note",
    "reference",
]


def show_lead(screen: FinanceScreen, lead_id: str, notes: DeltaGenerator) -> tuple[LeadDossier, bool]:
    """Draw the chosen part of a lead on the canvas. Returns its dossier and whether its numbers are
    revealed."""
    dossier = screen.dossier(lead_id)
    what = f"lead {lead_id}"
    with pad_pane("method", horizontal=True):
        part = choose_of_address("part", "Part", PARTS, notes=notes, pills=True)
    revealed = is_revealed(what)  # asked for in the detail
    log_once(screen.page, "view lead", what, {"revealed": revealed})
    with scroll_pane("canvas"):
        _show_part(screen, dossier, part, revealed=revealed)
    return dossier, revealed


def _show_part(screen: FinanceScreen, dossier: LeadDossier, part: str, *, revealed: bool) -> None:
    lead_id, what = str(dossier.lead.lead_id), f"lead {dossier.lead.lead_id}"
    accounts = [name for name in dossier.roles.account if isinstance(name, str)]
    walked = tuple(st.session_state.get(f"walked-{lead_id}", ()))
    names = label_accounts([*accounts, *_neighbours(screen, dossier, walked)], revealed=revealed)
    if part == FLOW:
        _show_flow(screen, dossier, walked, names)
    elif part == "Matrix":
        show_matrix(screen, dossier, names)
    elif part == "Time line":
        st.plotly_chart(
            lanes_chart(add_amounts(dossier.payments), names, dark=screen.dark),
            key=f"lanes-{lead_id}",
            config={"displayModeBar": False},
            alt=f"{counted(len(dossier.payments), 'payment')} over time, a lane for each account",
        )
    elif part == "Sankey":
        show_sankey(screen, dossier, names)
    elif part == "Accounts":
        _show_roles(screen, dossier, names)
    elif part == "Indicators":
        _show_indicators(screen, dossier, names)
    elif part == "Similar":
        _show_alike(dossier)
    elif part == "Drafts":
        show_drafts(screen, dossier, accounts, revealed=revealed)
    else:
        rows = dossier.payments[_EVIDENCE]
        evidence_drawer(
            screen.page,
            what,
            lambda limit, offset: rows.iloc[offset : offset + limit],
            len(rows),
            key="payments",
            table="transaction",
            revealed=revealed,
        )


def _around(screen: FinanceScreen, walked: tuple[str, ...]) -> pd.DataFrame:
    if not walked:
        return pd.DataFrame(
            columns=[
                "from_account",
                "to_account",
                "row_number",
                "source_id",
                "occurred_at",
                "amount_minor",
                "currency",
            ]
        )
    own: pa.Table = select_payments_of(screen.found.transactions, list(walked))
    return own.select(
        ["source_id", "row_number", "occurred_at", "from_account", "to_account", "amount_minor", "currency"]
    ).to_pandas()


def _neighbours(screen: FinanceScreen, dossier: LeadDossier, walked: tuple[str, ...]) -> list[str]:
    around = _around(screen, walked)
    return [name for name in pd.concat([around.from_account, around.to_account]).dropna().unique()]


def _show_flow(
    screen: FinanceScreen, dossier: LeadDossier, walked: tuple[str, ...], names: dict[str, str]
) -> None:
    edges = pair_up(dossier.payments, inside=True)
    around = _around(screen, walked)
    if len(around):
        mine = set(zip(dossier.payments.source_id, dossier.payments.row_number, strict=True))
        other = [pair not in mine for pair in zip(around.source_id, around.row_number, strict=True)]
        edges = pd.concat([edges, pair_up(around[other], inside=False)], ignore_index=True)
    roles = dict(zip(dossier.roles.account, dossier.roles.role, strict=True))
    left, right = st.columns([4, 1.3], vertical_alignment="center")
    fold = right.toggle(
        "Group similar",
        True,
        key="fold",
        help="Eight or more accounts with one partner and one role are drawn as one mark.",
    )
    flow = lay_out(edges, roles, names, fold=fold)
    folded = f" {flow.folded} accounts are grouped into marks with their number." if flow.folded else ""
    left.caption(
        "Money moves from left to right, in order of time; a bent line goes back. A thicker line has more of "
        f"the payments. Dotted lines are payments outside this lead.{folded}"
    )
    draw_flow(
        flow,
        screen.account,
        choose_account,
        key=f"flow-{dossier.lead.lead_id}-{len(walked)}-{fold}",
        alt=f"Flow among {counted(len(flow.nodes), 'mark')}: {len(flow.edges)} pairs of payer and payee",
    )
    if walked and st.button(
        f"Back to the lead alone ({counted(len(walked), 'account')} added)",
        icon=":material/undo:",
        key="walk-back",
    ):
        st.session_state[f"walked-{dossier.lead.lead_id}"] = ()
        st.rerun()
    list_payments(dossier, names)


def _show_roles(screen: FinanceScreen, dossier: LeadDossier, names: dict[str, str]) -> None:
    st.markdown("**Accounts and their roles.** Choose one to open it beside this.")
    table = dossier.roles.assign(
        account=dossier.roles.account.map(names), confidence=dossier.roles.confidence.astype(float) * 100
    )
    tick_row(
        table,
        dossier.roles.account,
        screen.account,
        choose_account,
        height=fit_rows(len(table), 620),
        key="roles",
        alt="Accounts of the lead and their roles",
        column_config={
            "account": st.column_config.TextColumn("Account", width=80),
            "role": st.column_config.TextColumn("In the pattern", width=150),
            "plays": st.column_config.TextColumn("Handles money as", width=160),
            "confidence": st.column_config.NumberColumn(
                "Sure",
                format="%.0f %%",
                width=55,
                help="How often the role stays the same when some of its payments are left out; below 30 % "
                "it is not clear.",
            ),
            "why": st.column_config.TextColumn("Because", width="large"),
        },
    )


def _show_indicators(screen: FinanceScreen, dossier: LeadDossier, names: dict[str, str]) -> None:
    st.markdown("**Indicators of exploitation, for and against**")
    if dossier.indicators.empty:
        off = int((~screen.found.indicators.rules.on).sum())
        st.caption(
            f"None of these accounts meets an indicator, for or against. {counted(off, 'indicator')} could "
            "not be applied to these data."
        )
        return
    speaks = {"organiser": "for", "victim": "possible victim", "against": "against"}
    # A possible victim is not named beside a suspicion.
    victims = set(dossier.indicators.account[dossier.indicators.side == "victim"]) | dossier.protected
    indicators = dossier.indicators.sort_values(
        "side", key=lambda side: side.map(list(speaks).index), kind="stable"
    )
    table = pd.DataFrame(
        {
            "speaks": indicators.side.map(speaks),
            "account": [
                "(welfare)" if account in victims else names.get(account, account)
                for account in indicators.account
            ],
            "share": indicators.share * 100,
            "why": indicators.why,
        }
    )
    chosen = choose_row(
        table,
        zip(indicators.account, indicators.why, strict=True),
        key="lead-indicators",
        height=fit_rows(len(table), 560),
        alt="Indicators for and against",
        column_config={
            "speaks": st.column_config.TextColumn("Points", width=105),
            "account": st.column_config.TextColumn("Account", width=80),
            "share": st.column_config.NumberColumn(
                "Of all",
                format="%.1f %%",
                width=60,
                help="The share of all accounts that meet this indicator.",
            ),
            "why": st.column_config.TextColumn("Because", width="large"),
        },
    )
    if chosen is not None and chosen[0] not in victims:
        st.button(
            f"Open account {plain(names.get(chosen[0], ''))}",
            key="open-indicator-account",
            type="tertiary",
            icon=":material/open_in_new:",
            on_click=choose_account,
            args=(chosen[0],),
        )


def _show_alike(dossier: LeadDossier) -> None:
    st.markdown("**Leads like this one.** Choose one to open it.")
    if dossier.alike.empty:
        st.caption("No other lead shares an account or the typology.")
        return
    tick_row(
        dossier.alike.drop(columns=["lead_id", "account"]),
        dossier.alike.lead_id,
        None,
        choose_lead,
        key=f"alike-{dossier.lead.lead_id}",
        alt="Leads like this one",
        column_config={
            "rank": "Rank",
            "typology": "Typology",
            "transactions": "Payments",
            "why": "Because",
        },
    )
