"""Money that went on, against a count penny by penny."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.finance.lifo_matching import match_passed_on
from analytics.finance.payments import read_payments
from tests.examples import examples
from tests.finance.payment_tables import table

ACCOUNTS = st.sampled_from("ABCD")


def slow_passed_on(payments, window):
    """Last in, first out, a penny at a time."""
    purses, pieces = {}, {}
    events = sorted(
        [
            (p.time, 0, at, p.payee, p.currency, p.amount_minor)
            for at, p in enumerate(payments.itertuples())
            if p.payer != p.payee
        ]
        + [
            (p.time, 1, at, p.payer, p.currency, p.amount_minor)
            for at, p in enumerate(payments.itertuples())
            if p.payer != p.payee
        ]
    )
    for time, debit, at, account, money, amount in events:
        purse = purses.setdefault((account, money), [])
        for _ in range(amount):
            if not debit:
                purse.append((at, time))
            elif purse and time - purse[-1][1] <= window:
                credit, _ = purse.pop()
                pieces[credit, at] = pieces.get((credit, at), 0) + 1
            else:
                purse.clear()
    return pieces


@settings(max_examples=examples(40))
@given(
    st.lists(
        st.tuples(st.integers(0, 6), ACCOUNTS, ACCOUNTS, st.integers(1, 9), st.sampled_from(["GBP", "USD"])),
        min_size=1,
        max_size=15,
    )
)
def test_money_passed_on_is_that_of_a_penny_by_penny_count(rows):
    data = read_payments(table(rows))
    window = pd.Timedelta(days=2)
    found = match_passed_on(data.table, np.arange(len(data.accounts)), window)
    assert {(r.credit, r.debit): r.amount_minor for r in found.itertuples()} == slow_passed_on(
        data.table, window
    )
