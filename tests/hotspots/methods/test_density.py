import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import gaussian_kde
from sklearn.neighbors import KernelDensity

from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.methods.density import (
    KernelSums,
    density_at,
    density_raster,
    kernel_density,
    kernel_mass,
    polygon_mask,
    raster_shape,
    spread_one,
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


SMALL = (200.0, -300.0, 880.0, 150.0)  # 7 columns, of which the last overhangs, and 5 rows of 100 m


@pytest.fixture(scope="module")
def few():
    """20 incidents, some beyond the small bounds, with weights."""
    rng = np.random.default_rng(8)
    return rng.uniform(120, 960, 20), rng.uniform(-380, 290, 20), rng.gamma(1.0, 2.0, 20)


@KERNELS
@pytest.mark.parametrize("bandwidth", [100, 135, 290])
def test_a_few_incidents_on_a_small_raster_are_summed(few, kernel, bandwidth):
    raster = density_raster(*few, bandwidth=bandwidth, cell=100, bounds=SMALL, kernel=kernel)
    assert (raster.values.shape, raster.x0, raster.y0, raster.cell) == ((5, 7), 200, -300, 100)
    x, y = raster.centres()
    assert x.tolist() == [250, 350, 450, 550, 650, 750, 850] and y.tolist() == [-250, -150, -50, 50, 150]
    expected = direct(*few, *(a.ravel() for a in np.meshgrid(x, y)), bandwidth, kernel).reshape(5, 7)
    close = {"rtol": 1e-9, "atol": 1e-12} if kernel == "quartic" else {"rtol": 3e-4, "atol": 1e-4}
    np.testing.assert_allclose(raster.values, expected, **close)
    alike = density_raster(*few[:2], bandwidth=bandwidth, cell=100, bounds=SMALL, kernel=kernel)
    ones = density_raster(*few[:2], np.ones(20), bandwidth=bandwidth, cell=100, bounds=SMALL, kernel=kernel)
    np.testing.assert_array_equal(alike.values, ones.values)


def write_out_mass(mask, bandwidth, kernel):
    """The share of the kernel's weights, at the centres of cells within its reach, that lies in `mask`."""
    reach = int(np.ceil(bandwidth * (1 if kernel == "quartic" else 6)))
    steps = [(a, b) for a in range(-reach, reach + 1) for b in range(-reach, reach + 1)]
    weights = [
        direct(np.zeros(1), np.zeros(1), np.ones(1), *np.array([s]).T, bandwidth, kernel)[0] for s in steps
    ]
    mass = np.full(mask.shape, np.nan)
    for row, column in np.argwhere(mask):
        inside = 0.0
        for (a, b), weight in zip(steps, weights, strict=True):
            r, c = row + a, column + b
            if 0 <= r < mask.shape[0] and 0 <= c < mask.shape[1] and mask[r, c]:
                inside += weight
        mass[row, column] = inside / sum(weights)
    return mass


HOLED = np.ones((5, 7), dtype=bool)
HOLED[1:3, 2:4] = HOLED[4, 0] = False


@KERNELS
def test_the_kernels_mass_in_a_ragged_area_is_its_weights_there(kernel):
    bandwidth = 2.5 if kernel == "quartic" else 1.2
    np.testing.assert_allclose(
        kernel_mass(HOLED, bandwidth, kernel), write_out_mass(HOLED, bandwidth, kernel), rtol=1e-9
    )


@KERNELS
@pytest.mark.parametrize("mask", [None, HOLED])
def test_edge_corrections_divide_by_the_mass_at_the_place_or_at_the_incident(few, kernel, mask):
    x, y, weights = few
    bandwidth = 250 if kernel == "quartic" else 120
    given = {"bandwidth": bandwidth, "cell": 100, "bounds": SMALL, "kernel": kernel, "mask": mask}
    area = np.ones((5, 7), dtype=bool) if mask is None else mask
    row, column = np.floor((y + 300) / 100).astype(int), np.floor((x - 200) / 100).astype(int)
    within = (row >= 0) & (row < 5) & (column >= 0) & (column < 7)
    within[within] = area[row[within], column[within]]
    assert 5 < within.sum() < 20
    mass = write_out_mass(area, bandwidth / 100, kernel)
    at = [a.ravel() for a in np.meshgrid(200 + 100 * (np.arange(7) + 0.5), -300 + 100 * (np.arange(5) + 0.5))]
    known = x[within], y[within]
    plain = direct(*known, weights[within], *at, bandwidth, kernel).reshape(5, 7)
    blank = np.where(area, 1, np.nan)
    close = {"rtol": 1e-3, "atol": 2e-4}
    uniform = density_raster(*few, edge="uniform", **given).values
    np.testing.assert_allclose(uniform, plain / mass * blank, **close)
    by_incident = weights[within] / mass[row[within], column[within]]
    expected = direct(*known, by_incident, *at, bandwidth, kernel).reshape(5, 7) * blank
    np.testing.assert_allclose(density_raster(*few, edge="diggle", **given).values, expected, **close)
    if mask is not None:
        np.testing.assert_allclose(density_raster(*few, **given).values, plain * blank, **close)


@KERNELS
@pytest.mark.parametrize("bandwidth", [40.0, 300.0])
def test_density_at_a_few_places_near_and_far_is_the_direct_sum(few, kernel, bandwidth):
    x, y = np.r_[few[0][:5] + 30, 200, 5e4], np.r_[few[1][:5] - 20, 100, -5e4]
    ours = density_at(*few, x, y, bandwidth=bandwidth, kernel=kernel)
    np.testing.assert_allclose(ours, direct(*few, x, y, bandwidth, kernel), rtol=1e-6, atol=1e-5)
    assert (ours > 0).sum() > 1 and ours[-1] == 0


@pytest.mark.parametrize("factor", [0.3, 1.0, 4.0])
def test_sums_do_not_depend_on_the_boxes_the_points_are_sorted_into(few, factor):
    boxed = KernelSums(*few, 200.0 * factor)
    for kernel, height in (("quartic", 3 / np.pi), ("gaussian", 1 / (2 * np.pi))):
        sums = boxed.at(few[0], few[1], 90.0, kernel)
        expected = direct(*few, few[0], few[1], 90.0, kernel) * 90.0**2 / 1e6 / height
        np.testing.assert_allclose(sums, expected, rtol=1e-6)


def test_a_quartic_ends_at_its_bandwidth_and_a_gaussian_at_six():
    at = np.array([0.0]), np.array([0.0])
    for kernel, reach in (("quartic", 1), ("gaussian", 6)):
        for distance, seen in ((reach * 100 - 0.1, True), (reach * 100, False)):
            density = density_at(np.array([distance]), at[1], None, *at, bandwidth=100, kernel=kernel)
            assert (density[0] > 0) == seen


def test_a_raster_covers_its_bounds_in_whole_cells():
    assert raster_shape((0, 0, 300, 200), 100) == (2, 3)
    assert raster_shape((0, 0, 300.1, 200), 100) == (2, 4)
    assert raster_shape((50, -70, 350, 131), 100) == (3, 3)
    assert raster_shape((0, 0, 0.3, 0.7), 0.1) == (7, 3)  # 0.3 / 0.1 is a little less than 3, 0.7 / 0.1 more
    for bounds in ((0, 0, 0, 5), (0, 5, 5, 5)):
        with pytest.raises(ValueError) as refused:
            raster_shape(bounds, 1)
        assert str(refused.value) == f"Bounds are west, south, east, north, not {bounds}."


def test_cells_with_their_centre_in_the_polygon_are_the_mask():
    area = shapely.box(230, -220, 560, 60)
    expected = np.zeros((5, 7), dtype=bool)
    expected[1:4, 0:4] = True
    assert (polygon_mask(area, SMALL, 100) == expected).all()


def test_an_incident_at_the_edge_of_the_nodes_is_shared_out_and_one_beyond_is_not():
    for u, v, weight in ((1.25, 1.5, 2.0), (5.75, 3.0, 1.0), (0.99, 2.0, 0.0), (2.0, 0.99, 0.0)):
        nodes = np.zeros((6, 9))
        spread_one(u, v, 2.0 if weight == 2 else 1.0, nodes)
        assert nodes.sum() == pytest.approx(weight)
        if weight:
            assert (nodes.sum(axis=0) @ np.arange(9)) / weight == pytest.approx(u)
            assert (nodes.sum(axis=1) @ np.arange(6)) / weight == pytest.approx(v)
    for u, v, weight in ((6.99, 3.99, 1.0), (7.0, 2.0, 0.0), (2.0, 4.0, 0.0)):  # two nodes follow, or one
        nodes = np.zeros((6, 9))
        spread_one(u, v, 1.0, nodes)
        assert nodes.sum() == pytest.approx(weight)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"kernel": "round"}, "A kernel is one of quartic, gaussian, not 'round'."),
        ({"edge": "sharp"}, "An edge correction is one of none, uniform, diggle, not 'sharp'."),
        ({"bandwidth": 99.5}, "The bandwidth (99.5 m) is smaller than a cell (100 m)."),
        ({"cell": 0.0}, "The bandwidth (100 m) is smaller than a cell (0 m)."),
        ({"mask": HOLED[1:]}, "The mask has shape (4, 7), the raster (5, 7)."),
    ],
)
def test_what_a_raster_refuses_is_named(few, asked, message):
    with pytest.raises(ValueError) as refused:
        density_raster(*few, **{"bandwidth": 100, "cell": 100, "bounds": SMALL} | asked)
    assert str(refused.value) == message


