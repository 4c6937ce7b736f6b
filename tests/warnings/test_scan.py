"""Scan statistics against SaTScan's published results and a search written out."""

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest

from analytics.warnings.scan import BERNOULLI, EXPECTATION_BASED, find_zones, scan, scan_recent


def _great_circle(latitude, longitude):
    """Kilometres between all places, shape (n, n)."""
    la, lo = np.radians(latitude), np.radians(longitude)
    half = np.sin((la[:, None] - la) / 2) ** 2
    half = half + np.cos(la[:, None]) * np.cos(la) * np.sin((lo[:, None] - lo) / 2) ** 2
    return 6371.0088 * 2 * np.arcsin(np.sqrt(half))


def test_poisson_clusters_of_new_york_leukaemia(shared_data):
    data = pd.read_csv(shared_data / "oracles/scan/ny_leukemia.csv")
    population, cases = data.population.to_numpy(float), data.cases.to_numpy(float)
    total = cases.sum()
    found = scan(
        find_zones(data[["lat", "lon"]], population=population, maximum_share=0.1),
        cases[:, None],
        (population * total / population.sum())[:, None],
        lambda generator: generator.multinomial(int(total), population / population.sum())[:, None],
        totals=(total, total),
        maximum_clusters=5,
    )
    rows = [(c.places[0] + 1, len(c.places), c.observed, round(c.expected, 2)) for c in found]
    assert rows == [
        (49, 26, 85, 49.71),
        (89, 8, 38, 17.79),
        (112, 33, 64, 40.85),
        (62, 4, 25, 12.82),
        (46, 7, 28, 15.54),
    ]
    published = [11.577255, 9.019716, 6.114140, 4.651839, 4.169203]
    np.testing.assert_allclose([cluster.ratio for cluster in found], published, atol=5e-7)
    np.testing.assert_allclose([c.p for c in found[:4]], [0.001, 0.013, 0.216, 0.609], atol=0.05)


def test_space_time_permutation_of_new_york_fever(shared_data):
    folder = shared_data / "oracles/scan"
    zips = pd.read_csv(folder / "nycfever_zips.csv")
    cases = pd.read_csv(folder / "nycfever_cases.csv")
    cases = cases.loc[cases.index.repeat(cases.n)]
    zones = find_zones(
        zips[["lat", "lon"]],
        maximum_radius=3,
        distances=_great_circle(zips.lat.to_numpy(), zips.lon.to_numpy()),
    )
    row_of = {number: row for row, number in enumerate(zips.zip)}
    day = (pd.to_datetime(cases.date) - pd.Timestamp("2001-11-01")).dt.days
    found = scan_recent(zones, cases.zip.map(row_of), day, maximum_periods=7, maximum_clusters=3)
    assert [zips.zip[list(cluster.places)].tolist() for cluster in found] == [
        [11418, 11415, 11419, 11435, 11416, 11421, 11451, 11375, 11417],
        [11372],  # of three circles with this ratio the smallest
        [10472],
    ]
    assert [cluster.window + 1 for cluster in found] == [3, 1, 2]
    np.testing.assert_allclose([c.ratio for c in found], [3.845418, 3.164201, 2.137259], atol=5e-7)
    np.testing.assert_allclose([c.p for c in found], [0.242, 0.575, 0.966], atol=0.08)


def test_bernoulli_clusters_of_north_humberside(shared_data):
    folder = shared_data / "oracles/scan/satscan"
    places = pd.read_csv(folder / "NHumberside.geo", sep=r"\s+", header=None, index_col=0)
    counts = [
        pd.read_csv(folder / f"NHumberside.{kind}", sep=r"\s+", header=None).groupby(0)[1].sum()
        for kind in ("cas", "ctl")
    ]
    cases, controls = (frame.reindex(places.index).fillna(0).to_numpy(float) for frame in counts)
    events = cases + controls
    each = np.repeat(np.arange(len(places)), events.astype(int))

    def simulate(generator):
        drawn = generator.permutation(each)[: int(cases.sum())]
        return np.bincount(drawn, minlength=len(places))[:, None]

    found = scan(
        find_zones(places.to_numpy(), population=events),
        cases[:, None],
        events[:, None],
        simulate,
        totals=(cases.sum(), events.sum()),
        model=BERNOULLI,
        simulations=199,
        maximum_clusters=3,
    )
    names = [set(places.index[list(cluster.places)]) for cluster in found]
    assert {170, 173, 172, 169} in names[:2] and {18, 19, 14, 26} in names[:2]
    np.testing.assert_allclose([c.ratio for c in found], [4.836516, 4.836516, 3.712697], atol=5e-7)
    assert [round(cluster.expected, 2) for cluster in found] == [1.22, 1.22, 1.83]
    assert found[0].p == found[1].p  # of two equal ratios neither is more by chance


