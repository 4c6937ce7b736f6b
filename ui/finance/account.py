"""One account: what is known of it, its money in and out, its balance at a date, its partners, and where else
its identifiers occur."""

from __future__ import annotations

from datetime import datetime, time

import pandas as pd
import streamlit as st

from analytics.desk.tray import TrayItem
from analytics.figures.theme import COLD, HOT
from analytics.finance.balances import bound_balances, list_assets
from analytics.finance.holder_decisions import latest_decisions
from analytics.finance.payment_filter import select_payments_of
from analytics.finance.queries import find_links_elsewhere, name_account
from analytics.oversight.masking import mask
from analytics.search import PageLink
from analytics.search.find import open_record
from analytics.shared.currency import minor_digits, written
from analytics.shared.wording import counted, spell_dates, write_day
from analytics.store import open_store
from ui.components.audit import log_once
from ui.components.choosing import choose_row, fit_rows, tick_row
from ui.components.entity_link import show_node_link
from ui.components.evidence import evidence_drawer
from ui.components.opening import open_link
from ui.components.reveal import is_revealed, reveal
from ui.components.series import DrawnSeries, show_series
from ui.components.text import DAY_FORMAT, DAY_INPUT, plain
from ui.finance.linked_account import choose_account
from ui.finance.screen import FinanceScreen, account_record, label_accounts
from ui.shell.layout import pad_pane, scroll_pane
from ui.shell.tray import add_to_case
from ui.shell.views import watch_button

_ROWS = [
    "source_id",
    "row_number",
    "occurred_at",
    "from_account",
    "to_account",
    "amount_minor",
    "currency",
    "channel",
    "merchant_category",
    "place",
    "country",
    "note",
    "reference",
]
_LEADS = 6  # that are named
_SHOWN = {
    "holder": ("Holder", "name"),
    "kind": ("Kind", None),
    "opened": ("Opened", None),
    "place": ("Town", None),
    "country": ("Country", None),
    "activity": ("Declared activity", None),
    "phone": ("Telephone", "phone"),
    "email": ("E-mail", "email"),
    "address": ("Address", "address"),
}


def show_account(screen: FinanceScreen, account: str, *, lead_id: str | None) -> None:
    """The pane of one account: head, body, foot. From a lead, the flow can be extended from it."""
    what = f"account {account}"
    revealed = is_revealed(what) or (lead_id is not None and is_revealed(f"lead {lead_id}"))
    own = (
        select_payments_of(screen.found.transactions, [account])
        .select(_ROWS)
        .to_pandas()
        .sort_values("occurred_at")
    )
    log_once(screen.page, "view account", what, {"rows": len(own), "revealed": revealed})
    with pad_pane("detail_head", horizontal=True):
        label = label_accounts([account], revealed=revealed)[account]
        st.markdown(f"**Account {plain(label)}**", width="stretch")
        st.button(
            "",
            icon=":material/close:",
            key="close-account",
            type="tertiary",
            shortcut="Esc",
            help="Close",
            on_click=choose_account,
            args=(None,),
        )
    with scroll_pane("detail"):
        reveal(screen.page, what, key="linked-account")
        if lead_id:
            st.button(
                "Draw its other payments too",
                icon=":material/route:",
                key="walk",
                help="Extends the flow of the lead from this account.",
                on_click=_walk_to,
                args=(lead_id, account),
            )
        _show_body(screen, account, own, revealed=revealed)
    with pad_pane("detail_foot", horizontal=True):
        _show_collecting(screen, account)


def _show_body(screen: FinanceScreen, account: str, own: pd.DataFrame, *, revealed: bool) -> None:
    facts = account_record(screen.version, screen.page.store.path, account)
    _show_facts(facts, revealed=revealed)
    _show_holder(screen, account, revealed=revealed)
    show_node_link(screen.page, f"account:{account}", key="account-node")
    _show_leads(screen, account)
    _show_money(screen, own, account)
    _show_balance(screen, account)
    _show_partners(screen, own, account, revealed=revealed)
    _show_elsewhere(screen, account, revealed=revealed)
    with st.expander(f"Its {counted(len(own), 'payment')}", icon=":material/table_rows:"):
        evidence_drawer(
            screen.page,
            f"account {account}",
            lambda limit, offset: own.iloc[offset : offset + limit],
            len(own),
            key="account-rows",
            table="transaction",
            revealed=revealed,
        )


