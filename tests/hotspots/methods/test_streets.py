from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from analytics.hotspots.methods.streets import count_on_streets, snap_to_streets, street_layer
from analytics.hotspots.refusal import TooFewData
from analytics.ingest import SourceDetails, import_file
from analytics.oversight import Actor
from tests.ingest.helpers import proposed

CROSS = np.array(
    shapely.from_wkt(
        [
            "LINESTRING (0 0, 100 0)",
            "LINESTRING (0 0, 0 100)",
            "LINESTRING (0 0, -100 0)",
            "MULTILINESTRING ((50 40, 50 60), (50 60, 70 60))",
        ]
    )
)


def test_incidents_go_to_the_nearest_street_or_to_none():
    x = np.array([30, 30, -3, 52, 500, np.nan, 0.0])
    y = np.array([5, 5, 80, 66, 500, 5.0, 0.0])
    snapped = snap_to_streets(x, y, CROSS, tolerance=10)
    assert snapped.street.tolist() == [0, 0, 1, 3, -1, -1, 0]
    np.testing.assert_allclose(snapped.distance, [5, 5, 3, 6, np.hypot(430, 440), np.nan, 0])
    assert (snapped.far, snapped.unplaced) == (1, 1)


def test_at_a_junction_the_first_street_is_taken_whatever_the_rounding():
    lines = CROSS[:3]
    turn = 0.3
    turned = shapely.transform(
        lines, lambda p: p @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    )
    angle = (
        np.linspace(np.pi, 1.5 * np.pi, 50) + turn
    )  # nearest to the junction itself, or to two streets alike
    snapped = snap_to_streets(1e-9 * np.cos(angle), 1e-9 * np.sin(angle), turned)
    assert (snapped.street == 0).all()


def test_the_tolerance_is_inclusive():
    assert snap_to_streets(np.array([50.0]), np.array([-10.0]), CROSS, tolerance=10).street.tolist() == [0]
    assert snap_to_streets(np.array([50.0]), np.array([-10.001]), CROSS, tolerance=10).far == 1


def test_counts_and_rates_per_100_metres():
    snapped = snap_to_streets(np.array([30, 40, 0, 60.0]), np.array([1, 1, 50, 61.0]), CROSS)
    table = count_on_streets(CROSS, snapped)
    assert table["count"].tolist() == [2, 1, 0, 1] and table.length_m.tolist() == [100, 100, 100, 40]
    assert table.per_100m.tolist() == [2, 1, 0, 2.5]
    harm = count_on_streets(CROSS, snapped, weights=np.array([1, 2.5, 10, 4]))
    assert harm["count"].tolist() == [3.5, 10, 0, 4]
    dot = np.append(CROSS, shapely.from_wkt("LINESTRING (9 9, 9 9)"))
    assert np.isnan(count_on_streets(dot, snapped).per_100m.iloc[-1])


@pytest.fixture(scope="module")
def cleveland(shared_data):
    roads = gpd.read_file(shared_data / "boundaries/cleveland_roads.gpkg")
    rows = pd.read_csv(shared_data / "incidents/cleveland_street_2018-10_2019-02.csv.gz").dropna(
        subset="longitude"
    )
    x, y = Transformer.from_crs(4326, 27700, always_xy=True).transform(rows.longitude, rows.latitude)
    return roads, np.asarray(x), np.asarray(y)


def test_cleveland_matches_geopandas(cleveland):
    roads, x, y = cleveland
    snapped = snap_to_streets(x, y, roads.geometry.to_numpy(), tolerance=50)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=27700)
    joined = gpd.sjoin_nearest(points, roads, distance_col="distance")
    nearest = joined.groupby(level=0)
    np.testing.assert_allclose(snapped.distance, nearest.distance.min(), atol=1e-6)
    assert snapped.far == (nearest.distance.min() > 50).sum()
    snapped_to_one = snapped.street >= 0
    chosen = joined.groupby(level=0).index_right.min().to_numpy()
    own = shapely.distance(
        points.geometry.to_numpy()[snapped_to_one], roads.geometry.to_numpy()[snapped.street[snapped_to_one]]
    )
    np.testing.assert_allclose(own, snapped.distance[snapped_to_one], atol=2e-6)
    assert (snapped.street[snapped_to_one] <= chosen[snapped_to_one]).all()
    table = count_on_streets(roads.geometry.to_numpy(), snapped)
    assert table["count"].sum() + snapped.far == len(x)
    assert table.length_m.sum() == pytest.approx(roads.length.sum())


def test_streets_come_from_the_store_in_metres(store, tmp_path):
    origin, step = (-1.2, 54.6), 0.001
    streets = gpd.GeoDataFrame(
        {"name": ["North Street", "East Street"]},
        geometry=[
            shapely.LineString([origin, (origin[0], origin[1] + step)]),
            shapely.LineString([origin, (origin[0] + step, origin[1])]),
        ],
        crs=4326,
    )
    streets.to_file(tmp_path / "streets.gpkg")
    details = SourceDetails("Streets", "test", "test", "P", date(2030, 1, 1))
    path = tmp_path / "streets.gpkg"
    report = import_file(store, Actor("A"), path, proposed(path, "boundary", layer="street"), details)
    layer = street_layer(store, report.area_id)
    assert layer.name.tolist() == ["North Street", "East Street"]
    np.testing.assert_allclose(shapely.length(layer.geometry.to_numpy()), [111.3, 64.6], rtol=0.005)
    with pytest.raises(TooFewData, match="no streets"):
        street_layer(store, report.area_id + 1)
