import numpy as np
import pandas as pd
import pytest
from pyproj import Geod
from scipy import stats

from analytics.adverts.movement import (
    MovementParameters,
    TooFewMoves,
    find_circuits,
    find_legs,
    find_too_fast_pairs,
    find_visits,
    list_places,
    measure_km,
    predict_next,
)
from analytics.adverts.movement.next_place import NEW

TOWNS = {"Leeds": (-1.55, 53.80), "Luton": (-0.42, 51.88), "Derby": (-1.48, 52.92), "Hull": (-0.34, 53.74)}


def sightings(*rows: tuple[str, str]) -> pd.DataFrame:
    """(time, town) as a frame of sightings."""
    return pd.DataFrame(
        {
            "seen_at": pd.to_datetime([time for time, _ in rows], format="ISO8601"),
            "place": [town for _, town in rows],
            "lon": [TOWNS.get(town, (np.nan, np.nan))[0] for _, town in rows],
            "lat": [TOWNS.get(town, (np.nan, np.nan))[1] for _, town in rows],
        }
    )


def weekly(*towns: str) -> pd.DataFrame:
    """One sighting a week at noon, as visits."""
    start = pd.Timestamp("2026-01-05 12:00")
    return find_visits(
        sightings(*((str(start + pd.Timedelta(weeks=k)), town) for k, town in enumerate(towns)))
    )


def test_distances_agree_with_the_ellipsoid():
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(-180, 180, (2, 200)), rng.uniform(-80, 80, (2, 200))
    exact = Geod(ellps="WGS84").inv(lon[0], lat[0], lon[1], lat[1])[2] / 1000
    assert measure_km(lon[0], lat[0], lon[1], lat[1]) == pytest.approx(exact, rel=0.006)


def test_runs_in_one_place_are_one_visit_whatever_the_order_of_rows():
    rows = [
        ("2026-01-01 10:00", "Leeds"),
        ("2026-01-02 10:00", "Leeds"),
        ("2026-01-03 10:00", "Luton"),
        ("2026-01-09 10:00", "Leeds"),
        (None, "Hull"),
        ("2026-01-04", None),
    ]
    frame = sightings(*rows)
    found = find_visits(frame)
    assert found.place.tolist() == ["Leeds", "Luton", "Leeds"] and found.adverts.tolist() == [2, 1, 1]
    pd.testing.assert_frame_equal(found, find_visits(frame.sample(frac=1, random_state=2)))


def test_an_hour_between_distant_towns_is_too_fast_and_a_day_is_not():
    frame = sightings(
        ("2026-01-01 10:00", "Leeds"),
        ("2026-01-01 11:00", "Luton"),
        ("2026-01-02 11:30", "Leeds"),
        ("2026-01-02 11:30", "Luton"),
        ("2026-01-02 12:00", "Nowhere"),
    )
    steps = find_legs(find_visits(frame))
    assert steps.too_fast.tolist() == [True, False, True, False]
    assert steps.kmh.iloc[0] == pytest.approx(steps.km.iloc[0]) and np.isinf(steps.kmh.iloc[2])
    assert np.isnan(steps.kmh.iloc[3])
    (pair,) = find_too_fast_pairs(steps).to_dict("records")
    assert (pair["one"], pair["other"], pair["times"], pair["shortest_hours"]) == ("Leeds", "Luton", 2, 0.0)


def test_two_adverts_of_one_date_are_not_called_impossible():
    by_day = find_legs(
        find_visits(sightings(("2026-01-01", "Leeds"), ("2026-01-01", "Luton"), ("2026-01-05", "Hull")))
    )
    assert not by_day.too_fast.any()
    by_minute = find_legs(
        find_visits(sightings(("2026-01-01 00:00", "Leeds"), ("2026-01-01 00:01", "Luton")))
    )
    assert by_minute.too_fast.all()


def test_new_places_are_those_first_seen_at_the_end_of_an_older_operation():
    frame = sightings(
        ("2026-01-01", "Leeds"), ("2026-02-01", "Luton"), ("2026-03-20", "Hull"), ("2026-03-21", "Leeds")
    )
    seen = list_places(frame, find_visits(frame)).set_index("place")
    assert seen.is_new.to_dict() == {"Leeds": False, "Luton": False, "Hull": True}
    assert seen.adverts["Leeds"] == 2 and seen.visits["Leeds"] == 2
    young = sightings(("2026-03-01", "Leeds"), ("2026-03-03", "Luton"))
    assert not list_places(young, find_visits(young)).is_new.any()


