"""One account: what is known of it, its money in and out, its balance at a date, its partners, and where else
its identifiers occur."""

from __future__ import annotations

from datetime import datetime, time

import pandas as pd
import streamlit as st

from analytics.figures.money import in_and_out_chart
from analytics.finance.balances import bound_balances, list_assets
from analytics.finance.holder_decisions import latest_decisions
from analytics.finance.payment_filter import select_payments_of
from analytics.finance.queries import find_links_elsewhere
from analytics.oversight.masking import mask
from analytics.shared.currency import minor_digits, written
from analytics.shared.wording import counted, spell_dates, write_day
from analytics.store import open_store
from ui.components.evidence import evidence_drawer, log_once
from ui.components.text import DAY_FORMAT, DAY_INPUT, plain
from ui.finance.screen import FinanceScreen, account_record, label_accounts

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


def show_account(
    screen: FinanceScreen, account: str, label: str, *, revealed: bool, lead_id: str | None = None
) -> None:
    """The panel of one account; from a lead, the flow can be extended from it."""
    own = (
        select_payments_of(screen.found.transactions, [account])
        .select(_ROWS)
        .to_pandas()
        .sort_values("occurred_at")
    )
    log_once(screen.page, "view account", f"account {account}", {"rows": len(own), "revealed": revealed})
    with st.container(border=True):
        head, walk, close = st.columns([4, 1.8, 0.8], vertical_alignment="center")
        head.subheader(f"Account {plain(label)}")
        if lead_id:
            walk.button(
                "Extend: draw its other payments",
                icon=":material/route:",
                key="walk",
                width="stretch",
                on_click=_walk_to,
                args=(lead_id, account),
            )
        if lead_id and close.button("Close", key="close-account", width="stretch"):
            st.session_state.pop("account", None)
            st.rerun()
        facts = account_record(screen.version, screen.page.store.path, account)
        _show_facts(facts, revealed=revealed)
        _show_holder(screen, account, revealed=revealed)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _show_money(screen, own, account)
        with right:
            _show_balance(screen, account)
            _show_partners(own, account, revealed=revealed)
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
    into = amount.where(known.to_account == account, 0.0).groupby(week).sum()
    out = amount.where(known.from_account == account, 0.0).groupby(week).sum()
    weeks = pd.DataFrame({"week": into.index, "into": into.to_numpy(), "out": out.to_numpy()})
    totals = [
        f"{name} {written(int(known.amount_minor[known[side] == account].sum()), code)} {code}"
        for name, side in (("in", "to_account"), ("out", "from_account"))
    ]
    st.caption(f"Money by week: {', '.join(totals)} in total.")
    st.plotly_chart(
        in_and_out_chart(weeks, code, dark=screen.dark),
        key="in-out",
        config={"displayModeBar": False},
        alt="Money in and out by week",
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


def _show_partners(own: pd.DataFrame, account: str, *, revealed: bool) -> None:
    other = own.from_account.where(own.to_account == account, own.to_account)
    way = pd.Series("is paid by", index=own.index).where(own.to_account == account, "pays")
    table = own.assign(other=other, way=way).dropna(subset=["other"])
    table = table[table.other != account]
    counts = (
        table.groupby(["other", "way"])
        .agg(payments=("row_number", "size"), last=("occurred_at", "max"))
        .reset_index()
    )
    counts = counts.sort_values("payments", ascending=False, kind="stable").head(200)
    names = label_accounts(counts.other.tolist(), revealed=revealed)
    st.dataframe(
        counts.assign(other=counts.other.map(names))[["way", "other", "payments", "last"]],
        hide_index=True,
        height=min(35 * (len(counts) + 1) + 3, 190),
        alt="Its partners, the most frequent first",
        column_config={
            "way": "It",
            "other": "Account",
            "payments": "Payments",
            "last": st.column_config.DatetimeColumn("Last (UTC)", format=DAY_FORMAT),
        },
    )


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
        st.dataframe(
            found.assign(value=value),
            hide_index=True,
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
        st.caption("A shared name may be two people. A shared number may be a switchboard or a flat.")
