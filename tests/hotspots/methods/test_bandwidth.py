import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.neighbors import KernelDensity

from analytics.hotspots.methods import bandwidth as bandwidth_module
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


def test_the_rule_written_out_for_weighted_incidents():
    """Of each axis the lesser of the deviation and the quartiles' distance / 1.349, and n as (sum w)^2 /
    sum w^2; the quartiles are those of the values repeated by their weights."""
    x = np.array([0.0, 1, 2, 3, 4, 5, 6, 400])  # quartiles count: an outlier
    y = np.array([0.0, 0, 0, 0, 100, 100, 100, 100])  # the deviation counts
    weights = np.array([1.0, 2, 1, 1, 3, 1, 2, 1])
    again = np.repeat(np.arange(8), weights.astype(int))
    spreads = []
    for values in (x[again], y[again]):
        low, high = np.quantile(values, [0.25, 0.75], method="inverted_cdf")
        spreads.append(min(values.std(), (high - low) / 1.349))
    assert spreads[0] < x[again].std() and spreads[1] == y[again].std()
    n = weights.sum() ** 2 / (weights**2).sum()
    expected = np.sqrt(spreads[0] * spreads[1]) * n ** (-1 / 6)
    assert normal_reference(x, y, weights, kernel="gaussian") == pytest.approx(expected)
    assert normal_reference(x, y, weights) == pytest.approx(2.779 * expected, rel=1e-3)
    assert normal_reference(list(x), list(y), list(weights), kernel="quartic") == pytest.approx(
        normal_reference(x, y, weights)
    )


def test_where_half_lie_at_one_value_the_deviation_is_the_spread():
    x, y = np.array([0.0] * 8 + [9.0]), np.array([0.0] * 8 + [4.0])
    expected = np.sqrt(x.std() * y.std()) * 9 ** (-1 / 6)
    assert normal_reference(x, y, kernel="gaussian") == pytest.approx(expected)


@pytest.fixture(scope="module")
def scored():
    """40 places, of which some hold two incidents, and weights."""
    rng = np.random.default_rng(7)
    x, y = rng.normal(0, 400, (2, 46))
    x[40:], y[40:] = x[:6], y[:6]
    return x, y, rng.gamma(2, 1, 46)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_nineteen_bandwidths_a_quarter_octave_apart_are_tried_from_a_sixteenth_of_the_rules(scored, kernel):
    tried = cross_validation(*scored, kernel=kernel)
    rule = normal_reference(*scored, kernel=kernel)
    np.testing.assert_allclose(tried.bandwidth, rule / 16 * 2.0 ** (np.arange(19) / 4))
    again = cross_validation(*scored, kernel=kernel, bandwidths=tried.bandwidth.to_numpy(), background=0.01)
    np.testing.assert_allclose(again.score, tried.score)
    assert list(tried) == ["bandwidth", "score"]
    pd.testing.assert_frame_equal(
        cross_validation(*scored[:2], bandwidths=[90], kernel=kernel),
        cross_validation(*scored[:2], np.ones(46), bandwidths=[90], kernel=kernel),
    )


def test_the_chosen_one_has_the_best_score_and_the_ends_are_warned_of(scored, monkeypatch):
    scores = pd.DataFrame({"bandwidth": [50.0, 70.4, 99.0], "score": [1.0, 3.0, 2.0]})
    asked = []

    def tried(x, y, weights, *, kernel, seed):
        asked.append((kernel, seed, weights is scored[2]))
        return scores

    monkeypatch.setattr(bandwidth_module, "cross_validation", tried)
    found = choose_bandwidth(*scored, cell=10, choice="cross-validation", kernel="gaussian", seed=5)
    assert asked == [("gaussian", 5, True)] and found.scores is scores
    assert (found.metres, found.chosen, found.warnings) == (70.4, "cross-validation", ())
    for best in (0, 2):
        scores["score"] = np.arange(3) == best
        found = choose_bandwidth(*scored, cell=10, choice="cross-validation")
        assert asked[-1] == ("quartic", 0, True)
        assert found.warnings == (
            f"The best bandwidth, {scores.bandwidth[best]:.0f} m, is the last one tried: a better one may "
            "lie beyond.",
        )


def test_the_rule_and_the_analysts_own_bandwidth_are_named(scored):
    for kernel in ("quartic", "gaussian"):
        rule = choose_bandwidth(*scored, cell=10, kernel=kernel)
        assert (rule.metres, rule.chosen) == (normal_reference(*scored, kernel=kernel), "rule")
        assert rule.scores.to_dict("list") == {"bandwidth": [], "score": []} and rule.warnings == ()
    own = choose_bandwidth(*scored, cell=250, choice=250)
    assert (own.metres, own.chosen, own.warnings, len(own.scores)) == (250, "analyst", (), 0)
    assert choose_bandwidth(*scored, cell=250, choice=249.0).warnings == (
        "The bandwidth, 249 m, is smaller than a cell, 250 m: incidents would fall between the cells' "
        "centres. Choose smaller cells or a wider bandwidth.",
    )


def test_a_sample_of_the_places_is_scored_against_all(scored):
    x, y, weights = scored
    bandwidths = np.array([120.0, 300.0])
    ours = cross_validation(x, y, weights, bandwidths=bandwidths, background=0.05, maximum=7, seed=3)
    places, at = np.unique(x + 1j * y, return_inverse=True)
    weight = np.bincount(at, weights)
    area = np.ptp(x) * np.ptp(y)
    for width, score in zip(bandwidths, ours.score, strict=True):
        gains, own = [], []
        for k in np.random.default_rng(3).choice(40, 7, replace=False):
            others = np.arange(40) != k
            square = np.abs(places[others] - places[k]) ** 2 / width**2
            kernel = 3 / np.pi * np.clip(1 - square, 0, None) ** 2 / width**2
            gains.append(np.log(0.95 * (kernel @ weight[others]) / weight[others].sum() * area + 0.05))
            own.append(weight[k])
        assert score == pytest.approx(np.average(gains, weights=own))
    whole = cross_validation(x, y, weights, bandwidths=bandwidths, maximum=40)
    pd.testing.assert_frame_equal(whole, cross_validation(x, y, weights, bandwidths=bandwidths))


def test_thirty_places_are_enough_and_what_is_refused_is_named():
    x = np.arange(30.0)
    assert np.isfinite(cross_validation(x, x, bandwidths=[10.0]).score).all()
    with pytest.raises(TooFewData) as refused:
        cross_validation(x[:29], x[:29], bandwidths=[10.0])
    assert str(refused.value) == (
        "Cross-validating a bandwidth needs at least 30 distinct places; there are 29. Use the rule, or "
        "choose a bandwidth yourself."
    )
    with pytest.raises(TooFewData) as refused:
        normal_reference(x, x * 0)
    assert str(refused.value) == "A rule for the bandwidth needs incidents that differ in both directions."
    for choice, message in (
        ("guess", "A bandwidth is chosen by 'rule', 'cross-validation' or a number of metres, not 'guess'."),
        (0, "A bandwidth is a positive number of metres, not 0."),
        (float("nan"), "A bandwidth is a positive number of metres, not nan."),
    ):
        with pytest.raises(ValueError) as unknown:
            choose_bandwidth(x, x, cell=1, choice=choice)
        assert str(unknown.value) == message
    assert choose_bandwidth(x, x, cell=0.1, choice=0.5).metres == 0.5
