"""Risk terrain: the factors of a world whose truth is known, and what may be looked at."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.basemap.rules import read_map_rules
from analytics.hotspots.forecast.backtest import backtest
from analytics.hotspots.forecast.catalogue import BacktestParameters
from analytics.hotspots.forecast.risk_terrain import (
    LASSO_SHARE,
    RiskLayer,
    fit_elastic_net,
    fit_terrain,
)
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.risk_layers import read_factor_rules, read_risk_layers


def test_the_elastic_net_matches_a_general_optimiser():
    from scipy import optimize

    rng = np.random.default_rng(5)
    design = (rng.random((600, 6)) < 0.2).astype(float)
    count = rng.poisson(np.exp(-1.5 + design @ [1.0, 0.6, 0, 0, -0.5, 0])).astype(float)
    penalty = 0.01

    def loss(b):
        eta = b[0] + design @ b[1:]
        shrunk = LASSO_SHARE * b[1:].sum() + (1 - LASSO_SHARE) * (b[1:] ** 2).sum() / 2
        return (np.exp(eta) - count * eta).mean() + penalty * shrunk

    ours = fit_elastic_net(design, count, penalty, np.r_[math.log(count.mean()), np.zeros(6)])
    theirs = optimize.minimize(
        loss, np.zeros(7), bounds=[(None, None), *[(0, None)] * 6], method="L-BFGS-B", tol=1e-12
    )
    assert loss(ours) == pytest.approx(theirs.fun, abs=1e-6)
    np.testing.assert_allclose(ours, theirs.x, atol=1e-3)
    assert ours[5] == 0  # what lowers the risk is no factor


def test_the_supplied_world_gives_its_three_factors_and_no_decoy(shared_data):
    """Relative risks 3.0, 1.8, 2.2; the intervals are of a negative binomial fit on the true columns."""
    folder = shared_data / "oracles/rtm"
    if not folder.is_dir():
        pytest.skip(f"no oracle data at {folder}")
    cells = pd.read_csv(folder / "rtm_cells.csv")
    places = pd.read_csv(folder / "rtm_risk_factor_points.csv")
    layers = {name: RiskLayer(rows[["x", "y"]].to_numpy()) for name, rows in places.groupby("factor")}
    x, y, count = cells.x.to_numpy(), cells.y.to_numpy(), cells["count"].to_numpy()
    terrain = fit_terrain(layers, x, y, count, 125.0, seed=0)
    found = {factor.name: factor for factor in terrain.factors}
    assert set(found) == {"bars", "bus_stop", "vacant"}
    assert (found["bars"].form, found["bars"].reach) == ("near", 250)
    assert (found["bus_stop"].form, found["bus_stop"].reach) == ("near", 125)
    assert (found["vacant"].form, found["vacant"].reach) == ("dense", 500)
    assert 2.31 < found["bars"].value < 3.61 and 1.71 < found["bus_stop"].value < 2.89
    assert 1.59 < found["vacant"].value < 2.98
    assert math.exp(terrain.intercept) == pytest.approx(0.118, abs=0.005)
    riskiest = np.argsort(-terrain.score(layers, x, y), kind="stable")[:360]
    assert count[riskiest].sum() / count.sum() / 0.1 >= 2.32


def test_it_is_backtested_beside_the_rest_and_beats_counting_where_places_bring_the_risk():
    """Risk follows 40 places and moves from one to another: no cell's past tells, its surroundings do."""
    rng = np.random.default_rng(1)
    bars = rng.uniform(0, 8000, (40, 2))
    n = 1200
    at = bars[rng.integers(0, 40, n)] + rng.uniform(-220, 220, (n, 2))
    background = rng.uniform(0, 8000, (n, 2))
    xy = np.where((rng.random(n) < 0.7)[:, None], at, background)
    day = np.sort(rng.integers(0, 400, n))
    points = pd.DataFrame(
        {"x": xy[:, 0], "y": xy[:, 1], "local_date": pd.to_datetime(np.datetime64("2023-01-01") + day)}
    )
    layers = {"bars": RiskLayer(bars), "decoy": RiskLayer(rng.uniform(0, 8000, (40, 2)))}
    asked = BacktestParameters(
        Grid("square", 125), date(2023, 11, 1), horizon=14, shares=(0.2,), trees=False, layers=layers
    )
    tested = backtest(points, asked)
    rate = tested.summary[tested.summary.measure == "hit rate"].set_index("method").value
    assert rate["risk terrain"] > rate["long-run count"]
    assert rate[tested.recommendation.method.iloc[0]] > rate["long-run count"]


def test_only_named_features_are_read_and_none_stands_for_poverty_or_belief(store):
    rules = read_factor_rules()
    kinds = {kind for rule in rules for kind in (*rule.kinds, *rule.premises)}
    barred = {
        "place_of_worship",
        "social_facility",
        "social_centre",
        "community_centre",
        "shelter",
        "refugee_site",
        "food_bank",
        "house",
        "flat",
        "apartments",
    }
    assert not kinds & barred
    assert all(rule.kinds for rule in rules if rule.role in ("poi", "street"))
    roles = {rule.role for layer in read_map_rules().osm.values() for rule in layer}
    assert {rule.role for rule in rules} <= roles
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')").fetchall()
        rows = [(k, kind) for kind in ("shop", "flat") for k in range(5)]
        for k, kind in rows:
            cursor.execute(
                "INSERT INTO premises (source_id, row_number, kind, lon, lat) VALUES (1, ?, ?, ?, 48.7)",
                [k, kind, 3 + k / 1000],
            ).fetchall()
    layers = read_risk_layers(store, 1, 32631)
    assert list(layers) == ["shops"] and len(layers["shops"].places) == 5
