"""EARS and the cusum against published answers."""

import numpy as np
import pandas as pd
import pytest

from analytics.warnings.cusum import DECISION, accumulate_excess
from analytics.warnings.ears import bound_c1, bound_c2, bound_c3


@pytest.mark.parametrize(
    ("bound", "answers", "alpha", "alarms"),
    [
        (bound_c1, "C1_newport2011", 0.05, [396, 400, 408, 409, 410, 411]),
        (bound_c1, "C1_defaultalpha_newport2011", 0.001, [396, 409, 410]),
        (bound_c2, "C2_newport2011", 0.05, [380, 381, 396, 400, 409, 410, 411, 412]),
        (bound_c2, "C2_defaultalpha_newport2011", 0.001, [396, 409, 410, 411, 412]),
    ],
)
def test_published_ears_bounds(shared_data, bound, answers, alpha, alarms):
    folder = shared_data / "oracles" / "early_warning"
    y = pd.read_csv(folder / "salmNewport_germany.csv").observed.to_numpy()
    expected = pd.read_csv(folder / f"expected_ears_{answers}.csv")
    found = bound(y, alpha)[expected.t - 1]
    np.testing.assert_allclose(found, expected.upperbound, atol=1e-12)
    assert expected.t[y[expected.t - 1] > found].tolist() == alarms


def test_c3_follows_its_documented_formula(shared_data):
    folder = shared_data / "oracles" / "early_warning"
    y = pd.read_csv(folder / "salmNewport_germany.csv").observed.to_numpy()
    expected = pd.read_csv(folder / "expected_ears_C3_documented_formula_newport2011.csv")
    found = bound_c3(y)[expected.t - 1]
    np.testing.assert_allclose(found, expected.upperbound_documented, atol=1e-12)
    alarms = expected.t[y[expected.t - 1] > found].tolist()
    assert alarms == [370, 380, 381, 396, 397, 400, *range(409, 415)]


def test_bounds_written_out():
    y = np.array([2, 4, 3, 5, 4, 3, 2, 9, 10, 11, 12.0])
    assert bound_c1(y, 0.5)[7] == pytest.approx(y[:7].mean())
    assert np.isnan(bound_c1(y)[:7]).all() and np.isnan(bound_c2(y)[:9]).all()
    assert bound_c2(y, 0.16)[9] == pytest.approx(y[:7].mean() + 0.9944579 * y[:7].std(ddof=1))
    assert np.isnan(bound_c3(y)[:11]).all()  # two weeks before it must have a bound of their own


@pytest.mark.parametrize(
    ("answers", "alarms"),
    [("ha", list(range(286, 291))), ("agona", [264, 265, 266, *range(294, 299)])],
)
def test_published_cusum(shared_data, answers, alarms):
    folder = shared_data / "oracles" / "early_warning"
    expected = pd.read_csv(folder / f"expected_cusum_rossi_{answers}.csv")
    found = accumulate_excess(expected.observed, expected.m)
    np.testing.assert_allclose(found, expected.cusum, atol=1e-12)
    assert expected.t[found > DECISION].tolist() == alarms


def test_series_accumulate_by_themselves():
    y = np.array([[3, 9, 9, 1], [1, 1, 1, 1.0]])
    together = accumulate_excess(y, np.full(y.shape, 2.0))
    np.testing.assert_array_equal(together[1], accumulate_excess(y[1], np.full(4, 2.0)))
    assert together[1].max() == 0 < together[0, 3] < together[0, 2]
