import numpy as np
import pandas as pd
import pytest

from analytics.hotspots.methods.concentration import ConcentrationParameters, concentration
from analytics.hotspots.refusal import TooFewData

FEW = ConcentrationParameters(replicates=99)


def pairwise_gini(values):
    """Half the relative mean difference, over all pairs."""
    return np.abs(values[:, None] - values[None]).mean() / 2 / values.mean()


def bernasco_steenbeek(counts):
    """The published formula, written with ranks: max(1/c, 1/n) (2 sum i y_i - n - 1) - max(n/c, 1) + 1."""
    n, c = len(counts), counts.sum()
    share = np.sort(counts) / c
    return max(1 / c, 1 / n) * (2 * (np.arange(1, n + 1) * share).sum() - n - 1) - max(n / c, 1) + 1


@pytest.mark.parametrize("mean", [0.05, 0.7, 6.0])
def test_gini_matches_all_pairs_and_the_published_formula(mean):
    counts = np.random.default_rng(1).negative_binomial(0.8, 0.8 / (0.8 + mean), 700).astype(float)
    found = concentration(counts, FEW)
    assert found.gini == pytest.approx(pairwise_gini(counts), rel=1e-12)
    assert found.generalised_gini == pytest.approx(bernasco_steenbeek(counts), rel=1e-9)
    assert found.gini_low < found.gini < found.gini_high


def test_fewer_incidents_than_places_spread_as_evenly_as_they_can_are_equal():
    counts = np.append(np.ones(30), np.zeros(970))
    found = concentration(counts, FEW)
    assert found.gini == pytest.approx(0.97) and found.generalised_gini == pytest.approx(0, abs=1e-9)
    one = concentration(np.append(30.0, np.zeros(999)), FEW)
    assert one.generalised_gini == pytest.approx(1 - 1000 / 30 * (1 / 1000), rel=1e-9)


@pytest.mark.parametrize("share", [0.2, 0.25, 0.5, 0.8, 1.0])
def test_the_smallest_set_is_the_smallest(share):
    counts = np.random.default_rng(2).poisson(np.random.default_rng(3).gamma(0.5, 2, 300)).astype(float)
    found = concentration(counts, ConcentrationParameters(share=share, replicates=99))
    held = counts[found.smallest]
    assert held.sum() >= share * counts.sum() - 1e-9
    assert held[:-1].sum() < share * counts.sum()
    assert (np.diff(held) <= 0).all() and held.min() >= np.delete(counts, found.smallest).max(initial=0)
    assert found.places == len(found.smallest) / 300
    assert found.places_low <= found.places <= found.places_high


def test_the_curve_matches_a_plain_sort():
    values = np.random.default_rng(4).gamma(0.3, 5, 200)
    found = concentration(values, FEW, harm=True)
    plain = np.append(0, np.cumsum(np.sort(values)[::-1])) / values.sum()
    np.testing.assert_allclose(found.curve.share, plain[::2], rtol=1e-9, atol=1e-12)
    assert (found.curve.low <= found.curve.high).all() and found.generalised_gini is None
    lorenz = found.lorenz
    np.testing.assert_allclose(
        lorenz.share, np.append(0, np.cumsum(np.sort(values)))[::2] / values.sum(), atol=1e-12
    )
    assert 1 - 2 * np.trapezoid(lorenz.share, lorenz.places) == pytest.approx(found.gini, abs=1e-3)
    assert (lorenz.low <= lorenz.high).all()


def test_the_interval_covers_the_true_share_about_as_often_as_it_says():
    """The places are a sample of a large population whose Gini is known."""
    rng = np.random.default_rng(5)
    population = rng.poisson(rng.gamma(0.7, 3, 200_000)).astype(float)
    truth = concentration(population, ConcentrationParameters(replicates=2)).gini
    hits = 0
    for seed in range(200):
        found = concentration(rng.choice(population, 400), ConcentrationParameters(replicates=199, seed=seed))
        hits += found.gini_low <= truth <= found.gini_high
    assert 0.88 <= hits / 200 <= 0.99


def test_a_seed_gives_the_same_answer_and_another_a_different_band():
    counts = np.random.default_rng(6).poisson(1.5, 200)
    first, again = concentration(counts, FEW), concentration(counts, FEW)
    pd.testing.assert_frame_equal(first.curve, again.curve)
    other = concentration(counts, ConcentrationParameters(replicates=99, seed=1))
    assert not other.curve.low.equals(first.curve.low) and other.curve.share.equals(first.curve.share)


