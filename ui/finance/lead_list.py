"""Ranked leads as cards: the sum, the pattern, reasons for and against, what chance alone gives."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from analytics.finance.lead_dossier import mask_accounts
from analytics.finance.lead_lines import count_lead_periods
from analytics.oversight.exercise import mark_name, mark_of_sources, mark_table
from analytics.shared.currency import NOT_STATED, written
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted, write_month
from ui.components.address import change_address
from ui.components.audit import log, log_once
from ui.components.exporting import download_button
from ui.components.list import ListEntry, ListMark, show_list
from ui.components.list_pane import list_pane
from ui.components.planted import mark_planted
from ui.components.reveal import is_revealed
from ui.finance.screen import FinanceScreen, label_accounts
from ui.shell.layout import fill_pane, pad_pane, scroll_pane

LIST = "leads"
_MAXIMUM_CARDS = 100
_NAMED = 2  # reasons of either side on a card
_LONGEST = 130  # characters of a reason on a card


def list_leads(screen: FinanceScreen) -> pd.DataFrame:
    """The leads that pass the filters, the strongest first."""
    leads = screen.shown_leads()
    if picked := st.query_params.get_all("typology"):
        known = set(screen.found.leads.leads.typology)
        picked = [name for name in picked if name in known]
        leads = leads[leads.typology.isin(picked)] if picked else leads
    return leads.reset_index(drop=True)


def find_chosen_lead(screen: FinanceScreen, leads: pd.DataFrame) -> str | None:
    """The lead of the link where there is such a one, else the first of the list."""
    asked = st.query_params.get("lead")
    if asked in set(screen.found.leads.leads.lead_id):
        return asked
    return None if leads.empty else str(leads.lead_id.iloc[0])


def show_lead_list(screen: FinanceScreen, leads: pd.DataFrame, chosen: str | None) -> None:
    """The list pane."""
    every = screen.found.leads.leads
    log_once(
        screen.page,
        "view leads",
        "financial leads",
        {"leads": min(len(leads), _MAXIMUM_CARDS), "data version": screen.version},
    )
    with list_pane(LIST):
        with pad_pane("list_head"):
            st.markdown(
                f"**{counted(len(leads), 'lead')}**, the strongest first",
                help=f"{len(leads):,} of {len(every):,} have a payment that passes the filters. Each is "
                "found in all the data and measured against the account's own history. It shows how money "
                f"moved, not why. The first {_MAXIMUM_CARDS} have a card. Names and numbers are masked.",
            )
        if leads.empty and chosen is None:
            with scroll_pane("no_cards"):
                st.caption("No lead to list.")
        else:
            with fill_pane("cards"):
                show_list(
                    mark_planted(
                        make_entries(screen, leads, chosen),
                        screen.page.store,
                        {"transaction": partial(_read_evidence, screen)},
                    ),
                    key="leads",
                    label="Leads, the strongest first",
                    chosen=chosen,
                    on_choose=choose_lead,
                )
        with pad_pane("list_foot", horizontal=True):
            if st.button("What was searched", icon=":material/rule:", key="open_search", type="tertiary"):
                _show_search(screen)
            mark = mark_of_sources(screen.page.store, table="transaction")
            download_button(
                screen.page,
                "export leads",
                "CSV",
                lambda: safe_csv(mark_table(screen.page.store, make_lead_table(screen, leads), mark)),
                mark_name("leads.csv", mark),
                "text/csv",
                icon=":material/download:",
                key="leads_csv",
                type="tertiary",
                disabled=leads.empty,
                on_click=log,
                args=(
                    screen.page,
                    "export leads",
                    "financial leads",
                    {"leads": len(leads), "personal data": False},
                ),
                help="The leads of this list, account numbers masked.",
            )


def _read_evidence(screen: FinanceScreen) -> pd.DataFrame:
    """The payments of each lead, as the marks of an exercise's truth ask for them."""
    return screen.found.leads.evidence.rename(columns={"lead_id": "item"})


def choose_lead(lead_id: str | None) -> None:
    """Choose a lead in the link; None chooses none."""
    change_address(lead=lead_id, account=None)


def make_entries(screen: FinanceScreen, leads: pd.DataFrame, chosen: str | None) -> list[ListEntry]:
    """A card for each of the first leads, and for the chosen one where it is none of them."""
    shown = leads.head(_MAXIMUM_CARDS)
    if chosen is not None and chosen not in set(shown.lead_id):
        every = screen.found.leads.leads
        own = every[every.lead_id == chosen]
        shown = pd.concat([shown, own.assign(inside=0)], ignore_index=True)
    lines = count_lead_periods(screen.found.payments, screen.extent.first, screen.extent.last)
    members = screen.found.leads.roles.groupby("lead_id").account_id.agg(list)
    named = _group_reasons(screen, "reason")
    return [
        _make_entry(screen, row, members.get(row.lead_id, []), lines.get(row.lead_id, []), named)
        for row in shown.itertuples(index=False)
    ]


def list_reasons(screen: FinanceScreen, lead_id: str) -> tuple[list[str], list[str]]:
    """The reasons of a lead for and against in words, the heaviest first."""
    reasons = screen.found.leads.reasons
    own = reasons[reasons.lead_id == lead_id]
    pro, con = ([str(words) for words in own.words[own.side == side]] for side in ("for", "against"))
    return pro, con


