import numpy as np
import pytest
from scipy import stats

from analytics.shared.predictive import predictive, two_sided


def test_the_prediction_has_the_mean_and_variance_asked_for():
    mean, variance = np.array([0.2, 7.0, 300.0]), np.array([0.5, 9.0, 4000.0])
    prediction = predictive(mean, variance)
    np.testing.assert_allclose(prediction.mean(), mean)
    np.testing.assert_allclose(prediction.var(), variance)


def test_without_more_variance_than_mean_it_is_poisson():
    np.testing.assert_allclose(
        predictive(6.0, 4.0).pmf(range(20)), stats.poisson.pmf(range(20), 6), rtol=1e-6
    )


def test_p_is_twice_the_smaller_tail_and_at_most_one():
    prediction = predictive(6.0, 6.0)
    assert two_sided(prediction, 12) == pytest.approx(2 * stats.poisson.sf(11, 6), rel=1e-6)
    assert two_sided(prediction, 1) == pytest.approx(2 * stats.poisson.cdf(1, 6), rel=1e-6)
    assert two_sided(prediction, 6) == 1
    assert two_sided(prediction, 11.5) == two_sided(prediction, 12)