def _show_leads(screen: FinanceScreen, account: str) -> None:
    """The leads that it takes part in, each opened by a link."""
    roles, leads = screen.found.leads.roles, screen.found.leads.leads
    mine = leads[leads.lead_id.isin(roles.lead_id[roles.account_id == account])].head(_LEADS)
    if mine.empty:
        st.caption("It takes part in no lead.")
        return
    st.markdown("**Leads it takes part in**")
    with st.container(gap=None):
        for row in mine.itertuples():
            opens = PageLink("finance", {"lead": row.lead_id})
            open_link(opens, f"Lead {row.rank} · {row.typology}", key=f"lead-{row.lead_id}")


def _show_collecting(screen: FinanceScreen, account: str) -> None:
    """Into the case, watched from now on, followed from payment to payment."""
    page, name = screen.page, name_account(screen.page.store, account)
    opens, label = PageLink("finance", {"account": name}), f"Account {mask(account, 'account')}"
    if "-" in name:  # the store has a record of it, by which both know it again
        add_to_case(page, TrayItem("account", name, label, opens), key=f"account-{name}")
        watch_button(page, "account", name, label, opens, widget=f"account-{name}")
    follows = PageLink("finance", {"view": "Follow the money", "account": name})
    open_link(follows, "Follow its money", key=f"follow-{name}")


def _walk_to(lead_id: str, account: str) -> None:
    walked = st.session_state.get(f"walked-{lead_id}", ())
    st.session_state[f"walked-{lead_id}"] = tuple(dict.fromkeys([*walked, account]))


def _show_facts(facts: dict, *, revealed: bool) -> None:
    if not facts:
        st.caption(
            "There is no record of this account: only its payments are known. A production order to its bank "
            "would fill this gap."
        )
        return
    lines = []
    for name, (title, kind) in _SHOWN.items():
        value = facts.get(name)
        if value is not None:
            shown = spell_dates(str(value)) if revealed or kind is None else mask(value, kind)
            lines.append(f"{title}: {shown}")
    st.text(" · ".join(lines))


def _show_holder(screen: FinanceScreen, account: str, *, revealed: bool) -> None:
    """What analysts decided on its holder; the account is still treated by itself."""
    decided = latest_decisions(screen.page.store)
    for row in decided[(decided.left == account) | (decided.right == account)].itertuples():
        other = row.right if row.left == account else row.left
        relation = "same holder as" if row.decision == "same" else "different holder from"
        st.caption(
            f"{plain(row.decided_by)}, {write_day(row.decided_at)}: {relation} "
            f"{plain(label_accounts([other], revealed=revealed)[other])}. {plain(row.reason)}"
        )


def _show_money(screen: FinanceScreen, own: pd.DataFrame, account: str) -> None:
    known = own.dropna(subset=["amount_minor", "occurred_at"])
    if known.empty:
        st.caption("None of its payments has both an amount and a time.")
        return
    code = known.currency.value_counts().index[0]
    known = known[(known.currency == code) & (known.from_account != known.to_account)]
    digits = minor_digits(code)
    week = known.occurred_at.dt.to_period("W").dt.start_time
    amount = known.amount_minor.astype("int64") / 10**digits
    weeks = pd.date_range(week.min(), week.max(), freq="7D")
    into, out = (
        amount.where(known[side] == account, 0.0).groupby(week).sum().reindex(weeks, fill_value=0)
        for side in ("to_account", "from_account")
    )
    totals = [
        f"{name} {written(int(known.amount_minor[known[side] == account].sum()), code)} {code}"
        for name, side in (("in", "to_account"), ("out", "from_account"))
    ]
    st.caption(f"Money by week: {', '.join(totals)} in total.")
    show_series(
        weeks.date.tolist(),
        "week",
        [DrawnSeries("in", into, COLD, "bars"), DrawnSeries("out", out, HOT, "bars down")],
        f"{code} a week",
        key="in-out",
        label="Money in and out by week",
    )


def _show_balance(screen: FinanceScreen, account: str) -> None:
    on = st.date_input(
        "Balance at the end of (UTC)",
        screen.extent.last,
        min_value=screen.extent.first,
        key="balance-on",
        format=DAY_INPUT,
    )
    found = bound_balances(
        select_payments_of(screen.found.transactions, [account]),
        datetime.combine(on, time.max),
        screen.found.accounts,
    )
    found = found[found.account == account]
    bought = list_assets(
        select_payments_of(screen.found.transactions, [account]), datetime.combine(on, time.max)
    )
    for row in bought[bought.account == account].tail(3).itertuples():
        st.caption(
            f"Bought {plain(row.category)} for {written(row.amount_minor, row.currency)} {row.currency} on "
            f"{write_day(row.time)}."
        )
    if found.empty:
        st.caption("It has no payment before this date.")
    for row in found.itertuples():
        st.metric(
            f"At least, {row.currency}",
            written(row.balance_at_least, row.currency),
            help="A lower bound: what must have been there for its payments to be possible.",
        )
        st.caption(
            f"From {row.basis}; {counted(row.payments, 'payment')} until then. What could be seized then, "
            "not what is there now."
        )