def _expect_brain_cancer(data):
    """Poisson regression on the years before 1986 with the logarithm of the population as offset."""
    import statsmodels.api as sm

    early = data[data.year < 1986]
    fit = sm.GLM(
        early["count"],
        sm.add_constant(early.year - 1985),
        family=sm.families.Poisson(),
        offset=np.log(early.population),
    ).fit()
    return data.population * np.exp(fit.params.iloc[0] + fit.params.iloc[1] * (data.year - 1985))


def test_expectation_based_cluster_of_new_mexico(shared_data):
    folder = shared_data / "oracles/scan"
    geo = pd.read_csv(folder / "nm_geo.csv").query("county != 'cibola'").reset_index(drop=True)
    data = pd.read_csv(folder / "nm_braincancer_popcas.csv").query("county != 'cibola'")
    data = data.assign(expected=_expect_brain_cancer(data)).query("1986 <= year <= 1989")
    pivot = data.pivot(index="county", columns="year").reindex(geo.county)
    years = [1989, 1988, 1987, 1986]
    cases = np.cumsum(pivot["count"][years].to_numpy(float), axis=1)
    expected = np.cumsum(pivot["expected"][years].to_numpy(float), axis=1)
    distances = _great_circle(geo.seat_lat.to_numpy(), geo.seat_long.to_numpy())
    nearest = np.sort(distances, axis=1)[:, 14]  # fifteen neighbours, the place itself among them
    distances = np.where(distances <= nearest[:, None], distances, 1e9)

    def simulate(generator):
        yearly = np.diff(expected, axis=1, prepend=0)
        return np.cumsum(generator.poisson(yearly), axis=1)

    found = scan(
        find_zones(geo[["seat_lat", "seat_long"]], maximum_radius=1e6, distances=distances),
        cases,
        expected,
        simulate,
        totals=(cases[:, -1].sum(), cases[:, -1].sum()),
        model=EXPECTATION_BASED,
        simulations=99,
    )[0]
    assert set(geo.county[list(found.places)]) == {"losalamos", "santafe"}
    assert found.window == 3 and found.observed == 43
    assert found.expected == pytest.approx(20.659, abs=5e-4)
    assert found.ratio == pytest.approx(9.180617, abs=5e-7)
    assert found.p <= 0.03


def _expect_by_age_and_sex(folder) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """SaTScan's sample of New Mexico: cases and expected cases by county and year, and the mean population.

    Expected by indirect standardisation over age and sex; the population of 1 July 1973, 1982 and 1991 is
    interpolated to the middle of each day, and is that of the nearest before and after."""
    names = ["county", "year", "people", "age", "sex"]
    population = pd.read_csv(folder / "nm.pop", sep=r"\s+", header=None, names=names)
    cases = pd.read_csv(
        folder / "nm.cas", sep=r"\s+", header=None, names=["county", "n", *names[1:2], "age", "sex"]
    )
    wide = population.pivot_table(
        index=["county", "age", "sex"], columns="year", values="people", fill_value=0
    )
    begin, days = pd.Timestamp("1973-01-01"), pd.date_range("1973-01-01", "1991-12-31")
    known = [(pd.Timestamp(f"19{year}-07-01") - begin).days for year in wide.columns]
    middle = np.arange(len(days)) + 0.5
    share = np.column_stack([np.interp(middle, known, each) for each in np.eye(len(known))])
    share = np.array([share[days.year == year].sum(axis=0) for year in range(1973, 1992)])
    person_days = pd.DataFrame(wide.to_numpy(float) @ share.T, wide.index, range(1973, 1992))
    strata = ["age", "sex"]
    rate = cases.groupby(strata).n.sum() / person_days.groupby(strata).sum().sum(axis=1)
    expected = person_days.mul(rate.fillna(0), axis=0).groupby("county").sum()
    found = cases.pivot_table(index="county", columns="year", values="n", aggfunc="sum", fill_value=0)
    found = found.reindex(index=expected.index, columns=expected.columns, fill_value=0)
    return found, expected, person_days.groupby("county").sum().sum(axis=1) / len(days)


