"""The small line of a lead's card."""

from datetime import date

import pandas as pd

from analytics.finance.lead_lines import PERIODS, count_lead_periods


def test_payments_are_counted_over_the_days_of_all_data():
    payments = pd.DataFrame(
        {
            "lead_id": ["L1", "L1", "L1", "L2", "L2"],
            "occurred_at": pd.to_datetime(
                ["2026-01-01 08:00", "2026-01-24 23:59", "2026-01-24 01:00", "2026-01-12 12:00", None]
            ),
        }
    )
    lines = count_lead_periods(payments, date(2026, 1, 1), date(2026, 1, 24))
    assert len(lines["L1"]) == PERIODS and lines["L1"][0] == 1 and lines["L1"][-1] == 2
    assert sum(lines["L2"]) == 1 and lines["L2"][11] == 1
    assert count_lead_periods(payments.head(0), date(2026, 1, 1), date(2026, 1, 1)) == {}
