"""Groups and holders: accounts that pay one another more than chance would give, and accounts that one person
may hold."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.figures.flow import lay_out
from analytics.finance.communities import Communities, CommunityParameters, find_communities
from analytics.finance.holders import Proposals, propose_holders
from analytics.intelligence.possible_victims import leave_out_protected
from analytics.search import PageLink
from analytics.shared.progress import Progress, part_of
from analytics.shared.wording import counted
from ui.components.address import choose_of_address
from ui.components.audit import log_once
from ui.components.choosing import choose_row, fit_rows, tick_row
from ui.components.left_out import show_left_out
from ui.components.opening import open_link
from ui.components.reveal import reveal
from ui.components.text import DAY_FORMAT
from ui.finance.flow import draw_flow
from ui.finance.holders import show_holders
from ui.finance.linked_account import choose_account
from ui.finance.payment_pairs import pairs_of
from ui.finance.screen import FinanceScreen, label_accounts, search_once

_PARTS = ["Communities", "Proposed holders"]
_MAX_DRAWN = 60  # pairs of payer and payee: more cannot be read
_MAX_SHUFFLED = 200_000  # payments: shuffling more of them takes minutes


def show_groups(screen: FinanceScreen) -> None:
    """Two ways in which accounts belong together: by their payments, and by their holder."""
    found = search_once(
        screen.page,
        screen.version,
        "groups",
        lambda progress, cancelled: _search(screen, progress),
        "Communities are searched among all payments, and holders compared pair by pair.",
    )
    part = choose_of_address("belong", "Part", _PARTS, pills=True)
    if part == _PARTS[0]:
        _show_communities(screen, found[0])
    else:
        show_holders(screen, found[1])


def _search(screen: FinanceScreen, progress: Progress) -> tuple[Communities, Proposals]:
    progress("Comparing holders", 0.0)
    proposals = propose_holders(screen.found.accounts)
    shuffles = CommunityParameters.shuffles if screen.extent.transactions <= _MAX_SHUFFLED else 0
    parameters = CommunityParameters(shuffles=shuffles)
    found = find_communities(screen.found.transactions, parameters, progress=part_of(progress, 0.1, 1.0))
    return found, proposals


def _show_communities(screen: FinanceScreen, found: Communities) -> None:
    table = found.communities
    chance = (
        f" Modularity {found.modularity:.2f}, against {found.modularity_by_chance:.2f} in payments shuffled "
        f"between the same accounts: "
        + ("no more than chance." if (found.above or 0) < 3 else "more than chance.")
        if found.modularity_by_chance is not None
        else f" Modularity {found.modularity:.2f}; not compared with chance, because there are more than "
        f"{_MAX_SHUFFLED:,} payments."
    )
    st.caption(
        f"**{len(table):,}** communities of {found.parameters.min_accounts} accounts or more "
        f"(Leiden).{chance} {counted(len(found.hubs), 'hub')} with more than "
        f"{found.parameters.hub_counterparties} counterparties (shops, payrolls) left out, because they link "
        "everybody to everybody. A community is often a street, a firm or a family."
    )
    if table.empty:
        st.info("No accounts pay one another more than others do.")
        return
    leads = _leads_inside(screen, found)
    table = table.assign(
        leads=table.community.map(leads.groupby("community").lead_id.nunique()).fillna(0).astype(int)
    )
    table = table.sort_values(["leads", "accounts"], ascending=False, ignore_index=True)
    shown = table[["community", "accounts", "payments", "inside_share", "leads", "first", "last"]]
    chosen = choose_row(
        shown.assign(inside_share=shown.inside_share * 100),
        table.community,
        height=fit_rows(len(table), 300),
        key="communities",
        alt="Communities, those with the most leads first",
        column_config={
            "community": st.column_config.NumberColumn("Community", width=90),
            "accounts": st.column_config.NumberColumn("Accounts", format="localized"),
            "payments": st.column_config.NumberColumn("Payments inside", format="localized"),
            "inside_share": st.column_config.NumberColumn(
                "Stays inside",
                format="%.0f %%",
                help="Of all payments that touch it, those between its own accounts.",
            ),
            "leads": st.column_config.NumberColumn(
                "Leads that touch it",
                help="Of the ranked leads, those in which two or more of its accounts take part.",
            ),
            "first": st.column_config.DatetimeColumn("First (UTC)", format=DAY_FORMAT),
            "last": st.column_config.DatetimeColumn("Last (UTC)", format=DAY_FORMAT),
        },
    )
    if chosen is None:
        st.caption("Choose a community to see its accounts and who pays whom.")
        return
    _show_community(screen, found, int(chosen), leads)


def _leads_inside(screen: FinanceScreen, found: Communities) -> pd.DataFrame:
    """community, lead_id, rank: leads of which two accounts or more are in one community."""
    number = found.accounts.set_index("account").community
    roles = screen.found.leads.roles
    roles = roles.assign(community=roles.account_id.map(number).fillna(0).astype(int))
    counts = roles[roles.community > 0].groupby(["community", "lead_id"]).account_id.nunique().reset_index()
    rank = screen.found.leads.leads.set_index("lead_id")["rank"]
    return counts[counts.account_id > 1].assign(rank=lambda t: t.lead_id.map(rank)).sort_values("rank")


def _show_community(screen: FinanceScreen, found: Communities, community: int, leads: pd.DataFrame) -> None:
    own = found.accounts[found.accounts.community == community].sort_values(
        "inside", ascending=False, kind="stable", ignore_index=True
    )
    what = f"community {community} of data version {screen.version}"
    title, hide = st.columns([5, 1.6], vertical_alignment="bottom")
    title.subheader(f"Community {community}")
    with hide:
        revealed = reveal(screen.page, what, key="community")
    log_once(screen.page, "view community", what, {"accounts": len(own), "revealed": revealed})
    names = label_accounts(own.account.tolist(), revealed=revealed)
    inside = leads[leads.community == community]
    if len(inside):
        more = f", the first 12 of {len(inside)}" if len(inside) > 12 else ""
        st.caption(f"Leads with two or more of its accounts{more}:")
        with st.container(horizontal=True, gap="xsmall"):
            for row in inside.head(12).itertuples():
                opens = PageLink("finance", {"lead": row.lead_id})
                open_link(opens, f"Lead {row.rank}", key=f"lead-{row.lead_id}")
    edges = pairs_of(screen.found.transactions, own.account.tolist())
    drawn = edges.head(_MAX_DRAWN)
    _draw(screen, drawn, names, community)
    if len(drawn) < len(edges):
        st.caption(
            f"The {len(drawn):,} pairs of payer and payee with the most payments are drawn, of "
            f"{len(edges):,}. The accounts are listed below."
        )
    listed, left_out = leave_out_protected(own, "account", screen.protected)
    show_left_out(left_out, "community")
    tick_row(
        listed.assign(account=listed.account.map(names))[["account", "inside", "outside"]],
        listed.account,
        screen.account,
        choose_account,
        height=fit_rows(len(listed), 260),
        key="community-accounts",
        alt=f"Accounts of community {community}",
        column_config={"account": "Account", "inside": "Payments inside", "outside": "Payments outside"},
    )
    st.caption("Click a mark or choose a row to open that account.")


def _draw(screen: FinanceScreen, edges: pd.DataFrame, names: dict[str, str], community: int) -> None:
    """The community's payments as a flow; a click on a mark chooses its account."""
    flow = lay_out(edges, {}, names)
    draw_flow(
        flow,
        screen.account,
        choose_account,
        key=f"community-flow-{community}",
        alt=f"Payments inside the community: {len(flow.nodes)} marks, {len(flow.edges)} pairs of payer and "
        f"payee",
    )
