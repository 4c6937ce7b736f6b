"""Rows known to the month only are left out where they are few, and make months of all where they are not."""

from datetime import date

import pandas as pd
import pytest

from analytics.shared.month_dates import end_of_months, gives_months, leave_out_months, say_left_out


@pytest.mark.parametrize(
    ("monthly", "rows", "by_month"), [(0, 0, False), (5, 100, False), (6, 100, True), (1, 1, True)]
)
def test_one_row_in_twenty_at_most_is_left_out(monthly, rows, by_month):
    points = pd.DataFrame({"time_precision": ["month"] * monthly + ["day"] * (rows - monthly)})
    assert gives_months(monthly, rows) == by_month
    assert len(leave_out_months(points)) == (rows if by_month else rows - monthly)


def test_points_without_a_precision_are_all_kept():
    points = pd.DataFrame({"x": [1.0, 2.0]})
    assert leave_out_months(points).equals(points)


@pytest.mark.parametrize(
    ("last", "dated", "end"),
    [
        (date(2025, 12, 1), None, date(2025, 12, 31)),
        (date(2025, 12, 1), date(2025, 11, 20), date(2025, 12, 31)),
        (date(2025, 12, 9), date(2025, 12, 9), date(2025, 11, 30)),
        (date(2025, 12, 31), date(2025, 12, 31), date(2025, 12, 31)),
    ],
)
def test_a_month_of_which_some_days_are_missing_is_not_over(last, dated, end):
    assert end_of_months(last, dated) == end


def test_what_is_left_out_is_said_in_the_right_number():
    assert say_left_out(0) == ()
    assert say_left_out(1) == ("1 incident, whose date is known to the month only, is left out.",)
    assert say_left_out(2) == ("2 incidents, whose dates are known to the month only, are left out.",)
