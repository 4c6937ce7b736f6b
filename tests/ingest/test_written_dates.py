"""Dates as people and programs write them."""

from datetime import datetime

import duckdb
import pytest

from analytics.ingest.mistaken_dates import note_persian_days
from analytics.ingest.written_dates import WrittenDate, read_written_date

READ = {
    "Jan 5, 2024 9:15 PM": ("2024-01-05 21:15", "minute", False),
    "Wednesday, March 13, 2024 3:12 AM": ("2024-03-13 03:12", "minute", False),
    "Posted: Wednesday, March 13, 2024 3:12 AM": ("2024-03-13 03:12", "minute", False),
    "05-ene-2024": ("2024-01-05", "day", False),
    "5 de marzo de 2024": ("2024-03-05", "day", False),
    "13. März 2024 21:15 Uhr": ("2024-03-13 21:15", "minute", False),
    "1er août 2024 à 21h15": ("2024-08-01 21:15", "minute", False),
    "14 abr. 2024": ("2024-04-14", "day", False),
    "3 października 2023": ("2023-10-03", "day", False),
    "13.3.2024 21.15": ("2024-03-13 21:15", "minute", False),
    "13/03/2024 21h15": ("2024-03-13 21:15", "minute", False),
    "20240313211500": ("2024-03-13 21:15", "minute", False),
    "1710324000000": ("2024-03-13 10:00", "minute", True),
    "1710324000": ("2024-03-13 10:00", "minute", True),
    "45364.88542": ("2024-03-13 21:15", "minute", False),
    "45364": ("2024-03-13", "day", False),
    "2024/03/13 05:10:00+00": ("2024-03-13 05:10", "minute", True),
    "2024-03-13 21:15:00 EST": ("2024-03-14 02:15", "minute", True),
    "13/03/2024 10:15:00(UTC+0)": ("2024-03-13 10:15", "minute", True),
    "2024-03-13T21:15:00.123456": ("2024-03-13 21:15", "minute", False),
    "13/03/2024 945": ("2024-03-13 09:45", "minute", False),
    "13/03/2024 5": ("2024-03-13 00:05", "minute", False),
    "13/03/2024 2400": ("2024-03-14", "minute", False),
    "13/03/2024 12:00:00 AM 1015": ("2024-03-13 10:15", "minute", False),
    "2024 March 13": ("2024-03-13", "day", False),
    "March 2024": ("2024-03", "month", False),
    "13-Mar-24": ("2024-03-13", "day", False),
    "2024-03-13+01:00": ("2024-03-13", "day", False),
}


@pytest.mark.parametrize("text", READ)
def test_a_date_is_read_as_it_is_meant(text):
    at, precision, is_utc = READ[text]
    form = {7: "%Y-%m", 10: "%Y-%m-%d", 16: "%Y-%m-%d %H:%M"}[len(at)]
    assert read_written_date(text) == WrittenDate(datetime.strptime(at, form), precision, is_utc)


@pytest.mark.parametrize(
    "text",
    [
        "2 hours ago",
        "Yesterday 22:15",
        "31/31/2024",
        "03/14/2024",
        "2024-07-01 22:15 or later",
        "12345678901",
        "soon",
        "13/03/2024 25:00",
        "13/03/2024 960",
        "2024-07-01 22:15 23:15",
        "2024-03-13 21:15 IST",
        "5 March",
        "99999",
        "",
    ],
)
def test_what_states_no_one_date_is_not_read(text):
    assert read_written_date(text) is None


def test_a_bare_number_is_an_hour_where_the_column_holds_hours():
    assert read_written_date("2024-03-13 10", bare_is_hour=True) == WrittenDate(
        datetime(2024, 3, 13, 10), "hour"
    )
    assert read_written_date("2024 March 13 0", bare_is_hour=True) == WrittenDate(
        datetime(2024, 3, 13), "hour"
    )


def test_a_trailing_z_is_local_unless_it_is_meant():
    text = "2024/03/13 05:10:00Z"
    assert not read_written_date(text).is_utc and read_written_date(text, z_is_utc=True).is_utc


def test_days_of_the_persian_calendar_are_those_of_published_tables():
    """New Year's days, leap days and the revolution of 22 Bahman 1357."""
    days = {
        "1403/01/01": (2024, 3, 20),
        "1404/01/01": (2025, 3, 21),
        "1403/12/30": (2025, 3, 20),
        "1399/12/30": (2021, 3, 20),
        "31/06/1402": (2023, 9, 22),
        "۱۴۰۲/۰۷/۰۱": (2023, 9, 23),
        "1357-11-22": (1979, 2, 11),
    }
    for text, day in days.items():
        read = read_written_date(text)
        assert read and (read.at.year, read.at.month, read.at.day) == day, text
    assert read_written_date("1402/12/30").at.year == 1402  # no leap year: it is no day of that calendar


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("1403/05/31", True),
        (" 31-05-1403 10:00", True),
        ("۱۴۰۳/۰۵/۳۱", True),
        ("20130415", False),
        ("1313312345", False),
        ("2024-01-13 14:00", False),
    ],
)
def test_a_note_names_the_persian_calendar_and_takes_no_stamp_for_it(text, noted):
    with duckdb.connect() as cursor:
        cursor.execute(
            "CREATE TABLE rows AS SELECT $1 AS start_text, TIMESTAMP '2024-08-21' AS start", [text]
        )
        assert bool(note_persian_days(cursor, "rows")) is noted
