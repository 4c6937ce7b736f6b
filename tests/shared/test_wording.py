"""Counts and dates as a person reads them."""

from datetime import date, datetime

import pandas as pd
import pytest

from analytics.shared.wording import counted, spell_dates, write_day, write_moment, write_period


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (2500, "2,500 rows"), (0.5, "0.5 rows")]
)
def test_count_agrees_with_its_noun(number, text):
    assert counted(number, "row") == text


def test_irregular_plural_is_used():
    assert counted(1, "category", "categories") == "1 category"
    assert counted(3, "category", "categories") == "3 categories"


@pytest.mark.parametrize("day", [date(2026, 10, 1), datetime(2026, 10, 1, 14, 5), pd.Timestamp("2026-10-01")])
def test_day_has_no_leading_zero(day):
    assert write_day(day) == "1 Oct 2026"


def test_moment_and_period():
    assert write_moment(datetime(2026, 10, 31, 4, 5, 59)) == "31 Oct 2026 04:05"
    assert write_period(date(2026, 9, 30), date(2026, 10, 1)) == "30 Sep 2026 to 1 Oct 2026"


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("2026-01-02 to 2026-12-31", "2 Jan 2026 to 31 Dec 2026"),
        ("seen 2026-05-09T23:59:10.5, then", "seen 9 May 2026 23:59, then"),
        ("2026-13-02", "2026-13-02"),
        ("07700-2026-01-02", "07700-2026-01-02"),
        ("file-2026-01-02.csv", "file-2026-01-02.csv"),
        ("no date", "no date"),
    ],
)
def test_iso_dates_are_spelt(text, spelt):
    assert spell_dates(text) == spelt
