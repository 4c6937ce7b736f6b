"""Called cells that touch are one area: against the parts of their outlines' union."""

import numpy as np
import pandas as pd
import pytest
import shapely

from analytics.hotspots.grid.cells import KINDS, Grid, name_cells
from analytics.hotspots.methods.hotspot_areas import (
    fill_small_holes,
    label_areas,
    name_confidence,
    summarise_areas,
)


def scattered(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    at = np.unique(rng.integers(-9, 9, (110, 2)), axis=0)
    cells = pd.DataFrame({"i": at[:, 0], "j": at[:, 1], "id": name_cells(at[:, 0], at[:, 1])})
    size = len(cells)
    counts = rng.integers(1, 50, size)
    return cells.assign(
        count=counts,
        before=rng.integers(1, 50, size),
        value=counts * 2.0,
        value_before=1.0,
        z=rng.normal(4, 1, size),
        p_adjusted=rng.uniform(0, 0.05, size),
    ).sample(frac=1, random_state=seed)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_areas_are_the_parts_of_the_union_of_the_outlines(kind, seed):
    grid, cells = Grid(kind, 100), scattered(seed)
    labels = label_areas(cells, grid)
    outlines = shapely.polygons(grid.rings(cells.i.to_numpy(), cells.j.to_numpy()))
    parts = shapely.get_parts(shapely.union_all(shapely.buffer(outlines, 0.01)))
    inside = shapely.contains(parts[:, None], outlines[None, :]).argmax(axis=0)
    assert len(set(labels)) == len(parts) > 1
    assert len(set(zip(labels.tolist(), inside.tolist(), strict=True))) == len(parts)


def test_an_area_sums_its_cells_and_is_as_sure_as_its_surest():
    grid, cells = Grid("hexagon", 250), scattered(3)
    labels = label_areas(cells, grid)
    areas = summarise_areas(cells, labels, grid)
    assert areas["count"].sum() == cells["count"].sum() and areas.cells.sum() == len(cells)
    assert areas["rank"].tolist() == list(range(1, len(areas) + 1))
    assert (areas.value.diff().dropna() <= 0).all()
    for label, area in areas.iterrows():
        own = cells[labels == label]
        assert area["count"] == own["count"].sum() and area.before == own.before.sum()
        assert area.p_adjusted == own.p_adjusted.min()
        assert area.core == own.id[own.z.abs().idxmax()] and area.z == own.z.abs().max()
        assert area.area_km2 == pytest.approx(len(own) * grid.cell_km2)
        assert area.change == pytest.approx((own.value - own.value_before).sum())


def test_small_holes_are_filled_and_large_ones_are_not():
    holes = [shapely.box(1, 1, 2, 2).exterior, shapely.box(4, 4, 7, 7).exterior]
    ground = shapely.Polygon(shapely.box(0, 0, 10, 10).exterior, holes)
    filled = fill_small_holes(ground, 3.0)
    assert filled.area == pytest.approx(100 - 9) and len(filled.interiors) == 1
    parts = fill_small_holes(shapely.MultiPolygon([ground, shapely.box(20, 0, 21, 1)]), 100.0)
    assert parts.geom_type == "MultiPolygon" and parts.area == pytest.approx(101)


def test_no_cell_is_no_area():
    cells = scattered(1).iloc[:0]
    labels = label_areas(cells, Grid("square", 100))
    assert len(labels) == 0 and summarise_areas(cells, labels, Grid("square", 100)).empty


@pytest.mark.parametrize(
    ("p", "name"),
    [(0.0, "99 %"), (0.01, "99 %"), (0.0101, "95 %"), (0.05, "95 %"), (0.1, "90 %"), (0.2, "under 90 %")],
)
def test_confidence_has_three_classes(p, name):
    assert name_confidence(p) == name
