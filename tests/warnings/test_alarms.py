"""The page's warnings on a store: what leads, what is refused, and what the command writes."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from analytics.overview.latest_change import compare_latest
from analytics.store import Store
from analytics.store.engine import DuckDBEngine
from analytics.warnings.alarms import WarningParameters, choose_limit, find_warnings
from analytics.warnings.cli import warnings
from analytics.warnings.history import read_history
from tests.sources import insert_source_row

LAST = date(2024, 6, 30)
QUICK = WarningParameters(permutations=29, simulations=99)


def _fill(store, rows, precision="day"):
    """Incidents of (days before LAST, category, x, y) in one working area."""
    frame = pd.DataFrame(rows, columns=["back", "category", "x", "y"])
    frame["day"] = [LAST - timedelta(days=int(back)) for back in frame.back]
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'Europe/Paris')"
        ).fetchall()
        cursor.register("rows", frame)
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from,"
            " occurred_to, time_precision, local_date, x, y)"
            " SELECT 1, row_number() OVER (), 1, category, day, day, ?, day, x, y FROM rows",
            [precision],
        ).fetchall()


@pytest.fixture(scope="module")
def risen_file(store_file, tmp_path_factory):
    """A year of four categories; burglary rises at one place in the last three weeks."""
    path = tmp_path_factory.mktemp("risen") / "risen.duckdb"
    path.write_bytes(store_file.read_bytes())
    generator = np.random.default_rng(2)
    rows = [
        (generator.integers(0, 420), name, *generator.uniform(500_000, 503_000, 2))
        for name in ("Burglary", "Drugs", "Robbery", "Theft")
        for _ in range(500)
    ]
    rows += [(int(back), "Burglary", 501_100.0, 501_100.0) for back in generator.integers(0, 21, 30)]
    opened = Store(path)
    _fill(opened, rows)
    opened.close()
    return path


@pytest.fixture
def risen(risen_file, tmp_path):
    path = tmp_path / "risen.duckdb"
    path.write_bytes(risen_file.read_bytes())
    opened = Store(path)
    yield opened
    opened.close()


def test_the_planted_rise_leads(risen):
    found = find_warnings(DuckDBEngine(risen), 1, parameters=QUICK)
    first = found.table.iloc[0]
    assert first.category == "Burglary" and first.alarm
    place = found.table[found.table.kind == "place"].iloc[0]
    assert (place.category, place.observed >= 25) == ("Burglary", True)
    assert np.hypot(place.x - 501_100, place.y - 501_100) <= place.radius_m
    assert LAST - timedelta(days=28) <= place.since <= LAST - timedelta(days=14)
    assert place.until == LAST and place.expected < 5
    assert found.unit == "week" and found.last_day == LAST
    others = found.table[found.table.category != "Burglary"]
    assert others.alarm.sum() <= 1
    assert found.table["rank"].tolist() == list(range(1, len(found.table) + 1))
    assert (found.table.p.diff().dropna() >= 0).all()


def test_before_the_rise_there_is_none(risen):
    found = find_warnings(DuckDBEngine(risen), 1, LAST - timedelta(days=28), QUICK)
    assert found.last_day == LAST - timedelta(days=28)
    assert not found.table[found.table.category == "Burglary"].alarm.any()


def test_more_false_alarms_asked_for_is_a_wider_limit(risen):
    engine = DuckDBEngine(risen)
    few, many = (
        find_warnings(engine, 1, parameters=WarningParameters(alarms, permutations=9, simulations=19))
        for alarms in (1, 10)
    )
    tests = (
        len(few.table[few.table.kind == "category"]) + few.table[few.table.kind == "place"].category.nunique()
    )
    assert few.limit == pytest.approx(12 / 365.25 * 7 / tests)
    assert many.limit == pytest.approx(10 * few.limit)
    assert many.table.alarm.sum() >= few.table.alarm.sum()


def test_too_short_a_history_is_refused_in_words(store):
    found = find_warnings(DuckDBEngine(store), 1)
    assert found.refused == "There are no incidents before that day." and found.table.empty
    _fill(store, [(back, "x", 0.0, 0.0) for back in range(60)])
    assert "needs 24 weeks of data" in find_warnings(DuckDBEngine(store), 1).refused


def test_months_are_whole_months(store):
    months = [
        (LAST.replace(day=1) - date(year, month, 1)).days + 29 for year in (2023,) for month in range(1, 13)
    ]
    _fill(store, [(back, "x", 0.0, 0.0) for back in months for _ in range(4)], precision="month")
    history = read_history(DuckDBEngine(store), 1)
    assert history.monthly and history.counts.tolist() == [[4.0] * 12]
    assert history.last_day == date(2023, 12, 31)
    cut = read_history(DuckDBEngine(store), 1, date(2023, 11, 20))  # November is not over
    assert cut.last_day == date(2023, 10, 31) and cut.counts.shape == (1, 10)
    assert read_history(DuckDBEngine(store), 1, date(2023, 11, 30)).last_day == date(2023, 11, 30)
    found = find_warnings(DuckDBEngine(store), 1, parameters=QUICK)
    assert found.unit == "month" and not found.table.alarm.any()


def test_the_command_writes_what_was_tested(risen_file, tmp_path):
    out = tmp_path / "new.csv"
    done = CliRunner().invoke(
        warnings, ["--store", str(risen_file), "--as-of", LAST.isoformat(), "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "Up to 30 Jun 2024" in done.output and f"written to {out}" in done.output
    table = pd.read_csv(out)
    assert table.columns.tolist()[:10] == [
        "rank",
        "kind",
        "category",
        "where",
        "since",
        "until",
        "observed",
        "expected",
        "p",
        "alarm",
    ]
    assert table.category[0] == "Burglary" and table.alarm[0]
    place = table[table.kind == "place"].iloc[0]
    assert -180 <= place.longitude <= 180 and place["where"] and place.radius_m > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "x.txt"], "must end in .csv"),
        (["--out", "x.csv", "--area", "Nowhere"], "no working area 'Nowhere'"),
        (["--out", "x.csv", "--as-of", "1999-01-01"], "no incidents before that day"),
        (["--out", "x.csv", "--as-of", "yesterday"], "does not match the format"),
    ],
)
def test_what_cannot_be_done_is_said(risen_file, arguments, words):
    done = CliRunner().invoke(warnings, ["--store", str(risen_file), *arguments])
    assert done.exit_code != 0 and words in done.output


def test_the_limit_is_shared_by_all_tests_of_a_month():
    assert choose_limit(2.0, 10, monthly=True) == pytest.approx(0.2)
    assert choose_limit(2.0, 10, monthly=False) == pytest.approx(0.2 / 4.348214)
    assert choose_limit(30.0, 1, monthly=True) == 0.5 and choose_limit(0.1, 0, monthly=True) == 0.1


@pytest.mark.parametrize(("precision", "last"), [("month", date(2025, 12, 31)), ("day", date(2025, 12, 1))])
def test_a_months_date_stands_for_all_of_it(store, precision, last):
    with store.write() as cursor:
        insert_source_row(cursor, 1, "incident")
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " local_date, time_precision) SELECT 1, k, 1, 'theft', d, d, d, ?"
            " FROM (SELECT row_number() OVER () AS k, d FROM"
            " generate_series(DATE '2022-01-01', DATE '2025-12-01', INTERVAL 1 MONTH) AS t(d))",
            [precision],
        ).fetchall()
    history = read_history(DuckDBEngine(store), 1, as_of=date(2026, 1, 15))
    assert (history.monthly, history.last_day) == (precision == "month", last)


def _fill_two_kinds(store, days, months):
    """Incidents by day and by month: each (first, last, how many a day or month)."""
    with store.write() as cursor:
        insert_source_row(cursor, 1, "incident")
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')").fetchall()
        for precision, (first, last, each) in (("day", days), ("month", months)):
            steps = f"generate_series(DATE '{first}', DATE '{last}', INTERVAL 1 {precision})"
            cursor.execute(
                "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from,"
                " occurred_to, local_date, time_precision, x, y)"
                " SELECT 1, (SELECT count(*) FROM incident) + k, 1, 'theft', d, d, d, ?, 500000, 5540000"
                f" FROM (SELECT row_number() OVER () AS k, d FROM {steps} AS t(d), range({each}))",
                [precision],
            ).fetchall()


def test_a_few_rows_of_months_are_in_no_week_and_are_said(store):
    _fill_two_kinds(store, ("2024-06-01", "2025-11-12", 2), ("2025-07-01", "2025-11-01", 8))
    history = read_history(DuckDBEngine(store), 1)
    assert (history.monthly, history.last_day, history.left_out) == (False, date(2025, 11, 12), 40)
    assert set(history.counts[0].tolist()) == {14.0}  # 8 more would stand in the first week of each month
    found = find_warnings(DuckDBEngine(store), 1)
    assert "40 incidents, whose dates are known to the month only, are left out." in found.basis
    assert not found.table.alarm.any()
    assert "40 incidents" in compare_latest(DuckDBEngine(store), 1).basis


def test_many_rows_of_months_make_months_of_all_and_the_month_that_is_not_over_is_none(store):
    _fill_two_kinds(store, ("2023-01-01", "2025-11-12", 1), ("2023-01-01", "2025-10-01", 30))
    history = read_history(DuckDBEngine(store), 1)
    assert history.monthly and history.last_day == date(2025, 10, 31)
    assert not (compare_latest(DuckDBEngine(store), 1).table.unusual != "").any()


def test_the_command_and_today_judge_the_same_stretches(risen, tmp_path):
    """Of each category both name the same first day, and where that is the last week the same counts; what
    the page calls higher leads the command's list. Their p differ: the command's is of permuted histories."""
    out = tmp_path / "new.csv"
    with risen.write() as cursor:  # one category leaps in the last week
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision, local_date, x, y) SELECT 1, 90000 + n, 1, 'Drugs', day, day, 'day', day,"
            " 500000 + 90 * n, 502000 FROM (SELECT range AS n,"
            " DATE '2024-06-30' - CAST(range % 6 AS INTEGER) AS day FROM range(25))"
        ).fetchall()
    today = compare_latest(DuckDBEngine(risen), 1)
    risen.close()
    done = CliRunner().invoke(
        warnings, ["--store", str(risen.path), "--as-of", today.last_day.isoformat(), "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    written = pd.read_csv(out, parse_dates=["since", "until"])
    written = written[written.kind == "category"].set_index("category")
    page = today.table.set_index("category")
    assert set(page.index) == set(written.index)
    for category, row in written.iterrows():
        assert row.since.date() == page.since[category]
        assert row.until.date() == today.last_day
        if (row.until - row.since).days == 6:
            assert row.observed == page["count"][category]
            assert row.expected == pytest.approx(page.expected[category], abs=0.006)
        else:
            assert row.observed == sum(page.line[category][-((row.until - row.since).days + 1) // 7 :])
    assert (written.until - written.since).dt.days["Drugs"] == 6
    assert (
        set(page[page.unusual == "more"].index) == set(written[written.alarm].index) == {"Burglary", "Drugs"}
    )
