"""References to squares of grids against published places."""

import pytest

from analytics.ingest.coordinates import read_pair

PUBLISHED = {  # longitude, latitude
    "38SMB4488": (44.403627, 33.334235),  # GeographicLib, GeoConvert: the middle of the square of a kilometre
    "15TWG0000049776": (-93.0, 42.0),  # the mgrs library's own example
    "31U DQ 48251 11932": (
        2.294497,
        48.858293,
    ),  # the Eiffel tower, as C. Veness gives it: 48.8582 N, 2.2945 E
    "4QFJ1234567890": (-157.916077, 21.409802),  # Honolulu
}


@pytest.mark.parametrize("reference", PUBLISHED)
def test_a_published_reference_of_mgrs_lies_where_it_is_published(reference):
    assert read_pair(reference) == pytest.approx(PUBLISHED[reference], abs=2e-4)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("31N 448251 5411932", (2.2945, 48.8582)),
        ("31U 448251 5411932", (2.2945, 48.8582)),
        ("UTM zone 31U 448251mE 5411932mN", (2.2945, 48.8582)),
        ("334873 6252266 56H", (151.2150, -33.8570)),  # Sydney, by its band
        ("56S 334873 6252266", (151.2150, -33.8570)),  # by its hemisphere
        ("18S 323394 4307396", (-77.0365, 38.8977)),  # Washington: S is its band
        ("21S 422000 4272000", (-58.1, -51.7)),  # the Falklands: S is the hemisphere
    ],
)
def test_a_zone_of_utm_with_its_metres(written, place):
    assert read_pair(written) == pytest.approx(place, abs=0.05)


def test_a_column_that_the_zone_has_not_is_no_place():
    assert read_pair("31U JQ 48251 11932") is None  # zone 31 has the columns A to H
