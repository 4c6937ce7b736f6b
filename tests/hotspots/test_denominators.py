import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.hotspots.denominators import (
    DenominatorRefused,
    list_denominators,
    load_denominator,
    read_points,
    sum_by_outline,
)
from analytics.hotspots.grid.outlines import read_outlines
from analytics.oversight import Actor
from analytics.store import Store
from analytics.store.engine import DuckDBEngine
from tests.examples import examples

ACTOR = Actor("analyst")
BY_NAME = "Name,Value\n North ,1200\nSOUTH,0\n".encode("utf-8-sig")


@pytest.fixture
def beats(store):
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')").fetchall()
        for row, (name, west) in enumerate({"North": 3.0, "South": 3.1, "East": 3.2}.items()):
            outline = shapely.to_wkb(shapely.box(west, 48, west + 0.1, 48.1))
            cursor.execute(
                "INSERT INTO boundary VALUES (1, ?, 1, 'Beats', 'area', NULL, ?, ?)", [row, name, outline]
            ).fetchall()
    return store


def values(store, denominator):
    engine = DuckDBEngine(store)
    outlines = read_outlines(engine, 1, "area", "Beats")
    return sum_by_outline(engine, denominator, "Beats", outlines, 32631)


def test_values_by_name_reach_their_outlines_and_the_rest_stay_unknown(beats):
    target = load_denominator(beats, ACTOR, 1, "residents", BY_NAME, "r.csv", layer="Beats")
    np.testing.assert_array_equal(values(beats, target), [1200, 0, np.nan])
    assert read_points(DuckDBEngine(beats), target).empty
    with pytest.raises(KeyError, match="loaded for 'Beats'"):
        sum_by_outline(DuckDBEngine(beats), target, "Wards", None, 32631)


def test_points_are_summed_where_they_lie(beats):
    data = b"lat,lon,value\n48.05,3.05,10\n48.05,3.06,5\n48.05,3.15,7\n48.5,3.05,99\n"
    target = load_denominator(beats, ACTOR, 1, "homes", data, "h.csv")
    np.testing.assert_allclose(values(beats, target), [15, 7, 0])
    assert len(read_points(DuckDBEngine(beats), target)) == 4


def test_a_stored_name_is_replaced_whole(beats):
    load_denominator(beats, ACTOR, 1, "residents", BY_NAME, "r.csv", layer="Beats")
    load_denominator(beats, ACTOR, 1, "residents", b"name,value\nEast,3\n", "r2.csv", layer="Beats")
    listed = list_denominators(DuckDBEngine(beats), 1)
    assert [target.name for target in listed] == ["residents"]
    np.testing.assert_array_equal(values(beats, listed[0]), [np.nan, np.nan, 3])
    assert len(beats.rows("SELECT 1 FROM audit WHERE act = 'load target'")) == 2


@pytest.mark.parametrize(
    ("data", "layer", "message"),
    [
        (b"name\nNorth\n", "Beats", "lacks value"),
        (b"name,value\n", "Beats", "no rows"),
        (b"name,value\nNorth,-1\n", "Beats", "Row 2"),
        (b"name,value\nNorth,1\nSouth,nan\n", "Beats", "Row 3"),
        (b"name,value\nNorth,1\nWest,2\n", "Beats", "Row 3: no outline"),
        (b"name,value\nNorth,1\nnorth,2\n", "Beats", "Row 3: 'north' comes twice"),
        (b"lon,lat,value\n3,91,2\n", "", "lat '91'"),
        (b"\xff\xfe\x00", "", "not a CSV table"),
        (b"", "", "not a CSV table"),
    ],
)
def test_a_bad_file_is_refused_whole(beats, data, layer, message):
    with pytest.raises(DenominatorRefused, match=message):
        load_denominator(beats, ACTOR, 1, "residents", data, "r.csv", layer=layer)
    assert list_denominators(DuckDBEngine(beats), 1) == [] and beats.rows("SELECT 1 FROM target_value") == []


@settings(max_examples=examples(25))
@given(st.binary(max_size=200))
def test_any_bytes_load_or_are_refused_in_words(data):
    store = Store(":memory:")
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')").fetchall()
    try:
        load_denominator(store, ACTOR, 1, "residents", data, "r.csv")
    except DenominatorRefused as error:
        assert str(error)
    finally:
        store.close()
