import numpy as np
import pytest
from scipy import stats
from sklearn.neighbors import KernelDensity

from analytics.hotspots.methods.bandwidth import choose_bandwidth, cross_validation, normal_reference
from analytics.hotspots.refusal import TooFewData


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(1)
    return np.r_[rng.normal(0, 300, 90), rng.normal(4_000, 200, 60)], np.r_[
        rng.normal(0, 200, 90), rng.normal(1_000, 400, 60)
    ]


def test_the_rule_is_scotts_on_a_round_normal_cloud_and_minds_both_axes():
    x, y = np.random.default_rng(2).normal(0, 500, (2, 20_000))
    kde = stats.gaussian_kde([x, y])
    expected = kde.scotts_factor() * 500
    assert kde.silverman_factor() == pytest.approx(kde.scotts_factor())
    assert normal_reference(x, y, kernel="gaussian") == pytest.approx(expected, rel=0.02)
    assert normal_reference(x, 9 * y, kernel="gaussian") == pytest.approx(3 * expected, rel=0.02)
    assert normal_reference(x, y) == pytest.approx(2.779 * expected, rel=0.02)
    doubled = normal_reference(x, y, np.repeat([1.0, 0.0], 10_000), kernel="gaussian")
    assert doubled == pytest.approx(normal_reference(x[:10_000], y[:10_000], kernel="gaussian"))


def test_a_far_outlier_hardly_moves_the_rule(points):
    x, y = np.random.default_rng(3).normal(0, 500, (2, 1_000))
    with_outlier = normal_reference(np.r_[x, 1e6], np.r_[y, 1e6])
    assert with_outlier == pytest.approx(normal_reference(x, y), rel=0.05)


def test_cross_validation_matches_scikit_learn_left_out_one_by_one(points):
    xy = np.stack(points, axis=1)
    bandwidths = np.array([50.0, 100, 200, 400, 800])
    ours = cross_validation(*points, bandwidths=bandwidths, kernel="gaussian", background=0)
    area = np.prod(np.ptp(xy, axis=0))
    for bandwidth, score in zip(ours.bandwidth, ours.score, strict=True):
        left_out = [
            KernelDensity(bandwidth=bandwidth).fit(np.delete(xy, k, axis=0)).score(xy[k : k + 1])
            for k in range(len(xy))
        ]
        # A place all others miss by six bandwidths is -inf here and a very small number there.
        if np.isfinite(score):
            assert score == pytest.approx(np.mean(left_out) + np.log(area), abs=1e-4)
    assert np.isfinite(ours.score[1:]).all()


def test_quartic_weights_repeats_and_background_match_a_slow_sum():
    rng = np.random.default_rng(4)
    x, y = rng.uniform(0, 5_000, (2, 60))
    x[10:20], y[10:20] = x[0], y[0]
    weights = rng.gamma(1, 1, 60)
    ours = cross_validation(x, y, weights, bandwidths=np.array([300.0, 1_500.0]), background=0.05)
    area = np.ptp(x) * np.ptp(y)
    for bandwidth, score in zip(ours.bandwidth, ours.score, strict=True):
        gains = []
        for k in range(60):
            others = (x != x[k]) | (y != y[k])
            square = ((x - x[k])[others] ** 2 + (y - y[k])[others] ** 2) / bandwidth**2
            kernel = 3 / np.pi * np.clip(1 - square, 0, None) ** 2 / bandwidth**2
            foretold = kernel @ weights[others] / weights[others].sum()
            gains.append(np.log(0.95 * foretold * area + 0.05))
        assert score == pytest.approx(np.average(gains, weights=weights), abs=1e-9)


def test_the_chosen_bandwidth_is_near_the_one_that_fits_the_truth_best():
    """Three clusters of 200 m among an even tenth: the truth is known, so the best bandwidth can be found."""
    rng = np.random.default_rng(5)
    centres = np.array([[2_000, 2_000], [7_000, 3_000], [4_000, 8_000]])

    def draw(n):
        points = centres[rng.integers(0, 3, n)] + rng.normal(0, 200, (n, 2))
        even = rng.random(n) < 0.1
        points[even] = rng.uniform(0, 10_000, (even.sum(), 2))
        return points

    known, new = draw(1_500), draw(4_000)
    chosen = choose_bandwidth(*known.T, cell=50, choice="cross-validation", kernel="gaussian")
    held_out = [
        KernelDensity(bandwidth=bandwidth).fit(known).score(new) for bandwidth in chosen.scores.bandwidth
    ]
    best = chosen.scores.bandwidth[int(np.argmax(held_out))]
    assert 0.6 < chosen.metres / best < 1.6
    assert choose_bandwidth(*known.T, cell=50, kernel="gaussian").metres > 3 * best
    sampled = cross_validation(*known.T, kernel="gaussian", maximum=500)
    assert 0.5 < sampled.bandwidth[int(sampled.score.argmax())] / best < 2


def test_warnings_and_refusals(points):
    assert choose_bandwidth(*points, cell=100, choice=250.0).warnings == ()
    assert "smaller than a cell" in choose_bandwidth(*points, cell=300, choice=250.0).warnings[0]
    pairs = np.repeat(np.random.default_rng(6).uniform(0, 10_000, (2, 40)), 2, axis=1) + [
        [0, 1] * 40,
        [0] * 80,
    ]
    tried = choose_bandwidth(*pairs, cell=10, choice="cross-validation")
    assert tried.metres == tried.scores.bandwidth[0] and "last one tried" in tried.warnings[0]
    with pytest.raises(TooFewData, match="30 distinct places; there are 1"):
        cross_validation(np.ones(100), np.ones(100))
    with pytest.raises(TooFewData, match="both directions"):
        normal_reference(np.arange(50), np.ones(50))
    with pytest.raises(ValueError, match="by 'rule'"):
        choose_bandwidth(*points, cell=100, choice="guess")
    with pytest.raises(ValueError, match="positive"):
        choose_bandwidth(*points, cell=100, choice=0)