def test_nothing_to_see_is_no_error():
    empty = sightings().astype({"lon": float, "lat": float})
    found = find_visits(empty)
    assert found.empty and find_legs(found).empty and find_too_fast_pairs(find_legs(found)).empty
    assert list_places(empty, found).empty and find_circuits([]).table.empty


def test_a_planted_circuit_is_found_with_its_rounds_and_is_more_than_chance():
    found = find_circuits(["Leeds", "Luton", "Derby", "Hull"] * 6).table
    top = found.iloc[0]
    assert top.towns == "Derby → Hull → Leeds → Luton → Derby"
    assert (top["length"], top.rounds, top.moves) == (4, 5, 20) and top.p <= 0.02


def test_direction_makes_another_circuit_and_rounds_do_not_overlap():
    table = find_circuits(list("ABCABCABC")).table.set_index("towns")
    assert table.rounds.to_dict() == {"A → B → C → A": 2}
    assert find_circuits(list("ABCACBA")).table.empty


def test_two_towns_can_only_alternate_so_that_shuttling_is_no_surprise():
    (row,) = find_circuits(list("ABABABAB")).table.to_dict("records")
    assert row["p"] == 1.0 and row["rounds"] == 3


def test_random_wandering_yields_circuits_no_more_often_than_the_level_says():
    rng = np.random.default_rng(7)
    below = 0
    for seed in range(60):
        walk = [0]
        while len(walk) < 30:
            step = int(rng.integers(0, 6))
            if step != walk[-1]:
                walk.append(step)
        table = find_circuits([str(k) for k in walk], MovementParameters(permutations=39, seed=seed)).table
        below += bool((table.p <= 0.05).any())
    assert below <= stats.binom.ppf(0.999, 60, 0.05)


def test_the_next_place_of_a_circuit_is_named_with_its_record():
    found = predict_next(weekly(*["Leeds", "Luton", "Derby", "Hull"] * 5))
    assert found.present == "Hull" and found.table.place.iloc[0] == "Leeds"
    assert found.tried == 17 and found.right >= 13 and found.right > found.base_right and found.p < 0.05
    assert found.low < found.right / found.tried < found.high or found.right == found.tried
    assert found.stay_days == (7.0, 7.0, 7.0)
    assert found.table.probability.sum() == pytest.approx(1)
    assert ((found.table.low < found.table.probability) & (found.table.probability < found.table.high)).all()


def test_random_wandering_is_shown_to_be_predictable_no_more_often_than_the_level_says():
    rng = np.random.default_rng(3)
    below = 0
    for _ in range(60):
        walk = ["A"]
        while len(walk) < 40:
            step = str(rng.choice(list("ABCDEF")))
            if step != walk[-1]:
                walk.append(step)
        found = predict_next(weekly(*walk))
        below += found.p <= 0.05 and found.right > found.base_right
    assert below <= stats.binom.ppf(0.999, 60, 0.025)


def test_the_record_uses_only_what_was_known_before_each_move():
    """An independent count: each move predicted from a chain fitted on the visits before it."""
    walk = list("ABCABDABCAABCDABC".replace("AA", "A"))
    found = predict_next(weekly(*walk))
    right = 0
    for t in range(3, len(walk)):
        before, present = walk[:t], walk[t - 1]
        moves = list(zip(before, before[1:], strict=False))
        share_new = (sum(before.count(p) == 1 for p in set(before)) + 0.5) / (len(before) + 1)
        others = {p: before.count(p) for p in set(before) if p != present}
        scores = {
            p: sum(m == (present, p) and p in before[: k + 1] for k, m in enumerate(moves))
            + (1 - share_new) * n / sum(others.values())
            for p, n in others.items()
        }
        scores[NEW] = (
            sum(a == present and b not in before[: k + 1] for k, (a, b) in enumerate(moves)) + share_new
        )
        guess = sorted(scores, key=lambda p: (-scores[p], p))[0]
        right += guess == (walk[t] if walk[t] in before else NEW)
    assert found.right == right


def test_few_moves_are_refused():
    with pytest.raises(TooFewMoves, match="7 moves"):
        predict_next(weekly(*"ABABABAB"))
