"""Corridors: currencies and gaps apart, sums in one currency by dated rates."""

import pandas as pd
import pytest

from analytics.finance.corridors import UNKNOWN, CorridorParameters, list_corridor_payments, sum_corridors
from tests.finance.payment_tables import table


def test_corridors_keep_currencies_and_gaps_apart():
    rows = table([(0, "A", "B", 100), (1, "A", "B", 50, "USD"), (2, "A", "C", 10), (3, "X", "B", 7)])
    rows["place"] = ["Tarnwick", " TARNWICK ", None, None]
    accounts = pd.DataFrame({"reference": ["A", "C"], "place": ["Vellmouth", "Dunvar"]})
    flows = sum_corridors(rows, accounts)
    got = {(f["from"], f["to"], f.currency): f.amount_minor for _, f in flows.iterrows()}
    assert got == {
        ("Vellmouth", "Tarnwick", "GBP"): 100,
        ("Vellmouth", "Tarnwick", "USD"): 50,
        ("Vellmouth", "Dunvar", "GBP"): 10,
        (UNKNOWN, UNKNOWN, "GBP"): 7,
    }
    rates = pd.DataFrame({"date": ["2026-01-01"], "currency": ["USD"], "rate": ["0.5"]})
    one = sum_corridors(rows, accounts, rates=rates).set_index(["from", "to"]).loc[("Vellmouth", "Tarnwick")]
    assert one.amount_minor == 125
    own = list_corridor_payments(rows, accounts, rates=rates)
    assert own[(own["from"] == "Vellmouth") & (own.to == "Tarnwick")].row.tolist() == [0, 1]
    assert flows.groupby("currency").share.sum().round(9).eq(1).all()
    with pytest.raises(ValueError, match="level"):
        CorridorParameters(level="street")