def test_retrospective_clusters_of_new_mexico(shared_data):
    """SaTScan 10.3.2 on its own sample: any circle up to half of those expected, any years up to half
    of them."""
    folder = shared_data / "oracles/scan/satscan"
    cases, expected, population = _expect_by_age_and_sex(folder)
    assert population.sum() == pytest.approx(1344288, abs=1)
    geo = pd.read_csv(folder / "nm.geo", sep=r"\s+", header=None, index_col=0).reindex(cases.index)
    windows = [(first, last) for first in range(19) for last in range(first, min(first + 9, 19))]

    def add_up(yearly):
        total = np.concatenate([np.zeros((len(yearly), 1)), np.cumsum(yearly, axis=1)], axis=1)
        return np.column_stack([total[:, last + 1] - total[:, first] for first, last in windows])

    share = (expected.to_numpy() / expected.to_numpy().sum()).ravel()

    def simulate(generator):
        return add_up(generator.multinomial(1175, share).reshape(expected.shape))

    found = scan(
        find_zones(
            geo.to_numpy(), population=expected.sum(axis=1), distances=_great_circle(*geo.to_numpy(float).T)
        ),
        add_up(cases.to_numpy()),
        add_up(expected.to_numpy()),
        simulate,
        totals=(1175, 1175),
        simulations=199,
        maximum_clusters=3,
    )
    years = [tuple(1973 + edge for edge in windows[cluster.window]) for cluster in found]
    assert years == [(1985, 1989), (1988, 1989), (1982, 1983)]
    first = {
        "Torrance",
        "Bernalillo",
        "Valencia",
        "SantaFe",
        "Guadelupe",
        "Socorro",
        "Sandoval",
        "SanMiguel",
        "LosAlamos",
    }
    assert [set(cases.index[list(c.places)]) for c in found] == [first, {"Chaves"}, {"Curry", "Roosevelt"}]
    assert [cluster.observed for cluster in found] == [236, 16, 13]
    assert [round(cluster.expected, 2) for cluster in found] == [176.22, 6.03, 5.37]
    np.testing.assert_allclose([c.ratio for c in found], [10.979758, 5.684828, 3.884186], atol=1e-6)
    assert found[0].p == pytest.approx(0.014, abs=0.02)
    np.testing.assert_allclose([c.p for c in found[1:]], [0.692, 0.996], atol=0.1)


def test_the_largest_ratio_is_that_of_every_circle_and_window_written_out():
    generator = np.random.default_rng(4)
    xy = generator.integers(0, 6, (25, 2)).astype(float)  # with places at one spot, and equal distances
    place, week = generator.integers(0, 25, 300), generator.integers(0, 12, 300)
    best = 0.0
    for centre, radius, weeks in product(range(25), range(0, 5), (1, 2, 3)):
        for exact in {radius, *np.hypot(*(xy - xy[centre]).T)}:
            if exact > 3:
                continue
            inside = np.hypot(*(xy - xy[centre]).T)[place] <= exact + 1e-9
            recent = week > 11 - weeks
            c, e = (inside & recent).sum(), inside.sum() * recent.sum() / 300
            if c > max(e, 1):
                best = max(best, c * math.log(c / e) + (300 - c) * math.log((300 - c) / (300 - e)))
    zones = find_zones(xy, maximum_radius=3)
    found = scan_recent(zones, place, week, maximum_periods=3, simulations=9)
    assert found[0].ratio == pytest.approx(best, abs=1e-9)


def test_clusters_do_not_overlap_and_the_same_seed_gives_the_same():
    generator = np.random.default_rng(9)
    xy = generator.uniform(0, 2_000, (60, 2))
    place, week = generator.integers(0, 60, 500), generator.integers(0, 20, 500)
    zones = find_zones(xy, maximum_radius=600)
    found = scan_recent(zones, place, week, maximum_periods=4, simulations=49)
    everywhere = [place for cluster in found for place in cluster.places]
    assert len(everywhere) == len(set(everywhere))
    assert found == scan_recent(zones, place, week, maximum_periods=4, simulations=49)
    assert found != scan_recent(zones, place, week, maximum_periods=4, simulations=49, seed=2)
    assert all(cluster.p >= 1 / 50 for cluster in found)


def test_chance_alone_is_found_as_often_as_it_says():
    generator = np.random.default_rng(11)
    xy = generator.uniform(0, 1_000, (20, 2))
    zones = find_zones(xy, maximum_radius=300)
    p = [
        scan_recent(
            zones,
            generator.integers(0, 20, 120),
            generator.integers(0, 15, 120),
            maximum_periods=3,
            simulations=39,
            seed=run,
        )[0].p
        for run in range(200)
    ]
    assert 0.02 <= np.mean(np.array(p) <= 0.1) <= 0.17


def test_a_rise_in_one_place_is_named():
    generator = np.random.default_rng(12)
    xy = np.stack(np.meshgrid(np.arange(8), np.arange(8)), axis=-1).reshape(-1, 2) * 250.0
    place, week = generator.integers(0, 64, 1_600), generator.integers(0, 40, 1_600)
    place = np.append(place, np.repeat(27, 20))
    week = np.append(week, np.tile([38, 39, 38, 39, 39], 4))
    found = scan_recent(find_zones(xy, maximum_radius=400), place, week, maximum_periods=8)[0]
    assert found.places == (27,) and found.window == 1 and found.p == 0.001


def test_nothing_recent_has_no_cluster():
    assert (
        scan_recent(find_zones([[0, 0.0]], maximum_radius=1), [], [], maximum_periods=2, simulations=3) == []
    )
