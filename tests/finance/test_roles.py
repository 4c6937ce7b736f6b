"""Roles of accounts on plain examples."""

import pytest

from analytics.finance.roles import find_roles
from tests.finance.payment_tables import table


def test_roles_are_those_of_plain_examples():
    rows = [(d, f"P{d}", "COLLECT", 100 + d) for d in range(8)] + [(9, "COLLECT", "BOSS", 700)]
    rows += [(d, "EMPLOYER", f"W{d}", 900) for d in range(8)]
    rows += [(d + 0.1, "SRC", "MULE", 500) for d in range(0, 12, 2)] + [
        (d + 0.5, "MULE", "HAND", 480) for d in range(0, 12, 2)
    ]
    rows += [(d, "HAND2", "CASH", 300) for d in range(0, 20, 4)] + [
        (d + 1, "CASH", None, 290) for d in range(0, 20, 4)
    ]
    found = find_roles(table(rows)).set_index("account")
    wanted = {
        "COLLECT": "collector",
        "EMPLOYER": "distributor",
        "MULE": "mule",
        "CASH": "cash-out",
        "SRC": "payer",
        "BOSS": "beneficiary",
    }
    assert found.role[list(wanted)].to_dict() == wanted
    assert found.confidence["MULE"] > 0.7 > found.confidence["BOSS"]
    assert found.label["MULE"] == "mule" and found.label["BOSS"] == "not clear"
    assert found.why["BOSS"] == "too few payments to be sure: 1 payment; it is paid (1×) and hardly pays"
    assert (
        find_roles(table(rows[::-1]), only=["MULE"]).iloc[0].to_dict()
        == found.reset_index().loc[lambda f: f.account == "MULE"].iloc[0].to_dict()
    )
    with pytest.raises(KeyError):
        find_roles(table(rows), only=["NOBODY"])


def test_shares_of_roles_are_by_amount_within_a_currency_and_by_payments_between_them():
    rows = [(0, "X", "A", 100), (0.5, "A", "B", 90), (1, "A", "C", 10), (2, "A", "C", 7, "USD")]
    found = find_roles(table(rows)).set_index("account").loc["A"]
    assert found.top_payee == pytest.approx(
        max(2 / 3 * 0.9, 2 / 3 * 0.1 + 1 / 3)
    ) and found.passed == pytest.approx(1.0)
    assert (found.payers, found.payees, found.credits, found.debits) == (1, 2, 1, 3)
