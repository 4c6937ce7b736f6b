"""Reading payments: refunds are turned round, and what is left out is counted."""

import numpy as np

from analytics.finance.payments import read_payments
from tests.finance.payment_tables import table


def test_reading_turns_refunds_round_and_counts_what_it_leaves_out():
    rows = table(
        [(0, "A", "B", 100), (1, "A", "B", -40), (2, "A", "B", 0), (3, None, " ", 9), (4, "A", "B", 5)]
    )
    rows.loc[4, "currency"] = None
    data = read_payments(rows)
    assert data.left_out == {
        "no amount": 1,
        "no currency": 1,
        "no account on either side": 1,
        "turned round": 1,
    }
    refund = data.table[data.table.row == 1].iloc[0]
    assert data.accounts[refund.payer] == "B" and refund.amount_minor == 40
    shuffled = read_payments(rows.sample(frac=1, random_state=np.random.RandomState(3)))
    assert shuffled.table.amount_minor.tolist() == data.table.amount_minor.tolist()