def test_refusals():
    with pytest.raises(TooFewData, match="20 places"):
        concentration(np.ones(19))
    with pytest.raises(TooFewData, match="20 incidents"):
        concentration(np.append(5, np.zeros(50)))
    with pytest.raises(ValueError, match="less than nothing"):
        concentration(np.append(-1, np.ones(50)))
    with pytest.raises(ValueError, match="less than nothing"):
        concentration(np.append(np.nan, np.ones(50)))


def test_chicago_assaults_are_concentrated(shared_data):
    rows = pd.read_csv(shared_data / "incidents/chicago_aggravated_assaults_2010_2016.csv.gz").dropna()
    cells = rows.groupby([rows.longitude // 0.005, rows.latitude // 0.005]).size().to_numpy()
    found = concentration(cells)
    assert 0.05 < found.places < 0.3 and found.places_low < found.places < found.places_high


@pytest.mark.parametrize(
    ("counts", "few"),
    [
        ([2.0] * 20, 10),  # exactly half
        ([2.0] * 21, 11),
        ([20.0, *[1.0] * 20], 1),  # the first has exactly half
        ([19.0, *[1.0] * 20], 2),
        ([21.0, *[1.0] * 20], 1),
    ],
)
def test_half_is_reached_by_the_fewest_places(counts, few):
    found = concentration(np.array(counts), ConcentrationParameters(share=0.5, replicates=2))
    assert len(found.smallest) == few and found.places == few / len(counts)


def test_twenty_places_with_twenty_incidents_are_enough():
    assert concentration(np.ones(20), FEW).gini == pytest.approx(0)
    one = concentration(np.append(np.zeros(19), 1.0), FEW, harm=True)
    assert one.gini == pytest.approx(0.95) and one.generalised_gini is None
    words = r"^Concentration needs at least 20 places and 20 incidents; here are {} and {}\. Widen"
    for values, n, total, harm in (
        (np.full(19, 5.0), 19, 95, False),
        (np.append(np.ones(19), 0.0), 20, 19, False),
        (np.zeros(30), 30, 0, True),
        (np.full(19, 5.0), 19, 95, True),
    ):
        with pytest.raises(TooFewData, match=words.format(n, total)):
            concentration(values, FEW, harm=harm)
    with pytest.raises(ValueError, match=r"^A place cannot hold less than nothing\.$"):
        concentration(np.append(np.ones(30), -1.0), FEW)


def test_places_that_tie_are_taken_in_the_order_given():
    values = np.tile([1.0, 3.0, 2.0], 40)
    taken = concentration(values, FEW).smallest
    expected = sorted(range(120), key=lambda at: (-values[at], at))[: len(taken)]
    assert taken.tolist() == expected and len(taken) == 40


def test_the_band_is_the_percentiles_of_the_curves_of_places_drawn():
    """Drawn here place by place instead of by groups of equal ones."""
    values = np.random.default_rng(3).negative_binomial(0.6, 0.3, 150).astype(float)
    asked = ConcentrationParameters(replicates=1500, points=11, interval=0.8)
    found = concentration(values, asked)
    rng, curves = np.random.default_rng(9), []
    for _ in range(1500):
        drawn = np.sort(rng.choice(values, 150))[::-1]
        curves.append(np.interp(np.linspace(0, 150, 11), np.arange(151), np.append(0, np.cumsum(drawn))))
    curves = np.array(curves) / np.array(curves)[:, -1:]
    low, high = np.quantile(curves, [0.1, 0.9], axis=0)
    np.testing.assert_allclose(found.curve.low, low, atol=0.012)
    np.testing.assert_allclose(found.curve.high, high, atol=0.012)
    assert found.curve.places.tolist() == pytest.approx(np.linspace(0, 1, 11))
    assert (found.curve.share.iloc[0], found.curve.low.iloc[0], found.curve.high.iloc[0]) == (0, 0, 0)
    assert found.generalised_low < found.generalised_gini < found.generalised_high
    assert found.generalised_high == pytest.approx(found.gini_high, abs=0.05)


def test_a_draw_without_any_incident_is_passed_over():
    """Of twenty places one has harm: a draw in three has none of it, and the others still make the band."""
    found = concentration(np.append(np.zeros(19), 1.0), ConcentrationParameters(replicates=200), harm=True)
    assert 0.7 < found.gini_low < found.gini_high <= 0.95 and np.isfinite(found.curve.low).all()
