"""A mixed world: innocent people live where the networks do, and the shapes that were planted are whole."""

import json

import pandas as pd
import pytest

from analytics.training import generate
from analytics.training.people import TOWNS

SEED, SCALE = 7, 0.3  # in a smaller city next to everything is planted or looks like it
_STAGE = {town: at for at, towns in enumerate(TOWNS.values()) for town in towns}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    out = tmp_path_factory.mktemp("mixed")
    generate(SEED, SCALE, out, mixed=True)
    return out


@pytest.fixture(scope="module")
def planted(world) -> pd.DataFrame:
    return pd.read_parquet(world / "truth/rows.parquet")


def read(world, table, planted) -> pd.DataFrame:
    """The rows of a table with the name of what was planted in each, blank for the others."""
    names = planted[planted.table == table].set_index("reference").planted
    return pd.read_parquet(world / f"{table}.parquet").assign(
        planted=lambda rows: rows.reference.map(names).fillna("")
    )


def test_the_same_seed_gives_the_same_world(world, planted, tmp_path):
    generate(SEED, SCALE, tmp_path, mixed=True)
    for table in ("transactions", "adverts", "journeys", "premises"):
        pd.testing.assert_frame_equal(
            pd.read_parquet(tmp_path / f"{table}.parquet"), pd.read_parquet(world / f"{table}.parquet")
        )
    assert (tmp_path / "truth/truth.json").read_bytes() == (world / "truth/truth.json").read_bytes()


@pytest.mark.parametrize(
    ("table", "column"), [("transactions", "place"), ("adverts", "place"), ("journeys", "from_place")]
)
def test_innocent_and_planted_rows_lie_in_all_three_countries(world, planted, table, column):
    rows = read(world, table, planted)
    innocent, own = (rows[rows.planted.eq("") == blank][column].map(_STAGE) for blank in (True, False))
    for stage in range(3):
        assert 0.15 < (innocent == stage).mean() < 0.6
        assert (own == stage).any()


def test_a_cycle_still_goes_round_in_time_and_loses_a_little_each_time(world, planted):
    rows = read(world, "transactions", planted)
    accounts = {
        item["name"]: item["accounts"]
        for item in json.loads((world / "truth/truth.json").read_text())["typologies"]
    }
    ring = accounts["cycle of 8-1"]
    paid = rows[rows.planted == "cycle of 8-1"].sort_values("occurred_at")
    assert paid.from_account.tolist() == ring and paid.to_account.tolist() == ring[1:] + ring[:1]
    kept = paid.amount_minor.to_numpy()[1:] / paid.amount_minor.to_numpy()[:-1]
    assert ((kept > 0.92) & (kept < 1)).all()


def test_what_a_reporting_line_bounds_stays_below_it(world, planted):
    rows = read(world, "transactions", planted)
    assert rows[rows.planted == "structuring-1"].amount_minor.between(880_000, 1_000_000).all()


def test_a_paid_journey_goes_on_where_it_stopped_there_or_back(world, planted):
    rows = read(world, "journeys", planted)
    legs = rows[rows.planted != ""].sort_values("departed_at")
    trips = [trip for _, trip in legs.groupby(["traveller", "paid_by"]) if len(trip) == 2]
    assert len(trips) > 10
    assert all(trip.to_place.iloc[0] == trip.from_place.iloc[1] for trip in trips)
    begins = {_STAGE[trip.from_place.iloc[0]] for trip in trips}
    assert begins == {0, 2}


def test_few_payments_say_what_was_bought(world, planted, tmp_path):
    generate(SEED, SCALE, tmp_path)
    built_in = pd.read_parquet(tmp_path / "transactions.parquet").merchant_category.notna().mean()
    assert 0 < read(world, "transactions", planted).merchant_category.notna().mean() < built_in / 2
