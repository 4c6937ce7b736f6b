from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from analytics.hotspots.catalogue import Request
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.findings.followed import count_followed, follow_hotspot, list_followed, retire_hotspot
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.grid.custom_area import join_cells, join_polygons, read_drawn, write_drawn
from analytics.hotspots.methods.agreement import measure_agreement
from analytics.hotspots.selection import Selection
from analytics.oversight import Actor

ACTOR = Actor("analyst")
BOX = shapely.box(0.01, 0.01, 0.03, 0.03)


def test_a_hotspot_is_kept_followed_and_retired(engine, store):
    number = follow_hotspot(store, ACTOR, 1, "  Station   quarter ", BOX, "seen in May")
    with pytest.raises(ValueError, match="already followed"):
        follow_hotspot(store, ACTOR, 1, "Station quarter", BOX)
    workspace = open_workspace(store, 1)
    request = Request(Selection(1, date(2024, 1, 1), date(2024, 12, 31)), Grid("square", 500))
    followed = count_followed(workspace, request, list_followed(store, 1), "month").iloc[0]
    frame = engine.frame
    # The fixture's degrees are not the projection's: the count goes by degrees, the history by metres.
    inside = frame.lon.between(0.01, 0.03) & frame.lat.between(0.01, 0.03)
    this_year = frame.moment.dt.year == 2024
    assert (followed["name"], followed["count"]) == ("Station quarter", (inside & this_year).sum())
    assert followed.share == pytest.approx((inside & this_year).sum() / this_year.sum())
    assert followed.before == (inside & ~this_year & (frame.moment.dt.date >= date(2022, 12, 31))).sum()
    retire_hotspot(store, ACTOR, number)
    assert list_followed(store, 1).empty
    with pytest.raises(KeyError):
        retire_hotspot(store, ACTOR, number)
    acts = [
        row["act"] for row in store.rows("SELECT act FROM audit WHERE act <> 'change data' ORDER BY sequence")
    ]
    assert acts == ["keep hotspot", "retire hotspot"]


@pytest.mark.parametrize(("name", "outline"), [("", BOX), ("x" * 121, BOX), ("a", shapely.Point(0, 0))])
def test_what_is_no_hotspot_is_refused(store, name, outline):
    with pytest.raises(ValueError):
        follow_hotspot(store, ACTOR, 1, name, outline)


def test_an_area_of_cells_has_their_area_and_survives_a_link():
    grid = Grid("hexagon", 250)
    cells = ["x2000y24000", "x2001y24000", "x2000y24001"]
    area = join_cells(cells, grid, 32631)
    assert area.geom_type == "Polygon"
    again = read_drawn(write_drawn(area))
    assert again.symmetric_difference(area).area < 1e-3 * area.area
    metres = shapely.from_wkb(join_polygons([again], 32631))
    assert metres.area == pytest.approx(3e6 * grid.cell_km2, rel=0.01)


def test_a_long_outline_is_simplified_for_the_link():
    circle = shapely.Point(3, 48).buffer(0.05, quad_segs=400)
    text = write_drawn(circle)
    assert text.count("!") < 400 and read_drawn(text).area == pytest.approx(circle.area, rel=0.02)


@given(st.text(max_size=60))
def test_any_link_text_is_an_area_or_a_clear_error(text):
    try:
        assert read_drawn(text).geom_type in ("Polygon", "MultiPolygon")
    except ValueError as error:
        assert "drawn area" in str(error)


def test_agreement_of_two_pictures():
    first = pd.Series(np.arange(100.0), index=[f"{k:03}" for k in range(100)])
    same = measure_agreement(first, first * 2 + 1, 0.1)
    assert (round(same.spearman, 9), same.both, same.overlap) == (1.0, 10, 1.0)
    opposite = measure_agreement(first, -first, 0.1)
    assert (round(opposite.spearman, 9), opposite.both, opposite.overlap) == (-1.0, 0, 0.0)
    rolled = measure_agreement(first, pd.Series(np.roll(first, 5), index=first.index), 0.1)
    assert (rolled.both, rolled.only_first, rolled.overlap) == (5, 5, 5 / 15)
    with pytest.raises(ValueError):
        measure_agreement(first, first, 0)
