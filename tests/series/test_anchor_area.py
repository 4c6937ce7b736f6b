"""The anchor area against hand values, Snow's pump and the example that misleads it."""

import numpy as np
import pandas as pd
import pyproj
import pytest

from analytics.series.anchor_area import NoAnchorArea, find_anchor_area, score_anchor


@pytest.mark.parametrize(
    ("distance", "score"),
    [(0, 0.435275), (0.5, 0.614739), (1, 1), (2, 0.435275), (4, 0.189465)],
)
def test_a_term_of_the_formula(distance, score):
    found = score_anchor(np.array([[distance, 0.0]]), np.zeros(1), np.zeros(1), 1.0)
    assert found[0] == pytest.approx(score, abs=1e-6)


def test_two_offences_along_the_streets():
    found = score_anchor(np.array([[1.0, 1.0]]), np.array([0.0, 3.0]), np.zeros(2), 1.0)
    assert found[0] == pytest.approx(0.702856, abs=1e-6)


def _project(longitude, latitude):
    return pyproj.Transformer.from_crs(4326, 27700, always_xy=True).transform(
        np.asarray(longitude, float), np.asarray(latitude, float)
    )


@pytest.mark.parametrize(("buffer_m", "hit", "next_best"), [(7.3, 0.0058, 0.4795), (50, 0.0258, 0.4746)])
def test_snows_pump_is_first_of_thirteen(shared_data, buffer_m, hit, next_best):
    cases = pd.read_csv(shared_data / "oracles/geoprofile/cholera.csv")
    area = find_anchor_area(*_project(cases.longitude, cases.latitude), buffer_m)
    pumps = pd.read_csv(shared_data / "oracles/geoprofile/waterpumps.csv")
    hits = [area.measure_hit(x, y) for x, y in zip(*_project(pumps.longitude, pumps.latitude), strict=True)]
    x, y = _project([-0.13667], [51.513273])
    assert area.measure_hit(x[0], y[0]) == pytest.approx(hit, abs=0.001)
    assert sorted(hits)[0] == pytest.approx(hit, abs=0.001)
    assert sorted(hits)[1] == pytest.approx(next_best, abs=0.01)


def test_several_anchors_mislead_it(shared_data):
    crimes = pd.read_csv(shared_data / "oracles/geoprofile/londonexample_crimes.csv")
    sources = pd.read_csv(shared_data / "oracles/geoprofile/londonexample_sources.csv")
    area = find_anchor_area(*_project(crimes.longitude, crimes.latitude))
    hits = [
        area.measure_hit(x, y) for x, y in zip(*_project(sources.longitude, sources.latitude), strict=True)
    ]
    assert hits == pytest.approx([0.075, 0.009, 0.287, 0.253], abs=0.005)


def test_what_cannot_carry_it_is_refused_in_words():
    with pytest.raises(NoAnchorArea, match="4 distinct places"):
        find_anchor_area(np.array([0, 1, 2, 3, 3.0]), np.array([0, 5, 2, 9, 9.0]))
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    with pytest.raises(NoAnchorArea, match="ring"):
        find_anchor_area(5000 * np.cos(angle), 5000 * np.sin(angle))
    pairs = np.repeat([0, 100, 300, 700, 1500.0], 2)
    with pytest.raises(NoAnchorArea, match="where another does"):
        find_anchor_area(pairs, pairs)


def test_a_few_scattered_places_are_seldom_taken_for_a_ring():
    draw = np.random.default_rng(4)
    refused = 0
    for _ in range(400):
        try:
            find_anchor_area(*draw.normal(0, 500, (2, 6)), 50.0)
        except NoAnchorArea:
            refused += 1
    assert refused < 40  # one in twenty is meant; the centre is found from the same places


def test_outside_the_box_there_is_no_hit():
    draw = np.random.default_rng(1)
    area = find_anchor_area(draw.normal(0, 500, 8), draw.normal(0, 500, 8))
    assert np.isnan(area.measure_hit(1e6, 0)) and 0 < area.measure_hit(0, 0) <= 1
    assert area.cells.rank_share.max() == 1 and "not where somebody lives" in area.says[0]
