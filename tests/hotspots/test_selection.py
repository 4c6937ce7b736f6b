from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.hotspots.counts import count_by_cell, count_by_outline, find_study_cells
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.incident_points import read_incident_points
from analytics.hotspots.selection import COMPARED_WITH, Selection, select_incidents
from analytics.store import Store
from analytics.store.engine import DuckDBEngine
from tests.examples import examples

WHOLE = Selection(1, date(2023, 1, 1), date(2024, 12, 31))
RING = (
    shapely.Point(503_000, 5_401_000).buffer(2_000).difference(shapely.Point(503_000, 5_401_000).buffer(700))
)
TWO = shapely.union(shapely.box(500_000, 5_398_000, 501_000, 5_399_500), RING)


@pytest.mark.parametrize("area", [RING, TWO, shapely.box(501_000, 5_399_000, 502_500, 5_403_000)])
def test_a_custom_area_keeps_what_shapely_finds_inside(engine, area):
    found = read_incident_points(engine, replace(WHOLE, within=shapely.to_wkb(area)))
    frame = engine.frame
    inside = shapely.contains_xy(area, frame.x, frame.y)
    assert found.row_number.tolist() == frame.n[inside].tolist() and 0 < inside.sum() < len(frame)


@settings(max_examples=examples(30))
@given(
    corners=st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=3, max_size=12),
    seed=st.integers(0, 1000),
)
def test_any_polygon_agrees_with_shapely(corners, seed):
    area = shapely.MultiPoint(corners).convex_hull
    if area.geom_type != "Polygon" or area.area < 1e-3:
        return
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-5, 105, (2, 200))
    points = pa.table({"n": range(200), "x": x, "y": y})
    store = Store(":memory:")
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')").fetchall()
        cursor.register("points", points)
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to, "
            "time_precision, local_date, x, y) SELECT 1, n, 1, 'c', '2024-01-01', '2024-01-01', 'day', "
            "'2024-01-01', x, y FROM points"
        ).fetchall()
    found = read_incident_points(DuckDBEngine(store), replace(WHOLE, within=shapely.to_wkb(area)))
    store.close()
    assert found.row_number.tolist() == np.flatnonzero(shapely.contains_xy(area, x, y)).tolist()


def test_a_line_is_no_custom_area(engine):
    with pytest.raises(ValueError, match="polygon"):
        read_incident_points(
            engine, replace(WHOLE, within=shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)])))
        )


def test_the_study_area_keeps_to_the_custom_area(engine):
    grid = Grid("square", 500)
    area = shapely.box(501_000, 5_399_000, 502_500, 5_403_000)
    cells = find_study_cells(engine, 1, grid, shapely.to_wkb(area))
    assert len(cells) == 3 * 8
    assert cells.ever.sum() == shapely.contains_xy(area, engine.frame.x, engine.frame.y).sum()


def test_the_same_dates_a_year_earlier(engine):
    march = Selection(1, date(2024, 2, 29), date(2024, 3, 31), compared_with=COMPARED_WITH[1])
    assert (march.earlier().first, march.earlier().last) == (date(2023, 2, 28), date(2023, 3, 31))
    day = engine.frame.moment.dt.date
    counts = count_by_cell(engine, march, Grid("square", 500))
    assert counts["count"].sum() == day.between(march.first, march.last).sum()
    assert counts.before.sum() == day.between(date(2023, 2, 28), date(2023, 3, 31)).sum()


def test_a_period_longer_than_a_year_counts_the_overlap_on_both_sides(engine):
    long = Selection(1, date(2023, 7, 1), date(2024, 12, 31), compared_with=COMPARED_WITH[1])
    day = engine.frame.moment.dt.date
    counts = count_by_cell(engine, long, Grid("square", 500))
    assert counts["count"].sum() == (day >= long.first).sum()
    assert counts.before.sum() == (day <= date(2023, 12, 31)).sum()


def test_harm_sums_the_weights_and_leaves_out_what_has_none(engine):
    year = Selection(1, date(2024, 1, 1), date(2024, 12, 31))
    odd = ((engine.frame.moment.dt.year == 2024) & (engine.frame.n % 2 == 1)).sum()
    counts = count_by_cell(engine, year, Grid("square", 500), {"odd": 2.5})
    assert counts.harm.sum() == pytest.approx(2.5 * odd)
    everywhere = shapely.box(-1, -1, 1, 1)
    assert count_by_outline(engine, year, np.array([everywhere]), {"odd": 2.5}).harm[0] == pytest.approx(
        2.5 * odd
    )
    assert count_by_cell(engine, year, Grid("square", 500), {}).harm.sum() == 0


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        (date(2024, 3, 1), date(2024, 3, 31), (date(2024, 1, 30), date(2024, 2, 29))),
        (date(2024, 3, 1), date(2024, 3, 1), (date(2024, 2, 29), date(2024, 2, 29))),
        (date(2025, 1, 1), date(2025, 12, 31), (date(2024, 1, 2), date(2024, 12, 31))),
    ],
)
def test_the_period_before_is_as_long_and_ends_the_day_before(first, last, before):
    chosen = Selection(7, first, last, ("a",), (3,), (5,), b"x")
    assert chosen.compared_with == "the period before"
    assert chosen.days == (last - first).days + 1
    assert chosen.earlier() == Selection(7, *before, ("a",), (3,), (5,), b"x")


def test_a_year_earlier_keeps_the_filter_and_29_february_becomes_the_28th():
    leap = Selection(7, date(2024, 2, 29), date(2024, 2, 29), ("a",), compared_with=COMPARED_WITH[1])
    assert leap.earlier() == replace(leap, first=date(2023, 2, 28), last=date(2023, 2, 28))
    year = replace(leap, first=date(2024, 3, 29), last=date(2025, 2, 28))
    assert year.earlier() == replace(year, first=date(2023, 3, 29), last=date(2024, 2, 28))


def test_each_condition_selects_exactly_what_a_plain_filter_does(engine):
    frame, moment = engine.frame, engine.frame.moment

    def numbers(selection, **options):
        return set(engine.run(select_incidents(selection, **options)).column("row_number").to_pylist())

    def plain(mask):
        return set(frame.n[mask].tolist())

    day, hour_known = moment.dt.date, frame.n % 10 != 0
    march = replace(WHOLE, first=date(2024, 3, 1), last=date(2024, 3, 31))
    in_march = (day >= march.first) & (day <= march.last)
    assert (day == march.first).any() and (day == march.last).any()
    assert numbers(march) == plain(in_march)
    assert numbers(march, any_period=True) == set(frame.n)
    assert numbers(replace(march, area_id=2)) == set()
    assert numbers(replace(march, categories=("odd",))) == plain(in_march & (frame.n % 2 == 1))
    assert numbers(replace(march, hours=(0, 22))) == plain(
        in_march & hour_known & moment.dt.hour.isin([0, 22])
    )
    assert numbers(replace(march, weekdays=(1, 7))) == plain(
        in_march & moment.dt.isocalendar().day.isin([1, 7])
    )
