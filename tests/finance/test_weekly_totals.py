"""An account week by week, against a slow count."""

import pandas as pd

from analytics.finance.weekly_totals import total_by_week
from tests.finance.payment_tables import START, table


def test_weeks_of_an_account_are_those_of_a_slow_count_by_its_own_clock():
    rows = table([(at, "P", "A", 100) for at in (0.2, 6.9, 7.1, 20.5)] + [(7.2, "A", "P", 900)])
    last = START.tz_localize(None) if START.tzinfo else START
    weeks = total_by_week(
        rows,
        "A",
        last.normalize() + pd.Timedelta(days=14),
        incoming=True,
        currency="GBP",
        time_zone="UTC",
        weeks=3,
    )
    day = (rows.occurred_at - last.normalize()).dt.days
    into = rows.to_account == "A"
    assert weeks.value.tolist() == [
        (rows.amount_minor[into & (day // 7 == at)].sum() / 100) for at in range(3)
    ]
    counts = total_by_week(
        rows, "A", weeks.week.iloc[-1], incoming=False, currency=None, time_zone="UTC", weeks=3
    )
    assert counts.value.sum() == 1