def _group_reasons(screen: FinanceScreen, column: str) -> dict[tuple[str, str], list[str]]:
    """The reasons of every lead by lead and side, 'for' or 'against': in words, or by their short name
    (`reason`)."""
    reasons = screen.found.leads.reasons
    return {
        (str(lead), str(side)): [str(text) for text in texts]
        for (lead, side), texts in reasons.groupby(["lead_id", "side"], sort=False)[column]
    }


def write_typology(name: str) -> str:
    """A typology as a title."""
    return name[:1].upper() + name[1:]


def write_sum(lead) -> tuple[str, str]:
    """The sum of a lead's payments and its currency; ('', '') where there is none in one currency."""
    if pd.isna(lead.amount_minor) or not isinstance(lead.currency, str):
        return "", ""
    return written(int(lead.amount_minor), lead.currency), lead.currency


def chance_words(share: float) -> str:
    """A share by chance in words."""
    return "under 1 in 1,000" if share < 0.001 else f"about {share:.1%}" if share < 0.995 else "all of them"


def _make_entry(
    screen: FinanceScreen, row, members: list, line: list[int], named: dict[tuple[str, str], list[str]]
) -> ListEntry:
    own = [name for name in members if isinstance(name, str)]
    revealed = is_revealed(f"lead {row.lead_id}")
    reason = (row.reason if revealed else mask_accounts(row.reason, own)).partition(". Also")[0]
    pro, con = (named.get((row.lead_id, side), []) for side in ("for", "against"))
    marks = [ListMark(name, "for") for name in pro[:_NAMED]]
    marks += [ListMark(name, "against") for name in con[:_NAMED]]
    if (rest := len(pro[_NAMED:]) + len(con[_NAMED:])) > 0:
        marks.append(ListMark(f"{rest} more"))
    if not con:
        marks.append(ListMark("No reason against found"))
    marks.append(
        ListMark(f"By chance: {chance_words(row.by_chance)}", "strong" if row.by_chance < 0.001 else "")
    )
    amount, code = write_sum(row)
    payments = counted(row.transactions, "payment")
    return ListEntry(
        id=row.lead_id,
        name=write_typology(row.typology),
        about=reason if len(reason) <= _LONGEST else f"{reason[:_LONGEST].rsplit(' ', 1)[0]} …",
        more=" · ".join(
            (
                f"{counted(row.accounts, 'account')} round "
                f"{label_accounts([row.account], revealed=revealed)[row.account]}",
                _write_months(row),
            )
        ),
        marks=marks,
        figure=amount.partition(".")[0] if amount else payments,
        beside=f"{_name_currency(code)}, {payments}" if amount else "several currencies",
        line=line,
        number=int(row.rank),
    )


def _name_currency(code: str) -> str:
    return "currency not stated" if code == NOT_STATED else code


def _write_months(lead) -> str:
    start, end = write_month(lead.first), write_month(lead.last)
    return start if start == end else f"{start} – {end}"


def make_lead_table(screen: FinanceScreen, leads: pd.DataFrame) -> pd.DataFrame:
    """The leads as they are exported: account numbers masked even where they are revealed."""
    members = screen.found.leads.roles.groupby("lead_id").account_id.agg(list)
    sums = [write_sum(row) for row in leads.itertuples()]
    words = _group_reasons(screen, "words")
    reasons = [[words.get((lead_id, side), []) for side in ("for", "against")] for lead_id in leads.lead_id]
    return pd.DataFrame(
        {
            "rank": leads["rank"],
            "typology": leads.typology,
            "account": [label_accounts([name], revealed=False)[name] for name in leads.account],
            "sum": [amount for amount, _ in sums],
            "currency": [code for _, code in sums],
            "reason": [
                mask_accounts(
                    row.reason, [name for name in members.get(row.lead_id, []) if isinstance(name, str)]
                )
                for row in leads.itertuples()
            ],
            "reasons for": ["; ".join(pro) for pro, _ in reasons],
            "reasons against": ["; ".join(con) for _, con in reasons],
            "chance": [chance_words(share) for share in leads.by_chance],
            "payments": leads.transactions,
            "payments that pass the filters": leads.inside,
            "accounts": leads.accounts,
            "first": leads["first"],
            "last": leads["last"],
        }
    )


@st.dialog("What was searched for, and what was left out", width="large")
def _show_search(screen: FinanceScreen) -> None:
    st.dataframe(
        screen.found.leads.tried.dropna(axis="columns", how="all"),
        hide_index=True,
        alt="Typologies searched for, with the results of each",
        column_config={
            "typology": "Typology",
            "results": "Results",
            "leads": "Leads",
            "joined": "Part of another lead",
            "not_shown": "Too weak to list",
            "off": "Not searched because",
        },
    )
    dropped = screen.found.leads.left_out
    for row in dropped[dropped.transactions > 0].itertuples():
        st.caption(f"Left out, {row.what}: {counted(row.transactions, 'transaction')}.")
    for note in screen.found.leads.notes:
        st.caption(note)
    st.caption(f"Parameters of {screen.found.leads.version}, data version {screen.version}.")