def test_what_points_and_bandwidths_are_refused_is_named(few):
    x, y, weights = few
    nothing = np.array([0.0]), np.array([0.0])
    for points in ((np.r_[np.nan, x[1:]], y), (x, np.r_[np.inf, y[1:]])):
        with pytest.raises(ValueError, match=r"^A coordinate or a weight is missing: leave such incidents"):
            density_at(*points, None, *nothing, bandwidth=5)
    for points, counts in (
        ((x[1:], y, weights), "19 x, 20 y and 20"),
        ((x, y[1:], weights), "20 x, 19 y and 20"),
    ):
        with pytest.raises(ValueError) as refused:
            density_at(*points, *nothing, bandwidth=5)
        assert str(refused.value) == f"There are {counts} weights."
    for bandwidth in (0, -5, np.nan):
        with pytest.raises(ValueError) as refused:
            density_at(x, y, None, *nothing, bandwidth=bandwidth)
        assert str(refused.value) == f"A bandwidth is a positive number of metres, not {bandwidth:g}."
    with pytest.raises(ValueError, match="A kernel is one of"):
        density_at(x, y, None, *nothing, bandwidth=5, kernel="round")
    grid, cells = Grid("square", 200), pd.DataFrame({"i": [0, 1], "j": [0, 0], "count": [3, 5]})
    assert kernel_density(cells, grid, 200).tolist() == pytest.approx([9e6 / np.pi / 4e4, 15e6 / np.pi / 4e4])
    with pytest.raises(ValueError) as refused:
        kernel_density(cells, grid, 199)
    assert str(refused.value) == "The bandwidth (199 m) is smaller than a cell (200 m)."
