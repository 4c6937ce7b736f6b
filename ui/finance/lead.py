"""One lead: a flow that can be extended, its time line, its payments, roles, indicators for and against, and
its outcome."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import streamlit as st

from analytics.desk.tray import TrayItem
from analytics.figures.flow import lay_out
from analytics.figures.money import lanes_chart, sankey_chart
from analytics.finance.lead_dossier import LeadDossier, mask_accounts
from analytics.finance.payment_filter import select_payments_of
from analytics.search import PageLink
from analytics.shared.currency import minor_digits, written
from analytics.shared.wording import counted, write_period
from ui.components.choosing import choose_one, tick_row
from ui.components.evidence import evidence_drawer, log_once
from ui.components.reveal import reveal
from ui.components.text import plain
from ui.finance.account import show_account
from ui.finance.flow import draw_flow
from ui.finance.lead_list import chance_words, choose_lead
from ui.finance.outcome import show_outcome
from ui.finance.payment_pairs import pair_up
from ui.finance.screen import FinanceScreen, label_accounts
from ui.shell.tray import add_to_case

_PARTS = ["Flow", "Time line", "Sankey", "Payments"]
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


def show_lead(screen: FinanceScreen, lead_id: str) -> None:
    """Everything about one lead, and below it the account that was chosen in it."""
    dossier = screen.dossier(lead_id)
    what = f"lead {lead_id}"
    title, hide = st.columns([5, 1.6], vertical_alignment="bottom")
    title.subheader(f"{dossier.lead['rank']} · {dossier.lead.typology}")
    with hide:
        revealed = reveal(screen.page, what, key=what)
    log_once(screen.page, "view lead", what, {"revealed": revealed})
    accounts = [name for name in dossier.roles.account if isinstance(name, str)]
    opens, rows = PageLink("finance", {"lead": lead_id}), dossier.payments
    add_to_case(
        screen.page,
        TrayItem("lead", lead_id, f"Lead {dossier.lead['rank']} · {dossier.lead.typology}", opens),
        [("transaction", int(s), int(r)) for s, r in zip(rows.source_id, rows.row_number, strict=True)],
        key=what,
    )
    reason = dossier.lead.reason if revealed else mask_accounts(dossier.lead.reason, accounts)
    st.markdown(plain(reason))
    st.caption(
        f"{counted(len(dossier.payments), 'payment')} among {counted(len(accounts), 'account')}, "
        f"{write_period(dossier.lead['first'], dossier.lead['last'])} (UTC). Of patterns at least as "
        f"striking, {chance_words(dossier.lead.by_chance)} would occur by chance alone. Lawful business, "
        "families and charities can look the same."
    )
    part = choose_one("Part", _PARTS, key="part")
    walked = tuple(st.session_state.get(f"walked-{lead_id}", ()))
    names = label_accounts([*accounts, *_neighbours(screen, dossier, walked)], revealed=revealed)
    if part == "Flow":
        _show_flow(screen, dossier, walked, names)
    elif part == "Time line":
        st.plotly_chart(
            lanes_chart(_add_amounts(dossier.payments), names, dark=screen.dark),
            key=f"lanes-{lead_id}",
            config={"displayModeBar": False},
            alt=f"{counted(len(dossier.payments), 'payment')} over time, a lane for each account",
        )
    elif part == "Sankey":
        _show_sankey(screen, dossier, names)
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
    roles, indicators = st.columns([1.2, 1], gap="medium")
    with roles:
        _show_roles(dossier, names)
    with indicators:
        _show_indicators(screen, dossier, names)
    chosen = st.session_state.get("account")
    if chosen in names:
        show_account(screen, chosen, names[chosen], revealed=revealed, lead_id=lead_id)
    else:
        st.info(
            "Click an account in the flow, or choose a row of the roles, to see that account and to extend "
            "the flow from it."
        )
    _show_alike(dossier)
    show_outcome(screen, dossier, accounts, revealed=revealed)


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
        "Group similar accounts",
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
        st.session_state.get("account"),
        _choose_account,
        key=f"flow-{dossier.lead.lead_id}-{len(walked)}-{fold}",
        dark=screen.dark,
        alt=f"Flow among {counted(len(flow.nodes), 'mark')}: {len(flow.edges)} pairs of payer and payee",
    )
    if walked and st.button(
        f"Back to the lead alone ({counted(len(walked), 'account')} added)",
        icon=":material/undo:",
        key="walk-back",
    ):
        st.session_state[f"walked-{dossier.lead.lead_id}"] = ()
        st.rerun()


def _add_amounts(payments: pd.DataFrame) -> pd.DataFrame:
    texts = [
        f"{written(row.amount_minor, row.currency)} {row.currency or ''}"
        if pd.notna(row.amount_minor)
        else "amount not recorded"
        for row in payments.itertuples()
    ]
    return payments.assign(description=texts)


def _show_sankey(screen: FinanceScreen, dossier: LeadDossier, names: dict[str, str]) -> None:
    known = dossier.payments.dropna(subset=["amount_minor", "from_account", "to_account"])
    if known.empty:
        st.info("No payment of this lead has an amount and both accounts.")
        return
    code = known.currency.value_counts().index[0]
    own = known[known.currency == code]
    pairs = own.groupby(["from_account", "to_account"], sort=False).agg(
        minor=("amount_minor", "sum"), payments=("row_number", "size")
    )
    digits = minor_digits(code)
    edges = pairs.reset_index().rename(columns={"from_account": "from", "to_account": "to"})
    edges["value"] = edges.minor.astype(float) / 10**digits
    st.plotly_chart(
        sankey_chart(edges, names, code, dark=screen.dark),
        key="sankey",
        config={"displayModeBar": False},
        alt=f"Sankey diagram of {counted(len(edges), 'flow')} in {code}",
    )
    left_out = len(dossier.payments) - len(own)
    st.caption(
        f"Sums in {code}."
        + (
            f" Left out: {counted(left_out, 'payment')} in another currency, or without an amount or account."
            if left_out
            else ""
        )
    )


def _choose_account(account: str | None) -> None:
    st.session_state["account"] = account


def _show_roles(dossier: LeadDossier, names: dict[str, str]) -> None:
    st.markdown("**Accounts and their roles**")
    table = dossier.roles.assign(
        account=dossier.roles.account.map(names), confidence=dossier.roles.confidence.astype(float) * 100
    )
    tick_row(
        table,
        dossier.roles.account,
        st.session_state.get("account"),
        _choose_account,
        height=min(35 * (len(table) + 1) + 3, 300),
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
    victims = set(dossier.indicators.account[dossier.indicators.side == "victim"])
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
    st.dataframe(
        table,
        hide_index=True,
        height=min(35 * (len(table) + 1) + 3, 300),
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


def _show_alike(dossier: LeadDossier) -> None:
    with st.expander(f"Leads like this one ({len(dossier.alike)})", icon=":material/content_copy:"):
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
