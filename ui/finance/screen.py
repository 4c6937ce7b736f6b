"""What every part of the Finance page works with: found once a data version, whoever asks, with progress and
cancel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from analytics.finance.indicators import IndicatorParameters, Indicators, find_indicators
from analytics.finance.lead_dossier import LeadDossier, add_details, open_dossier
from analytics.finance.leads import Leads
from analytics.finance.payment_filter import MoneyExtent, PaymentFilter, matches_filter
from analytics.finance.stored_leads import find_stored_leads
from analytics.finance.welfare import WelfareLeads, find_welfare_leads
from analytics.oversight.masking import mask
from analytics.shared.progress import part_of
from analytics.store import Store, open_store
from ui.components.work import Work, start_work, watch_work
from ui.shell.page import Page


@dataclass(frozen=True)
class FinanceResults:
    """All that was found in the store's money. `payments`: the evidence of all leads, with details."""

    transactions: pa.Table
    accounts: pa.Table
    leads: Leads
    payments: pd.DataFrame
    indicators: Indicators
    welfare: WelfareLeads


@dataclass(frozen=True)
class FinanceScreen:
    """One run of the page."""

    page: Page
    version: int
    extent: MoneyExtent
    payment_filter: PaymentFilter
    found: FinanceResults
    dark: bool

    def shown_leads(self) -> pd.DataFrame:
        """The leads with a payment in the selection, and how many of each lie in it (`inside`)."""
        payments = pa.Table.from_pandas(self.found.payments, preserve_index=False)
        inside = self.found.payments.lead_id[matches_filter(payments, self.payment_filter)].value_counts()
        leads = self.found.leads.leads
        leads = leads.assign(inside=leads.lead_id.map(inside).fillna(0).astype(int))
        return leads[leads.inside > 0]

    def dossier(self, lead_id: str) -> LeadDossier:
        return _dossier(self.version, self.page.store.path, lead_id, self.found)


def find(page: Page, version: int, time_zone: str) -> FinanceResults:
    """What is found in this version of the data; while it is sought, shows how far and stops the page."""
    return sought(
        page,
        version,
        "finance",
        lambda progress, cancelled: _search(page.store, time_zone, progress, cancelled),
        "Every typology and every indicator is asked of all transactions, once for each version of the data.",
    )


def sought(page: Page, version: int, name: str, does: Callable[..., Any], told: str) -> Any:
    """What `does(progress, cancelled)` finds in this version of the data, worked out once whoever asks; until
    it is there, the page shows how far it is, can stop it, and ends here. `told` says what is being done."""
    works = _works()
    key = (page.store.path, name, version)
    if key not in works:
        for old in [k for k in works if k[:2] == key[:2]]:  # of data that have changed since
            works.pop(old).stop.set()
        works[key] = start_work(name, does)
    work = works[key]
    if work.done.is_set() and work.result is not None:
        return work.result
    if work.failure:
        st.warning(work.failure)
        if st.button("Search again", icon=":material/refresh:"):
            del works[key]
            st.rerun()
    else:
        st.caption(told)
        watch_work(work, name)
    st.stop()


@st.cache_resource
def _works() -> dict[tuple[str, str, int], Work]:
    return {}


def _search(store: Store, time_zone: str, progress, cancelled) -> FinanceResults:
    progress("Reading the transactions", 0.0)
    transactions = store.query('SELECT * FROM "transaction"')
    accounts = store.query("SELECT * FROM account WHERE reference IS NOT NULL")
    leads = find_stored_leads(
        store,
        transactions,
        accounts=accounts,
        cancelled=cancelled,
        progress=lambda step, share: progress(_words(step), 0.05 + 0.65 * share),
    )
    indicators = _signs(
        store,
        transactions,
        accounts,
        IndicatorParameters(time_zone),
        part_of(progress, 0.7, 0.95),
        cancelled,
    )
    progress("Gathering the evidence", 0.95)
    return FinanceResults(
        transactions,
        accounts,
        leads,
        add_details(store, leads.evidence),
        indicators,
        find_welfare_leads(indicators),
    )


def find_signs(screen: FinanceScreen, parameters: IndicatorParameters, progress, cancelled) -> Indicators:
    """The indicators of the store's money with parameters of the analyst's own."""
    found = screen.found
    return _signs(
        screen.page.store,
        found.transactions,
        found.accounts,
        parameters,
        progress,
        cancelled,
    )


def _signs(
    store: Store,
    transactions: pa.Table,
    accounts: pa.Table,
    parameters: IndicatorParameters,
    progress,
    cancelled,
) -> Indicators:
    adverts = store.query("SELECT source_id, row_number, contact FROM advert WHERE contact IS NOT NULL")
    return find_indicators(
        transactions, accounts, adverts, parameters, progress=progress, cancelled=cancelled
    )


def _words(step: str) -> str:
    return step[:1].upper() + step[1:]


@st.cache_data(max_entries=64, show_spinner="Reading the lead …")
def _dossier(version: int, store: str, lead_id: str, _found: FinanceResults) -> LeadDossier:
    return open_dossier(
        _found.leads, _found.payments, lead_id, _found.transactions, _found.accounts, _found.indicators
    )


@st.cache_data(max_entries=64, show_spinner=False)
def account_facts(version: int, store: str, account: str) -> dict:
    """The rows of the account table with this number: a dictionary, empty where none is held."""
    rows = open_store(store).rows(
        "SELECT * FROM account WHERE reference = ? ORDER BY source_id, row_number LIMIT 1", [account]
    )
    return rows[0] if rows else {}


def labels(accounts: list[str], *, revealed: bool) -> dict[str, str]:
    """How each account is written: as it is, or masked and still told apart."""
    if revealed:
        return {account: account for account in accounts}
    written: dict[str, str] = {}
    taken: dict[str, int] = {}
    for account in sorted(set(accounts)):
        text = str(mask(account, "account"))
        taken[text] = taken.get(text, 0) + 1
        written[account] = text if taken[text] == 1 else f"{text} ({taken[text]})"
    return written
