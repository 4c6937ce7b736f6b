"""Balances and assets at a date, against hand-made answers and a search of every opening balance."""

import itertools
from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.finance.balances import BalanceParameters, bound_balances, list_assets
from tests.examples import examples
from tests.finance.payment_tables import START, table

ACCOUNTS = st.sampled_from("ABCD")


ROWS = st.lists(
    st.tuples(st.integers(0, 5), ACCOUNTS, ACCOUNTS | st.none(), st.integers(1, 30)), min_size=1, max_size=12
)


@settings(max_examples=examples(30))
@given(ROWS, st.integers(0, 15))
def test_the_balance_bound_is_the_least_opening_that_keeps_every_account_above_its_limit(rows, overdraft):
    found = bound_balances(table(rows), START + pd.Timedelta(days=4), parameters=BalanceParameters(overdraft))
    for row in found.itertuples():
        moves = {}
        for day, payer, payee, amount in rows:
            if day <= 4 and payer != payee:
                moves[day] = moves.get(day, 0) + amount * ((payee == row.account) - (payer == row.account))
        running = [0, *itertools.accumulate(moves[day] for day in sorted(moves))]
        least = next(o for o in range(-overdraft, 400) if all(o + level >= -overdraft for level in running))
        assert row.opening_at_least == least and row.balance_at_least == least + sum(moves.values())
        assert row.in_minor - row.out_minor == sum(moves.values())


def test_a_declared_balance_replaces_the_bound_and_counts_from_the_end_of_its_day():
    rows = table([(0, "A", "B", 100), (1.5, "B", "C", 30), (2, "B", "C", 10)])
    accounts = pd.DataFrame(
        {
            "reference": ["B"],
            "balance_minor": [500],
            "currency": ["GBP"],
            "balance_on": [datetime(2026, 1, 2)],
        }
    )
    bounds = bound_balances(rows, datetime(2026, 1, 9), accounts).set_index("account")
    assert bounds.balance_at_least["B"] == 490 and bounds.basis["B"] == "declared on 2 Jan 2026"
    assert bounds.balance_at_least["A"] == 0 and bounds.opening_at_least["A"] == 100
    early = bound_balances(rows, datetime(2026, 1, 1, 12), accounts).set_index("account")
    assert early.balance_at_least["B"] == 100 and early.basis["B"] == "payments seen"


def test_assets_are_what_was_bought_until_the_date():
    rows = table([(0, "A", "S", 900), (5, "A", "S", 800)]).assign(
        merchant_category=["Jewellery", "jewellery"]
    )
    assert list_assets(rows, datetime(2026, 1, 2)).amount_minor.tolist() == [900]
    with pytest.raises(ValueError, match="merchant_category"):
        list_assets(table([(0, "A", "S", 900)]), datetime(2026, 1, 2))
