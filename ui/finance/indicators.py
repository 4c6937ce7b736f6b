"""The indicators of exploitation: which applied, how common each is here, and how many leads must be
wrong."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.finance.indicators import (
    IndicatorParameters,
    Indicators,
    count_combinations,
    estimate_false_leads,
    rank_indicator_leads,
)
from analytics.intelligence.possible_victims import leave_out_protected
from analytics.shared.wording import counted
from ui.components.act_buttons import submit_act
from ui.components.address import number_of_address
from ui.components.audit import log, log_once
from ui.components.choosing import fit_rows, tick_row
from ui.components.left_out import show_left_out
from ui.finance.linked_account import choose_account
from ui.finance.screen import FinanceScreen, label_accounts, search_once


def show_indicators(screen: FinanceScreen) -> None:
    found = _choose_corridors(screen)
    ranked, left_out = leave_out_protected(
        rank_indicator_leads(found, "organiser"), "account", screen.protected
    )
    st.caption(
        f"**{len(ranked):,}** of {counted(len(found.accounts), 'account')} meet indicators of at least two "
        "kinds; indicators against reduce the score. No indicator proves anything. Ethnicity and nationality "
        "are never indicators, and a corridor counts only where you name it."
    )
    show_left_out(left_out, "indicators")
    if len(ranked):
        log_once(screen.page, "view leads", "indicator leads", {"leads": len(ranked)})
        names = label_accounts(ranked.account.tolist(), revealed=False)
        why = found.hits.set_index("hit").why
        table = pd.DataFrame(
            {
                "rank": ranked["rank"],
                "account": ranked.account.map(names),
                "score": ranked.score,
                "for": ranked.reason,
                "against": [
                    "; ".join(why[hit] for hit in hits) or "none found" for hits in ranked.against_hits
                ],
            }
        )
        tick_row(
            table,
            ranked.account,
            screen.account,
            choose_account,
            height=fit_rows(len(table), 330),
            key="indicators",
            alt="Accounts with indicators of exploitation",
            column_config={
                "rank": st.column_config.NumberColumn("Rank", width=60),
                "account": st.column_config.TextColumn("Account", width=110),
                "score": st.column_config.NumberColumn("Score", format="%.1f", width=70),
                "for": st.column_config.TextColumn("Indicators for", width=560),
                "against": st.column_config.TextColumn("Indicators against", width=260),
            },
        )
        _show_false_leads(len(ranked), len(found.accounts))
    applied, together = st.tabs(["Indicators applied", "How common combinations are"])
    with applied:
        _show_rules(found.rules)
    with together:
        _show_combinations(found)


def _choose_corridors(screen: FinanceScreen) -> Indicators:
    """The indicators, with the countries that the analyst named for this session, each for a reason; none by
    default."""
    named: tuple[str, ...] = st.session_state.get("corridors_named", ())
    title = f"Corridors named: {', '.join(named)}" if named else "Name a corridor …"
    with st.expander(title, icon=":material/flight_takeoff:"):
        st.caption(
            "No country is suspicious by itself, and none is set. Where you have a reason, payments to the "
            "countries you name count as one weak indicator, in this session only. The audit trail records "
            "countries and reason."
        )
        with st.form("corridors", border=False):
            countries = st.multiselect(
                "Countries", screen.extent.countries, default=named, placeholder="none"
            )
            reason = st.text_input("Reason", key="corridors_reason")
            if submit_act(screen.page, "name corridors", "Apply"):
                if countries and len(reason.strip()) < 5:
                    st.error("Give a reason of at least five letters.")
                else:
                    log(
                        screen.page,
                        "name corridors",
                        ", ".join(countries) or "none",
                        {"reason": reason.strip()},
                    )
                    st.session_state["corridors_named"] = tuple(countries)
                    st.rerun()
    if not named:
        return screen.found.indicators
    return search_once(
        screen.page,
        screen.version,
        f"indicators-{','.join(named)}",
        lambda progress, cancelled: screen.indicators_with(
            IndicatorParameters(screen.extent.time_zone, named), progress, cancelled
        ),
        "Every indicator is applied again, with payments to the countries you named.",
    )


def _show_false_leads(flagged: int, accounts: int) -> None:
    st.markdown("**How many of these leads must be wrong?**")
    base, sensitive, answer = st.columns([1.2, 1.2, 3], vertical_alignment="center")
    one_in = base.number_input(
        "One account in how many is involved",
        min_value=10,
        max_value=1_000_000,
        step=100,
        **number_of_address("one_in", 1_000, minimum=10, maximum=1_000_000),
    )
    share = sensitive.slider(
        "Share of them found, %",
        min_value=5,
        max_value=100,
        step=5,
        **number_of_address("sensitivity", 50, minimum=5, maximum=100),
    )
    wrong = estimate_false_leads(flagged, accounts, 1 / one_in, share / 100)
    answer.markdown(
        f"At most **{wrong['true']:,.1f}** of {flagged:,} leads can be right and at least "
        f"**{wrong['false']:,.1f}** must be wrong "
        f"({wrong['wrong']:.0%}). Both figures are your assumptions: the data do not show them."
    )


def _show_rules(rules: pd.DataFrame) -> None:
    met = rules.assign(share=rules.share * 100)
    met[["accounts", "share"]] = met[["accounts", "share"]].where(met.on)  # not applied: that is not zero
    st.dataframe(
        met[["title", "side", "on", "reason", "accounts", "share", "source"]],
        hide_index=True,
        height=330,
        placeholder="",
        alt="Indicators applied, and why some were not",
        column_config={
            "title": st.column_config.TextColumn("Indicator", width="large"),
            "side": "Points to",
            "on": "Applied",
            "reason": "Not applied because",
            "accounts": st.column_config.NumberColumn("Accounts", format="localized"),
            "share": st.column_config.NumberColumn("Of all", format="%.1f %%"),
            "source": "Source",
        },
    )


def _show_combinations(found: Indicators) -> None:
    table = count_combinations(found)
    titles = found.rules.set_index("rule").title
    shown = pd.DataFrame(
        {
            "together": [" + ".join(titles[rule] for rule in rules) for rules in table.rules],
            "accounts": table.accounts,
            "share": table.share * 100,
            "expected": table.expected,
            "ratio": table.ratio,
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=330,
        alt="How common pairs of indicators are in these data",
        column_config={
            "together": st.column_config.TextColumn("Indicators together", width="large"),
            "accounts": st.column_config.NumberColumn("Accounts", format="localized"),
            "share": st.column_config.NumberColumn("Of all", format="%.2f %%"),
            "expected": st.column_config.NumberColumn("If independent", format="%.1f"),
            "ratio": st.column_config.NumberColumn("Times expected", format="%.1f"),
        },
    )
