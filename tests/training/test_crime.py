"""Recorded crime: hotspots, trends and near repeats are where the truth says."""

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.stats import poisson

from analytics.training import generate
from analytics.training.settings import read_settings
from tests.training.city_files import read_incidents, read_truth


def test_planted_hotspots_stand_out_in_their_place_and_hours(city_files):
    rows, truth = read_incidents(city_files), read_truth(city_files)
    for spot in truth["hotspots"]:
        own = rows[rows.category == spot["category"]]
        tree = cKDTree(own[["x", "y"]])
        centre = np.array(truth["centre"]) + [spot["east"], spot["north"]]
        inside = len(tree.query_ball_point(centre, spot["radius"]))
        around = len(tree.query_ball_point(centre, 4 * spot["radius"])) - inside
        assert poisson.sf(inside - 1, around / 15) < 1e-6, spot["name"]
        planted = own[own.planted == spot["name"]]
        assert (np.hypot(planted.x - centre[0], planted.y - centre[1]) <= spot["radius"]).all()
        hours = planted.occurred_from.dt.tz_localize("UTC").dt.tz_convert("Europe/London").dt.hour
        assert len(planted) > 30 and hours.between(spot["hours"][0], spot["hours"][1] - 1).mean() > 0.99


def test_trends_rise_and_fall(city_files):
    rows = read_incidents(city_files)
    last = rows.occurred_from.max().normalize()
    for spot in read_settings()["hotspots"]:
        ago = (last - rows[rows.planted == spot["name"]].occurred_from).dt.days
        if spot["trend"] == "rising":
            assert (ago < 56).mean() > 0.8 and (ago < 28).sum() > 1.8 * ago.between(28, 55).sum()
        elif spot["trend"] == "declining":
            assert (ago > 365).sum() > 4 * (ago <= 365).sum()


def _close_pairs(xy, days):
    pairs = cKDTree(xy).query_pairs(200, output_type="ndarray")
    return (np.abs(days[pairs[:, 0]] - days[pairs[:, 1]]) <= 14).sum()


def test_near_repeats_exceed_what_shuffled_dates_give(city_files):
    """Knox's test: pairs within 200 m and 14 days against 99 shuffles of the dates."""
    rows = read_incidents(city_files)
    own = rows[rows.category == read_settings()["near_repeats"]["category"]]
    xy, days = own[["x", "y"]].to_numpy(), own.occurred_from.to_numpy().astype("datetime64[D]").astype(int)
    rng = np.random.default_rng(0)
    shuffled = max(_close_pairs(xy, rng.permutation(days)) for _ in range(99))
    assert _close_pairs(xy, days) > 1.2 * shuffled


@pytest.mark.parametrize("seed", [2, 3])
def test_hotspots_move_with_the_seed_and_still_stand_out(seed, tmp_path, city_files):
    generate(seed, 1.0, tmp_path)
    here, there = (read_truth(out)["hotspots"] for out in (city_files, tmp_path))
    shift = read_settings()["hotspot_shift"]
    for one, other, planned in zip(here, there, read_settings()["hotspots"], strict=True):
        assert (one["east"], one["north"]) != (other["east"], other["north"])
        assert abs(other["east"] - planned["east"]) <= shift >= abs(other["north"] - planned["north"])
    test_planted_hotspots_stand_out_in_their_place_and_hours(tmp_path)
