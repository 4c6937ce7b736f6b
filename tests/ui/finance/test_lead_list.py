"""The cards of money leads: the sum, reasons on either side, account numbers masked also in the export."""

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from ui.finance.lead_list import list_reasons, make_entries, make_lead_table

ACCOUNT = "GB29NWBK60161331926819"


@pytest.fixture
def screen():
    leads = pd.DataFrame(
        {
            "lead_id": ["L1", "L2"],
            "rank": [1, 2],
            "typology": ["gather-scatter", "=HYPERLINK(1)"],
            "by_chance": [0.0001, 0.4],
            "account": [ACCOUNT, ACCOUNT],
            "accounts": [3, 2],
            "transactions": [4, 2],
            "inside": [4, 1],
            "first": pd.to_datetime(["2026-01-02", "2026-01-02"]),
            "last": pd.to_datetime(["2026-03-02", "2026-01-09"]),
            "reason": [f"2 accounts paid {ACCOUNT}. Also fan-in: {ACCOUNT}", f"{ACCOUNT} was quiet"],
            "amount_minor": pd.array([1_234_500, None], dtype="Int64"),
            "currency": ["GBP", None],
        }
    )
    reasons = pd.DataFrame(
        [
            ("L1", "for", "passed on", "What came in left again."),
            ("L1", "against", "rent or dues", "Even sums at even times."),
        ],
        columns=["lead_id", "side", "reason", "words"],
    )
    roles = pd.DataFrame({"lead_id": ["L1", "L2"], "account_id": [ACCOUNT, ACCOUNT], "role": ["a", "b"]})
    payments = pd.DataFrame({"lead_id": ["L1"], "occurred_at": pd.to_datetime(["2026-01-02"])})
    found = SimpleNamespace(
        leads=SimpleNamespace(leads=leads, reasons=reasons, roles=roles), payments=payments
    )
    extent = SimpleNamespace(first=date(2026, 1, 1), last=date(2026, 3, 31))
    return SimpleNamespace(found=found, extent=extent)


def test_a_card_has_the_sum_reasons_on_either_side_and_no_account_number(screen):
    first, second = make_entries(screen, screen.found.leads.leads, "L1")
    assert (first.name, first.figure, first.beside) == ("Gather-scatter", "12,345", "GBP, 4 payments")
    assert [(mark.text, mark.tone) for mark in first.marks[:2]] == [
        ("passed on", "for"),
        ("rent or dues", "against"),
    ]
    assert "Also" not in first.about and sum(first.line) == 1
    assert (second.figure, second.beside) == ("2 payments", "several currencies")
    assert "No reason against found" in [mark.text for mark in second.marks]
    assert ACCOUNT not in str([first, second])


def test_a_chosen_lead_that_the_filter_hides_has_a_card_too(screen):
    only_second = screen.found.leads.leads.tail(1)
    assert [entry.id for entry in make_entries(screen, only_second, "L1")] == ["L2", "L1"]
    assert [entry.id for entry in make_entries(screen, only_second, "L2")] == ["L2"]


def test_the_export_names_reasons_on_either_side_and_masks_the_numbers(screen):
    table = make_lead_table(screen, screen.found.leads.leads)
    assert ACCOUNT not in table.to_csv()
    assert table["reasons against"].tolist() == ["Even sums at even times.", ""]
    assert table["sum"].tolist() == ["12,345.00", ""]
    assert list_reasons(screen, "L2") == ([], [])
