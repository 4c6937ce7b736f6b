"""Did it work? A planted fall is found, nothing is found where nothing is, and 'too early' is said."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from scipy import stats

from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.findings import Finding, save_finding
from analytics.oversight import Actor
from analytics.tasking.effect import _baseline, _joint, measure_effect
from analytics.tasking.products import record_decision, save_product
from analytics.tasking.results import NoPlace, list_results, measure, save_result, scorecard, target_of
from tests.sources import insert_source_row

ACTOR = Actor("tester")
FIRST, LAST = date(2025, 1, 1), date(2026, 5, 15)
DAYS = (LAST - FIRST).days + 1
START = LAST - timedelta(days=27)
BOX = shapely.box(-125, -125, 125, 125)


def city(seed: int, *, effect: float = 1.0, rate: float = 0.8, places: int = 225) -> pd.DataFrame:
    """Poisson counts on a grid of 250 m squares, the busiest at the origin, changed by `effect` from START on."""
    rng = np.random.default_rng(seed)
    rates = np.repeat(rng.gamma(2, 0.1, places)[:, None], DAYS, axis=1)
    rates[0] = rate
    rates[0, (START - FIRST).days :] *= effect
    place, day = np.nonzero(counts := rng.poisson(rates))
    again = counts[place, day]
    place, day = np.repeat(place, again), np.repeat(day, again)
    side = int(np.sqrt(places))
    x, y = (place % side) * 250.0, (place // side) * 250.0
    return pd.DataFrame(
        {
            "x": x + rng.uniform(-120, 120, len(x)), "y": y + rng.uniform(-120, 120, len(x)),
            "local_date": pd.to_datetime(np.datetime64(FIRST) + day),
        }
    )  # fmt: skip


def test_a_planted_fall_and_a_planted_rise_are_found_and_nothing_where_nothing_is():
    assert measure_effect(city(1, effect=0.2), BOX, START, LAST).verdict == "fewer than expected"
    assert measure_effect(city(1, effect=2.5), BOX, START, LAST).verdict == "more than expected"
    verdicts = [measure_effect(city(seed), BOX, START, LAST).verdict for seed in range(20, 32)]
    # 12 at 5 %: more than 3 false ones would happen once in 500 such tests.
    assert stats.binom.sf(3, 12, 0.05) < 0.003 and sum(v != "no detectable effect" for v in verdicts) <= 3


def test_the_measures_agree_with_the_formulas_written_out():
    rng = np.random.default_rng(5)
    counts = rng.poisson(0.5, (40, 120)).astype(float)
    now, span = np.arange(120) >= 90, (np.arange(120) >= 60) & (np.arange(120) < 90)
    row, z = _baseline(counts, span, now, controls=10)
    for place in (0, 3, 25):
        others = [at for at in range(1, 11) if at != place]
        before, after = counts[place, span].sum(), counts[place, now].sum()
        change = (counts[others][:, now].sum() + 0.5) / (counts[others][:, span].sum() + 0.5)
        expected = before * change
        assert z[place] == pytest.approx((after - expected) / np.sqrt(max(expected, 0.5) * (1 + change)))
    assert row["p"] == sum(abs(other) >= abs(z[0]) for other in z) / 40


def test_an_effect_is_called_only_where_the_baselines_agree():
    def joint(*z: float) -> float:
        return float(_joint(*(np.array([value]) for value in z))[0])

    assert joint(-3, -2, -1.5) == 1.5
    assert joint(1, -2, -1.5) == 1.5  # the days just before need not agree on a fall
    assert joint(0.2, 2, 3) == 0.2  # but on a rise they must
    assert joint(-1, -2, 2) == joint(2, -1, 2) == joint(-1, 3, 3) == 0


def test_too_early_too_little_history_and_too_few_places_are_said():
    points = city(2)
    early = measure_effect(points, BOX, LAST - timedelta(days=9), LAST)
    assert (
        early.verdict == "too early"
        and "10 days" in early.why
        and f"{LAST + timedelta(days=11):%d %b %Y}" in early.why
    )
    with pytest.raises(TooFewData, match="reach back"):
        measure_effect(
            points[points.local_date >= pd.Timestamp(START) - pd.Timedelta(days=40)], BOX, START, LAST
        )
    near = points[(points.x < 600) & (points.y < 600)]
    with pytest.raises(TooFewData, match="20 are needed"):
        measure_effect(near, BOX, START, LAST)


def test_other_tasked_places_are_no_controls():
    points = city(3)
    whole = measure_effect(points, BOX, START, LAST)
    fewer = measure_effect(points, BOX, START, LAST, elsewhere=[shapely.box(1000, 1000, 2000, 2000)])
    assert fewer.places < whole.places
    assert len(whole.rings) == 2 and whole.weekly["count"].sum() > 0 and whole.synthetic_p is not None


@pytest.fixture
def tasked(store):
    """A store with a city whose busiest place was tasked on START - 1 and fell to a fifth."""
    points = city(1, effect=0.2)
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('Grid', 32630, 'UTC')").fetchall()
        insert_source_row(cursor, 1, "incident", area_id=1)
        cursor.register(
            "city", pa.Table.from_pandas(points.assign(x=points.x + 500_000, y=points.y + 5_000_000))
        )
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to, time_precision,"
            " local_date, x, y) SELECT 1, 1 + row_number() OVER (), 1, 'Burglary', local_date, local_date, 'day',"
            " local_date, x, y FROM city"
        ).fetchall()
    import pyproj

    back = pyproj.Transformer.from_crs(32630, 4326, always_xy=True)
    ring = [back.transform(x + 500_000, y + 5_000_000) for x, y in BOX.exterior.coords]
    finding = Finding(
        "Busiest", "It stands out.", "Gi*", {"categories": ["Burglary"]}, 1, 1, date(2026, 3, 1), date(2026, 3, 31),
        {"focus": {"label": "Kiln Row", "ring": ring}}, "low", "a count", "none",
    )  # fmt: skip
    evidence = pa.table({"table_name": ["incident"], "source_id": [1], "row_number": [2]})
    number = save_finding(store, ACTOR, finding, evidence)
    brief, _ = save_product(store, ACTOR, "brief", "Kiln Row", {}, [number])
    record_decision(store, ACTOR, brief, 1, "adopted", "x", "y", action=("Patrol", "Sgt. Day", LAST))
    with store.write(changes_data=False) as cursor:  # decided the evening before START
        cursor.execute("UPDATE decision SET decided_at = ?", [pd.Timestamp(START).to_pydatetime()]).fetchall()
        cursor.execute("UPDATE finding SET created_at = ?", [(pd.Timestamp(START) - pd.Timedelta(days=3)).to_pydatetime()]).fetchall()  # fmt: skip
    return store


def test_the_result_of_an_action_is_measured_at_its_place_and_kept(tasked):
    target, effect = measure(tasked, 1)
    assert (target.label, target.start, target.categories) == ("Kiln Row", START, ("Burglary",))
    assert target.outline.area == pytest.approx(BOX.area, rel=1e-3)
    assert effect.verdict == "fewer than expected"
    assert (
        save_result(tasked, ACTOR, 1, {"arrests": 2}, effect.verdict, {"why": effect.why}, "worked at night")
        == 1
    )
    assert save_result(tasked, ACTOR, 1, {"arrests": 3}, effect.verdict, {}, "one more") == 2
    assert list_results(tasked).arrests.tolist() == [3]
    card = scorecard(tasked)
    assert (card["decisions"], card["adopted"], card["intelligence_led"]) == (1, 1, 1)
    assert (card["actions"], card["measured"], card["worked"], card["days_to_decision"]) == (1, 1, 1, 3.0)
    with pytest.raises(ValueError, match="counts of arrests"):
        save_result(tasked, ACTOR, 1, {"medals": 1}, effect.verdict, {}, "")
    with pytest.raises(ValueError, match="verdict"):
        save_result(tasked, ACTOR, 1, {}, "guilty", {}, "")


def test_an_action_without_a_place_says_so(store):
    number, _ = save_product(store, ACTOR, "brief", "x", {}, [])
    record_decision(store, ACTOR, number, 1, "adopted", "x", "y", action=("Visit", "PC 9", LAST))
    with pytest.raises(NoPlace, match="no place to measure"):
        target_of(store, 1)
    with pytest.raises(KeyError):
        target_of(store, 9)
    assert scorecard(store)["intelligence_led"] == 0
