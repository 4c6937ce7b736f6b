"""Behaviour: groups of accounts by what they do, and the weeks in which one did far more than its own past
and its peers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analytics.figures.theme import HOT, theme
from analytics.finance.behaviour import Behaviour, BehaviourParameters, find_behaviour
from analytics.finance.payment_filter import select_payments_of
from analytics.finance.weekly_outliers import WeeklyOutlierParameters, find_weekly_outliers
from analytics.finance.weekly_totals import total_by_week
from analytics.intelligence.possible_victims import leave_out_protected
from analytics.shared.currency import written
from analytics.shared.wording import counted, write_day
from ui.components.address import choose_of_address, number_of_address
from ui.components.audit import log_once
from ui.components.choosing import choose_row, fit_rows, tick_row
from ui.components.evidence import evidence_drawer
from ui.components.left_out import show_left_out
from ui.components.reveal import reveal
from ui.components.series import DrawnSeries, show_series
from ui.components.text import DAY_FORMAT, plain
from ui.finance.linked_account import choose_account
from ui.finance.screen import FinanceScreen, label_accounts, search_once

_MEASURES = {"credits": "payments in", "debits": "payments out", "sums in": "sum in", "sums out": "sum out"}
_PARTS = ["Unusual weeks", "Groups of accounts"]


def show_behaviour(screen: FinanceScreen) -> None:
    """Two questions: which accounts had unusual weeks, and which accounts behave alike."""
    parameters = BehaviourParameters(time_zone=screen.extent.time_zone)
    behaviour = search_once(
        screen.page,
        screen.version,
        "behaviour",
        lambda progress, cancelled: find_behaviour(screen.found.transactions, parameters, progress=progress),
        "Accounts are grouped by what they do, never by who holds them.",
    )
    part = choose_of_address("acts", "Part", _PARTS, pills=True)
    if part == _PARTS[0]:
        _show_weeks(screen, behaviour)
    else:
        _show_groups(screen, behaviour)


def _show_weeks(screen: FinanceScreen, behaviour: Behaviour) -> None:
    summary, choice = st.columns([5, 1.3], vertical_alignment="bottom")
    weeks = choice.number_input(
        "Weeks until the period's end",
        min_value=1,
        max_value=52,
        help="The more weeks are tested, the more striking one must be to differ from chance.",
        **number_of_address("weeks_asked", 13, minimum=1, maximum=52),
    )
    parameters = WeeklyOutlierParameters(screen.extent.time_zone, str(screen.payment_filter.last), int(weeks))
    group = behaviour.accounts.set_index("account").cluster
    outliers = search_once(
        screen.page,
        screen.version,
        f"weeks-{parameters.until}-{parameters.weeks}",
        lambda progress, cancelled: find_weekly_outliers(
            screen.found.transactions, group, parameters, progress=progress
        ),
        "Each week is compared with the account's own past and with what its peers did that week.",
    )
    found, left_out = leave_out_protected(outliers.found, "account", screen.protected)
    show_left_out(left_out, "weeks")
    summary.caption(
        f"**{counted(len(found), 'unusual week')}** in {counted(outliers.tests, 'test')}: number and sum of "
        f"payments, in and out, for the {weeks} weeks until {write_day(screen.payment_filter.last)}. "
        f"At most {parameters.rate:.0%} of those listed are expected to be false. "
        f"{counted(outliers.not_asked, 'account')} had too short a past to test. An unusual week may be a "
        "sale, a bonus or a move."
    )
    if found.empty:
        st.info(
            "No account did far more than its own past and its peers' week explain. Move the end of the "
            "period to test other weeks."
            if outliers.tests
            else "No account could be tested: none has a long enough past before these weeks. Test fewer "
            "weeks, or import earlier payments."
        )
        return
    log_once(screen.page, "view leads", "unusual weeks", {"weeks": len(found)})
    table = _week_table(found, group)
    listed = list(zip(found.account, found.week, found.measure, strict=True))
    chosen = choose_row(
        table,
        listed,
        height=fit_rows(len(table), 330),
        key="weeks",
        alt="Unusual weeks, the least likely first",
        column_config=_week_columns(),
    )
    if chosen is not None:
        _show_week(screen, found.iloc[listed.index(chosen)])
    else:
        st.caption("Choose a week to see the weeks before it and its payments.")


def _week_columns() -> dict[str, Any]:
    return {
        "account": "Account",
        "week": st.column_config.DatetimeColumn("Week from", format=DAY_FORMAT),
        "what": "What",
        "observed": st.column_config.TextColumn("Observed", alignment="right"),
        "expected": st.column_config.TextColumn(
            "Expected",
            alignment="right",
            help="From the account's own past and what its peers did that week.",
        ),
        "usual": st.column_config.TextColumn("Usual week", alignment="right"),
        "peers": st.column_config.NumberColumn(
            "Peers that week",
            format="%.2f ×",
            help="What its group did that week, compared with the group's own past.",
        ),
        "p_fdr": st.column_config.TextColumn(
            "False rate",
            alignment="right",
            help="The share of false ones expected among this week and those above it (Benjamini-Hochberg).",
        ),
        "group": st.column_config.NumberColumn(
            "Group", help="Its group by behaviour; 0: too few payments to be grouped."
        ),
    }


def _week_table(found: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    names = label_accounts(found.account.tolist(), revealed=False)
    return pd.DataFrame(
        {
            "account": found.account.map(names),
            "week": found.week,
            "what": found.measure.map(_MEASURES),
            "observed": _format_values(found, "observed"),
            "expected": _format_values(found, "expected"),
            "usual": _format_values(found, "past_mean"),
            "peers": found.peers,
            "p_fdr": [f"{p:.2g}" for p in found.p_fdr],
            "group": found.account.map(group),
        }
    )


def _format_values(found: pd.DataFrame, column: str) -> list[str]:
    """Numbers of payments as they are, sums with their currency."""
    digits = 0 if column == "observed" else 2
    return [
        f"{written(round(value), code)} {code}" if isinstance(code, str) else f"{value:,.{digits}f}"
        for value, code in zip(found[column], found.currency, strict=True)
    ]


def _show_week(screen: FinanceScreen, week: pd.Series) -> None:
    what = f"account {week.account}"
    revealed = reveal(screen.page, what, key="week-account")
    own = select_payments_of(screen.found.transactions, [week.account])
    sums = week.measure.startswith("sums")
    weeks = total_by_week(
        own,
        week.account,
        week.week,
        incoming=week.measure in ("credits", "sums in"),
        currency=week.currency if sums else None,
        time_zone=screen.extent.time_zone,
    )
    unit = f"{week.currency} a week" if sums else "payments a week"
    show_series(
        weeks.week.dt.date.tolist(),
        "week",
        [DrawnSeries("", weeks.value, theme(dark=screen.dark).bar, "bars")],
        unit,
        key=f"weeks-{week.account}-{week.week.date()}-{week.measure}",
        label=f"{unit} of the account until the unusual week",
        stressed=(week.week.date(), HOT),
    )
    rows = screen.found.transactions.take(week.rows).to_pandas().sort_values("occurred_at")
    with st.expander(
        f"The {counted(len(rows), 'payment')} of that week",
        icon=":material/table_rows:",
        expanded=len(rows) <= 12,
    ):
        evidence_drawer(
            screen.page,
            f"{what}, week of {write_day(week.week)}",
            lambda limit, offset: rows.iloc[offset : offset + limit],
            len(rows),
            key="week-rows",
            table="transaction",
            revealed=revealed,
        )
    st.button(
        f"Open account {plain(label_accounts([week.account], revealed=revealed)[week.account])}",
        key="open-week-account",
        type="tertiary",
        icon=":material/open_in_new:",
        on_click=choose_account,
        args=(week.account,),
    )


def _show_groups(screen: FinanceScreen, behaviour: Behaviour) -> None:
    clusters, accounts = behaviour.clusters, behaviour.accounts
    small = int((accounts.cluster == 0).sum())
    st.caption(
        f"**{int((accounts.cluster > 0).sum()):,}** accounts in {counted(len(clusters), 'group')} by what "
        f"they do, never by who holds them. {counted(small, 'account')} with fewer than "
        f"{behaviour.parameters.min_payments} payments have no group. The number of groups is the largest "
        f"that repeats in random halves of the accounts (prediction strength "
        f"{behaviour.parameters.min_strength:g} or more: {_strengths(behaviour)}). A group is a way of "
        "behaving, neither good nor bad."
    )
    if clusters.empty:
        st.info("No account has enough payments to be grouped.")
        return
    table = clusters[["cluster", "accounts", "share", "words"]].assign(share=clusters.share * 100)
    chosen = choose_row(
        table,
        clusters.cluster,
        key="groups",
        alt="Groups of accounts, the largest first",
        column_config={
            "cluster": st.column_config.NumberColumn("Group", width=60),
            "accounts": st.column_config.NumberColumn("Accounts", format="localized", width=80),
            "share": st.column_config.NumberColumn("Share", format="%.0f %%", width=70),
            "words": st.column_config.TextColumn("How its accounts differ from most", width="large"),
        },
    )
    if chosen is None:
        st.caption(
            "Choose a group to see its typical accounts and those least like it, which may not be what they "
            "seem."
        )
        return
    _show_members(screen, behaviour, int(chosen))


def _strengths(behaviour: Behaviour) -> str:
    tried = behaviour.strength[behaviour.strength.clusters > 1]
    return "; ".join(f"{row.clusters} groups {row.strength:.2f}" for row in tried.itertuples()) or "one group"


def _show_members(screen: FinanceScreen, behaviour: Behaviour, cluster: int) -> None:
    members = behaviour.accounts[behaviour.accounts.cluster == cluster].sort_values("distance", kind="stable")
    own, left_out = leave_out_protected(members, "account", screen.protected)
    show_left_out(left_out, "members")
    if len(own) > 24:
        kinds = (("typical", own.head(12)), ("least like its group", own.tail(12).iloc[::-1]))
        own = pd.concat([part.assign(standing=word) for word, part in kinds])
    else:
        own = own.assign(standing="in the group")
    own = own.reset_index(drop=True)
    leads = _leads_of(screen)
    table = pd.DataFrame(
        {
            "standing": own.standing,
            "account": own.account.map(label_accounts(own.account.tolist(), revealed=False)),
            "payments": own.payments,
            "distance": own.distance,
            "leads": [leads.get(account, "") for account in own.account],
        }
    )
    tick_row(
        table,
        own.account,
        screen.account,
        choose_account,
        height=fit_rows(len(table), 330),
        key="members",
        alt=f"Typical and least typical accounts of group {cluster}",
        column_config={
            "standing": "Place in the group",
            "account": "Account",
            "payments": "Payments",
            "leads": "In leads",
            "distance": st.column_config.NumberColumn(
                "From the centre", format="%.2f", help="In interquartile ranges, over all fifteen measures."
            ),
        },
    )


def _leads_of(screen: FinanceScreen) -> dict[str, str]:
    """By account, the ranks of the leads it is in."""
    rank = screen.found.leads.leads.set_index("lead_id")["rank"]
    roles = screen.found.leads.roles
    ranks = roles.assign(rank=roles.lead_id.map(rank)).sort_values("rank")
    return ranks.groupby("account_id")["rank"].agg(lambda found: ", ".join(map(str, found[:4]))).to_dict()
