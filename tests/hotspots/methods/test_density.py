import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import gaussian_kde
from sklearn.neighbors import KernelDensity

from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.methods.density import (
    density_at,
    density_raster,
    kernel_density,
    kernel_mass,
    polygon_mask,
)

KERNELS = pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
BOUNDS = (1_000.0, -2_000.0, 7_000.0, 2_000.0)


@pytest.fixture(scope="module")
def points():
    """3,000 incidents, clustered and thin, some beyond the bounds, with weights."""
    rng = np.random.default_rng(1)
    x = np.r_[rng.normal(3_000, 200, 2_000), rng.uniform(500, 7_500, 1_000)]
    y = np.r_[rng.normal(500, 150, 2_000), rng.uniform(-2_500, 2_500, 1_000)]
    return x, y, rng.gamma(0.5, 2.0, 3_000)


def direct(x, y, weights, at_x, at_y, bandwidth, kernel):
    square = ((at_x[:, None] - x) ** 2 + (at_y[:, None] - y) ** 2) / bandwidth**2
    if kernel == "quartic":
        value = 3 / np.pi * np.where(square < 1, (1 - square) ** 2, 0)
    else:
        value = np.exp(-square / 2) / (2 * np.pi)
    return value @ weights / bandwidth**2 * 1e6


@KERNELS
@pytest.mark.parametrize("bandwidth", [100, 190, 900])
def test_the_raster_is_the_direct_sum_at_cell_centres(points, kernel, bandwidth):
    raster = density_raster(*points, bandwidth=bandwidth, cell=100, bounds=BOUNDS, kernel=kernel)
    x, y = (a.ravel() for a in np.meshgrid(*raster.centres()))
    expected = direct(*points, x, y, bandwidth, kernel)
    assert raster.values.shape == (40, 60)
    if kernel == "quartic":
        np.testing.assert_allclose(raster.values.ravel(), expected, rtol=1e-9, atol=1e-12)
    else:
        dense = expected > 1e-4 * expected.max()
        np.testing.assert_allclose(raster.values.ravel()[dense], expected[dense], rtol=1e-3)
        np.testing.assert_allclose(raster.values.ravel(), expected, atol=1e-6 * expected.max(), rtol=2e-4)


def test_the_gaussian_raster_matches_scikit_learn_and_scipy(points):
    x, y, _ = points
    raster = density_raster(x, y, bandwidth=300, cell=100, bounds=BOUNDS, kernel="gaussian")
    at = np.stack([a.ravel() for a in np.meshgrid(*raster.centres())], axis=1)
    known = np.stack([x, y], axis=1)
    peer = np.exp(KernelDensity(bandwidth=300, rtol=0, atol=0).fit(known).score_samples(at)) * len(x) * 1e6
    dense = peer > 1e-4 * peer.max()
    assert dense.mean() > 0.9
    np.testing.assert_allclose(raster.values.ravel()[dense], peer[dense], rtol=1e-4)
    scaled = (known - known.mean(0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(known.T))).T
    scipy = gaussian_kde(scaled.T, bw_method=0.4)(scaled[:50].T)
    covariance = np.linalg.cholesky(np.cov(scaled.T))[0, 0]
    ours = density_at(*scaled.T, None, *scaled[:50].T, bandwidth=0.4 * covariance, kernel="gaussian")
    np.testing.assert_allclose(ours / (len(x) * 1e6), scipy, rtol=1e-6)


@KERNELS
def test_density_at_any_place_is_the_direct_sum(points, kernel):
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-5_000, 12_000, 300), rng.uniform(-8_000, 8_000, 300)
    ours = density_at(*points, x, y, bandwidth=400, kernel=kernel)
    expected = direct(*points, x, y, 400, kernel)
    np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-7 * expected.max())


@KERNELS
def test_edge_correction_makes_an_even_scatter_even(kernel):
    """Uniform points in an L-shaped area: uncorrected density falls at the edge, corrected it does not, and
    diggle's correction keeps the number of incidents."""
    area = shapely.Polygon([(0, 0), (6_000, 0), (6_000, 3_000), (3_000, 3_000), (3_000, 6_000), (0, 6_000)])
    bounds = (-500, -500, 6_500, 6_500)
    rng = np.random.default_rng(3)
    xy = rng.uniform(0, 6_000, (60_000, 2))
    x, y = xy[shapely.contains_xy(area, *xy.T)].T
    mask = polygon_mask(area, bounds, 100)
    even = len(x) / (area.area / 1e6)
    bandwidth = 900 if kernel == "quartic" else 330

    def density(edge):
        return density_raster(
            x, y, bandwidth=bandwidth, cell=100, bounds=bounds, kernel=kernel, edge=edge, mask=mask
        ).values

    near_edge = mask & ~np.isnan(density("none")) & (kernel_mass(mask, bandwidth / 100, kernel) < 0.8)
    assert density("none")[near_edge].mean() < 0.72 * even
    assert density("uniform")[near_edge].mean() == pytest.approx(even, rel=0.02)
    assert np.nanmax(np.abs(density("uniform") / even - 1)) < 0.2
    assert np.nansum(density("diggle")) * 0.01 == pytest.approx(len(x), rel=0.005)
    assert np.isnan(density("uniform")[~mask]).all()


@KERNELS
def test_the_kernels_mass_is_one_inside_a_half_at_a_straight_edge_and_a_quarter_in_a_corner(kernel):
    bandwidth = 20 if kernel == "quartic" else 5
    mass = kernel_mass(np.ones((101, 101), dtype=bool), bandwidth, kernel)
    assert mass[50, 50] == pytest.approx(1, abs=1e-6)
    # A cell's centre lies half a cell within the edge.
    assert 0.5 < mass[0, 50] < 0.55 and 0.25 < mass[0, 0] < 0.30


def test_the_pages_density_by_cell_is_that_of_its_counts():
    grid, rng = Grid("hexagon", 200), np.random.default_rng(4)
    cells = pd.DataFrame(
        {"i": rng.integers(-9, 9, 50), "j": rng.integers(-9, 9, 50), "count": rng.poisson(3, 50)}
    )
    x, y = grid.centres(cells.i.to_numpy(), cells.j.to_numpy())
    expected = direct(x, y, cells["count"].to_numpy(), x, y, 600, "quartic")
    np.testing.assert_allclose(kernel_density(cells, grid, 600), expected, rtol=1e-12)


def test_it_refuses_what_has_no_meaning(points):
    with pytest.raises(ValueError, match="smaller than a cell"):
        density_raster(*points, bandwidth=50, cell=100, bounds=BOUNDS)
    with pytest.raises(ValueError, match="kernel"):
        density_raster(*points, bandwidth=500, cell=100, bounds=BOUNDS, kernel="round")
    with pytest.raises(ValueError, match="edge"):
        density_raster(*points, bandwidth=500, cell=100, bounds=BOUNDS, edge="sharp")
    with pytest.raises(ValueError, match="mask has shape"):
        density_raster(*points, bandwidth=500, cell=100, bounds=BOUNDS, mask=np.ones((3, 3), dtype=bool))
    with pytest.raises(ValueError, match="3000 x, 3000 y and 2999 weights"):
        density_raster(*points[:2], points[2][1:], bandwidth=500, cell=100, bounds=BOUNDS)
    with pytest.raises(ValueError, match="missing"):
        density_at(*points[:2], points[2] * np.nan, [0.0], [0.0], bandwidth=500)
    with pytest.raises(ValueError, match="west, south"):
        density_raster(*points, bandwidth=500, cell=100, bounds=(0, 0, -1, 5))
