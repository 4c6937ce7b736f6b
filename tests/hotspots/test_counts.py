import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy import stats

from analytics.hotspots.counts import (
    choose_cell_size,
    count_by_cell,
    count_by_outline,
    find_study_cells,
    join_study_area,
)
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.methods.density import kernel_density
from analytics.hotspots.methods.gi_star import gi_star
from analytics.hotspots.methods.time_of_week import choose_trend_unit, count_trend, count_week
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.selection import Selection, select_incidents

KINDS = pytest.mark.parametrize("kind", ["hexagon", "square"])
WHOLE = Selection(1, date(2024, 1, 1), date(2024, 12, 31))


@KINDS
def test_cells_match_the_nearest_centre_by_brute_force(engine, kind):
    grid = Grid(kind, 500)
    cells = find_study_cells(engine, 1, grid)
    assert cells.ever.sum() == 5000
    cx, cy = grid.centres(cells.i.to_numpy(), cells.j.to_numpy())
    points = engine.frame[["x", "y"]].to_numpy()
    nearest = np.argmin(((points[:, None, :] - np.stack([cx, cy], 1)[None]) ** 2).sum(2), axis=1)
    assert np.array_equal(np.bincount(nearest, minlength=len(cells)), cells.ever)


@KINDS
def test_rings_have_the_stated_area_and_tile_without_gaps(kind):
    grid = Grid(kind, 250)
    i, j = (a.ravel() for a in np.meshgrid(np.arange(-3, 4), np.arange(-3, 4)))
    outlines = shapely.polygons(grid.rings(i, j))
    assert shapely.area(outlines) == pytest.approx(grid.cell_km2 * 1e6)
    assert shapely.area(shapely.union_all(shapely.buffer(outlines, 1e-6))) == pytest.approx(
        49 * grid.cell_km2 * 1e6, rel=1e-5
    )


@KINDS
def test_neighbours_are_the_cells_that_touch(kind):
    grid = Grid(kind, 333)
    i, j = (a.ravel() for a in np.meshgrid(np.arange(-2, 3), np.arange(-2, 3)))
    outlines = shapely.buffer(shapely.polygons(grid.rings(i, j)), 1e-6)
    middle = outlines[(i == 0) & (j == 0)][0]
    touching = {(a, b) for a, b, o in zip(i, j, outlines, strict=True) if shapely.intersects(o, middle)}
    assert touching - {(0, 0)} == set(grid.neighbours())


@KINDS
def test_gi_star_matches_esda(engine, kind):
    from esda.getisord import G_Local
    from libpysal.weights import W

    grid = Grid(kind, 400)
    cells = join_study_area(find_study_cells(engine, 1, grid), count_by_cell(engine, WHOLE, grid))
    ours = gi_star(cells, grid, null="normal")
    rows = {(i, j): k for k, (i, j) in enumerate(zip(cells.i, cells.j, strict=True))}
    neighbours = {
        k: [rows[i + di, j + dj] for di, dj in grid.neighbours() if (i + di, j + dj) in rows]
        for (i, j), k in rows.items()
    }
    weights = W(neighbours, silence_warnings=True)
    theirs = G_Local(cells["count"].to_numpy(float), weights, transform="B", star=True, permutations=0)
    np.testing.assert_allclose(ours.z, theirs.Zs, rtol=1e-9)
    np.testing.assert_allclose(ours.p, 2 * stats.norm.sf(np.abs(theirs.Zs)), rtol=1e-9)


def test_false_discovery_control_matches_the_step_up_procedure_written_out(engine):
    grid = Grid("hexagon", 400)
    cells = gi_star(
        join_study_area(find_study_cells(engine, 1, grid), count_by_cell(engine, WHOLE, grid)), grid
    )
    p = np.sort(cells.p)
    below = np.flatnonzero(p <= 0.05 * np.arange(1, len(p) + 1) / len(p))
    rejected = 0 if below.size == 0 else below[-1] + 1
    assert (cells.verdict != "").sum() == rejected > 0
    hottest = cells.loc[cells.z.idxmax()]
    assert math.dist(np.ravel(grid.centres(hottest.i, hottest.j)), (502_000, 5_400_000)) < 500


def test_without_a_pattern_few_cells_are_called(store):
    grid, rng = Grid("hexagon", 100), np.random.default_rng(5)
    i, j = (a.ravel() for a in np.meshgrid(np.arange(30), np.arange(30)))
    false_maps = 0
    for _ in range(200):
        cells = pd.DataFrame({"i": i, "j": j, "count": rng.poisson(20, i.size)})
        false_maps += (gi_star(cells, grid).verdict != "").any()
    assert stats.binomtest(false_maps, 200, 0.05, alternative="greater").pvalue > 0.001


