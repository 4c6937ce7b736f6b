"""What every part of the Finance page works with: searched once for each data version, with progress and
cancel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import streamlit as st

from analytics.finance.indicators import IndicatorParameters, Indicators
from analytics.finance.lead_dossier import LeadDossier, open_dossier
from analytics.finance.payment_filter import (
    MoneyExtent,
    PaymentFilter,
    matches_filter,
    read_money_extent,
)
from analytics.finance.queries import read_account_record
from analytics.finance.search import FinanceResults, search_indicators, search_store
from analytics.oversight.masking import mask
from analytics.shared.progress import IsCancelled, Progress
from analytics.store import Store, open_store
from ui.components.background import TASKS, Kind, Task
from ui.components.watch import watch_task
from ui.shell.page import Page

T = TypeVar("T")

_SEARCH = "finance"
_SEARCHED_AHEAD = 1_000_000  # transactions, which take about five seconds


@dataclass(frozen=True)
class FinanceScreen:
    """One run of the page."""

    page: Page
    version: int
    extent: MoneyExtent
    payment_filter: PaymentFilter
    found: FinanceResults
    dark: bool
    account: str | None = None  # the one that the link names
    protected: frozenset[str] = frozenset()  # accounts of possible victims: in no list of targets

    def shown_leads(self) -> pd.DataFrame:
        """The leads with a payment that passes the filter, and how many of each do (`inside`)."""
        payments = pa.Table.from_pandas(self.found.payments, preserve_index=False)
        inside = self.found.payments.lead_id[matches_filter(payments, self.payment_filter)].value_counts()
        leads = self.found.leads.leads
        leads = leads.assign(inside=leads.lead_id.map(inside).fillna(0).astype(int))
        return leads[leads.inside > 0]

    def dossier(self, lead_id: str) -> LeadDossier:
        return _dossier(self.version, self.page.store.path, lead_id, self.protected, self.found)

    def indicators_with(
        self, parameters: IndicatorParameters, progress: Progress, cancelled: IsCancelled
    ) -> Indicators:
        """The indicators with parameters of the analyst's own."""
        found = self.found
        tables = (found.transactions, found.accounts)
        return search_indicators(self.page.store, *tables, parameters, progress, cancelled)


def load_results(page: Page, version: int, time_zone: str) -> FinanceResults:
    """The results for this version of the data, nobody protected in them yet (`protect_results`); while
    the search runs, shows how far it is and ends the page's run."""
    return search_once(
        page,
        version,
        _SEARCH,
        partial(_search, page.store, time_zone),
        "All transactions are searched for every typology and every indicator, once for each version of the "
        "data.",
    )


def search_ahead(page: Page) -> None:
    """Search for whoever opens the page next; not where there is so much that it could be in the way."""
    extent = read_money_extent(page.store)
    if extent is not None and extent.transactions <= _SEARCHED_AHEAD:
        version = page.store.data_version()
        _begin_search(page, version, _SEARCH, partial(_search, page.store, extent.time_zone)).wait()


def _search(store: Store, time_zone: str, progress: Progress, cancelled: IsCancelled) -> FinanceResults:
    return search_store(store, time_zone, progress, cancelled)


def search_once(
    page: Page, version: int, name: str, search: Callable[[Progress, IsCancelled], T], caption: str
) -> T:
    """What `search(progress, cancelled)` gives for this version of the data, run once whoever
    asks. Until it is there, the page shows how far it is and what it does (`caption`), can
    stop it, and ends its run here."""
    task = _begin_search(page, version, name, search)
    if task.has_succeeded:
        return task.result
    if task.failure:
        st.warning(task.failure)
        if st.button("Search again", icon=":material/refresh:"):
            TASKS.forget(_kind(page), (name, version))
            st.rerun()
    else:
        st.caption(caption)
        watch_task(task, name)
    st.stop()


def _kind(page: Page) -> Kind:
    return Kind(("finance", page.store.path), maximum=16)


def _begin_search(
    page: Page, version: int, name: str, search: Callable[[Progress, IsCancelled], T]
) -> Task[T]:
    """The search of this version of the data; those of data that have changed since end."""
    kind, subject = _kind(page), (name, version)
    TASKS.discard(kind, lambda other: other[0] == name and other != subject)
    return TASKS.find_or_start(kind, subject, search)


@st.cache_data(max_entries=64, show_spinner="Reading the lead …")
def _dossier(
    version: int, store: str, lead_id: str, protected: frozenset[str], _found: FinanceResults
) -> LeadDossier:
    return open_dossier(
        _found.leads, _found.payments, lead_id, _found.transactions, _found.accounts, _found.indicators
    )


@st.cache_data(max_entries=64, show_spinner=False)
def account_record(version: int, store: str, account: str) -> dict[str, Any]:
    """The first record of an account; empty where the store has none."""
    return read_account_record(open_store(store), account)


def label_accounts(accounts: list[str], *, revealed: bool) -> dict[str, str]:
    """How each account is written: as it is, or masked and still distinct."""
    if revealed:
        return {account: account for account in accounts}
    labels: dict[str, str] = {}
    taken: dict[str, int] = {}
    for account in sorted(set(accounts)):
        text = str(mask(account, "account"))
        taken[text] = taken.get(text, 0) + 1
        labels[account] = text if taken[text] == 1 else f"{text} ({taken[text]})"
    return labels