def _show_partners(screen: FinanceScreen, own: pd.DataFrame, account: str, *, revealed: bool) -> None:
    other = own.from_account.where(own.to_account == account, own.to_account)
    way = pd.DrawnSeries("is paid by", index=own.index).where(own.to_account == account, "pays")
    table = own.assign(other=other, way=way).dropna(subset=["other"])
    table = table[table.other != account]
    counts = (
        table.groupby(["other", "way"])
        .agg(payments=("row_number", "size"), last=("occurred_at", "max"))
        .reset_index()
    )
    counts = counts.sort_values("payments", ascending=False, kind="stable").head(200)
    totals = _total_partners(table)
    partners = list(zip(counts.other, counts.way, strict=True))
    names = label_accounts(counts.other.tolist(), revealed=revealed)
    st.markdown("**Who it pays and is paid by**; choose one to open it")
    tick_row(
        counts.assign(other=counts.other.map(names), sum=[totals.get(pair, "") for pair in partners])[
            ["way", "other", "sum", "payments", "last"]
        ],
        partners,
        None,
        lambda chosen: choose_account(None if chosen is None else chosen[0]),
        key=f"partners-{name_account(screen.page.store, account)}",
        height=fit_rows(len(counts), 190),
        alt="Its partners, the most frequent first",
        column_config={
            "way": st.column_config.TextColumn("It", width=75),
            "other": st.column_config.TextColumn("Account", width=75),
            "sum": st.column_config.TextColumn("Sum", width=90, alignment="right"),
            "payments": st.column_config.NumberColumn("Payments", width=70),
            "last": st.column_config.DatetimeColumn("Last (UTC)", format=DAY_FORMAT),
        },
    )


def _total_partners(payments: pd.DataFrame) -> dict[tuple[str, str], str]:
    """By partner and way (other, way), the sums in words, currency by currency."""
    known = payments.dropna(subset=["amount_minor"])
    sums: dict[tuple[str, str], list[str]] = {}
    for (other, way, code), total in known.groupby(["other", "way", "currency"]).amount_minor.sum().items():
        sums.setdefault((other, way), []).append(f"{written(int(total), code)} {code}")
    return {pair: " and ".join(parts) for pair, parts in sums.items()}


@st.cache_data(max_entries=64, show_spinner=False)
def _elsewhere(version: int, store: str, account: str) -> pd.DataFrame:
    return find_links_elsewhere(open_store(store), account)


def _show_elsewhere(screen: FinanceScreen, account: str, *, revealed: bool) -> None:
    found = _elsewhere(screen.version, screen.page.store.path, account)
    if found.empty:
        st.caption(
            "Its holder's telephone, e-mail, address and name occur in no advert, premises or recorded crime."
        )
        return
    kind = {"telephone": "phone", "e-mail": "email", "address": "address", "name": "name"}
    value = [
        v if revealed else mask(v, kind.get(by, "text")) for v, by in zip(found.value, found.by, strict=True)
    ]
    with st.expander(
        f"Found elsewhere: {counted(len(found), 'row')} of adverts, premises and recorded crime",
        icon=":material/hub:",
    ):
        chosen = choose_row(
            found.assign(value=value),
            zip(found.table, found.source_id, found.row_number, strict=True),
            key=f"elsewhere-{account}",
            height=190,
            alt="Adverts, premises and recorded crime with the same identifier",
            column_config={
                "table": "In",
                "by": "By",
                "value": "What",
                "shared_rows": st.column_config.NumberColumn(
                    "Rows that share it", help="The more rows share it, the weaker the link."
                ),
                "source_id": "Source",
                "row_number": "Row",
            },
        )
        if chosen is not None:
            table, source, row = chosen[0], int(chosen[1]), int(chosen[2])
            opens = open_record(table, source, row)
            open_link(opens, f"Open the {table} of row {row}, source {source}", key="elsewhere")
        st.caption("A shared name may be two people. A shared number may be a switchboard or a flat.")
