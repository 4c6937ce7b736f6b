"""When: what is written, and what it can mean."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.ingest import RawTable, date_formats, propose_mapping, read_file
from analytics.ingest.date_formats import TimeColumns
from analytics.ingest.preview import preview
from analytics.ingest.sql import register_rows
from analytics.ingest.stated_zone import zone_in_names
from analytics.ingest.times import date_times, read_times
from analytics.store import pretend
from tests.examples import examples
from tests.ingest.helpers import HEADER, reasons, run, written

ZONES = ("Europe/London", "America/Chicago", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata")
CHANGES = [
    datetime(2024, m, d, h, n)
    for m, d in ((3, 31), (10, 27), (3, 10), (11, 3), (4, 7), (10, 6))
    for h in range(4)
    for n in (0, 15, 30, 45)
]

TIMES = "SELECT occurred_from, occurred_to, time_precision, local_hour FROM incident ORDER BY row_number"


def rows_of(store, tmp_path, *dates):
    report = run(store, written(tmp_path, HEADER + "".join(f"{text},Theft,-0.1,51.5\n" for text in dates)))
    return report, store.rows(TIMES)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("25/12/24 22:15", "2024-12-25 22:15:00"),
        ("12/25/24 10:15 PM", "2024-12-25 22:15:00"),
        ("25.12.24", "2024-12-25 00:00:00"),
        ("2024-07-01T22:15:00-05:00", "2024-07-02 03:15:00"),
        ("2024-07-01 22:15:00.5+0530", "2024-07-01 16:45:00.500000"),
        ("2024-07-01T22:15:00Z", "2024-07-01 21:15:00"),  # portals write Z after local times
        ("2024/07/01 22:15", "2024-07-01 21:15:00"),
    ],
)
def test_a_date_is_recognised_as_written(store, tmp_path, text, utc):
    _, (row,) = rows_of(store, tmp_path, text)
    assert str(row["occurred_from"]) == utc


def test_z_beside_offsets_is_utc(store, tmp_path):
    _, rows = rows_of(store, tmp_path, *["2024-07-01T22:15:00+02:00"] * 2, "2024-07-01T22:15:00Z")
    assert [str(row["occurred_from"])[11:16] for row in rows] == ["20:15", "20:15", "22:15"]
    assert [row["local_hour"] for row in rows] == [21, 21, 23]  # in London


def test_a_file_of_midnights_gives_dates_only_and_says_so(store, tmp_path):
    report, rows = rows_of(store, tmp_path, "2024-07-01 00:00", "2024-07-02 00:00")
    assert [(row["time_precision"], row["local_hour"]) for row in rows] == [("day", None)] * 2
    assert str(rows[0]["occurred_to"]) == "2024-07-02 23:00:00"[:8] + "01 23:00:00"
    assert "every time is 00:00" in report.notes[-1]


def test_one_midnight_among_times_is_a_time(store, tmp_path):
    report, rows = rows_of(store, tmp_path, "2024-07-01 00:00", "2024-07-02 10:00")
    assert [row["local_hour"] for row in rows] == [0, 10]
    assert not any("00:00" in note for note in report.notes)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Start (UTC+2)", "Etc/GMT-2"),
        ("Start (UTC-03:00)", "Etc/GMT+3"),
        ("Start GMT+10", "Etc/GMT-10"),
        ("Start (UTC+5:30)", "Asia/Kolkata"),
        ("Start (UTC+0530)", "Asia/Kolkata"),
        ("Start (UTC +5.5)", "Asia/Kolkata"),
        ("Start (CET)", "Europe/Brussels"),
        ("Start (CST)", None),  # of America or of China
    ],
)
def test_a_name_states_its_zone(name, zone):
    assert zone_in_names((name,), "communication") == zone


def test_beside_midnights_a_month_stays_a_month(store, tmp_path):
    _, rows = rows_of(store, tmp_path, "2024-07-01 00:00", "2024-07-02 00:00", "2024-06")
    assert [row["time_precision"] for row in rows] == ["day", "day", "month"]


def test_a_few_times_among_dates_are_read_too(store, tmp_path):
    report, rows = rows_of(store, tmp_path, "2024-07-01", "2024-07-02", "2024-07-03 10:00")
    assert report.quarantined == 0
    assert [(row["time_precision"], row["local_hour"]) for row in rows] == [("day", None)] * 2 + [
        ("minute", 10)
    ]


SEPARATE = "CMPLNT_FR_DT,CMPLNT_FR_TM,CMPLNT_TO_DT,CMPLNT_TO_TM,OFNS_DESC,Latitude,Longitude\n"


def test_separate_times_of_start_and_end_are_joined_and_may_be_missing(store, tmp_path):
    lines = (
        "12/25/2015,22:00:00,12/26/2015,07:00:00,THEFT,40.7,-74\n",
        "12/25/2015,,,,THEFT,40.7,-74\n",
        "12/25/2015,22:00:00,12/26/2015,,THEFT,40.7,-74\n",
        ",22:00:00,12/26/2015,07:00:00,THEFT,40.7,-74\n",
    )
    run(store, written(tmp_path, SEPARATE + "".join(lines)))
    rows = store.rows(
        "SELECT time_precision, epoch(occurred_to - occurred_from) / 3600 AS hours FROM incident"
    )
    assert [(row["time_precision"], row["hours"]) for row in rows] == [
        ("minute", 9),
        ("day", 24),
        ("minute", 26),
    ]
    assert reasons(store) == {5: "no date"}


def test_the_portals_own_columns_are_recognised(tmp_path):
    header = "CMPLNT_NUM," + SEPARATE
    raw = read_file(written(tmp_path, header + "1,01/02/2015,22:00:00,01/02/2015,23:00:00,THEFT,40.7,-74\n"))
    mapping = propose_mapping(raw, "incident")
    assert mapping.of("time") == ("CMPLNT_FR_DT", "CMPLNT_FR_TM")
    assert mapping.of("end") == ("CMPLNT_TO_DT", "CMPLNT_TO_TM")
    assert (mapping.time_format, mapping.time_zone) == ("%m/%d/%Y %H:%M:%S", "America/New_York")
    assert (mapping.one("reference"), mapping.one("category")) == ("CMPLNT_NUM", "OFNS_DESC")


def test_an_order_of_day_and_month_that_nothing_settles_is_said_and_can_be_chosen(store, tmp_path):
    text = HEADER + "01/02/2024 10:00,Theft,-0.1,51.5\n03/04/2024 11:00,Theft,-0.1,51.5\n"
    raw = read_file(written(tmp_path, text))
    mapping = propose_mapping(raw, "incident")
    assert any("day or the month" in note for note in preview(store, raw, mapping).notes)
    other = preview(store, raw, replace(mapping, time_format="%m/%d/%Y %H:%M"))
    assert str(other.rows.start[0]) == "2024-01-02 10:00:00"
    settled = read_file(written(tmp_path, text + "25/04/2024 11:00,Theft,-0.1,51.5\n", "settled.csv"))
    assert not preview(store, settled, propose_mapping(settled, "incident")).notes


@pytest.mark.parametrize(
    ("text", "word"), [("2024-10-27 01:30", "showed twice"), ("2024-03-31 01:30", "skipped")]
)
def test_a_time_that_the_clocks_repeat_or_skip_is_said(store, tmp_path, text, word):
    report, _ = rows_of(store, tmp_path, text, "2024-07-01 10:00")
    assert any(word in note and note.startswith("1 row ") for note in report.notes)


@given(
    zone=st.sampled_from(ZONES),
    walls=st.lists(st.datetimes(datetime(1975, 1, 1), datetime(2024, 12, 31)), min_size=1, max_size=50),
)
@settings(max_examples=examples(40))
def test_local_times_become_the_instants_that_the_zone_tables_say(zone, walls):
    """Against zoneinfo: the earlier and the later of its two readings of a wall time, and its shift over a
    gap."""
    walls = sorted({wall.replace(second=0, microsecond=0) for wall in walls} | set(CHANGES))
    columns = TimeColumns(("date",), "%Y-%m-%d %H:%M")
    with duckdb.connect() as cursor:
        cursor.execute("SET TimeZone = 'UTC'")
        rows = register_rows(cursor, pa.table({"date": [f"{wall:%Y-%m-%d %H:%M}" for wall in walls]}))
        dated = date_times(cursor, read_times(cursor, rows, columns), zone)
        found = dict(
            (text, (first, last))
            for text, first, last in cursor.sql(
                f"SELECT start_text, occurred_from, occurred_to FROM {dated.table}"
            ).fetchall()
        )
    for wall in walls:
        readings = [
            wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC).replace(tzinfo=None)
            for fold in (0, 1)
        ]
        skipped = readings[0].replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall
        expected = (readings[0],) * 2 if skipped else (min(readings), max(readings))
        assert found[f"{wall:%Y-%m-%d %H:%M}"] == expected, (zone, wall)


def test_a_time_zone_that_is_none_is_refused_clearly(store, tmp_path):
    with pytest.raises(ValueError, match="no time zone"):
        run(store, written(tmp_path, HEADER + "2024-07-01 10:00,Theft,-0.1,51.5\n"), time_zone="Mars/Base")


@pytest.mark.parametrize(
    ("header", "dates", "precision"),
    [
        ("Month", ["2024-03-01"], "month"),  # one month alone, in a column that says what it is
        ("month_of_offence", ["01/03/2024", "01/04/2024"], "month"),
        ("date", ["2024-03-01", "2024-04-01", "2024-05-01"], "month"),
        ("date", ["2024-03-01"], "day"),
        ("Month", ["2024-03-01", "2024-03-02"], "day"),
        ("date", ["2024-03", "2024-04"], "month"),
    ],
)
def test_first_days_of_months_are_months_and_said(store, tmp_path, header, dates, precision):
    rows = "".join(f"{day},Theft,-0.1,51.5\n" for day in dates)
    report = run(store, written(tmp_path, f"{header},type,lon,lat\n{rows}"))
    found = {row["time_precision"] for row in store.rows("SELECT time_precision FROM incident")}
    assert found == {precision}
    assert any("months only" in note for note in report.notes) == (precision == "month")


@pytest.mark.parametrize("strptime", [name for name in date_formats.FORMATS if "any" not in name])
def test_a_format_is_among_those_in_question_for_what_it_reads(strptime):
    offsets = ("Z", "+00", "-05:00", "+0100") if "%z" in strptime else ("",)
    for offset in offsets:
        text = date_formats.example(strptime).removesuffix("+0000") + offset
        assert strptime in date_formats._formats_in_question([None, "", "unknown", text])
        assert len(date_formats._formats_in_question([text])) < 24


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2024-01-05", "2024-01-05 10:30", "2024-01-06 11:30"], "%Y-%m-%d %H:%M"),
        (["1/5/24 9:05 PM", "12/31/24 11:00 AM"], "%m/%d/%y %I:%M %p"),
        (["05.01.2024", None, "n/a"], "%d.%m.%Y"),
        (["3. března 2024"], date_formats.ANY_DAY_FIRST),
        (["unknown"], "%Y-%m-%d"),
    ],
)
def test_the_format_that_reads_most_is_found(texts, expected):
    raw = RawTable(pa.table({"when": pa.array(texts, pa.string())}), "", "CSV")
    assert date_formats.find_date_format(raw, ("when",)) == expected


@pytest.mark.parametrize(("today", "accepted"), [(datetime(2031, 5, 2), 1), (datetime(2031, 4, 2), 0)])
def test_the_future_begins_after_the_day_that_the_store_lives_on(store, tmp_path, today, accepted):
    """A team of an exercise imports a file of the exercise's own days."""
    text = f"{HEADER}2024-07-01 22:15,Theft,-0.1278,51.5074\n2031-05-01 22:15,Robbery,-0.1278,51.5074\n"
    with pretend(today):
        report = run(store, written(tmp_path, text), area="A")
    assert report.accepted == 1 + accepted
