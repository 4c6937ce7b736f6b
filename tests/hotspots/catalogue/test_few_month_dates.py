"""A few rows known to the month only are left out, and it is said; with more of them the data give months."""

from datetime import date

import pytest

from analytics.hotspots.catalogue import METHODS, Request
from analytics.hotspots.catalogue.area_profiles import profile_areas
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.data_extent import read_extent
from analytics.hotspots.grid.cells import Grid, name_cells
from analytics.hotspots.methods.time_of_week import count_trend
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.selection import Selection, select_incidents

PERIOD = Selection(1, date(2023, 1, 1), date(2024, 12, 31))
ASKED = {
    "near-repeats": {"permutations": "99"},
    "series": {"least": 3, "distance": 400, "days": 10},
    "trend": {"unit": "week"},
    "emerging": {"step": "week"},
}


def answer(store, name):
    workspace = open_workspace(store, 1)
    method = METHODS[name]
    options = dict(method.defaults()) | ASKED.get(name, {})
    return method.run(workspace, Request(PERIOD, Grid("hexagon", 500), options=tuple(options.items())))


def know_to_the_month(store, rows):
    """The first rows of the store's 5,000 as a file that gives them by months has them."""
    with store.write() as cursor:
        cursor.execute(
            "UPDATE incident SET time_precision = 'month', local_date = date_trunc('month', local_date), "
            "local_hour = NULL, local_weekday = NULL WHERE row_number < ?",
            [rows],
        ).fetchall()


@pytest.mark.parametrize("name", ASKED)
def test_a_few_are_left_out_and_said(engine, store, name):
    know_to_the_month(store, 3)
    assert not read_extent(engine, 1).monthly
    found = answer(store, name)
    assert "3 incidents, whose dates are known to the month only, are left out." in found.says


@pytest.mark.parametrize("name", ASKED)
def test_more_are_refused_where_days_are_needed(engine, store, name):
    know_to_the_month(store, 251)
    assert read_extent(engine, 1).monthly
    with pytest.raises(TooFewData, match="month"):
        answer(store, name)


def test_weeks_are_counted_as_if_the_few_were_not_there(engine, store):
    know_to_the_month(store, 250)
    with_them = answer(store, "trend").table
    with store.write() as cursor:
        cursor.execute("DELETE FROM incident WHERE time_precision = 'month'").fetchall()
    assert with_them["count"].tolist() == answer(store, "trend").table["count"].tolist()


def test_steps_of_a_week_are_filled_as_if_the_few_were_not_there(engine, store):
    know_to_the_month(store, 250)
    total = answer(store, "emerging").table.total.sum()
    with store.write() as cursor:
        cursor.execute("DELETE FROM incident WHERE time_precision = 'month'").fetchall()
    assert total == answer(store, "emerging").table.total.sum()


@pytest.mark.parametrize(("unit", "left"), [("day", 4750), ("week", 4750), ("month", 5000)])
def test_the_trend_has_no_pile_on_the_first_of_a_month(engine, store, unit, left):
    know_to_the_month(store, 250)
    found = count_trend(engine, select_incidents(PERIOD, any_period=True), unit)
    assert found["count"].sum() == left


def test_the_history_of_an_area_has_none_either(engine, store):
    grid = Grid("square", 100_000)
    workspace = open_workspace(store, 1)
    places = engine.run(select_incidents(PERIOD)).to_pandas().dropna(subset=["x"])
    i, j = ((places[axis] // grid.size).astype(int) for axis in ("x", "y"))
    area_of = dict.fromkeys(name_cells(i, j), "all")
    before = profile_areas(workspace, Request(PERIOD, grid), area_of).history["all"]
    know_to_the_month(store, 250)
    after = profile_areas(open_workspace(store, 1), Request(PERIOD, grid), area_of).history["all"]
    assert sum(before) - sum(after) == (places.row_number < 250).sum() > 0


def test_the_clock_of_days_names_no_hour_for_a_few_months_among_them(engine, store):
    know_to_the_month(store, 3)
    with store.write() as cursor:
        cursor.execute(
            "UPDATE incident SET time_precision = 'day', occurred_from = date_trunc('day', occurred_from),"
            " occurred_to = date_trunc('day', occurred_from) + INTERVAL 1 DAY WHERE time_precision <> 'month'"
        ).fetchall()
    says = answer(store, "clock").says
    assert "no hour is known" in says[0] and not any("fullest hour" in each for each in says)
    assert says[-1] == "3 incidents, whose dates are known to the month only, are left out."
