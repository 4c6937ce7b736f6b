"""Which transactions are purchases, and so no part of a path."""

import pytest

from tests.finance.ledgers import ledger, row


@pytest.mark.parametrize(
    ("channel", "category", "purchase"),
    [
        ("card", "grocery", True),
        (" Card ", "grocery", True),
        ("cash", "grocery", True),
        (None, "grocery", True),  # no channel recorded
        ("transfer", "grocery", False),
        ("card", None, False),
        (None, None, False),
        ("card", "remittance", False),  # moves money on
        (None, " Remittance ", False),
    ],
)
def test_a_purchase_has_a_category_that_keeps_the_money_and_a_channel_people_buy_through(
    channel, category, purchase
):
    others = [row(2, "C", "D", channel="transfer"), row(3, "E", "F", channel="card", category="fuel")]
    built = ledger([row(1, "A", "B", channel=channel, category=category), *others])
    assert built.purchase.tolist() == [purchase, False, True]
    assert built.path.tolist() == [not purchase, True, False]
    counted = built.left_out.set_index("what").transactions
    assert counted["a purchase, by its merchant category: never part of a path"] == purchase + 1


@pytest.mark.parametrize(("category", "purchase"), [("grocery", True), (None, False), ("remittance", False)])
def test_where_no_channel_is_recorded_at_all_the_category_decides(category, purchase):
    rows = [row(at, "A", "B", channel=None, category=category) for at in range(2)]
    assert ledger(rows).purchase.tolist() == [purchase] * 2
