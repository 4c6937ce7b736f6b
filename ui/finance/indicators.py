"""The indicators of exploitation: what was asked, how common each sign is here, and how many leads must be
wrong."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.finance.indicators import (
    IndicatorParameters,
    Indicators,
    combinations,
    estimate_false_leads,
    rank_indicator_leads,
)
from ui.components.choosing import choose_row
from ui.components.evidence import log, log_once
from ui.components.reveal import is_revealed, reveal
from ui.finance.account import show_account
from ui.finance.screen import FinanceScreen, label_accounts, search_once


def show_signs(screen: FinanceScreen) -> None:
    found = _choose_corridors(screen)
    ranked = rank_indicator_leads(found, "organiser")
    st.caption(
        f"**{len(ranked):,}** of {len(found.accounts):,} accounts show signs of at least two kinds; what "
        f"speaks against is taken off their score. "
        "No sign proves anything; ethnicity and nationality are never signs, and a corridor counts only "
        "where you choose it."
    )
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
                    "; ".join(why[hit] for hit in hits) or "nothing found" for hits in ranked.against_hits
                ],
            }
        )
        account = choose_row(
            table,
            ranked.account,
            height=min(35 * (len(table) + 1) + 3, 330),
            key="signs",
            alt="Accounts with signs of exploitation",
            column_config={
                "rank": st.column_config.NumberColumn("Rank", width=60),
                "account": st.column_config.TextColumn("Account", width=110),
                "score": st.column_config.NumberColumn("Score", format="%.1f", width=70),
                "for": st.column_config.TextColumn("Speaks for", width=560),
                "against": st.column_config.TextColumn("Speaks against", width=260),
            },
        )
        if account is not None:
            revealed = reveal(screen.page, f"account {account}", key="sign-account")
            show_account(
                screen,
                account,
                label_accounts([account], revealed=is_revealed(f"account {account}"))[account],
                revealed=revealed,
            )
        _show_false(len(ranked), len(found.accounts))
    asked, together = st.tabs(["What was asked", "How common combinations are"])
    with asked:
        _show_rules(found.rules)
    with together:
        _show_combinations(found)


def _choose_corridors(screen: FinanceScreen) -> Indicators:
    """The indicators, with the countries that the analyst named for this session; none unless somebody does,
    with a reason."""
    named: tuple[str, ...] = st.session_state.get("corridors_named", ())
    title = f"Corridors you named: {', '.join(named)}" if named else "Name a corridor …"
    with st.expander(title, icon=":material/flight_takeoff:"):
        st.caption(
            "No country is suspicious by itself, and none is set. Where you have a reason, payments to the "
            "countries you name count as "
            "one weak sign, in this session alone; the audit trail keeps countries and reason."
        )
        with st.form("corridors", border=False):
            countries = st.multiselect(
                "Countries", screen.extent.countries, default=named, placeholder="none"
            )
            reason = st.text_input("Why these?", key="corridors_reason")
            if st.form_submit_button("Ask with these"):
                if countries and len(reason.strip()) < 5:
                    st.error("A reason of at least five letters is needed.")
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
        f"signs-{','.join(named)}",
        lambda progress, cancelled: screen.indicators_with(
            IndicatorParameters(screen.extent.time_zone, named), progress, cancelled
        ),
        "Every indicator is asked again, with payments to the countries you named.",
    )


def _show_false(flagged: int, accounts: int) -> None:
    st.markdown("**How many of these leads must be wrong?**")
    base, sensitive, answer = st.columns([1.2, 1.2, 3], vertical_alignment="center")
    one_in = base.number_input(
        "One account in so many is involved", 10, 1_000_000, 1_000, 100, key="one_in", bind="query-params"
    )
    share = sensitive.slider(
        "The indicators find, % of them", 5, 100, 50, 5, key="sensitivity", bind="query-params"
    )
    wrong = estimate_false_leads(flagged, accounts, 1 / one_in, share / 100)
    answer.markdown(
        f"At most **{wrong['true']:,.1f}** of {flagged:,} leads can be right and at least "
        f"**{wrong['false']:,.1f}** must be wrong "
        f"({wrong['wrong']:.0%}). Both figures are your assumptions: nothing in the data tells them."
    )


def _show_rules(rules: pd.DataFrame) -> None:
    met = rules.assign(share=rules.share * 100)
    met[["accounts", "share"]] = met[["accounts", "share"]].where(
        met.on
    )  # nobody was asked: that is not nobody
    st.dataframe(
        met[["title", "side", "on", "reason", "accounts", "share", "source"]],
        hide_index=True,
        height=330,
        placeholder="",
        alt="Indicators asked, and why some were not",
        column_config={
            "title": st.column_config.TextColumn("Indicator", width="large"),
            "side": "Speaks of",
            "on": "Asked",
            "reason": "Not asked because",
            "accounts": st.column_config.NumberColumn("Accounts", format="localized"),
            "share": st.column_config.NumberColumn("Of all", format="%.1f %%"),
            "source": "Source",
        },
    )


def _show_combinations(found: Indicators) -> None:
    table = combinations(found)
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
            "together": st.column_config.TextColumn("Signs together", width="large"),
            "accounts": st.column_config.NumberColumn("Accounts", format="localized"),
            "share": st.column_config.NumberColumn("Of all", format="%.2f %%"),
            "expected": st.column_config.NumberColumn("If independent", format="%.1f"),
            "ratio": st.column_config.NumberColumn("Times expected", format="%.1f"),
        },
    )
