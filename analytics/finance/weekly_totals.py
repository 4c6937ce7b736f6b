"""An account week by week, for a chart beside what was found in one of the weeks."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from analytics.finance.payments import read_payments, to_local_times
from analytics.shared.currency import minor_digits


def total_by_week(
    transactions: pa.Table | pd.DataFrame,
    account: str,
    last_week: pd.Timestamp,
    *,
    incoming: bool,
    currency: str | None,
    time_zone: str,
    weeks: int = 27,
) -> pd.DataFrame:
    """week (its first local day) and value, for the weeks that end with `last_week` (given by its first day):
    the sum in `currency` (whole units), or the number of payments in any currency where none is given."""
    data = read_payments(transactions)
    begins = pd.date_range(end=last_week, periods=weeks, freq="7D")
    payments = data.table
    own = (payments["payee" if incoming else "payer"] == data.code(account)) & (
        payments.payer != payments.payee
    )
    if currency is not None:
        own &= payments.currency == currency
    week = begins[0] + (to_local_times(payments, time_zone) - begins[0]).dt.days // 7 * pd.Timedelta(days=7)
    grouped = payments[own].groupby(week[own]).amount_minor
    value = grouped.size() if currency is None else grouped.sum() / 10 ** minor_digits(currency)
    return pd.DataFrame({"week": begins, "value": value.reindex(begins).fillna(0).to_numpy()})
