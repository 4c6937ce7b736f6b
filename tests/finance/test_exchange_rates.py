"""Exchange rates that a user supplies, and where places lie that are on no map."""

import pandas as pd
import pytest

from analytics.finance.corridors import CorridorParameters, sum_corridors
from analytics.finance.currency_conversion import ConversionParameters
from analytics.finance.exchange_rates import RatesRefused, load_rates, parse_rates, save_rates
from analytics.finance.geography import load_positions, locate_corridors
from analytics.ingest.sources import remove_source
from analytics.oversight import Actor
from analytics.store import Store
from analytics.training.people import COUNTRY, TOWNS
from analytics.training.settings import settings

ACTOR = Actor("analyst")


def test_rates_are_kept_with_their_origin_and_add_up_currencies_exactly():
    store = Store(":memory:")
    version = store.data_version()
    first = parse_rates("﻿Date, currency ,RATE\n2026-01-01,eur,0.8412345678901\n".encode(), "GBP")
    save_rates(store, ACTOR, first, "GBP", "central bank")
    later = parse_rates(b"date,currency,rate\n2026-01-01,EUR,0.85\n2026-02-01,EUR,0.9\n", "GBP")
    save_rates(store, ACTOR, later, "GBP", "central bank, corrected")
    held = load_rates(store)
    assert held.rate.tolist() == ["0.85", "0.9"] and set(held.origin) == {"central bank, corrected"}
    assert store.data_version() == version  # what was searched for stays valid
    assert store.rows("SELECT count(*) AS n FROM audit WHERE act = 'exchange rates'")[0]["n"] == 2
    payments = pd.DataFrame(
        {
            "occurred_at": pd.to_datetime(["2026-01-05", "2026-02-05", "2026-06-01"]),
            "from_account": "a",
            "to_account": "b",
            "amount_minor": [10_000, 10_000, 10_000],
            "currency": "EUR",
            "from_place": "Leeds",
            "place": "Porto",
        }
    )
    table = sum_corridors(
        payments,
        None,
        CorridorParameters(),
        rates=held[["date", "currency", "rate"]],
        conversion=ConversionParameters("GBP"),
    )
    sums = table.set_index("currency").amount_minor.to_dict()
    assert sums == {"GBP": 8_500 + 9_000, "EUR": 10_000}  # in June no rate is in force


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"date,currency\n2026-01-01,EUR\n", "header"),
        (b"", "header"),
        (b"\xff\xfe", "UTF-8"),
        (b"date,currency,rate\n01/02/2026,EUR,1\n", "row 2"),
        (b"date,currency,rate\n2026-01-01,EUR,1\n2026-01-01,EUR,2\n", "row 3"),
        (b"date,currency,rate\n2026-01-01,EUR,0\n", "above 0"),
        (b"date,currency,rate\n2026-01-01,EUR,NaN\n", "above 0"),
        (b"date,currency,rate\n2026-01-01,EUR,1;5\n", "no number"),
        (b"date,currency,rate\n2026-01-01,GBP,1\n", "no other currency"),
        (b"date,currency,rate\n2026-01-01,ZZZ,1\n", "no other currency"),
        (b"date,currency,rate\n2026-01-01,EUR\n", "no number"),
    ],
)
def test_a_faulty_file_of_rates_is_refused_whole(content, said):
    with pytest.raises(RatesRefused, match=said):
        parse_rates(content, "GBP")


def test_places_of_a_source_come_before_the_gazetteer_and_go_with_it():
    table = pd.DataFrame({"from": ["Dunvar", "leeds"], "to": ["Leeds", "Nowhere at all"]})
    found, unknown = locate_corridors(table, "place")
    assert found.empty and unknown == ["Dunvar", "Nowhere at all"]
    store = Store(":memory:")
    with store.write() as cursor:
        for row in ((7, "place", "DUNVAR", -18.6, 48.6), (7, "country", "XA", -18.5, 46.0)):
            cursor.execute("INSERT INTO place_position VALUES (?, ?, ?, ?, ?)", list(row)).fetchall()
    found, unknown = locate_corridors(table, "place", load_positions(store))
    assert (
        found["from"].tolist() == ["Dunvar"] and found.lon.iloc[0] == -18.6 and 53 < found.lat_to.iloc[0] < 54
    )
    remove_source(store, ACTOR, 7, "test")
    assert load_positions(store).empty


def test_every_invented_town_and_country_has_a_place():
    assert set(settings()["towns"]) == {town for towns in TOWNS.values() for town in towns}
    assert set(settings()["countries"]) == set(COUNTRY.values())