def test_gi_star_refuses_too_few_data():
    cells = pd.DataFrame({"i": range(100), "j": 0, "count": 0})
    with pytest.raises(TooFewData, match="30 incidents"):
        gi_star(cells, Grid("square", 100))
    with pytest.raises(TooFewData, match="same count"):
        gi_star(cells.assign(count=1), Grid("square", 100))


@KINDS
def test_density_matches_a_direct_sum(kind):
    grid, rng = Grid(kind, 200), np.random.default_rng(2)
    i, j = (a.ravel() for a in np.meshgrid(np.arange(-15, 16), np.arange(-15, 16)))
    cells = pd.DataFrame({"i": i, "j": j, "count": rng.poisson(1, i.size)})
    centres = np.stack(grid.centres(i, j), 1)
    distance = np.hypot(*(centres[:, None] - centres[None]).T)
    kernel = np.where(distance < 700, (1 - (distance / 700) ** 2) ** 2, 0) * 3 / (np.pi * 700**2)
    expected = kernel @ cells["count"].to_numpy() * 1e6
    np.testing.assert_allclose(kernel_density(cells, grid, 700), expected, rtol=1e-9)


def test_density_integrates_to_the_number_of_incidents():
    grid = Grid("hexagon", 100)
    i, j = (a.ravel() for a in np.meshgrid(np.arange(-40, 41), np.arange(-40, 41)))
    cells = pd.DataFrame({"i": i, "j": j, "count": np.where((i == 0) & (j == 0), 17, 0)})
    assert kernel_density(cells, grid, 1000).sum() * grid.cell_km2 == pytest.approx(17, rel=0.01)
    with pytest.raises(ValueError, match="smaller than a cell"):
        kernel_density(cells, grid, 50)


def test_now_and_before_are_counted_apart(engine):
    half = Selection(1, date(2024, 7, 1), date(2024, 12, 31), categories=("even",))
    counts = count_by_cell(engine, half, Grid("square", 500))
    even = engine.frame[engine.frame.n % 2 == 0]
    now = even.moment.dt.date.between(half.first, half.last).sum()
    before = even.moment.dt.date.between(half.earlier().first, half.earlier().last).sum()
    assert (counts["count"].sum(), counts.before.sum()) == (now, before)
    assert half.earlier().days == half.days


def test_hours_and_weekdays_filter_and_unknown_hours_are_not_guessed(engine):
    clock = count_week(engine, select_incidents(WHOLE))
    chosen = engine.frame[engine.frame.moment.dt.year == 2024]
    assert clock.unknown == (chosen.n % 10 == 0).sum()
    assert clock.counts.sum() + clock.unknown == len(chosen)
    fridays = count_week(
        engine, select_incidents(Selection(1, WHOLE.first, WHOLE.last, hours=(22, 23), weekdays=(5,)))
    )
    assert fridays.counts.sum() == clock.counts[4, 22:].sum() and fridays.unknown == 0


@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_trend_has_every_period_and_every_incident(engine, unit):
    frame = count_trend(engine, select_incidents(WHOLE, any_period=True), unit)
    assert frame["count"].sum() == 5000
    assert frame.start.is_monotonic_increasing and frame.start.iloc[0] <= pd.Timestamp("2023-01-02")
    if unit == "week":
        assert (frame.start.dt.day_of_week == 0).all()


def test_trend_units():
    assert choose_trend_unit(30, monthly=False) == "day" and choose_trend_unit(365, monthly=False) == "week"
    assert choose_trend_unit(30, monthly=True) == "month"


def test_boundary_counts_match_geopandas_on_overlap_free_outlines(engine):
    outlines = shapely.box(np.arange(6) / 100, 0, np.arange(1, 7) / 100, 0.06)
    counts = count_by_outline(engine, WHOLE, outlines)
    chosen = engine.frame[engine.frame.moment.dt.year == 2024]
    expected = [
        ((chosen.lon >= k / 100) & (chosen.lon < (k + 1) / 100) & chosen.lat.between(0, 0.06)).sum()
        for k in range(6)
    ]
    assert counts["count"].tolist() == expected


def test_the_automatic_size_keeps_the_map_small(engine):
    assert choose_cell_size(engine, 1, "hexagon") == 250
    assert (
        choose_cell_size(engine, 1, "hexagon", smallest=100) > 100
        or len(find_study_cells(engine, 1, Grid("hexagon", 100))) <= 4000
    )
