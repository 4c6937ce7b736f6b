"""Places that rise: found where planted, and not elsewhere."""

from datetime import date, timedelta

import numpy as np
import pytest

from analytics.hotspots.grid.cells import Grid, index_cells, read_cell_name
from analytics.overview.rising_places import RiseParameters, _test, find_rising_places, find_start
from analytics.store.engine import DuckDBEngine

LAST = date(2026, 10, 31)
EPSG = 32631


def add_incidents(store, rows, precision="day"):
    """Rows of (day, x, y, category), metres on EPSG:32631."""
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')").fetchall()
        cursor.executemany(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision, local_date, x, y, lon, lat) VALUES (1, ?, 1, ?, ?, ?, ?, ?, ?, ?, 3, 50)",
            [[n, kind, day, day, precision, day, x, y] for n, (day, x, y, kind) in enumerate(rows)],
        )


def steady_places(rng, days=15 * 28, number=40):
    """A place every 800 m, each with about 3 incidents in four weeks."""
    return [
        (
            LAST - timedelta(days=int(day)),
            500_000 + 800 * (place % 8),
            5_540_000 + 800 * (place // 8),
            "theft",
        )
        for place in range(number)
        for day in np.flatnonzero(rng.random(days) < 3 / 28)
    ]


def test_a_planted_rise_is_found_with_its_category_and_its_start(store):
    rng = np.random.default_rng(3)
    planted = [
        (LAST - timedelta(days=int(day)), 500_810.0, 5_540_005.0, "robbery")
        for day in np.repeat(np.arange(40), 2)
    ]
    add_incidents(store, [*steady_places(rng), *planted])
    found = find_rising_places(DuckDBEngine(store), 1, EPSG)
    (place,) = found.places
    i, j = index_cells(Grid("hexagon", 400), np.array([500_810.0]), np.array([5_540_005.0]))
    assert read_cell_name(place.core) == (i[0], j[0])
    assert (found.first_day, found.last_day, found.unit) == (date(2026, 10, 4), LAST, "28 days")
    assert place.category == "robbery" and place.count >= 56 and place.p_adjusted < 0.001
    assert date(2026, 9, 19) <= place.since <= date(2026, 9, 27)
    assert place.highest > LAST - timedelta(days=40) and len(place.line) == 12
    assert len(place.ring.outlines) == 1 and place.ring.outlines[0][0] == place.ring.outlines[0][-1]


def test_where_nothing_changes_nothing_is_called(store):
    add_incidents(store, steady_places(np.random.default_rng(5)))
    assert find_rising_places(DuckDBEngine(store), 1, EPSG).places == ()


def test_a_rise_of_the_whole_area_is_no_rise_of_a_place(store):
    rows = steady_places(np.random.default_rng(7))
    recent = [row for row in rows if row[0] > LAST - timedelta(days=28)]
    add_incidents(store, rows + recent * 3)
    assert find_rising_places(DuckDBEngine(store), 1, EPSG).places == ()


def test_monthly_data_are_tested_by_month_and_too_short_ones_not_at_all(store):
    months = [date(2026, month, 1) for month in range(5, 11)]
    rows = [(month, 500_000.0, 5_540_000.0 + 900 * place, "a") for month in months for place in range(9)] * 4
    add_incidents(store, [*rows, *[(months[-1], 500_000.0, 5_540_000.0, "b")] * 60], precision="month")
    found = find_rising_places(DuckDBEngine(store), 1, EPSG)
    assert (found.unit, found.first_day, found.last_day) == ("month", date(2026, 10, 1), LAST)
    assert [place.category for place in found.places] == ["b"]


def test_a_few_rows_of_months_make_no_place_rise(store):
    rows = steady_places(np.random.default_rng(5))
    once = [(LAST - timedelta(days=9), 500_000.0, 5_540_000.0, "month")] * (len(rows) // 25)
    add_incidents(store, [*rows, *once])
    assert [place.category for place in find_rising_places(DuckDBEngine(store), 1, EPSG).places] == ["month"]
    with store.write() as cursor:
        cursor.execute("UPDATE incident SET time_precision = category WHERE category = 'month'").fetchall()
    found = find_rising_places(DuckDBEngine(store), 1, EPSG)
    assert found.unit == "28 days" and found.places == ()


def test_three_periods_are_too_few(store):
    add_incidents(store, [(LAST - timedelta(days=30 * k), 500_000.0, 5_540_000.0, "a") for k in range(3)])
    assert find_rising_places(DuckDBEngine(store), 1, EPSG) is None


def test_false_alarms_stay_below_the_stated_rate():
    """Over-dispersed counts without any change: of 40 areas of 300 cells few give any call."""
    import pandas as pd

    rng, alarms = np.random.default_rng(11), 0
    for _ in range(40):
        rate = rng.gamma(2.0, 2.0, (300, 1)) * rng.gamma(4.0, 0.25, (300, 15))
        counts = rng.poisson(rate)
        cells = pd.DataFrame({"i": range(300), "j": 0, "counts": list(counts)})
        alarms += bool((_test(cells, RiseParameters()).p_adjusted <= 0.05).any())
    assert alarms <= 6  # 5 % of 40 is 2; more than 6 has a chance below 0.5 %


@pytest.mark.parametrize(
    ("line", "start"), [([1, 1, 1, 5, 6], 3), ([1, 1, 1, 1, 9], 4), ([4, 4, 4, 4, 4], 0)]
)
def test_a_rise_starts_at_its_last_change_point(line, start):
    steps = [LAST + timedelta(days=7 * k) for k in range(6)]
    assert find_start(np.array(line), 2.0, steps) == steps[start]
