"""Exchange rates that a user supplies: stored with their origin, and a faulty file refused as a whole."""

import pandas as pd
import pytest

from analytics.finance.corridors import CorridorParameters, sum_corridors
from analytics.finance.currency_conversion import ConversionParameters
from analytics.finance.exchange_rates import RatesRefused, load_rates, parse_rates, save_rates
from analytics.oversight import Actor
from analytics.store import Store

ACTOR = Actor("analyst")


def test_rates_are_stored_with_their_origin_and_add_up_currencies_exactly():
    store = Store(":memory:")
    version = store.data_version()
    first = parse_rates("﻿Date, currency ,RATE\n2026-01-01,eur,0.8412345678901\n".encode(), "GBP")
    save_rates(store, ACTOR, first, "GBP", "central bank")
    later = parse_rates(b"date,currency,rate\n2026-01-01,EUR,0.85\n2026-02-01,EUR,0.9\n", "GBP")
    save_rates(store, ACTOR, later, "GBP", "central bank, corrected")
    stored = load_rates(store)
    assert stored.rate.tolist() == ["0.85", "0.9"] and set(stored.origin) == {"central bank, corrected"}
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
        rates=stored[["date", "currency", "rate"]],
        conversion=ConversionParameters("GBP"),
    )
    sums = table.set_index("currency").amount_minor.to_dict()
    assert sums == {"GBP": 8_500 + 9_000, "EUR": 10_000}  # in June no rate is in force


@pytest.mark.parametrize(
    ("content", "message"),
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
def test_a_faulty_file_of_rates_is_refused_whole(content, message):
    with pytest.raises(RatesRefused, match=message):
        parse_rates(content, "GBP")
