"""What each account does, in numbers, without regard to who holds it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.finance.lifo_matching import match_passed_on
from analytics.finance.payments import OUTSIDE, Payments, to_local_times

CASH = frozenset({"cash", "cash deposit", "cash withdrawal", "cash machine", "atm", "branch cash"})
ABROAD = frozenset({"remittance", "money transfer", "wire", "international transfer"})

# Feature: (words where it is high, words where it is low), by which behaviour's clusters are described.
WORDS = {
    "credits_a_month": ("is paid often", "is seldom paid"),
    "debits_a_month": ("pays often", "seldom pays"),
    "payers": ("has many payers", "has few payers"),
    "payees": ("pays many different accounts", "pays few different accounts"),
    "in_share": ("mostly receives", "mostly pays"),
    "credit_size": ("receives large sums", "receives small sums"),
    "debit_size": ("pays large sums", "pays small sums"),
    "passed_on": ("passes on within two days what comes in", "keeps what comes in"),
    "cash": ("uses cash", "uses no cash"),
    "abroad": ("sends or receives remittances", "uses no remittances"),
    "purchases": ("buys from merchants", "buys nothing from merchants"),
    "night": ("is active at night", "is active by day"),
    "weekend": ("is active at weekends", "is active on weekdays"),
    "regular": ("pays and is paid at regular intervals", "pays and is paid at irregular intervals"),
    "one_payee": ("pays one payee above all", "spreads what it pays"),
}


def measure_accounts(data: Payments, time_zone: str) -> pd.DataFrame:
    """One row per account, in the order of `data.accounts`; the columns are those of WORDS, and `payments`.

    Counts and sizes are log(1 + x), sizes as the median in minor units against the median of all payments in
    the same currency, so that currencies are never mixed. Shares lie between 0 and 1; where a side has no
    payments, a share is 0 and a size 0 (the average). 'regular' is 1 / (1 + variation of the days between
    payments)."""
    payments, count = data.table, len(data.accounts)
    payer, payee = payments.payer.to_numpy(), payments.payee.to_numpy()
    own = payer != payee
    credit, debit = own & (payee != OUTSIDE), own & (payer != OUTSIDE)
    side = pd.DataFrame(
        {
            "account": np.r_[payee[credit], payer[debit]],
            "other": np.r_[payer[credit], payee[debit]],
            "pay": np.r_[np.flatnonzero(credit), np.flatnonzero(debit)],
            "incoming": np.r_[np.ones(credit.sum(), bool), np.zeros(debit.sum(), bool)],
        }
    ).sort_values(["account", "pay"], kind="stable", ignore_index=True)
    subject, pay = side.account.to_numpy(), side["pay"].to_numpy()
    incoming = side.incoming.to_numpy()
    number = np.bincount(subject, minlength=count)
    into, out = (np.bincount(subject[part], minlength=count) for part in (incoming, ~incoming))
    local = to_local_times(payments, time_zone)
    months = _months(payments)
    size = _relative_size(payments)
    hour, weekday = local.dt.hour.to_numpy()[pay], local.dt.day_of_week.to_numpy()[pay]

    def share(mark: np.ndarray) -> np.ndarray:
        """Of each account's payments, how many have the mark."""
        return np.asarray(np.bincount(subject, weights=mark, minlength=count) / np.maximum(number, 1))

    features = pd.DataFrame(
        {
            "payments": number,
            "credits_a_month": np.log1p(into / months),
            "debits_a_month": np.log1p(out / months),
            "payers": np.log1p(_count_counterparties(side[incoming], count)),
            "payees": np.log1p(_count_counterparties(side[~incoming], count)),
            "in_share": share(incoming),
            "credit_size": _median(subject[incoming], size[pay[incoming]], count),
            "debit_size": _median(subject[~incoming], size[pay[~incoming]], count),
            "passed_on": _passed_on_share(data, into),
            "cash": share(_is_among(payments, "channel", CASH)[pay] | (side.other == OUTSIDE).to_numpy()),
            "abroad": share(_is_among(payments, "channel", ABROAD)[pay]),
            "purchases": share(~incoming & _has_value(payments, "merchant_category")[pay]),
            "night": share((hour >= 22) | (hour < 6)),
            "weekend": share(weekday >= 5),
            "regular": _regularity(subject, payments.time.to_numpy()[pay], count),
            "one_payee": _one_payee(side[~incoming], count),
        }
    )
    return features.set_axis(pd.Index(data.accounts, name="account"), axis=0)


def _months(payments: pd.DataFrame) -> float:
    span = payments.time.max() - payments.time.min() if len(payments) else pd.Timedelta(0)
    return max(float(span / pd.Timedelta(days=30.4)), 1.0)


def _relative_size(payments: pd.DataFrame) -> np.ndarray:
    size = np.log1p(payments.amount_minor.to_numpy(dtype=float))
    typical = pd.Series(size).groupby(payments.currency.to_numpy()).transform("median").to_numpy()
    return np.asarray(size - typical)


def _count_counterparties(side: pd.DataFrame, count: int) -> np.ndarray:
    named = side[side.other != OUTSIDE].drop_duplicates(["account", "other"])
    return np.asarray(np.bincount(named.account, minlength=count))


def _median(account: np.ndarray, value: np.ndarray, count: int) -> np.ndarray:
    return np.asarray(pd.Series(value).groupby(account).median().reindex(range(count)).fillna(0))


def _passed_on_share(data: Payments, into: np.ndarray) -> np.ndarray:
    """The mean share of each credit that left within two days."""
    pieces = match_passed_on(data.table, np.arange(len(into)), pd.Timedelta(days=2))
    share = pieces.amount_minor.to_numpy() / data.table.amount_minor.to_numpy()[pieces.credit]
    return np.asarray(np.bincount(pieces.account, weights=share, minlength=len(into)) / np.maximum(into, 1))


def _regularity(account: np.ndarray, time: np.ndarray, count: int) -> np.ndarray:
    """1 / (1 + s / m) of the days between an account's payments (mean m, deviation s); 0 for fewer than
    four."""
    gap = pd.Series(time).diff().dt.total_seconds().to_numpy() / 86_400
    same = np.r_[False, account[1:] == account[:-1]] if len(account) else np.zeros(0, bool)
    spread = pd.Series(gap[same]).groupby(account[same]).agg(["mean", "std", "size"])
    value = (1 / (1 + spread["std"] / spread["mean"].clip(lower=1e-9))).where(spread["size"] >= 3, 0)
    return np.asarray(value.reindex(range(count)).fillna(0))


def _one_payee(debits: pd.DataFrame, count: int) -> np.ndarray:
    """The share of an account's payments that go to the payee it pays most often; 0 below three payments."""
    times = debits.groupby(["account", "other"]).size()
    top, total = times.groupby("account").max(), times.groupby("account").sum()
    return np.asarray((top / total).where(total >= 3, 0).reindex(range(count)).fillna(0))


def _is_among(payments: pd.DataFrame, column: str, words: frozenset[str]) -> np.ndarray:
    if column not in payments:
        return np.zeros(len(payments), bool)
    code, values = pd.factorize(payments[column])
    among = np.array([str(value).strip().casefold() in words for value in values] + [False])
    return np.asarray(among[code])


def _has_value(payments: pd.DataFrame, column: str) -> np.ndarray:
    return np.asarray(payments[column].notna()) if column in payments else np.zeros(len(payments), bool)
