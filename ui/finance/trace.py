"""Follow the money: outward from an account, or from one to another, in time order, with what is not
explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pandas as pd
import pyarrow as pa
import streamlit as st

from analytics.figures.money import sankey_chart
from analytics.finance.trace import ORDERS, Trace, TraceParameters, trace_money
from analytics.shared.currency import minor_digits, written
from analytics.shared.wording import counted
from ui.components.audit import log_once
from ui.components.choosing import fit_rows, tick_row
from ui.components.evidence import evidence_drawer
from ui.components.reveal import reveal
from ui.components.text import MOMENT_FORMAT, plain
from ui.finance.linked_account import choose_account
from ui.finance.rates import Rates, choose_rates
from ui.finance.screen import FinanceScreen, label_accounts


@st.cache_data(max_entries=16, show_spinner="Following the money …")
def _trace(
    version: int,
    store: str,
    source: str,
    target: str | None,
    parameters: TraceParameters,
    rates: Rates,
    _transactions: pa.Table,
) -> Trace:
    return trace_money(
        _transactions, source, target, parameters, rates=rates.table, conversion=rates.parameters
    )


def show_trace(screen: FinanceScreen) -> None:
    rates = choose_rates(screen, "trace")
    request = _ask(screen.account)
    if request is None:
        st.info(
            "Give the number of the account whose money is to be followed. An account that is open is "
            "entered already."
        )
        return
    source, target, bounds = request
    bounds = replace(
        bounds,
        begin=datetime.combine(screen.payment_filter.first, time.min),
        end=datetime.combine(screen.payment_filter.last, time.max),
    )
    try:
        found = _trace(
            screen.version, screen.page.store.path, source, target, bounds, rates, screen.found.transactions
        )
    except (KeyError, ValueError) as error:
        st.warning(plain(error.args[0]))
        return
    _show_found(screen, found, source, target)


def _ask(account: str | None) -> tuple[str, str | None, TraceParameters] | None:
    """(source, target, bounds) of the last request; None before the first."""
    with st.form("trace"):
        a, b, c, d, e = st.columns([2, 2, 1, 1.2, 2], vertical_alignment="bottom")
        source = a.text_input("From account", account or "", placeholder="its number")
        target = b.text_input("To account", placeholder="empty: anywhere")
        hops = c.number_input("Maximum hops", 1, 12, 6)
        gap = d.number_input("Maximum rest, days", 1, 365, 14)
        order = e.selectbox(
            "Which money leaves first",
            ORDERS,
            help="A convention, because money is fungible. Courts differ; try both.",
        )
        if st.form_submit_button("Follow", type="primary", icon=":material/route:"):
            bounds = TraceParameters(int(hops), float(gap), order=order)
            st.session_state["traced"] = (source.strip(), target.strip() or None, bounds)
    request: tuple[str, str | None, TraceParameters] | None = st.session_state.get("traced")
    return request if request and request[0] else None


def _show_found(screen: FinanceScreen, found: Trace, source: str, target: str | None) -> None:
    what = f"trace from {source}" + (f" to {target}" if target else "")
    revealed = reveal(screen.page, what, key="trace")
    log_once(screen.page, "trace", what, {"payments": len(found.payments), "paths": len(found.paths)})
    payments = found.path_payments if target else found.payments
    accounts = pd.concat([payments.from_account, payments.to_account]).dropna().unique().tolist()
    names = label_accounts([*accounts, source, *([target] if target else [])], revealed=revealed)
    if found.no_rate:
        st.caption(
            f"{counted(found.no_rate, 'payment')} left out: no rate is in force for their currency and date."
        )
    if target:
        _show_paths(found, names[source], names[target])
    _show_ends(found, names)
    if payments.empty:
        return
    _show_sankey(screen, found, payments, names, target is not None)
    _show_accounts(screen, payments, names)
    rows = screen.found.transactions.take(payments.row.drop_duplicates().to_numpy()).to_pandas()
    rows = rows.sort_values("occurred_at")
    evidence_drawer(
        screen.page,
        what,
        lambda limit, offset: rows.iloc[offset : offset + limit],
        len(rows),
        key="trace-rows",
        table="transaction",
        revealed=revealed,
    )


def _show_accounts(screen: FinanceScreen, payments: pd.DataFrame, names: dict[str, str]) -> None:
    """The accounts on the way, those with the most payments first; one that is chosen opens beside."""
    counts = pd.concat([payments.from_account, payments.to_account]).dropna().value_counts()
    st.markdown("**Accounts on the way**; choose one to open it")
    tick_row(
        pd.DataFrame(
            {"account": [names[account] for account in counts.index], "payments": counts.to_numpy()}
        ),
        counts.index,
        screen.account,
        choose_account,
        key="trace-accounts",
        height=fit_rows(len(counts), 240),
        width=420,
        alt="Accounts on the way of the money",
        column_config={"account": "Account", "payments": "Payments"},
    )


def _show_paths(found: Trace, source: str, target: str) -> None:
    if found.paths.empty:
        st.info(
            f"No payments lead from {plain(source)} to {plain(target)} in time order within these bounds."
        )
        return
    st.markdown(
        f"**{counted(len(found.paths), 'path')}**, each payment later than the one before"
        + ("" if found.complete else "; the list is incomplete because a bound was reached")
    )
    st.dataframe(
        found.paths.assign(
            most=[written(m, c) for m, c in zip(found.paths.max_minor, found.paths.currency, strict=True)]
        )[["path", "hops", "begins", "arrives", "most", "currency"]],
        hide_index=True,
        height=fit_rows(len(found.paths), 240),
        alt="Paths from one account to the other",
        column_config={
            "path": "Path",
            "hops": "Hops",
            "most": st.column_config.TextColumn(
                "No more than",
                alignment="right",
                help="The smallest payment on the path: no more can have passed this way.",
            ),
            "currency": "Currency",
            "begins": st.column_config.DatetimeColumn("Begins (UTC)", format=MOMENT_FORMAT),
            "arrives": st.column_config.DatetimeColumn("Arrives (UTC)", format=MOMENT_FORMAT),
        },
    )
    st.caption(
        f"Within the same bounds, money of this account may have reached {found.reach:.0%} of all accounts. "
        "The higher this share, the less a path to the other account means."
    )


def _show_ends(found: Trace, names: dict[str, str]) -> None:
    if found.ends.empty:
        st.caption("It paid nothing within these bounds.")
        return
    sums = found.ends.groupby(["reason", "currency"]).amount_minor.agg(["sum", "size"]).reset_index()
    st.markdown("**Where the money ended, and what is not explained**")
    st.dataframe(
        pd.DataFrame(
            {
                "reason": sums.reason,
                "amount": [written(m, c) for m, c in zip(sums["sum"], sums.currency, strict=True)],
                "currency": sums.currency,
                "ends": sums["size"],
            }
        ),
        hide_index=True,
        alt="Where the money ended",
        column_config={
            "reason": "Outcome",
            "amount": st.column_config.TextColumn("Amount", alignment="right"),
            "currency": "Currency",
            "ends": "Accounts",
        },
    )
    if len(found.hubs):
        st.caption(f"Not followed beyond {counted(len(found.hubs), 'hub')} (shops, payrolls).")


def _show_sankey(
    screen: FinanceScreen, found: Trace, payments: pd.DataFrame, names: dict[str, str], paths: bool
) -> None:
    column = "amount_minor" if paths else "traced_minor"
    own = payments.dropna(subset=["from_account", "to_account", column]).drop_duplicates("row")
    if own.empty:
        return
    code = own.currency.value_counts().index[0]
    own = own[own.currency == code]
    pairs = (
        own.groupby(["from_account", "to_account"], sort=False)
        .agg(minor=(column, "sum"), payments=("row", "size"))
        .reset_index()
    )
    pairs = pairs.sort_values("minor", ascending=False).head(60)
    digits = minor_digits(code)
    edges = pairs.rename(columns={"from_account": "from", "to_account": "to"}).assign(
        value=pairs.minor.astype(float) / 10**digits
    )
    st.plotly_chart(
        sankey_chart(edges, names, code, dark=screen.dark),
        key="trace-sankey",
        config={"displayModeBar": False},
        alt=f"Sankey of {counted(len(edges), 'flow')} in {code}",
    )
    if len(own.groupby(["from_account", "to_account"])) > 60:
        st.caption("The 60 largest flows are drawn; the table lists all.")
