"""Balances and assets at a date: what could be seized, as a lower bound from what is seen.

An account's balance before the first payment seen is unknown, but it cannot have been overdrawn by more than
its limit: so it held at least as much as the deepest fall that the payments show. From that, and the payments
since, a balance follows that the account had *at least*, if no payment out is missing. A declared balance
replaces the guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from analytics.finance.payments import OUTSIDE, Payments, align_accounts, read_payments
from analytics.finance.tables import Table
from analytics.shared.wording import write_day


@dataclass(frozen=True)
class BalanceParameters:
    """`overdraft_minor`: how far below 0 an account may fall. `asset_categories`: purchases of things that
    last."""

    overdraft_minor: int = 0
    asset_categories: tuple[str, ...] = (
        "jewellery",
        "watches",
        "vehicle",
        "vehicles",
        "car dealer",
        "property",
        "estate agent",
        "precious metals",
        "virtual currency",
        "art",
        "boats",
        "5511",
        "5944",
        "5094",
        "6051",
        "6513",
    )


def bound_balances(
    transactions: Table,
    at: datetime,
    accounts: Table | None = None,
    parameters: BalanceParameters = BalanceParameters(),
) -> pd.DataFrame:
    """One row an account and currency: account, currency, in_minor, out_minor (seen until `at`, UTC,
    inclusive), opening_at_least (before the first payment), balance_at_least, basis ('payments seen', or
    'declared on' a date and payments since), payments, last (time of the last).

    Payments of one time count at once, so that the bound holds in whatever order they came. A declared
    balance (balance_minor and balance_on of the account table, in its currency) counts from the end of its
    UTC day."""
    data = read_payments(transactions)
    seen = data.table[data.table.time <= at]
    moved = pd.concat(
        [
            pd.DataFrame(
                {
                    "account": seen[side],
                    "currency": seen.currency,
                    "time": seen.time,
                    "amount": sign * seen.amount_minor,
                }
            )
            for side, sign in (("payee", 1), ("payer", -1))
        ]
    )
    own = seen.payer == seen.payee
    moved = moved[(moved.account != OUTSIDE) & ~np.r_[own, own]]
    keys = ["account", "currency"]
    running = moved.groupby([*keys, "time"], sort=True).amount.sum().groupby(keys).cumsum().groupby(keys)
    each = moved.groupby(keys, sort=True)
    table = pd.DataFrame(
        {
            "in_minor": moved.amount.clip(lower=0).groupby([moved[key] for key in keys]).sum(),
            "out_minor": (-moved.amount.clip(upper=0)).groupby([moved[key] for key in keys]).sum(),
            "opening_at_least": (-running.min()).clip(lower=0) - parameters.overdraft_minor,
            "balance_at_least": running.last(),
            "basis": "payments seen",
            "payments": each.size(),
            "last": each.time.max(),
        }
    )
    table["balance_at_least"] += table.opening_at_least
    for key, (declared, ends) in _declared(accounts, data, at).items():
        if key in table.index:
            own = each.get_group(key)
            table.loc[key, "balance_at_least"] = declared + int(own.amount[own.time > ends].sum())
            table.loc[key, "basis"] = f"declared on {write_day(ends)}"
    table = table.reset_index()
    table["account"] = data.accounts[table.account.to_numpy(dtype=int)]
    return table


def list_assets(
    transactions: Table, at: datetime, parameters: BalanceParameters = BalanceParameters()
) -> pd.DataFrame:
    """Purchases until `at` of things that last and may be seized: row, time, account, paid_to, category,
    amount_minor, currency. The price is what was paid, not what it would fetch, and it may have been sold
    since. Raises ValueError where the payments have no merchant category."""
    data = read_payments(transactions)
    if "merchant_category" not in data.table:
        raise ValueError("Assets need the column merchant_category.")
    wanted = {category.casefold() for category in parameters.asset_categories}
    category = data.table.merchant_category.astype("string").str.strip().str.casefold()
    own = data.table[category.isin(wanted) & (data.table.time <= at) & (data.table.payer != OUTSIDE)]
    return pd.DataFrame(
        {
            "row": own.row,
            "time": own.time,
            "account": data.names(own.payer.to_numpy()),
            "paid_to": data.names(own.payee.to_numpy()),
            "category": own.merchant_category,
            "amount_minor": own.amount_minor,
            "currency": own.currency,
        }
    ).reset_index(drop=True)


def _declared(
    accounts: Table | None, data: Payments, at: datetime
) -> dict[tuple[int, str], tuple[int, pd.Timestamp]]:
    """{(account, currency): (balance, the end of its day)} of balances declared on or before `at`."""
    records = align_accounts(accounts, data)
    if not {"balance_minor", "balance_on", "currency"} <= set(records):
        return {}
    ends = pd.to_datetime(records.balance_on) + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
    known = records.balance_minor.notna() & records.currency.notna() & (ends <= pd.Timestamp(at))
    return {
        (int(position), str(records.currency.iloc[position])): (
            int(records.balance_minor.iloc[position]),
            ends.iloc[position],
        )
        for position in np.flatnonzero(known)
    }
