"""What each account does in numbers, against a slow count."""

import numpy as np
import pandas as pd
import pytest

from analytics.finance.account_features import WORDS, measure_accounts
from analytics.finance.payments import read_payments
from tests.finance.payment_tables import table


def test_features_are_those_of_a_slow_count():
    rng = np.random.default_rng(4)
    rows = [
        (float(d), f"A{a}", f"A{b}" if b < 6 else None, int(s), m)
        for d, a, b, s, m in zip(
            rng.uniform(0, 60, 120),
            rng.integers(0, 6, 120),
            rng.integers(0, 8, 120),
            rng.integers(1, 9999, 120),
            rng.choice(["GBP", "USD"], 120),
            strict=True,
        )
    ]
    frame = table(rows)
    frame["channel"] = rng.choice(["cash", "card", None], len(frame))
    got = measure_accounts(read_payments(frame), "Europe/London")
    assert list(got.columns) == ["payments" if at == 0 else name for at, name in enumerate(["", *WORDS])]
    size = np.log1p(frame.amount_minor) - np.log1p(frame.amount_minor).groupby(frame.currency).transform(
        "median"
    )
    months = (frame.occurred_at.max() - frame.occurred_at.min()).total_seconds() / 86400 / 30.4
    for account in got.index:
        other = frame[frame.from_account != frame.to_account]
        into, out = other[other.to_account == account], other[other.from_account == account]
        both = pd.concat([into, out]).sort_values("occurred_at")
        hour = both.occurred_at.dt.tz_localize("UTC").dt.tz_convert("Europe/London").dt.hour
        gaps = both.occurred_at.diff().dt.total_seconds().dropna()
        cash = (both.channel == "cash") | both.to_account.isna()
        assert got.payments[account] == len(both)
        assert got.credits_a_month[account] == pytest.approx(np.log1p(len(into) / months))
        assert got.payees[account] == pytest.approx(np.log1p(out.to_account.nunique()))
        assert got.debit_size[account] == pytest.approx(size[out.index].median())
        assert got.night[account] == pytest.approx(((hour >= 22) | (hour < 6)).mean())
        assert got.cash[account] == pytest.approx(cash.mean())
        assert got.regular[account] == pytest.approx(1 / (1 + gaps.std() / gaps.mean()))
        assert got.one_payee[account] == pytest.approx(
            out.to_account.fillna("-").value_counts().max() / len(out)
        )
