"""Everything that is searched for in the store's payments: leads, indicators and possible victims."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa

from analytics.finance.indicators import IndicatorParameters, Indicators, find_indicators
from analytics.finance.lead_dossier import add_details
from analytics.finance.leads import Leads
from analytics.finance.protected_leads import protect_leads, protect_payments
from analytics.finance.queries import read_accounts, read_advert_contacts, read_transactions
from analytics.finance.stored_leads import search_stored_leads
from analytics.finance.welfare import WelfareLeads, find_welfare_leads
from analytics.shared.progress import IsCancelled, Progress, part_of
from analytics.store import Store


@dataclass(frozen=True)
class FinanceResults:
    """`payments`: the evidence of all leads, with details. The tables are those that were searched."""

    transactions: pa.Table
    accounts: pa.Table
    leads: Leads
    payments: pd.DataFrame
    indicators: Indicators
    welfare: WelfareLeads


def search_store(store: Store, time_zone: str, progress: Progress, cancelled: IsCancelled) -> FinanceResults:
    """Search all transactions for every typology and every indicator. `time_zone`: whose clock night is by.
    Raises Cancelled when stopped."""
    progress("Reading the transactions", 0.0)
    transactions, accounts = read_transactions(store), read_accounts(store)
    leads = search_stored_leads(
        store,
        transactions,
        accounts=accounts,
        progress=capitalised(part_of(progress, 0.05, 0.7)),
        cancelled=cancelled,
    )
    parameters = IndicatorParameters(time_zone)
    indicators = search_indicators(
        store, transactions, accounts, parameters, part_of(progress, 0.7, 0.95), cancelled
    )
    progress("Gathering the evidence", 0.95)
    payments, welfare = add_details(store, leads.evidence), find_welfare_leads(indicators)
    return FinanceResults(transactions, accounts, leads, payments, indicators, welfare)


def protect_results(found: FinanceResults, protected: frozenset[str]) -> FinanceResults:
    """The results with these accounts out of every list of targets; the payments stay as evidence."""
    if not protected:
        return found
    leads = protect_leads(found.leads, protected)
    payments = found.payments[found.payments.lead_id.isin(leads.leads.lead_id)]
    return replace(found, leads=leads, payments=protect_payments(payments, protected))


def search_indicators(
    store: Store,
    transactions: pa.Table,
    accounts: pa.Table,
    parameters: IndicatorParameters,
    progress: Progress,
    cancelled: IsCancelled,
) -> Indicators:
    """Every indicator of these accounts, with the contacts of the store's adverts."""
    adverts = read_advert_contacts(store)
    return find_indicators(
        transactions, accounts, adverts, parameters, progress=progress, cancelled=cancelled
    )


def capitalised(progress: Progress) -> Progress:
    """The same progress with each step beginning with a capital letter, as a page shows it."""
    return lambda step, share: progress(step[:1].upper() + step[1:], share)
